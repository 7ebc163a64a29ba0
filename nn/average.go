package nn

import (
	"fmt"

	"github.com/lane-go/lane"
)

// Average keeps the mean of parameters over the steps of an optimizer. The mean of late steps of stochastic
// gradient descent is a better solution than any of them (Polyak & Juditsky 1992); with any optimizer but averaged from a
// step on that validation chooses it is the averaging of NT-ASGD (Merity, Keskar & Socher 2018, algorithm 1), and PyTorch's
// ASGD with lambd = 0 from t0 on.
type Average struct {
	params  []*Param
	means   []lane.Matrix // of params, or while swapped their values
	steps   int64
	swapped bool

	mean, value []float32 // of the parameter at hand
	weight      float32   // of its value in the mean
	body        func(lo, hi int)
}

// NewAverage returns the mean, over no steps yet, of those of params that are not frozen.
func NewAverage(params []*Param) *Average {
	a := new(Average)
	for _, p := range params {
		if p.Frozen {
			continue
		}
		p.check("NewAverage")
		a.params = append(a.params, p)
		a.means = append(a.means, lane.NewMatrix(p.Value.Rows, p.Value.Cols))
	}
	a.body = a.addChunk
	return a
}

// Steps returns how many steps the mean is over.
func (a *Average) Steps() int64 { return a.steps }

// Add takes the parameters as they are into the mean: mean ← mean − mean/steps + value/steps. It panics between a Swap and the next.
func (a *Average) Add() {
	a.mustHaveMeans("Add")
	a.steps++
	a.weight = float32(1 / float64(a.steps))
	for i, p := range a.params {
		a.mean, a.value = flat(a.means[i]), flat(p.Value)
		lane.Parallel(len(a.mean), stepGrain, a.body)
	}
	a.mean, a.value = nil, nil
}

func (a *Average) addChunk(lo, hi int) {
	lane.Axpy(a.mean[lo:hi], -a.weight, a.mean[lo:hi]) // 1 − weight would round alike for many steps, and the mean drift
	lane.Axpy(a.mean[lo:hi], a.weight, a.value[lo:hi])
}

// Swap exchanges the parameters' values with their means, for judging these; a second Swap undoes it. Over no steps there is no mean,
// and it does nothing.
func (a *Average) Swap() {
	if a.steps == 0 {
		return
	}
	a.swapped = !a.swapped
	for i, p := range a.params {
		mean, value := flat(a.means[i]), flat(p.Value)
		for j, v := range value {
			value[j], mean[j] = mean[j], v
		}
	}
}

// State returns the means under the parameters' names, for a checkpoint: the live ones, to write out before the next Add. It panics
// between a Swap and the next.
func (a *Average) State() []Named {
	a.mustHaveMeans("State")
	var state []Named
	for i, p := range a.params {
		state = append(state, Named{p.Name, a.means[i]})
	}
	return state
}

// Load makes the mean that of another Average with the same parameters: its State and Steps. It copies; after an error
// nothing has changed. It panics between a Swap and the next.
func (a *Average) Load(state []Named, steps int64) error {
	a.mustHaveMeans("Load")
	if steps < 0 || len(state) != len(a.params) {
		return fmt.Errorf("nn: Average: Load: %d means over %d steps, want those of %d parameters", len(state), steps, len(a.params))
	}
	for i, p := range a.params {
		if m := state[i].Value; state[i].Name != p.Name || m.Rows != p.Value.Rows || m.Cols != p.Value.Cols || !m.Contiguous() {
			return fmt.Errorf("nn: Average: Load: mean %d is %q of %v, want %q of %v", i, state[i].Name, m, p.Name, p.Value)
		}
	}
	for i, n := range state {
		copy(flat(a.means[i]), flat(n.Value))
	}
	a.steps = steps
	return nil
}

func (a *Average) mustHaveMeans(who string) {
	if a.swapped {
		panic(fmt.Sprintf("nn: Average.%s: the means are swapped with the values; Swap them back first", who))
	}
}
