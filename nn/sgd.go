package nn

import "github.com/lane-go/lane"

// SGD is stochastic gradient descent: p ← p − rate·g.
type SGD struct{ tracker }

// NewSGD returns stochastic gradient descent with the given learning rate.
func NewSGD(rate float64) *SGD {
	o := &SGD{tracker: newTracker("SGD", rate)}
	o.body, o.sparse = o.update, true
	return o
}

func (o *SGD) update(lo, hi int) {
	lane.Axpy(o.value[lo:hi], float32(-o.rate*o.scale), o.grad[lo:hi])
}

// Momentum is gradient descent with a momentum, in PyTorch's form, where the rate multiplies
// the velocity as a whole:
//
//	v ← mu·v + g
//	p ← p − rate·v
//
// Sutskever et al. 2013, eq. 1, keep rate·v instead, which differs only when the rate changes.
type Momentum struct {
	tracker
	Mu float64 // how much of the velocity a step keeps; the customary value is 0.9
}

// NewMomentum returns gradient descent with the given learning rate and momentum mu.
func NewMomentum(rate, mu float64) *Momentum {
	o := &Momentum{tracker: newTracker("Momentum", rate, "momentum_buffer"), Mu: mu}
	o.body = o.update
	return o
}

func (o *Momentum) update(lo, hi int) {
	lane.Momentum(o.value[lo:hi], o.average[0][lo:hi], float32(o.rate), float32(o.Mu), float32(o.scale), o.grad[lo:hi])
}
