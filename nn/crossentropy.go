package nn

import (
	"fmt"

	"github.com/lane-go/lane"
)

// A Classifier is the last layer of a network: the softmax of its outputs gives each of V classes a probability.
// [Linear] is one, over all classes at once, and [AdaptiveSoftmax].
type Classifier interface {
	Params() []*Param

	// Forward computes the logits y (N×V) of x (N×H): the logarithms of the probabilities, but for a constant a row.
	Forward(y, x lane.Matrix)

	// NewCrossEntropy returns the layer's loss, with scratch of its own. It reads and teaches the layer's parameters.
	NewCrossEntropy() CrossEntropy
}

// CrossEntropy is a Classifier and the loss Σ −log p(target) in one: probabilities are never stored, and of logits
// only as many rows as stay in the cache, which are made, judged, turned into their gradient in place and used up
// before the next.
//
// The loss is summed in float64, and the same bits for any number of threads, by Loss and by Learn. A target of −1 leaves its row
// out; any other outside 0…V−1 panics, as do more or fewer of them than rows.
type CrossEntropy interface {
	// Pack lays the weights out for Loss. It is due before the first one, and whenever they have changed.
	Pack()
	// PackTraining is Pack for Learn; Loss is served too.
	PackTraining()

	// Loss returns the loss of x (N×H).
	Loss(x lane.Matrix, targets []int32) (loss float64)
	// Learn is Loss and its way back: it sets dx (N×H, not x) to the gradient of scale·loss, and adds those of the
	// parameters to theirs.
	Learn(dx, x lane.Matrix, targets []int32, scale float32) (loss float64)
}

// CrossEntropyRows returns how many rows of logits a CrossEntropy over so many classes, 1 at least, holds at a time.
func CrossEntropyRows(classes int) int {
	const (
		most   = 192     // more rows make the products hardly faster
		floats = 2 << 20 // 8 MiB, what stays in a typical last-level cache
	)
	return min(max(floats/max(classes, 1), 16)/16*16, most)
}

// NewCrossEntropy returns the loss of the softmax over the layer's outputs.
func (l *Linear) NewCrossEntropy() CrossEntropy { return newLinearCrossEntropy(allOutputs(l)) }

// outputs are those of a Linear from first to end−1, packed for both products.
type outputs struct {
	*Linear
	first, end int
	forward    lane.Packed // weightᵀ, H×(end−first)
	backward   lane.Packed // weight, (end−first)×H
}

func allOutputs(l *Linear) outputs { return outputs{Linear: l, end: l.Weight.Value.Rows} }

func (o *outputs) count() int { return o.end - o.first }

// weight returns the outputs' part of the weight, or of its gradient.
func (o *outputs) weight(all lane.Matrix) lane.Matrix { return all.Slice(o.first, o.end, 0, all.Cols) }

// bias returns the outputs' part of the bias, or of its gradient.
func (o *outputs) bias(all lane.Matrix) []float32 { return all.Row(0)[o.first:o.end] }

// linearCrossEntropy is the loss of the softmax over outputs, those of one layer or of several that read the same, side by side.
type linearCrossEntropy struct {
	parts  []outputs
	logits lane.Matrix // rows×V

	forLoss, forLearn bool // they are packed
}

func newLinearCrossEntropy(parts ...outputs) *linearCrossEntropy {
	classes := 0
	for i := range parts {
		classes += parts[i].count()
	}
	return &linearCrossEntropy{parts: parts, logits: lane.NewMatrix(CrossEntropyRows(classes), classes)}
}

func (c *linearCrossEntropy) Pack() {
	for i := range c.parts {
		p := &c.parts[i]
		p.Weight.Precision.Repack(&p.forward, p.weight(p.Weight.Value).T())
	}
	c.forLoss, c.forLearn = true, false // the weights may have changed
}

func (c *linearCrossEntropy) PackTraining() {
	c.Pack()
	for i := range c.parts {
		p := &c.parts[i]
		p.Weight.Precision.Repack(&p.backward, p.weight(p.Weight.Value))
	}
	c.forLearn = true
}

func (c *linearCrossEntropy) Loss(x lane.Matrix, targets []int32) (loss float64) {
	checkTargets("CrossEntropy.Loss", x, targets, c.logits.Cols)
	if !c.forLoss {
		panic("nn: CrossEntropy.Loss: Pack is due first")
	}
	for lo := 0; lo < x.Rows; lo += c.logits.Rows {
		hi := min(lo+c.logits.Rows, x.Rows)
		block := c.computeLogits(x.Slice(lo, hi, 0, x.Cols))
		loss += SoftmaxCrossEntropy(lane.Matrix{}, block, targets[lo:hi], 1)
	}
	return loss
}

func (c *linearCrossEntropy) Learn(dx, x lane.Matrix, targets []int32, scale float32) (loss float64) {
	checkTargets("CrossEntropy.Learn", x, targets, c.logits.Cols)
	checkShape("CrossEntropy.Learn", "dx", dx, x.Rows, x.Cols)
	if !c.forLearn {
		panic("nn: CrossEntropy.Learn: PackTraining is due first")
	}
	for lo := 0; lo < x.Rows; lo += c.logits.Rows {
		hi := min(lo+c.logits.Rows, x.Rows)
		rows := x.Slice(lo, hi, 0, x.Cols)
		block := c.computeLogits(rows)
		loss += SoftmaxCrossEntropy(block, block, targets[lo:hi], scale)
		c.backward(dx.Slice(lo, hi, 0, dx.Cols), block, rows)
	}
	return loss
}

// computeLogits returns x·weightᵀ + bias of no more rows than the scratch has.
func (c *linearCrossEntropy) computeLogits(x lane.Matrix) lane.Matrix {
	block := c.logits.Top(x.Rows)
	first := 0
	for i := range c.parts {
		p := &c.parts[i]
		y := block.Slice(0, block.Rows, first, first+p.count())
		if p.Bias == nil {
			lane.GemmPacked(y, 0, 1, x, &p.forward)
		} else {
			lane.GemmPackedBias(y, 0, 1, x, &p.forward, p.bias(p.Bias.Value), lane.NoActivation)
		}
		first += p.count()
	}
	return block
}

// backward sets dx to what the logits' gradient makes of it, and adds to the gradients of the parameters.
func (c *linearCrossEntropy) backward(dx, logits, x lane.Matrix) {
	first := 0
	for i := range c.parts {
		p := &c.parts[i]
		dy := logits.Slice(0, logits.Rows, first, first+p.count())
		lane.GemmPacked(dx, float32(min(i, 1)), 1, dy, &p.backward)
		p.Weight.Precision.Gemm(p.weight(p.Weight.Grad), 1, 1, dy.T(), x)
		if p.Bias != nil {
			addColumnSums(p.bias(p.Bias.Grad), dy)
		}
		first += p.count()
	}
}

// checkTargets panics unless there is a target for every row, a class or −1.
func checkTargets(who string, x lane.Matrix, targets []int32, classes int) {
	if len(targets) != x.Rows {
		panic(fmt.Sprintf("nn: %s: %d targets for %d rows", who, len(targets), x.Rows))
	}
	for i, target := range targets {
		if target < -1 || int(target) >= classes {
			panic(fmt.Sprintf("nn: %s: row %d has target %d, want a class of 0…%d, or -1 to leave the row out", who, i, target, classes-1))
		}
	}
}
