package nn

import "math"

// Adam scales each element's step by running averages of its gradient and of its square (Kingma & Ba
// 2015, algorithm 1), in the form of PyTorch's Adam, at step t = 1, 2, …:
//
//	m ← Beta1·m + (1 − Beta1)·g
//	v ← Beta2·v + (1 − Beta2)·g²
//	p ← p − rate/(1 − Beta1ᵗ) · m / (√v/√(1 − Beta2ᵗ) + Epsilon)
//
// The number of steps is counted for each parameter, leaving out those it was frozen for.
type Adam struct {
	tracker
	Beta1   float64 // decay of the average gradient; 0.9
	Beta2   float64 // decay of the average square; 0.999
	Epsilon float64 // keeps the quotient finite; 1e-8

	stepSize, root float32 // rate/(1 − Beta1ᵗ) and √(1 − Beta2ᵗ) of the parameter at hand
	keep           float32 // what AdamW multiplies it with first
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
	o.body = o.update
}

// Step updates every parameter that is not frozen.
func (o *Adam) Step(params []*Param) { o.step(params, 0) }

func (o *Adam) step(params []*Param, weightDecay float64) {
	o.begin()
	o.keep = float32(1 - o.rate*weightDecay)
	for _, p := range params {
		if p.Frozen {
			continue
		}
		t := float64(o.take(p).steps)
		o.stepSize = float32(o.rate / (1 - math.Pow(o.Beta1, t)))
		o.root = float32(math.Sqrt(1 - math.Pow(o.Beta2, t)))
		o.run()
	}
}

func (o *Adam) update(lo, hi int) {
	p, m, v := o.value[lo:hi], o.average[0][lo:hi], o.average[1][lo:hi]
	beta1, beta2, epsilon := float32(o.Beta1), float32(o.Beta2), float32(o.Epsilon)
	fresh1, fresh2 := float32(1-o.Beta1), float32(1-o.Beta2)
	for i, g := range o.grad[lo:hi] {
		mi := beta1*m[i] + fresh1*g
		vi := beta2*v[i] + fresh2*g*g
		m[i], v[i] = mi, vi
		p[i] = p[i]*o.keep - o.stepSize*mi/(sqrt(vi)/o.root+epsilon)
	}
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
	return o
}

// Step updates every parameter that is not frozen.
func (o *AdamW) Step(params []*Param) { o.step(params, o.WeightDecay) }
