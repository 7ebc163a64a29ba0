package nn

import "github.com/lane-go/lane"

// The activations are pairs of a function and its derivative. All matrices of a call have one shape
// and contiguous rows; the destination may be one of the sources. The derivatives are
// written in terms of the output y, so that the input need not be kept.

// Sigmoid computes y = 1/(1 + e⁻ˣ), element by element.
func Sigmoid(y, x lane.Matrix) {
	checkShape("Sigmoid", "y", y, x.Rows, x.Cols)
	eachRow(sigmoidRow, y, x, x)
}

// SigmoidBackward computes dx = dy ⊙ y ⊙ (1 − y) from the output y of [Sigmoid].
func SigmoidBackward(dx, dy, y lane.Matrix) {
	checkBackward("SigmoidBackward", dx, dy, y)
	eachRow(sigmoidBackwardRow, dx, dy, y)
}

func sigmoidRow(y, x, _ []float32) { lane.Sigmoid(y, x) }

func sigmoidBackwardRow(dx, dy, y []float32) {
	for i, v := range y {
		dx[i] = dy[i] * v * (1 - v)
	}
}

// Tanh computes y = tanh x, element by element.
func Tanh(y, x lane.Matrix) {
	checkShape("Tanh", "y", y, x.Rows, x.Cols)
	eachRow(tanhRow, y, x, x)
}

// TanhBackward computes dx = dy ⊙ (1 − y²) from the output y of [Tanh].
func TanhBackward(dx, dy, y lane.Matrix) {
	checkBackward("TanhBackward", dx, dy, y)
	eachRow(lane.TanhBackward, dx, dy, y)
}

func tanhRow(y, x, _ []float32) { lane.Tanh(y, x) }

// ReLU computes y = max(0, x), element by element (Nair & Hinton 2010).
func ReLU(y, x lane.Matrix) {
	checkShape("ReLU", "y", y, x.Rows, x.Cols)
	eachRow(reluRow, y, x, x)
}

// ReLUBackward sets dx to dy where the output y of [ReLU] is positive and to 0 elsewhere: the
// derivative at 0 counts as 0.
func ReLUBackward(dx, dy, y lane.Matrix) {
	checkBackward("ReLUBackward", dx, dy, y)
	eachRow(reluBackwardRow, dx, dy, y)
}

func reluRow(y, x, _ []float32) { lane.ReLU(y, x) }

func reluBackwardRow(dx, dy, y []float32) {
	for i, v := range y {
		if v > 0 {
			dx[i] = dy[i]
		} else {
			dx[i] = 0
		}
	}
}

// Softmax computes yⱼ = e^xⱼ / Σₖ e^xₖ along each row (Bridle 1990). The largest element is taken off
// first, so that no finite x overflows.
func Softmax(y, x lane.Matrix) {
	checkShape("Softmax", "y", y, x.Rows, x.Cols)
	eachRow(softmaxRow, y, x, x)
}

// SoftmaxBackward computes dxⱼ = yⱼ·(dyⱼ − Σₖ dyₖ·yₖ) along each row from the output y of [Softmax].
// Before a cross-entropy, [SoftmaxCrossEntropy] is shorter and more accurate.
func SoftmaxBackward(dx, dy, y lane.Matrix) {
	checkBackward("SoftmaxBackward", dx, dy, y)
	eachRow(softmaxBackwardRow, dx, dy, y)
}

func softmaxRow(y, x, _ []float32) {
	lane.Softmax(lane.MatrixOf(y, 1, len(y)), lane.MatrixOf(x, 1, len(x)))
}

func softmaxBackwardRow(dx, dy, y []float32) {
	mean := lane.Dot(dy, y)
	for i, v := range y {
		dx[i] = v * (dy[i] - mean)
	}
}

func checkBackward(who string, dx, dy, y lane.Matrix) {
	checkShape(who, "dy", dy, y.Rows, y.Cols)
	checkShape(who, "dx", dx, y.Rows, y.Cols)
}
