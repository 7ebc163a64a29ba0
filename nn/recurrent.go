package nn

import (
	"fmt"

	"github.com/lane-go/lane"
)

// Recurrent is one recurrent layer run over a window of T steps for B sequences side by side: [RNN],
// [LSTM] or [GRU].
//
// Rows are time-major: row t·B+b of x (T·B×I) and y (T·B×H) belongs to step t of sequence b. The state
// is B×StateSize, one sequence a row. Forward reads it as the initial state and leaves the final one
// in it, so that the next window carries on where this one ended; with one Backward a window that is
// truncated backpropagation through time (Williams & Peng 1990). A batch of one, a window of one step
// and windows that change their length are all fine.
type Recurrent interface {
	// Params returns the parameters under PyTorch's names without the layer's suffix: for G gates,
	// weight_ih (G·H×I), weight_hh (G·H×H), bias_ih (1×G·H) and bias_hh (1×G·H).
	Params() []*Param

	// InputSize returns I, the width of x.
	InputSize() int

	// HiddenSize returns H, the width of y.
	HiddenSize() int

	// StateSize returns the width of the state: H, the last hidden vector h, for RNN and GRU; 2·H for
	// LSTM, h and then the cell c.
	StateSize() int

	// Forward computes y (T·B×H) from x (T·B×I) and from state (B×StateSize), which it overwrites with
	// the state after the last step. x must not change until Backward; y may. The state must not be the
	// zero Matrix: one of zeros is lane.NewMatrix(B, StateSize). An empty window panics.
	Forward(y, x, state lane.Matrix)

	// Backward takes dy (T·B×H), the gradient of the loss with respect to the y of the last Forward,
	// adds to the gradients of the parameters, and computes dx (T·B×I). It uses up what Forward has
	// kept: each Backward needs a Forward of its own.
	//
	// dstate (B×StateSize) is on entry the gradient with respect to the final state, on exit that with
	// respect to the initial one. The zero Matrix stands for zeros on entry and leaves out the
	// work on exit. A zero Matrix for dx leaves dx out. dx may be dy if I is H.
	Backward(dx, dy, dstate lane.Matrix)

	// HiddenGradients returns ∂loss/∂h of every step (T·B×H) as the last Backward found it, through the
	// output of that step and through all later ones: its norm is what vanishes or explodes from the
	// last step to the first. It is valid until the next Backward.
	HiddenGradients() lane.Matrix
}

// A window is what the recurrent layers share: the parameters, all products, and the hidden states
// of the steps. A layer adds the arithmetic of its cell.
//
// The products are as large as the recurrence lets them be. What the gates get from the inputs is one
// product for all steps, and so are each gradient of a weight and dx; only what they get from the
// previous hidden state is one product a step, with weights packed once a window.
type window struct {
	name, forwardName, backwardName      string // "LSTM", "LSTM.Forward" and "LSTM.Backward", for panics
	weightIH, weightHH, biasIH, biasHH   *Param
	inputSize, hiddenSize, gates, states int // I, H, G, state vectors a sequence

	// step computes the hidden states of step t of the sequences lo to hi from its gates, backstep
	// the gradients of its gates from those of its hidden states.
	step, backstep func(lo, hi int)

	x            lane.Matrix // the caller's
	steps, batch int         // T, B
	t            int         // the step under way
	pending      bool        // a Forward waits for its Backward

	// Pre-activations, then activations, then, in Backward, gradients of the pre-activations. A cell
	// that adds the two up before anything else has one matrix for both (added).
	fromInput lane.Matrix // T·B×G·H: x·W_ihᵀ + b_ih
	fromState lane.Matrix // T·B×G·H: h·W_hhᵀ + b_hh
	added     bool

	hidden  lane.Matrix // (T+1)·B×H: the initial h, then that of each step
	dhidden lane.Matrix // (T+1)·B×H: the gradients of hidden
	dsteps  lane.Matrix // T·B×H: those of the steps, without the initial h
	packed  lane.Packed // weight_hh, as Forward or Backward multiplies with it
	bias    []float32   // G·H: the sum of both biases, or its gradient
}

