package nn_test

import (
	"math/rand/v2"
	"testing"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
	"github.com/stretchr/testify/require"
)

// The loss works in blocks of rows: more rows than one block, and a last one that is shorter.
func TestCrossEntropyInBlocksOfRows(t *testing.T) {
	const classes, in, scale = 11, 5, 0.5
	n := 2*nn.CrossEntropyRows(classes) + 3
	rng := rand.New(rand.NewPCG(1, 2))
	layer, want := nn.NewLinear(in, classes), nn.NewLinear(in, classes)
	randomize(rng, layer.Params())
	for i, p := range want.Params() {
		p.Value = layer.Params()[i].Value
	}
	x, targets := random(rng, n, in), make([]int32, n)
	for i := range targets {
		targets[i] = int32(rng.IntN(classes))
	}

	logits, dx, wantDx := lane.NewMatrix(n, classes), lane.NewMatrix(n, in), lane.NewMatrix(n, in)
	want.Forward(logits, x)
	wantLoss := nn.SoftmaxCrossEntropy(logits, logits, targets, scale)
	want.Backward(wantDx, logits, x)

	loss := layer.NewCrossEntropy()
	loss.PackTraining()
	require.InEpsilon(t, wantLoss, loss.Learn(dx, x, targets, scale), 1e-6)
	require.InDeltaSlice(t, wantDx.Data, dx.Data, 1e-5)
	for i, p := range layer.Params() {
		require.InDeltaSlice(t, want.Params()[i].Grad.Data, p.Grad.Data, 1e-4, p.Name)
	}
	require.InEpsilon(t, wantLoss, loss.Loss(x, targets), 1e-6)
}
