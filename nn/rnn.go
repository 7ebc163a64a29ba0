package nn

import "github.com/lane-go/lane"

// RNN is the simple recurrent network (Elman 1990):
//
//	h_t = tanh(W_ih·x_t + b_ih + W_hh·h_(t−1) + b_hh)
//
// Its methods are described at [Recurrent]. G is 1, and the state is h.
type RNN struct{ window }

var _ Recurrent = (*RNN)(nil)

// NewRNN returns a layer of in inputs and hidden units whose parameters are zero: fill them with the
// initialisers. PyTorch draws all from ±1/√hidden. It panics unless both sizes are positive.
func NewRNN(in, hidden int) *RNN {
	r := &RNN{newWindow("RNN", in, hidden, 1, 1, true)}
	r.step, r.backstep = r.forwardStep, r.backwardStep
	return r
}

func (r *RNN) forwardStep(lo, hi int) {
	for b := lo; b < hi; b++ {
		row := r.t*r.batch + b
		lane.Tanh(r.hidden.Row(row+r.batch), r.fromState.Row(row))
	}
}

func (r *RNN) backwardStep(lo, hi int) {
	for b := lo; b < hi; b++ {
		row := r.t*r.batch + b
		lane.TanhBackward(r.fromState.Row(row), r.dhidden.Row(row+r.batch), r.hidden.Row(row+r.batch))
	}
}
