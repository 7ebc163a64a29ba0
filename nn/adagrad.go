package nn

import "github.com/lane-go/lane"

// AdaGrad divides each element's step by the root of the sum of its squared gradients so far
// (Duchi, Hazan & Singer 2011), as PyTorch's Adagrad does:
//
//	s ← s + g²
//	p ← p − rate·g/(√s + Epsilon)
type AdaGrad struct {
	tracker
	Epsilon float64 // keeps the quotient finite; 1e-10
}

// NewAdaGrad returns AdaGrad with the given learning rate (PyTorch's default is 0.01) and PyTorch's Epsilon.
func NewAdaGrad(rate float64) *AdaGrad {
	o := &AdaGrad{tracker: newTracker("AdaGrad", rate, "sum"), Epsilon: 1e-10}
	o.body, o.sparse = o.update, true
	return o
}

func (o *AdaGrad) update(lo, hi int) {
	lane.AdaGrad(o.value[lo:hi], o.average[0][lo:hi], float32(o.rate), float32(o.Epsilon), float32(o.scale), o.grad[lo:hi])
}
