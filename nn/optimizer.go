package nn

import (
	"fmt"
	"math"
	"strings"

	"github.com/lane-go/lane"
)

// Optimizer updates parameters from their gradients.
//
// StepScaled is Step with the gradients times scale, which it leaves as they are: with the [ClipFactor] of
// their norm it is ClipNorm and then Step, without a pass over the gradients for the scaling.
//
// Step reads Grad, changes Value, and keeps whatever running averages the method needs, one set for each
// parameter. It skips frozen parameters, which keep what was gathered before, and panics on a parameter
// that occurs twice. After the first step with the same parameters it allocates nothing. Its results don't depend
// on the number of threads.
//
// State and Load carry the running averages through a checkpoint, by the parameters' names: an optimizer
// made with the same options, given the other's State and rate, goes on with the very same bits. State panics when
// two parameters have the same name. Its matrices are the live ones, for writing out before the next Step, in
// an order that is the same for the same history of steps. Load copies, and replaces all that was gathered; when it
// returns an error, nothing has changed. Rate is not part of State.
//
// An Optimizer must not be used by several goroutines at a time.
type Optimizer interface {
	Step(params []*Param)
	StepScaled(params []*Param, scale float64)
	Rate() float64        // the learning rate
	SetRate(rate float64) // for the next steps; panics unless rate is finite and not negative
	State() []Named
	Load(state []Named) error
}

// Named is a matrix with its name in a checkpoint: that of a parameter, a dot, and PyTorch's name for
// what is kept, as in "decoder.weight.exp_avg".
type Named struct {
	Name  string
	Value lane.Matrix
}

// tracker is what the optimizers have in common: the learning rate, and for each parameter the number
// of steps and the running averages.
type tracker struct {
	method string   // for messages: "Adam"
	kept   []string // names of the running averages, each of its parameter's shape
	counts bool     // whether the number of steps is part of the state
	sparse bool     // whether what has no gradient stays as it is

	rate    float64
	scale   float64 // what the gradients are multiplied with
	round   int     // counts the calls of Step
	byParam map[*Param]*slot
	loaded  map[string]*slot // those that no Step has seen since Load
	slots   []*slot          // all, in the order in which they came

	// The parameter at hand, what depends on its number of steps, if anything does, and the loop over a chunk of it: function
	// values made once, so that a step allocates nothing.
	value, grad []float32
	average     [2][]float32
	prepare     func(steps int64)
	body        func(lo, hi int)
}

// slot is the memory that belongs to one parameter.
type slot struct {
	name    string
	round   int // the last call of Step that updated it
	steps   int64
	average []lane.Matrix
}

func newTracker(method string, rate float64, kept ...string) tracker {
	t := tracker{method: method, kept: kept, byParam: map[*Param]*slot{}}
	t.SetRate(rate)
	return t
}

// Rate returns the learning rate.
func (t *tracker) Rate() float64 { return t.rate }

// SetRate sets the learning rate of the next steps. It panics unless rate is finite and not negative.
func (t *tracker) SetRate(rate float64) {
	if !(rate >= 0) || math.IsInf(rate, 0) {
		panic(fmt.Sprintf("nn: %s: learning rate %v", t.method, rate))
	}
	t.rate = rate
}

// Step updates every parameter that is not frozen.
func (t *tracker) Step(params []*Param) { t.StepScaled(params, 1) }

// StepScaled is Step with the gradients times scale.
func (t *tracker) StepScaled(params []*Param, scale float64) {
	if t.byParam == nil {
		panic("nn: an optimizer was not made by NewSGD, NewAdam or their like")
	}
	t.scale = scale
	t.round++
	for _, p := range params {
		if !p.Frozen {
			t.take(p)
			if t.sparse && p.sparse() {
				t.stepRows(p)
			} else {
				lane.Parallel(len(t.value), stepGrain, t.body)
			}
		}
	}
	t.value, t.grad = nil, nil
}

// stepRows updates the rows of the parameter at hand whose gradients are not zero.
func (t *tracker) stepRows(p *Param) {
	for _, id := range p.rows.ids {
		first := int(id) * p.Value.Cols
		t.body(first, first+p.Value.Cols)
	}
}

// take makes p the parameter at hand, with one step more.
func (t *tracker) take(p *Param) {
	p.check(t.method)
	s := t.slotOf(p)
	if s.round == t.round {
		panic(fmt.Sprintf("nn: %s: parameter %q occurs twice", t.method, p.Name))
	}
	for i, m := range s.average {
		if m.Rows != p.Value.Rows || m.Cols != p.Value.Cols {
			panic(fmt.Sprintf("nn: %s: parameter %q is %v and its loaded %s %v", t.method, p.Name, p.Value, t.kept[i], m))
		}
		t.average[i] = flat(m)
	}
	s.round = t.round
	s.steps++
	t.value, t.grad = flat(p.Value), flat(p.Grad)
	if t.prepare != nil {
		t.prepare(s.steps)
	}
}