func newWindow(name string, in, hidden, gates, states int, added bool) window {
	if in < 1 || hidden < 1 {
		panic(fmt.Sprintf("nn: New%s: %d inputs and %d hidden units", name, in, hidden))
	}
	return window{
		name:         name,
		forwardName:  name + ".Forward",
		backwardName: name + ".Backward",

		weightIH: NewParam("weight_ih", gates*hidden, in),
		weightHH: NewParam("weight_hh", gates*hidden, hidden),
		biasIH:   NewParam("bias_ih", 1, gates*hidden),
		biasHH:   NewParam("bias_hh", 1, gates*hidden),

		inputSize: in, hiddenSize: hidden, gates: gates, states: states,
		added: added,
		bias:  make([]float32, gates*hidden),
	}
}

// Params returns weight_ih, weight_hh, bias_ih and bias_hh.
func (w *window) Params() []*Param {
	return []*Param{w.weightIH, w.weightHH, w.biasIH, w.biasHH}
}

// InputSize returns I, the width of x.
func (w *window) InputSize() int { return w.inputSize }

// HiddenSize returns H, the width of y.
func (w *window) HiddenSize() int { return w.hiddenSize }

// StateSize returns the width of the state.
func (w *window) StateSize() int { return w.states * w.hiddenSize }

// HiddenGradients returns ∂loss/∂h of every step of the last Backward, T·B×H.
func (w *window) HiddenGradients() lane.Matrix {
	if absent(w.dsteps) {
		panic(fmt.Sprintf("nn: %s.HiddenGradients: no Backward yet", w.name))
	}
	return w.dsteps
}

// Forward runs the layer over a window; see [Recurrent].
func (w *window) Forward(y, x, state lane.Matrix) {
	w.begin(y, x, state)
	w.forward(y, state)
}

// Backward propagates dy through the window of the last Forward; see [Recurrent].
func (w *window) Backward(dx, dy, dstate lane.Matrix) {
	w.beginBackward(dx, dy, dstate)
	w.backward(dx, dy, dstate)
}

// begin checks the shapes of a Forward and makes room for it.
func (w *window) begin(y, x, state lane.Matrix) {
	who := w.forwardName
	if absent(state) || state.Rows == 0 {
		panic(fmt.Sprintf("nn: %s: no state; its rows say how many sequences there are", who))
	}
	if x.Rows == 0 || x.Rows%state.Rows != 0 {
		panic(fmt.Sprintf("nn: %s: x is %v, whose rows are not one or more steps of the %d sequences of the state", who, x, state.Rows))
	}
	checkShape(who, "x", x, x.Rows, w.inputSize)
	checkShape(who, "y", y, x.Rows, w.hiddenSize)
	checkShape(who, "state", state, state.Rows, w.StateSize())

	w.x, w.batch, w.steps, w.pending = x, state.Rows, x.Rows/state.Rows, true
	resize(&w.fromInput, x.Rows, w.gates*w.hiddenSize)
	if w.added {
		w.fromState = w.fromInput
	} else {
		resize(&w.fromState, x.Rows, w.gates*w.hiddenSize)
	}
	resize(&w.hidden, x.Rows+w.batch, w.hiddenSize)
}

// forward runs the steps.
func (w *window) forward(y, state lane.Matrix) {
	bias := w.biasIH.Value.Row(0)
	if w.added {
		lane.Add(w.bias, bias, w.biasHH.Value.Row(0))
		bias = w.bias
	} else {
		copyRows(w.fromState, w.biasHH.Value)
	}
	w.weightIH.Precision.GemmBias(w.fromInput, 0, 1, w.x, w.weightIH.Value.T(), bias, lane.NoActivation)
	w.weightHH.Precision.Repack(&w.packed, w.weightHH.Value.T())

	copyRows(w.at(w.hidden, 0), w.stateVector(state, 0))
	for w.t = range w.steps {
		lane.GemmPacked(w.at(w.fromState, w.t), 1, 1, w.at(w.hidden, w.t), &w.packed)
		lane.Parallel(w.batch, w.grain(), w.step)
	}
	copyRows(y, w.hidden.Slice(w.batch, w.hidden.Rows, 0, w.hiddenSize))
	copyRows(w.stateVector(state, 0), w.at(w.hidden, w.steps))
}

