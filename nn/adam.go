package nn

import (
	"math"

	"github.com/lane-go/lane"
)

// Adam scales each element's step by running averages of its gradient and of its square (Kingma & Ba
// 2015, algorithm 1), in the form of PyTorch's Adam, at step t = 1, 2, …:
//
//	m ← Beta1·m + (1 − Beta1)·g
//	v ← Beta2·v + (1 − Beta2)·g²
//	p ← p − rate/(1 − Beta1ᵗ) · m / (√v/√(1 − Beta2ᵗ) + Epsilon)
//
// It is computed with √(1 − Beta2ᵗ) moved to the rate and to Epsilon, as their section 2 proposes.
// The number of steps is counted for each parameter, leaving out those it was frozen for.
type Adam struct {
	tracker
	Beta1   float64 // decay of the average gradient; 0.9
	Beta2   float64 // decay of the average square; 0.999
	Epsilon float64 // keeps the quotient finite; 1e-8

	corrected, epsilon float64 // rate and Epsilon with the bias corrections of the parameter at hand
	keep               float64 // what AdamW multiplies it with first
}

// NewAdam returns Adam with the given learning rate (PyTorch's default is 0.001), and PyTorch's betas and Epsilon.
func NewAdam(rate float64) *Adam {
	o := new(Adam)
	o.init("Adam", rate)
	return o
}

func (o *Adam) init(method string, rate float64) {
	o.tracker = newTracker(method, rate, "exp_avg", "exp_avg_sq")
	o.counts = true
	o.Beta1, o.Beta2, o.Epsilon = 0.9, 0.999, 1e-8
	o.prepare, o.body = o.correct, o.update
}

// correct computes what depends on the number of steps.
func (o *Adam) correct(steps int64) {
	root := math.Sqrt(1 - math.Pow(o.Beta2, float64(steps)))
	o.corrected = o.rate * root / (1 - math.Pow(o.Beta1, float64(steps)))
	o.epsilon = o.Epsilon * root
	o.keep = 1
}

func (o *Adam) update(lo, hi int) {
	lane.Adam(o.value[lo:hi], o.average[0][lo:hi], o.average[1][lo:hi],
		float32(o.keep), float32(o.corrected),
		float32(o.Beta1), float32(1-o.Beta1), float32(o.Beta2), float32(1-o.Beta2),
		float32(o.epsilon), float32(o.scale), o.grad[lo:hi])
}

// AdamW is Adam with weight decay apart from the averages (Loshchilov & Hutter 2019, algorithm 2), in
// PyTorch's form: before Adam's update,
//
//	p ← p − rate·WeightDecay·p
type AdamW struct {
	Adam
	WeightDecay float64 // 0.01
}

// NewAdamW returns AdamW with the given learning rate (PyTorch's default is 0.001), and PyTorch's
// WeightDecay, betas and Epsilon.
func NewAdamW(rate float64) *AdamW {
	o := &AdamW{WeightDecay: 0.01}
	o.init("AdamW", rate)
	o.prepare = o.correct
	return o
}

func (o *AdamW) correct(steps int64) {
	o.Adam.correct(steps)
	o.keep = 1 - o.rate*o.WeightDecay
}
