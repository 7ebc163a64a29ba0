package rnnlm

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func flow(t *testing.T, change func(f *Flow)) FlowResult {
	t.Helper()
	f := DefaultFlow(RNN)
	change(&f)
	r, err := GradientFlow(f)
	require.NoError(t, err)
	require.Len(t, r.Norms, f.Steps)
	require.Len(t, r.Clipped, f.Steps)
	require.InDelta(t, 1, r.Norms[f.Steps-1], 1e-6)
	return r
}

func TestGradientsVanishAndExplodeWithTheScale(t *testing.T) {
	for _, scale := range []float64{0.5, 1, 1.5} {
		r := flow(t, func(f *Flow) { f.Scale = scale })
		for i, n := range r.Norms {
			require.InEpsilon(t, math.Pow(scale, float64(49-i)), n, 1e-3, "scale %v, step %d", scale, i)
		}
		require.Equal(t, r.Norms, r.Clipped, "nothing is clipped without a bound")
	}
}

func TestGatesKeepGradientsFromVanishing(t *testing.T) {
	plain := flow(t, func(f *Flow) { f.Scale = 0.5 })
	for _, cell := range []Cell{LSTM, GRU} {
		kept := flow(t, func(f *Flow) { f.Scale, f.Cell, f.ForgetBias = 0.5, cell, 4 })
		require.Less(t, plain.Norms[0], 1e-14)
		require.Greater(t, kept.Norms[0], 1e-2, cell)

		forgetful := flow(t, func(f *Flow) { f.Scale, f.Cell, f.ForgetBias = 0.5, cell, -4 })
		require.Less(t, forgetful.Norms[0], 1e-6*kept.Norms[0], cell)
	}
}

func TestClippingBoundsTheExplosion(t *testing.T) {
	free := flow(t, func(f *Flow) { f.Scale = 1.5 })
	require.Greater(t, free.Global, 1e6)
	clipped := flow(t, func(f *Flow) { f.Scale, f.Clip = 1.5, 0.25 })
	require.Equal(t, free.Norms, clipped.Norms)
	for i := range clipped.Norms {
		require.InEpsilon(t, 0.25/free.Global*free.Norms[i], clipped.Clipped[i], 1e-12)
	}
	require.Equal(t, free.Norms, flow(t, func(f *Flow) { f.Scale, f.Clip = 1.5, 1e12 }).Clipped)
}

// From the zero state and no input, one step moves nothing but the bias, once.
func TestGlobalNormCountsTheBiasOnce(t *testing.T) {
	r := flow(t, func(f *Flow) { f.Cell, f.Steps = RNN, 1 })
	require.InDelta(t, 1, r.Norms[0], 1e-6)
	require.InDelta(t, 1, r.Global, 1e-6)
}

func TestFlowBeyondFloat32IsInfinite(t *testing.T) {
	for _, cell := range Cells() {
		r := flow(t, func(f *Flow) { f.Cell, f.Scale, f.Steps, f.Clip = cell, 1e6, 50, 1 })
		for _, x := range [][]float64{r.Norms, r.Clipped, {r.Global}} {
			require.True(t, math.IsInf(x[0], 1), "%s: %v", cell, x)
		}
		require.InDelta(t, 1, r.Norms[49], 1e-6, cell)
	}
}

func TestFlowIsSeeded(t *testing.T) {
	a := flow(t, func(f *Flow) { f.Cell = LSTM })
	require.Equal(t, a, flow(t, func(f *Flow) { f.Cell = LSTM }))
	require.NotEqual(t, a, flow(t, func(f *Flow) { f.Cell, f.Seed = LSTM, 2 }))
}

func TestFlowRefuses(t *testing.T) {
	for message, change := range map[string]func(f *Flow){
		`cell "x": take lstm, gru or rnn`: func(f *Flow) { f.Cell = "x" },
		"hidden 0: take 1 to 2048":        func(f *Flow) { f.Hidden = 0 },
		"steps -1: take 1 to 100000":      func(f *Flow) { f.Steps = -1 },
		"scale NaN: take 0 or more":       func(f *Flow) { f.Scale = math.NaN() },
		"clip -1: take 0":                 func(f *Flow) { f.Clip = -1 },
		"forget bias +Inf":                func(f *Flow) { f.ForgetBias = math.Inf(1) },
	} {
		f := DefaultFlow(RNN)
		change(&f)
		_, err := GradientFlow(f)
		require.ErrorContains(t, err, "rnnlm: "+message)
	}
}