// slotOf returns the memory of p: what it had before, what was loaded under its name, or a new one.
func (t *tracker) slotOf(p *Param) *slot {
	s := t.byParam[p]
	if s != nil {
		return s
	}
	if s = t.loaded[p.Name]; s != nil {
		delete(t.loaded, p.Name)
	} else {
		s = &slot{name: p.Name}
		for range t.kept {
			s.average = append(s.average, lane.NewMatrix(p.Value.Rows, p.Value.Cols))
		}
		t.slots = append(t.slots, s)
	}
	t.byParam[p] = s
	return s
}

// stepsName is the name of a parameter's number of steps in a checkpoint. As a float32 is exact only up to 2²⁴, it is
// a 1×2 matrix: the multiples of 2²⁴, and the rest.
const stepsName = "step"

const stepsRadix = 1 << 24

// State returns the running averages, and the numbers of steps where the method needs them.
func (t *tracker) State() []Named {
	var state []Named
	seen := map[string]bool{}
	for _, s := range t.slots {
		if seen[s.name] {
			panic(fmt.Sprintf("nn: %s: State: two parameters have the name %q", t.method, s.name))
		}
		seen[s.name] = true
		for i, m := range s.average {
			state = append(state, Named{s.name + "." + t.kept[i], m})
		}
		if t.counts {
			parts := []float32{float32(s.steps / stepsRadix), float32(s.steps % stepsRadix)}
			state = append(state, Named{s.name + "." + stepsName, lane.MatrixOf(parts, 1, 2)})
		}
	}
	return state
}

// Load replaces the running averages by copies of those in state, which another optimizer's State returned.
func (t *tracker) Load(state []Named) error {
	loaded := map[string]*slot{}
	var slots []*slot
	for _, n := range state {
		dot := strings.LastIndexByte(n.Name, '.')
		if dot < 0 {
			return fmt.Errorf("nn: %s: Load: %q is not a parameter's name, a dot and what is kept", t.method, n.Name)
		}
		name, what := n.Name[:dot], n.Name[dot+1:]
		s := loaded[name]
		if s == nil {
			s = &slot{name: name, steps: -1, average: make([]lane.Matrix, len(t.kept))}
			loaded[name] = s
			slots = append(slots, s)
		}
		if err := t.load(s, what, n.Value); err != nil {
			return fmt.Errorf("nn: %s: Load: %q: %w", t.method, n.Name, err)
		}
	}
	for _, s := range slots {
		if err := t.complete(s); err != nil {
			return fmt.Errorf("nn: %s: Load: parameter %q: %w", t.method, s.name, err)
		}
	}
	t.byParam, t.loaded, t.slots = map[*Param]*slot{}, loaded, slots
	return nil
}

// load puts one matrix of a checkpoint into its place in s.
func (t *tracker) load(s *slot, what string, m lane.Matrix) error {
	if t.counts && what == stepsName {
		if s.steps >= 0 {
			return fmt.Errorf("it occurs twice")
		}
		steps, err := decodeSteps(m)
		s.steps = steps
		return err
	}
	for i, kept := range t.kept {
		if what != kept {
			continue
		}
		if s.average[i].Data != nil {
			return fmt.Errorf("it occurs twice")
		}
		s.average[i] = lane.NewMatrix(m.Rows, m.Cols)
		for r := range m.Rows {
			for c := range m.Cols {
				s.average[i].Set(r, c, m.At(r, c))
			}
		}
		return nil
	}
	return fmt.Errorf("%s keeps no %q; was it saved by another optimizer?", t.method, what)
}

func decodeSteps(m lane.Matrix) (int64, error) {
	if m.Rows != 1 || m.Cols != 2 {
		return 0, fmt.Errorf("it is %v, not 1×2", m)
	}
	high, low := int64(m.At(0, 0)), int64(m.At(0, 1))
	if float32(high) != m.At(0, 0) || float32(low) != m.At(0, 1) ||
		high < 0 || high >= stepsRadix || low < 0 || low >= stepsRadix {
		return 0, fmt.Errorf("%v and %v are not a number of steps", m.At(0, 0), m.At(0, 1))
	}
	return high*stepsRadix + low, nil
}

// complete checks that nothing is missing in a loaded slot and that its shapes agree.
func (t *tracker) complete(s *slot) error {
	for i, m := range s.average {
		if m.Data == nil {
			return fmt.Errorf("no %s", t.kept[i])
		}
		if first := s.average[0]; m.Rows != first.Rows || m.Cols != first.Cols {
			return fmt.Errorf("%s is %v and %s %v", t.kept[0], first, t.kept[i], m)
		}
	}
	if t.counts && s.steps < 0 {
		return fmt.Errorf("no %s", stepsName)
	}
	return nil
}
