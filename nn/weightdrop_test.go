package nn_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/lane-go/lane/nn"
	"github.com/stretchr/testify/require"
)

func TestWeightDrop(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	w := nn.NewParam("weight_hh", 40, 50)
	nn.Normal(w.Value, 0, 1, rng)
	whole := slices.Clone(w.Value.Data)
	d := nn.NewWeightDrop(0.25, w, rng)
	require.Panics(t, d.Restore)
	var before []float32
	for range 2 {
		d.Drop()
		require.Panics(t, d.Drop)
		left := slices.Clone(w.Value.Data)
		require.NotEqual(t, before, left, "a new mask each time")
		before = left
		dropped := 0
		for i, v := range left {
			w.Grad.Data[i] = 1
			if v == 0 {
				dropped++
			} else {
				require.InEpsilon(t, whole[i]/0.75, v, 1e-6)
			}
		}
		require.InDelta(t, 0.25, float64(dropped)/2000, 0.05)
		d.Restore()
		require.Equal(t, whole, w.Value.Data)
		for i, g := range w.Grad.Data {
			if left[i] == 0 {
				require.Zero(t, g)
			} else {
				require.InEpsilon(t, 1/0.75, g, 1e-6)
			}
		}
	}
	require.Zero(t, testing.AllocsPerRun(10, func() { d.Drop(); d.Restore() }))
}
