package nn

import "github.com/lane-go/lane"

// GRU is the gated recurrent unit (Cho et al. 2014) in the variant of PyTorch and cuDNN, which applies
// the reset gate after the product with W_hn:
//
//	r = σ(W_ir·x_t + b_ir + W_hr·h_(t−1) + b_hr)
//	z = σ(W_iz·x_t + b_iz + W_hz·h_(t−1) + b_hz)
//	n = tanh(W_in·x_t + b_in + r ⊙ (W_hn·h_(t−1) + b_hn))
//	h_t = (1 − z) ⊙ n + z ⊙ h_(t−1)
//
// Its methods are described at [Recurrent]. G is 3, in the order r, z, n, and the state is h.
type GRU struct{ window }

var _ Recurrent = (*GRU)(nil)

// NewGRU returns a layer of in inputs and hidden units whose parameters are zero: fill them with the
// initialisers. PyTorch draws all from ±1/√hidden. It panics unless both sizes are positive.
func NewGRU(in, hidden int) *GRU {
	g := &GRU{newWindow("GRU", in, hidden, 3, 1, false)}
	g.step, g.backstep = g.forwardStep, g.backwardStep
	return g
}

// forwardStep turns what the gates get from the input into their activations; what they get from the
// state stays for Backward, which needs that of n.
func (g *GRU) forwardStep(lo, hi int) {
	for b := lo; b < hi; b++ {
		row := g.t*g.batch + b
		lane.GRUForward(g.fromInput.Row(row), g.hidden.Row(row+g.batch), g.fromState.Row(row), g.hidden.Row(row))
	}
}

// backwardStep replaces the gates by their gradients, and adds to the gradient of the previous hidden
// state what reaches it past the gates.
func (g *GRU) backwardStep(lo, hi int) {
	for b := lo; b < hi; b++ {
		row := g.t*g.batch + b
		lane.GRUBackward(g.fromInput.Row(row), g.fromState.Row(row), g.dhidden.Row(row), g.hidden.Row(row), g.dhidden.Row(row+g.batch))
	}
}
