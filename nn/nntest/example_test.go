package nntest_test

import (
	"fmt"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
	"github.com/lane-go/lane/nn/nntest"
)

// A layer whose Backward forgets that inputs have gradients is found out. In a
// test, t takes the place of the recorder.
func ExampleCheckGradients() {
	layer := nn.NewLinear(2, 1)
	copy(layer.Weight.Value.Data, []float32{0.5, -2})
	x, dx := lane.MatrixOf([]float32{1, 2, 3, 4}, 2, 2), lane.NewMatrix(2, 2)
	y, dy := lane.NewMatrix(2, 1), lane.MatrixOf([]float32{1, -1}, 2, 1)

	loss := func() float64 {
		layer.Forward(y, x)
		return nntest.Inner(y, dy)
	}
	params := append(layer.Params(), nntest.Input("x", x, dx))

	var right, wrong recorder
	nntest.CheckGradients(&right, loss, func() { layer.Backward(dx, dy, x) }, params...)
	dx.Zero()
	nntest.CheckGradients(&wrong, loss, func() { layer.Backward(lane.Matrix{}, dy, x) }, params...)
	fmt.Println(len(right), "and", len(wrong), "wrong parameters")
	// Output: 0 and 1 wrong parameters
}
