package lane

// LSTMForward is a step of n LSTM cells. gates are the 4·n sums that i, f, g and o are functions of, n of each, one after the other; all
// other operands are n numbers. It replaces the gates by i = σ(i), f = σ(f), g = tanh g and o = σ(o), and with the cell before sets
//
//	c = f·before + i·g   tanhC = tanh c   h = o·tanhC
//
// c may be before.
func LSTMForward(gates, c, tanhC, h, before []float32) {
	sameLength("LSTMForward", len(gates), 4*len(h))
	sameLengths("LSTMForward", len(c), len(tanhC), len(h))
	sameLength("LSTMForward", len(before), len(h))
	active.LSTMForward(gates, c, tanhC, h, before)
}

// LSTMBackward is the step back of [LSTMForward], from the gradients dh of h and dc of c. It replaces
// the 4·n gates by the gradients of the sums, and the n numbers dc by that of the cell before; before and tanhC are n numbers too.
func LSTMBackward(gates, dc, before, tanhC, dh []float32) {
	sameLength("LSTMBackward", len(gates), 4*len(dh))
	sameLengths("LSTMBackward", len(dc), len(before), len(dh))
	sameLength("LSTMBackward", len(tanhC), len(dh))
	active.LSTMBackward(gates, dc, before, tanhC, dh)
}

// GRUForward is a step of n GRU cells. gates are the 3·n sums that r, z and n get from the input, n of each, one after the other, state those
// that they get from the hidden vector before, which has n numbers, as h. It replaces gates by r = σ(r + state), z = σ(z + state) and
// n = tanh(n + r·state), and sets h = (1 − z)·n + z·before.
func GRUForward(gates, h, state, before []float32) {
	sameLengths("GRUForward", len(gates), len(state), 3*len(h))
	sameLength("GRUForward", len(before), len(h))
	active.GRUForward(gates, h, state, before)
}

// GRUBackward is the step back of [GRUForward], from the gradient dh of h. It replaces the gates and the
// state, 3·n numbers each, by the gradients of the sums, and adds to dbefore, n numbers as dh and before, what reaches the vector before
// past the gates.
func GRUBackward(gates, state, dbefore, before, dh []float32) {
	sameLengths("GRUBackward", len(gates), len(state), 3*len(dh))
	sameLengths("GRUBackward", len(dbefore), len(before), len(dh))
	active.GRUBackward(gates, state, dbefore, before, dh)
}
