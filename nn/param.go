package nn

import (
	"fmt"
	"math"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/internal/spare"
)

// Param is one trainable array: its value, and the gradient of the loss with respect to it.
//
// Value and Grad have the same shape and are contiguous and row-major. Backward passes add to Grad,
// so that a parameter used in several places collects the sum; ZeroGrads starts the next step.
// A parameter shared between layers is one *Param and belongs once into the lists given to
// ClipNorm and to an Optimizer.
type Param struct {
	Name   string      // in PyTorch's style, unique within what is saved together: "rnn.weight_ih_l0"
	Value  lane.Matrix // what the forward pass reads
	Grad   lane.Matrix // ∂loss/∂Value, summed over the backward passes since ZeroGrads
	Frozen bool        // left alone by ClipNorm and by every Optimizer
}

// NewParam returns a rows×cols parameter with zero value and zero gradient. It panics unless both
// sizes are positive.
func NewParam(name string, rows, cols int) *Param {
	if rows < 1 || cols < 1 {
		panic(fmt.Sprintf("nn: NewParam: %q is %d×%d", name, rows, cols))
	}
	return &Param{Name: name, Value: lane.NewMatrix(rows, cols), Grad: lane.NewMatrix(rows, cols)}
}

// check panics unless Value and Grad are contiguous and of one shape, which whole-array loops rely on.
func (p *Param) check(who string) {
	if p.Value.Rows != p.Grad.Rows || p.Value.Cols != p.Grad.Cols {
		panic(fmt.Sprintf("nn: %s: parameter %q is %v and its gradient %v", who, p.Name, p.Value, p.Grad))
	}
	if !p.Value.Contiguous() || !p.Grad.Contiguous() {
		panic(fmt.Sprintf("nn: %s: parameter %q is not contiguous", who, p.Name))
	}
}

// flat returns the elements of a contiguous matrix, row after row.
func flat(m lane.Matrix) []float32 { return m.Data[:m.Rows*m.Cols] }

// ZeroGrads sets every gradient to zero, those of frozen parameters included.
func ZeroGrads(params []*Param) {
	for _, p := range params {
		p.Grad.Zero()
	}
}

// ClipNorm returns the global norm of the gradients, √(Σ g²) over every parameter that is not frozen,
// and scales them all by max/norm when the norm exceeds max (Pascanu, Mikolov & Bengio 2013,
// algorithm 1). max ≤ 0 only measures.
//
// A norm that is NaN or infinite is returned as it is and leaves the gradients untouched: whether to
// skip the step or to stop is the caller's decision. The sum is taken in float64 and in an order that
// depends on the shapes alone, so the result is the same for any number of threads.
func ClipNorm(params []*Param, max float64) (norm float64) {
	c := clippers.Take()
	defer clippers.Put(c)

	var sum float64
	for _, p := range params {
		if p.Frozen {
			continue
		}
		p.check("ClipNorm")
		sum += c.sumOfSquares(flat(p.Grad))
	}
	norm = math.Sqrt(sum)
	if factor := ClipFactor(norm, max); factor != 1 {
		for _, p := range params {
			if !p.Frozen {
				c.scale(flat(p.Grad), float32(factor))
			}
		}
	}
	return norm
}

// ClipFactor returns what ClipNorm multiplies gradients of the given norm with: max/norm when the norm exceeds
// max, else 1, and 1 also when max ≤ 0 or the norm is not finite.
func ClipFactor(norm, max float64) float64 {
	if max <= 0 || !(norm > max) || math.IsInf(norm, 0) {
		return 1
	}
	return max / norm
}

// stepGrain is the number of elements that one task of a whole-array loop takes: 64 KiB an array,
// large enough to hide the cost of handing it out, small enough to share out a layer.
const stepGrain = 1 << 14

// clipper keeps what ClipNorm needs between calls, and its loop bodies as function values made once,
// so that clipping allocates nothing.
type clipper struct {
	grad     []float32
	factor   float32
	partial  []float64 // sum of squares of each chunk of grad
	sumBody  func(lo, hi int)
	multiply func(lo, hi int)
}

var clippers = spare.List[clipper]{New: func() *clipper {
	c := new(clipper)
	c.sumBody, c.multiply = c.sumChunk, c.scaleChunk
	return c
}}

func (c *clipper) sumOfSquares(grad []float32) (sum float64) {
	chunks := (len(grad) + stepGrain - 1) / stepGrain
	if cap(c.partial) < chunks {
		c.partial = make([]float64, chunks)
	}
	c.partial = c.partial[:chunks]
	c.grad = grad
	lane.Parallel(len(grad), stepGrain, c.sumBody)
	c.grad = nil
	for _, s := range c.partial {
		sum += s
	}
	return sum
}

func (c *clipper) sumChunk(lo, hi int) {
	c.partial[lo/stepGrain] = lane.SumSquares(c.grad[lo:hi])
}

func (c *clipper) scale(grad []float32, factor float32) {
	c.grad, c.factor = grad, factor
	lane.Parallel(len(grad), stepGrain, c.multiply)
	c.grad = nil
}

func (c *clipper) scaleChunk(lo, hi int) {
	g := c.grad[lo:hi]
	lane.Scale(g, c.factor, g)
}
