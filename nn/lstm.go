package nn

import "github.com/lane-go/lane"

// LSTM is the long short-term memory (Hochreiter & Schmidhuber 1997) with forget gates (Gers,
// Schmidhuber & Cummins 2000). With a_t = W_ih·x_t + b_ih + W_hh·h_(t−1) + b_hh cut into the four gates,
//
//	i = σ(a_i)   f = σ(a_f)   g = tanh(a_g)   o = σ(a_o)
//	c_t = f ⊙ c_(t−1) + i ⊙ g
//	h_t = o ⊙ tanh(c_t)
//
// Its methods are described at [Recurrent]. G is 4, in the order i, f, g, o, and each row of the state
// is h and then c.
type LSTM struct {
	window
	cells     lane.Matrix // (T+1)·B×H: the initial c, then that of each step
	tanhCells lane.Matrix // T·B×H: tanh(c_t)
	dcells    lane.Matrix // B×H: the gradient of c after the step under way, then before it
}

var _ Recurrent = (*LSTM)(nil)

// NewLSTM returns a layer of in inputs and hidden units whose parameters are zero: fill them with the
// initialisers. PyTorch draws all from ±1/√hidden. It panics unless both sizes are positive.
func NewLSTM(in, hidden int) *LSTM {
	l := &LSTM{window: newWindow("LSTM", in, hidden, 4, 2, true)}
	l.step, l.backstep = l.forwardStep, l.backwardStep
	return l
}

// Forward runs the layer over a window; see [Recurrent].
func (l *LSTM) Forward(y, x, state lane.Matrix) {
	l.begin(y, x, state)
	resize(&l.cells, x.Rows+l.batch, l.hiddenSize)
	resize(&l.tanhCells, x.Rows, l.hiddenSize)
	copyRows(l.at(l.cells, 0), l.stateVector(state, 1))
	l.forward(y, state)
	copyRows(l.stateVector(state, 1), l.at(l.cells, l.steps))
}

func (l *LSTM) forwardStep(lo, hi int) {
	for b := lo; b < hi; b++ {
		row := l.t*l.batch + b
		after := row + l.batch
		lane.LSTMForward(l.fromState.Row(row), l.cells.Row(after), l.tanhCells.Row(row), l.hidden.Row(after), l.cells.Row(row))
	}
}

// Backward propagates dy through the window of the last Forward; see [Recurrent].
func (l *LSTM) Backward(dx, dy, dstate lane.Matrix) {
	l.beginBackward(dx, dy, dstate)
	resize(&l.dcells, l.batch, l.hiddenSize)
	if absent(dstate) {
		l.dcells.Zero()
	} else {
		copyRows(l.dcells, l.stateVector(dstate, 1))
	}
	l.backward(dx, dy, dstate)
	if !absent(dstate) {
		copyRows(l.stateVector(dstate, 1), l.dcells)
	}
}

// backwardStep replaces the gates by their gradients.
func (l *LSTM) backwardStep(lo, hi int) {
	for b := lo; b < hi; b++ {
		row := l.t*l.batch + b
		lane.LSTMBackward(l.fromState.Row(row), l.dcells.Row(b), l.cells.Row(row), l.tanhCells.Row(row), l.dhidden.Row(row+l.batch))
	}
}
