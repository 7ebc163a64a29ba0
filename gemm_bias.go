package lane

import (
	"fmt"

	"github.com/lane-go/lane/kernels"
)

// An Activation is the function that a layer applies to each of its outputs.
type Activation int

const (
	NoActivation Activation = iota
	SigmoidActivation
	TanhActivation
	ReLUActivation
)

// ofSum returns the kernel that sets dst[i] = f(x[i] + y[i]).
func (f Activation) ofSum(s *kernels.Set) func(dst, x, y []float32) {
	switch f {
	case NoActivation:
		return s.Add
	case SigmoidActivation:
		return s.AddSigmoid
	case TanhActivation:
		return s.AddTanh
	case ReLUActivation:
		return s.AddReLU
	}
	panic(fmt.Sprintf("lane: there is no Activation %d", int(f)))
}

// GemmBias computes C = f(beta·C + alpha·A·B + bias), with an element of bias for each of the n
// columns of C: a layer in one pass, as blocks of C get their bias and activation while they are in cache.
// It is [Gemm] otherwise.
func GemmBias(c Matrix, beta, alpha float32, a, b Matrix, bias []float32, f Activation) {
	Float32.GemmBias(c, beta, alpha, a, b, bias, f)
}

// GemmPackedBias is [GemmBias] with B packed beforehand, in the precision that B was packed in.
func GemmPackedBias(c Matrix, beta, alpha float32, a Matrix, b *Packed, bias []float32, f Activation) {
	if a.Rows != c.Rows || b.cols != c.Cols || a.Cols != b.rows || len(bias) != c.Cols {
		panic(fmt.Sprintf("lane: GemmPackedBias: %v = %v · %v + %d", c, a, b, len(bias)))
	}
	b.precision.multiply(&product{c: c, a: a, packed: b, alpha: alpha, bias: bias, activate: f.ofSum(active)}, beta)
}

// finish adds the bias to rows i0 to i1 and columns j0 to j1 of C and applies the activation, if there are any.
func (p *product) finish(i0, i1, j0, j1 int) {
	if p.bias == nil {
		return
	}
	for i := i0; i < i1; i++ {
		row := p.c.Data[i*p.c.RowStride:][j0:j1]
		p.activate(row, row, p.bias[j0:j1])
	}
}

// finishMatrix is finish for all of a C of any strides.
func (p *product) finishMatrix() {
	if p.bias == nil {
		return
	}
	for i := range p.c.Rows {
		for j := range p.c.Cols {
			at := p.c.Data[i*p.c.RowStride+j*p.c.ColStride:][:1]
			p.activate(at, at, p.bias[j:j+1])
		}
	}
}
