package lane

import "fmt"

// Exp sets dst[i] = eˣ: +Inf above 88.72, 0 below −103.97.
func Exp(dst, x []float32) {
	sameLength("Exp", len(dst), len(x))
	active.Exp(dst, x)
}

// Sigmoid sets dst[i] = 1/(1 + e⁻ˣ).
func Sigmoid(dst, x []float32) {
	sameLength("Sigmoid", len(dst), len(x))
	active.Sigmoid(dst, x)
}

// Tanh sets dst[i] = tanh x.
func Tanh(dst, x []float32) {
	sameLength("Tanh", len(dst), len(x))
	active.Tanh(dst, x)
}

// ReLU sets dst[i] = max(0, x[i]); NaN stays NaN.
func ReLU(dst, x []float32) {
	sameLength("ReLU", len(dst), len(x))
	active.ReLU(dst, x)
}

// TanhBackward sets dx[i] = dy[i]·(1 − y[i]²), the gradient of x from that of y = tanh x.
func TanhBackward(dx, dy, y []float32) {
	sameLengths("TanhBackward", len(dx), len(dy), len(y))
	active.TanhBackward(dx, dy, y)
}

// ExpSum sets dst[i] = e^(x[i] − top), +Inf where that is more than a float32 holds, and returns Σ dst[i]. With
// the largest x[i] as top it is the softmax before it is scaled.
func ExpSum(dst []float32, top float32, x []float32) float32 {
	sameLength("ExpSum", len(dst), len(x))
	return active.ExpSum(dst, top, x)
}

// AddExpSum is [ExpSum] of x[i] + y[i], as logits are of products and their bias.
func AddExpSum(dst []float32, top float32, x, y []float32) float32 {
	sameLengths("AddExpSum", len(dst), len(x), len(y))
	return active.AddExpSum(dst, top, x, y)
}

// LogisticErrors is the loss −log σ(sign·z) of scores z and the gradient that lessens it: it sets z = sign·z, p = σ(z) and
// g = rate·sign·(1 − p), element by element. A sign is 1 or −1. The slices must be apart.
func LogisticErrors(g, p, z []float32, rate float32, sign []float32) {
	sameLengths("LogisticErrors", len(g), len(p), len(z))
	sameLength("LogisticErrors", len(g), len(sign))
	active.LogisticErrors(g, p, z, rate, sign)
}

// Softmax sets each row of dst to eˣ/Σeˣ of that row of x, m×n both, whose rows must be
// contiguous. The largest element is taken off first, so that no finite x overflows.
func Softmax(dst, x Matrix) {
	if dst.Rows != x.Rows || dst.Cols != x.Cols {
		panic(fmt.Sprintf("lane: Softmax: %v = softmax %v", dst, x))
	}
	checkContiguous("Softmax", &dst)
	checkContiguous("Softmax", &x)
	for i := range x.Rows {
		softmaxRow(dst.Row(i), x.Row(i))
	}
}

func softmaxRow(dst, x []float32) {
	active.Scale(dst, 1/active.ExpSum(dst, active.Max(x), x), dst)
}