// beginBackward checks the shapes of a Backward and makes room for it.
func (w *window) beginBackward(dx, dy, dstate lane.Matrix) {
	who := w.backwardName
	if !w.pending {
		panic(fmt.Sprintf("nn: %s: needs a Forward before each", who))
	}
	rows := w.steps * w.batch
	checkShape(who, "dy", dy, rows, w.hiddenSize)
	if !absent(dx) {
		checkShape(who, "dx", dx, rows, w.inputSize)
	}
	if !absent(dstate) {
		checkShape(who, "dstate", dstate, w.batch, w.StateSize())
	}
	w.pending = false
	resize(&w.dhidden, rows+w.batch, w.hiddenSize)
	w.dsteps = w.dhidden.Slice(w.batch, rows+w.batch, 0, w.hiddenSize)
}

// backward runs the steps backwards, then the products over the whole window.
func (w *window) backward(dx, dy, dstate lane.Matrix) {
	w.weightHH.Precision.Repack(&w.packed, w.weightHH.Value)
	w.at(w.dhidden, 0).Zero()
	copyRows(w.dsteps, dy)
	if !absent(dstate) {
		last := w.at(w.dhidden, w.steps)
		eachRow(lane.Add, last, last, w.stateVector(dstate, 0))
	}
	for w.t = w.steps - 1; w.t >= 0; w.t-- {
		lane.Parallel(w.batch, w.grain(), w.backstep)
		if w.t > 0 || !absent(dstate) {
			lane.GemmPacked(w.at(w.dhidden, w.t), 1, 1, w.at(w.fromState, w.t), &w.packed)
		}
	}
	if !absent(dstate) {
		copyRows(w.stateVector(dstate, 0), w.at(w.dhidden, 0))
	}

	dinput, dprevious := w.fromInput, w.fromState
	w.weightIH.Precision.Gemm(w.weightIH.Grad, 1, 1, dinput.T(), w.x)
	w.weightHH.Precision.Gemm(w.weightHH.Grad, 1, 1, dprevious.T(), w.hidden.Slice(0, w.steps*w.batch, 0, w.hiddenSize))
	w.addBiasGradients(dinput, dprevious)
	if !absent(dx) {
		w.weightIH.Precision.Gemm(dx, 0, 1, dinput, w.weightIH.Value)
	}
	w.x = lane.Matrix{}
}

func (w *window) addBiasGradients(dinput, dprevious lane.Matrix) {
	ih, hh := w.biasIH.Grad.Row(0), w.biasHH.Grad.Row(0)
	if !w.added {
		addColumnSums(ih, dinput)
		addColumnSums(hh, dprevious)
		return
	}
	clear(w.bias)
	addColumnSums(w.bias, dinput)
	lane.Add(ih, ih, w.bias)
	lane.Add(hh, hh, w.bias)
}

// at returns the rows of step t.
func (w *window) at(m lane.Matrix, t int) lane.Matrix {
	return m.Slice(t*w.batch, (t+1)*w.batch, 0, m.Cols)
}

// stateVector returns the i-th vector of every sequence's state, B×H.
func (w *window) stateVector(state lane.Matrix, i int) lane.Matrix {
	return state.Slice(0, w.batch, i*w.hiddenSize, (i+1)*w.hiddenSize)
}

// grain is the number of sequences whose cells one thread computes at a time. Below some thousand
// units the fork costs more than it saves.
func (w *window) grain() int { return max(1, 2048/w.hiddenSize) }
