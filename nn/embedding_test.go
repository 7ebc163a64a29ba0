package nn_test

import (
	"math/rand/v2"
	"testing"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
	"github.com/stretchr/testify/require"
)

// A look-up and its gradient are the products with one-hot rows.
func TestEmbeddingIsOneHotTimesMatrix(t *testing.T) {
	const v, h = 11, 6
	rng := rand.New(rand.NewPCG(1, 2))
	ids := []int32{10, 0, 4, 4, 7, 10, 4}
	layer := nn.NewEmbedding(v, h)
	randomize(rng, layer.Params())
	dy := random(rng, len(ids), h)

	hot := lane.NewMatrix(len(ids), v)
	for i := range hot.Data {
		hot.Data[i] = 9 // to be overwritten
	}
	nn.OneHot(hot, ids)

	looked, multiplied := lane.NewMatrix(len(ids), h), lane.NewMatrix(len(ids), h)
	layer.Forward(looked, ids)
	lane.Gemm(multiplied, 0, 1, hot, layer.Weight.Value)
	require.Equal(t, multiplied, looked)

	layer.Backward(dy, ids)
	gradient := lane.NewMatrix(v, h)
	lane.Gemm(gradient, 0, 1, hot.T(), dy)
	require.InDeltaSlice(t, gradient.Data, layer.Weight.Grad.Data, 1e-6)
}

// A decoder tied to its encoder collects both gradients in one parameter.
func TestTiedWeights(t *testing.T) {
	const v, h = 5, 3
	rng := rand.New(rand.NewPCG(1, 2))
	ids := []int32{1, 4}
	encoder, decoder := nn.NewEmbedding(v, h), nn.NewLinear(h, v)
	decoder.Weight = encoder.Weight
	randomize(rng, encoder.Params())
	x, dx, dy := lane.NewMatrix(2, h), lane.NewMatrix(2, h), random(rng, 2, v)
	encoder.Forward(x, ids)
	decoder.Backward(dx, dy, x)
	fromDecoder := append([]float32(nil), encoder.Weight.Grad.Data...)
	encoder.Backward(dx, ids)
	for i, id := range ids {
		for j := range h {
			at := int(id)*h + j
			require.InDelta(t, fromDecoder[at]+dx.At(i, j), encoder.Weight.Grad.Data[at], 1e-6)
		}
	}
}
