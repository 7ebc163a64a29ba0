package nn

import (
	"fmt"
	"math"
)

// Schedule gives the learning rate of every step of a training, counted from 0. It is a pure function, so
// that a resumed training needs only its step.
type Schedule interface {
	Rate(step int) float64
}

// Constant is the same rate at every step.
type Constant float64

// Rate returns the constant.
func (c Constant) Rate(step int) float64 { return float64(c) }

// Cosine lets the rate fall from Max to Min along half a cosine (Loshchilov & Hutter 2017, eq. 5), after a linear
// rise over the first Warmup steps (Goyal et al. 2017):
//
//	Max·(step+1)/(Warmup+1)                                            step < Warmup
//	Min + (Max − Min)·(1 + cos(π·(step − Warmup)/(Steps − Warmup)))/2   Warmup ≤ step < Steps
//	Min                                                                Steps ≤ step
//
// Without warm-up it is PyTorch's CosineAnnealingLR over one period.
type Cosine struct {
	Max, Min float64
	Warmup   int // steps of rising; 0: none
	Steps    int // of the whole training, the warm-up included
}

// Rate returns the rate of a step.
func (c Cosine) Rate(step int) float64 {
	switch {
	case step < c.Warmup:
		return c.Max * float64(step+1) / float64(c.Warmup+1)
	case step >= c.Steps:
		return c.Min
	}
	return cosineBetween(c.Max, c.Min, float64(step-c.Warmup)/float64(c.Steps-c.Warmup))
}

// OneCycle lets the rate rise once from Max/Div to Max and fall to Max/Div/FinalDiv, both along half a cosine, while the
// momentum falls and rises again (Smith 2018), step for step as PyTorch's OneCycleLR with its defaults does.
// Later steps keep the last rate. Begin with [NewOneCycle], which sets what is said beside the fields.
type OneCycle struct {
	Max      float64 // the highest rate
	Steps    int     // of the whole training
	Rise     float64 // which fraction of the steps the rate rises; 0.3
	Div      float64 // Max over the first rate; 25
	FinalDiv float64 // the first rate over the last one; 10⁴

	BaseMomentum, MaxMomentum float64 // at the highest rate, and at both ends; 0.85 and 0.95
}

// NewOneCycle returns the schedule with PyTorch's defaults. It panics unless steps is positive.
func NewOneCycle(max float64, steps int) OneCycle {
	if steps < 1 {
		panic(fmt.Sprintf("nn: NewOneCycle: %d steps", steps))
	}
	return OneCycle{
		Max: max, Steps: steps, Rise: 0.3, Div: 25, FinalDiv: 1e4,
		BaseMomentum: 0.85, MaxMomentum: 0.95,
	}
}

// Rate returns the rate of a step.
func (c OneCycle) Rate(step int) float64 {
	first := c.Max / c.Div
	return c.at(step, first, c.Max, first/c.FinalDiv)
}

// Momentum returns the momentum of a step, for [Momentum]'s Mu or [Adam]'s Beta1.
func (c OneCycle) Momentum(step int) float64 {
	return c.at(step, c.MaxMomentum, c.BaseMomentum, c.MaxMomentum)
}

// at returns what goes from start over peak to end.
func (c OneCycle) at(step int, start, peak, end float64) float64 {
	last := float64(c.Steps - 1)
	top := c.Rise*float64(c.Steps) - 1 // where the rise ends, between two steps in general
	at := min(float64(step), last)
	if at < top {
		return cosineBetween(start, peak, at/top)
	}
	if last <= top {
		return peak
	}
	return cosineBetween(peak, end, (at-top)/(last-top))
}

// cosineBetween goes from a at fraction 0 to b at fraction 1 along half a cosine.
func cosineBetween(a, b, fraction float64) float64 {
	return b + (a-b)*(1+math.Cos(math.Pi*fraction))/2
}

// Plateau divides the rate by Factor each time a validation loss is not below the best one so far. Its
// fields are all its state, for a checkpoint; JSON keeps them exactly. Begin with [NewPlateau].
type Plateau struct {
	Current float64 // the rate at present
	Factor  float64 // what it is divided by
	Best    float64 // the lowest loss, once HasBest
	HasBest bool
}

// NewPlateau returns a schedule that starts with rate. It panics unless factor is greater than 1; the
// customary value is 4.
func NewPlateau(rate, factor float64) *Plateau {
	if !(factor > 1) {
		panic(fmt.Sprintf("nn: NewPlateau: factor %v", factor))
	}
	return &Plateau{Current: rate, Factor: factor}
}

// Observe takes the validation loss, or any figure that is better when lower, and reports whether it is
// the best so far. If not, or if it is infinite or NaN, the rate is divided.
func (p *Plateau) Observe(loss float64) (improved bool) {
	finite := !math.IsNaN(loss) && !math.IsInf(loss, 0)
	if finite && (!p.HasBest || loss < p.Best) {
		p.Best, p.HasBest = loss, true
		return true
	}
	p.Current /= p.Factor
	return false
}

// Rate returns the rate at present, whichever the step.
func (p *Plateau) Rate(step int) float64 { return p.Current }
