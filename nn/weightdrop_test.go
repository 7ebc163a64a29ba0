package nn_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/lane-go/lane"
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

// The gradient of a layer with dropped weights is that of a finite difference of the whole ones.
func TestWeightDropGradient(t *testing.T) {
	const steps, batch, size = 4, 2, 5
	rng := rand.New(rand.NewPCG(3, 4))
	layer := nn.NewLSTM(size, size)
	randomize(rng, layer.Params())
	w := layer.Params()[1]
	x, dy := random(rng, steps*batch, size), random(rng, steps*batch, size)
	y := lane.NewMatrix(steps*batch, size)
	loss := func() (sum float64) {
		d := nn.NewWeightDrop(0.5, w, rand.New(rand.NewPCG(5, 6))) // the same mask each time
		nn.ZeroGrads(layer.Params())
		d.Drop()
		layer.Forward(y, x, lane.NewMatrix(batch, layer.StateSize()))
		layer.Backward(lane.Matrix{}, dy, lane.Matrix{})
		d.Restore()
		for i, v := range y.Data {
			sum += float64(v) * float64(dy.Data[i])
		}
		return sum
	}
	loss()
	gradient := slices.Clone(w.Grad.Data)
	for _, i := range []int{0, 7, 33, 61, 99} {
		const step = 1e-2
		v := w.Value.Data[i]
		w.Value.Data[i] = v + step
		up := loss()
		w.Value.Data[i] = v - step
		down := loss()
		w.Value.Data[i] = v
		require.InDelta(t, (up-down)/(2*step), gradient[i], 2e-3, "element %d", i)
	}
	require.Contains(t, gradient, float32(0))
}
