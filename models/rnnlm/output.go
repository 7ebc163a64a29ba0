package rnnlm

import (
	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
)

// output runs the decoder and the softmax cross-entropy over a window, some rows at a time: the logits of a block are made,
// judged, turned into their gradient in place and used up before the next block's, so that they stay in the cache
// and a whole window's logits (28 MB for 700 rows of 10,000 words) never exist.
type output struct {
	decoder
	logits   lane.Matrix // rows×V
	forward  lane.Packed // weightᵀ, H×V
	backward lane.Packed // weight, V×H
	block    lane.Matrix // the rows of logits in use

	addBiasGrad func(lo, hi int)
}

const (
	maxOutputRows = 192     // more rows a block make its products hardly faster
	blockFloats   = 2 << 20 // 8 MiB, what stays in a typical last-level cache

	biasColumns = 1024 // columns a task of the bias's gradient
)

// outputRows is how many rows a block has, with v words.
func outputRows(v int) int { return min(max(blockFloats/v, 16)/16*16, maxOutputRows) }

func newOutput(d decoder) *output {
	vocab := d.weight.Value.Rows
	o := &output{decoder: d, logits: lane.NewMatrix(outputRows(vocab), vocab)}
	o.addBiasGrad = o.addBiasGradColumns
	return o
}

// pack lays the weight out for the products of crossEntropy. It is due whenever the weight has changed.
func (o *output) pack() { o.forward.Repack(o.weight.Value.T()) }

// packTraining is pack for learn.
func (o *output) packTraining() {
	o.pack()
	o.backward.Repack(o.weight.Value)
}

// crossEntropy returns −Σ log p(target) over the rows of h (n×H).
func (o *output) crossEntropy(h lane.Matrix, targets []int32) (loss float64) {
	for lo := 0; lo < h.Rows; lo += o.logits.Rows {
		hi := min(lo+o.logits.Rows, h.Rows)
		o.computeLogits(h.Slice(lo, hi, 0, h.Cols))
		loss += nn.SoftmaxCrossEntropy(lane.Matrix{}, o.block, targets[lo:hi], 1)
	}
	return loss
}

// learn is crossEntropy and its way back: it sets dh (n×H) to the gradient of scale·loss, and adds those of weight and bias.
func (o *output) learn(dh, h lane.Matrix, targets []int32, scale float32) (loss float64) {
	for lo := 0; lo < h.Rows; lo += o.logits.Rows {
		hi := min(lo+o.logits.Rows, h.Rows)
		x := h.Slice(lo, hi, 0, h.Cols)
		o.computeLogits(x)
		loss += nn.SoftmaxCrossEntropy(o.block, o.block, targets[lo:hi], scale)
		lane.GemmPacked(dh.Slice(lo, hi, 0, dh.Cols), 0, 1, o.block, &o.backward)
		lane.Gemm(o.weight.Grad, 1, 1, o.block.T(), x)
		lane.Parallel(o.block.Cols, biasColumns, o.addBiasGrad)
	}
	return loss
}

// computeLogits sets the block to x·weightᵀ + bias.
func (o *output) computeLogits(x lane.Matrix) {
	o.block = top(o.logits, x.Rows)
	lane.GemmPackedBias(o.block, 0, 1, x, &o.forward, o.bias.Value.Row(0), lane.NoActivation)
}

func (o *output) addBiasGradColumns(lo, hi int) {
	sum := o.bias.Grad.Row(0)[lo:hi]
	for i := range o.block.Rows {
		lane.Add(sum, sum, o.block.Row(i)[lo:hi])
	}
}
