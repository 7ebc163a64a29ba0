package nn

import (
	"fmt"

	"github.com/lane-go/lane"
)

// Stepper runs a recurrent layer one step at a time, as generating text does, where each step's
// input is known only after the one before.
//
// A window packs its weights once and multiplies with them at every step; a single step would only copy what
// it reads once. The stepper multiplies with the weights where they lie, as fast as they can be read,
// and keeps nothing for Backward. It rounds differently from [Recurrent]'s Forward, within the bounds of a product of
// another order.
//
// A stepper has a state and scratch of its own and only reads the layer: several may run at the same time,
// as long as nobody changes the parameters.
type Stepper struct {
	layer     *window
	state     lane.Matrix // B×StateSize
	hidden    lane.Matrix // B×H, the part of the state that is the output
	fromInput lane.Matrix // B×G·H
	fromState lane.Matrix // B×G·H, fromInput where both are only ever added up
	scratch   []float32   // H
	cell      func(b int)
}

// NewStepper returns a stepper of the layer for batch sequences side by side, in the zero state. It
// panics if batch is not positive, or the layer is none of this package.
func NewStepper(layer Recurrent, batch int) *Stepper {
	if batch < 1 {
		panic(fmt.Sprintf("nn: NewStepper: a batch of %d", batch))
	}
	s := new(Stepper)
	switch l := layer.(type) {
	case *LSTM:
		s.layer, s.cell = &l.window, s.stepLSTM
	case *GRU:
		s.layer, s.cell = &l.window, s.stepGRU
	case *RNN:
		s.layer, s.cell = &l.window, s.stepRNN
	default:
		panic(fmt.Sprintf("nn: NewStepper: no steps for a %T", layer))
	}
	s.state = lane.NewMatrix(batch, s.layer.StateSize())
	s.hidden = s.state.Slice(0, batch, 0, s.layer.hiddenSize)
	s.fromInput = lane.NewMatrix(batch, s.layer.gates*s.layer.hiddenSize)
	s.fromState = s.fromInput
	if !s.layer.added {
		s.fromState = lane.NewMatrix(batch, s.layer.gates*s.layer.hiddenSize)
	}
	s.scratch = make([]float32, s.layer.hiddenSize)
	return s
}

// State returns the state, B×StateSize: the live one, to read, to set or to zero between steps.
func (s *Stepper) State() lane.Matrix { return s.state }

// Step reads x (B×I) and returns the output (B×H), which is part of the state.
func (s *Stepper) Step(x lane.Matrix) lane.Matrix {
	checkShape("Stepper.Step", "x", x, s.state.Rows, s.layer.inputSize)
	lane.GemmBias(s.fromInput, 0, 1, x, s.layer.weightIH.Value.T(), s.layer.biasIH.Value.Row(0), lane.NoActivation)
	beta := float32(0)
	if s.layer.added {
		beta = 1
	}
	lane.GemmBias(s.fromState, beta, 1, s.hidden, s.layer.weightHH.Value.T(), s.layer.biasHH.Value.Row(0), lane.NoActivation)
	for b := range s.state.Rows {
		s.cell(b)
	}
	return s.hidden
}

func (s *Stepper) stepLSTM(b int) {
	state := s.state.Row(b)
	h, c := state[:s.layer.hiddenSize], state[s.layer.hiddenSize:]
	lane.LSTMForward(s.fromState.Row(b), c, s.scratch, h, c)
}

func (s *Stepper) stepGRU(b int) {
	h := s.state.Row(b)
	lane.GRUForward(s.fromInput.Row(b), s.scratch, s.fromState.Row(b), h)
	copy(h, s.scratch)
}

func (s *Stepper) stepRNN(b int) { lane.Tanh(s.state.Row(b), s.fromState.Row(b)) }
