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

	// Sparse says that nothing but [Embedding]'s Backward adds to Grad, so that most of its rows stay zero. Then no more than the others are
	// zeroed, measured and, by optimizers that leave alone what has no gradient, stepped: SGD and AdaGrad. It holds from the next
	// ZeroGrads on, and changes no value. It is not for an embedding that shares its weight with another layer.
	Sparse bool
	rows   rowSet // of Grad, if Sparse

	// Precision is that of the products which layers and losses compute with Value and into Grad; a Stepper's are Float32.
	Precision lane.Precision
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

// sparse reports whether no rows of Grad but those noted are other than zero.
func (p *Param) sparse() bool { return p.Sparse && p.rows.known() }

// flat returns the elements of a contiguous matrix, row after row.
func flat(m lane.Matrix) []float32 { return m.Data[:m.Rows*m.Cols] }

// ZeroGrads sets every gradient to zero, those of frozen parameters included.
func ZeroGrads(params []*Param) {
	s := sweeps.Take()
	for _, p := range params {
		switch {
		case p.sparse():
			p.rows.zero(p.Grad)
			continue
		case p.Grad.Contiguous():
			s.grad = flat(p.Grad)
			lane.Parallel(len(s.grad), stepGrain, s.zero)
		default:
			p.Grad.Zero()
		}
		if p.rows = (rowSet{}); p.Sparse {
			p.rows = newRowSet(p.Grad.Rows)
		}
	}
	s.grad = nil
	sweeps.Put(s)
}

// ClipNorm returns the global norm of the gradients, √(Σ g²) over every parameter that is not frozen,
// and scales them all by max/norm when the norm exceeds max (Pascanu, Mikolov & Bengio 2013,
// algorithm 1). max ≤ 0 only measures.
//
// A norm that is NaN or infinite is returned as it is and leaves the gradients untouched: whether to
// skip the step or to stop is the caller's decision. The sum is taken in float64 and in an order that
// depends on the shapes alone, so the result is the same for any number of threads.
func ClipNorm(params []*Param, max float64) (norm float64) {
	s := sweeps.Take()
	defer sweeps.Put(s)

	var sum float64
	for _, p := range params {
		if p.Frozen {
			continue
		}
		p.check("ClipNorm")
		if !p.sparse() {
			sum += s.sumOfSquares(flat(p.Grad))
			continue
		}
		for _, id := range p.rows.ids {
			sum += lane.SumSquares(p.Grad.Row(int(id)))
		}
	}
	norm = math.Sqrt(sum)
	if factor := ClipFactor(norm, max); factor != 1 {
		for _, p := range params {
			if !p.Frozen {
				s.scale(flat(p.Grad), float32(factor))
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

// A sweep keeps what a loop over all gradients needs between calls, and loop bodies as function values made once,
// so that it allocates nothing.
type sweep struct {
	grad                    []float32
	factor                  float32
	partial                 []float64 // sum of squares of each chunk of grad
	zero, sumBody, multiply func(lo, hi int)
}

var sweeps = spare.List[sweep]{New: func() *sweep {
	s := new(sweep)
	s.zero, s.sumBody, s.multiply = s.zeroChunk, s.sumChunk, s.scaleChunk
	return s
}}

func (s *sweep) zeroChunk(lo, hi int) { clear(s.grad[lo:hi]) }

func (s *sweep) sumOfSquares(grad []float32) (sum float64) {
	chunks := (len(grad) + stepGrain - 1) / stepGrain
	if cap(s.partial) < chunks {
		s.partial = make([]float64, chunks)
	}
	s.partial = s.partial[:chunks]
	s.grad = grad
	lane.Parallel(len(grad), stepGrain, s.sumBody)
	s.grad = nil
	for _, squares := range s.partial {
		sum += squares
	}
	return sum
}

func (s *sweep) sumChunk(lo, hi int) {
	s.partial[lo/stepGrain] = lane.SumSquares(s.grad[lo:hi])
}

func (s *sweep) scale(grad []float32, factor float32) {
	s.grad, s.factor = grad, factor
	lane.Parallel(len(grad), stepGrain, s.multiply)
	s.grad = nil
}

func (s *sweep) scaleChunk(lo, hi int) {
	g := s.grad[lo:hi]
	lane.Scale(g, s.factor, g)
}
