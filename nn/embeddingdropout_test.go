package nn_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
	"github.com/stretchr/testify/require"
)

func TestEmbeddingDropout(t *testing.T) {
	const words, size, p = 2000, 3, 0.25
	d := nn.NewEmbeddingDropout(p, words, rand.New(rand.NewPCG(1, 2)))
	ids := make([]int32, 2*words) // each word twice
	for i := range ids {
		ids[i] = int32(i % words)
	}
	x, y, dx := ones(len(ids), size), lane.NewMatrix(len(ids), size), lane.NewMatrix(len(ids), size)
	var before []float32
	for range 2 {
		d.Forward(y, x, ids)
		require.NotEqual(t, before, y.Data, "new factors each time")
		before = slices.Clone(y.Data)
		dropped := 0
		for i := range words {
			factor := y.At(i, 0)
			if factor == 0 {
				dropped++
			} else {
				require.Equal(t, float32(1/(1-p)), factor)
			}
			for _, at := range []int{i, i + words} {
				require.Equal(t, []float32{factor, factor, factor}, y.Row(at), "a word is dropped everywhere")
			}
		}
		require.InDelta(t, p, float64(dropped)/words, 0.05)
		d.Backward(dx, x, ids)
		require.Equal(t, y, dx, "the way back has the same factors")
	}
	require.Zero(t, testing.AllocsPerRun(10, func() { d.Forward(y, x, ids); d.Backward(dx, x, ids) }))

	d.Train = false
	d.Forward(y, x, ids)
	require.Equal(t, x, y, "evaluation drops nothing")
	d.Backward(dx, x, ids)
	require.Equal(t, x, dx)
	require.Panics(t, func() { d.Forward(y, x, ids[1:]) })
	require.Panics(t, func() { d.Backward(dx, x, ids[1:]) })
	require.Panics(t, func() { nn.NewEmbeddingDropout(p, words, rand.New(rand.NewPCG(1, 2))).Backward(dx, x, ids) }, "before any Forward")
}
