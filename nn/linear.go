package nn

import (
	"fmt"

	"github.com/lane-go/lane"
)

// Linear is the affine map y = x·Wᵀ + b of every row x, also called a fully connected or dense layer.
//
// Shapes: x N×in, y N×out, Weight out×in, Bias 1×out. A nil Bias stands for none. Weight may be
// another layer's Param: a language model whose decoder is tied to its encoder sets it to the
// embedding's (Press & Wolf 2017).
type Linear struct {
	Weight *Param // "weight", out×in
	Bias   *Param // "bias", 1×out
}

// NewLinear returns a layer of in inputs and out outputs whose parameters are zero: fill the weight
// with one of the initialisers. PyTorch draws both from ±1/√in. It panics unless both sizes are
// positive.
func NewLinear(in, out int) *Linear {
	if in < 1 || out < 1 {
		panic(fmt.Sprintf("nn: NewLinear: %d inputs and %d outputs", in, out))
	}
	return &Linear{Weight: NewParam("weight", out, in), Bias: NewParam("bias", 1, out)}
}

// Params returns the weight and, unless it is nil, the bias.
func (l *Linear) Params() []*Param {
	if l.Bias == nil {
		return []*Param{l.Weight}
	}
	return []*Param{l.Weight, l.Bias}
}

// Forward computes y = x·Wᵀ + b. y (N×out) must not overlap x (N×in).
func (l *Linear) Forward(y, x lane.Matrix) {
	w, precision := l.Weight.Value, l.Weight.Precision
	checkShape("Linear.Forward", "x", x, x.Rows, w.Cols)
	checkShape("Linear.Forward", "y", y, x.Rows, w.Rows)
	if l.Bias == nil {
		precision.Gemm(y, 0, 1, x, w.T())
		return
	}
	precision.GemmBias(y, 0, 1, x, w.T(), l.Bias.Value.Row(0), lane.NoActivation)
}

// Backward adds dyᵀ·x to the gradient of the weight and the sum of the rows of dy to that of the bias,
// and computes dx = dy·W, unless dx is the zero Matrix. x is what Forward read; dx (N×in) must not
// overlap dy (N×out).
func (l *Linear) Backward(dx, dy, x lane.Matrix) {
	w := l.Weight
	checkShape("Linear.Backward", "x", x, x.Rows, w.Value.Cols)
	checkShape("Linear.Backward", "dy", dy, x.Rows, w.Value.Rows)
	w.Precision.Gemm(w.Grad, 1, 1, dy.T(), x)
	if l.Bias != nil {
		addColumnSums(l.Bias.Grad.Row(0), dy)
	}
	if !absent(dx) {
		checkShape("Linear.Backward", "dx", dx, x.Rows, w.Value.Cols)
		w.Precision.Gemm(dx, 0, 1, dy, w.Value)
	}
}
