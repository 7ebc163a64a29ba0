package nn

import (
	"math"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/internal/spare"
)

// SoftmaxCrossEntropy returns Σᵢ −log pᵢ, the sum over the rows i of logits (N×V), where pᵢ is the
// softmax of row i at targets[i], and computes dx = scale·(softmax(logits) − onehot(targets)), the
// gradient of scale times the loss: with scale 1/N, that of the mean.
//
// A target of −1 leaves its row out: loss 0, gradient 0. Any other target outside 0…V−1 panics. The
// logarithm of the sum of exponentials is taken relative to the largest logit of the row, so that no
// finite logit overflows. Rows must be contiguous. dx may be logits; the zero Matrix leaves dx out.
//
// Rows are shared among the threads, the loss is summed in float64 in the order of the rows, and it is
// the same bits with and without dx.
func SoftmaxCrossEntropy(dx, logits lane.Matrix, targets []int32, scale float32) (loss float64) {
	const who = "SoftmaxCrossEntropy"
	checkTargets(who, logits, targets, logits.Cols)
	if !absent(dx) {
		checkShape(who, "dx", dx, logits.Rows, logits.Cols)
	}
	t := lossTasks.Take()
	t.targets = targets
	return t.run(t.softmax, dx, logits, scale)
}

// SigmoidCrossEntropy returns Σ −z·log σ(x) − (1 − z)·log(1 − σ(x)) over all elements x of logits and z
// of targets (both N×M), and computes dx = scale·(σ(x) − z), the gradient of scale times the loss.
// Targets may be any probabilities from 0 to 1.
//
// It is computed as max(x, 0) − x·z + log(1 + e^−|x|), which overflows for no finite x, and summed in
// float64 in the order of the elements. Rows must be contiguous. dx may be logits; the zero Matrix
// leaves dx out.
func SigmoidCrossEntropy(dx, logits, targets lane.Matrix, scale float32) (loss float64) {
	const who = "SigmoidCrossEntropy"
	checkShape(who, "targets", targets, logits.Rows, logits.Cols)
	if !absent(dx) {
		checkShape(who, "dx", dx, logits.Rows, logits.Cols)
	}
	t := lossTasks.Take()
	t.probabilities = targets
	return t.run(t.sigmoid, dx, logits, scale)
}

// A lossTask is one loss under way. It outlives the call, and its bodies are bound once, so that a
// loss allocates nothing.
type lossTask struct {
	dx, logits    lane.Matrix
	scale         float32
	targets       []int32     // of the softmax
	probabilities lane.Matrix // of the sigmoid

	losses []float64 // of each row
	grain  int       // rows that one thread takes at a time
	spare  []float32 // lossBlock of each grain, for exponentials where there is no dx

	softmax, sigmoid func(lo, hi int)
}

var lossTasks = spare.List[lossTask]{New: func() *lossTask {
	t := new(lossTask)
	t.softmax, t.sigmoid = t.softmaxRows, t.sigmoidRows
	return t
}}

// lossBlock is the number of exponentials that are summed in float32; the sums of the blocks are
// added up in float64.
const lossBlock = 1024

func (t *lossTask) run(body func(lo, hi int), dx, logits lane.Matrix, scale float32) (loss float64) {
	checkRows(dx)
	checkRows(logits)
	checkRows(t.probabilities)
	rows := logits.Rows
	t.dx, t.logits, t.scale, t.grain = dx, logits, scale, rowGrain(logits.Cols)
	if cap(t.losses) < rows {
		t.losses = make([]float64, rows)
	}
	t.losses = t.losses[:rows]
	if spare := lossBlock * ((rows + t.grain - 1) / t.grain); absent(dx) && len(t.spare) < spare {
		t.spare = make([]float32, spare)
	}
	lane.Parallel(rows, t.grain, body)
	for _, l := range t.losses {
		loss += l
	}
	t.dx, t.logits, t.targets, t.probabilities = lane.Matrix{}, lane.Matrix{}, nil, lane.Matrix{}
	lossTasks.Put(t)
	return loss
}

func (t *lossTask) softmaxRows(lo, hi int) {
	for i := lo; i < hi; i++ {
		target := t.targets[i]
		switch {
		case target >= 0:
			t.losses[i] = t.softmaxRow(i, int(target))
		default:
			t.losses[i] = 0
			if !absent(t.dx) {
				clear(t.dx.Row(i))
			}
		}
	}
}

func (t *lossTask) softmaxRow(i, target int) (loss float64) {
	x := t.logits.Row(i)
	top, logit := lane.Max(x), x[target]
	if absent(t.dx) {
		exps := t.spare[i/t.grain*lossBlock:][:lossBlock]
		return math.Log(expSum(exps, top, x)) + (float64(top) - float64(logit))
	}
	dx := t.dx.Row(i)
	sum := expSum(dx, top, x)
	lane.Scale(dx, float32(float64(t.scale)/sum), dx)
	dx[target] -= t.scale
	return math.Log(sum) + (float64(top) - float64(logit))
}

// expSum returns Σ e^(x − top). The exponentials are left in dst, which may be x, or else as short as lossBlock and is then
// used again and again.
func expSum(dst []float32, top float32, x []float32) (sum float64) {
	for lo := 0; lo < len(x); lo += lossBlock {
		hi := min(lo+lossBlock, len(x))
		exps := dst
		if len(dst) >= len(x) {
			exps = dst[lo:]
		}
		sum += float64(lane.ExpSum(exps[:hi-lo], top, x[lo:hi]))
	}
	return sum
}

func (t *lossTask) sigmoidRows(lo, hi int) {
	for i := lo; i < hi; i++ {
		x, z := t.logits.Row(i), t.probabilities.Row(i)
		t.losses[i] = sigmoidLoss(x, z)
		if absent(t.dx) {
			continue
		}
		dx := t.dx.Row(i)
		lane.Sigmoid(dx, x)
		lane.Sub(dx, dx, z)
		lane.Scale(dx, t.scale, dx)
	}
}

func sigmoidLoss(x, z []float32) (loss float64) {
	for j, v := range x {
		v64 := float64(v)
		loss += max(v64, 0) - v64*float64(z[j]) + math.Log1p(math.Exp(-math.Abs(v64)))
	}
	return loss
}
