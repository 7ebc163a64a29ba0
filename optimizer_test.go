package lane

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOptimizerSteps(t *testing.T) {
	p, v, s := []float32{1, 2}, []float32{0, 4}, []float32{0, 3}
	Momentum(p, v, 0.5, 0.25, 0.5, []float32{2, 4})
	require.Equal(t, []float32{1, 3}, v)
	require.Equal(t, []float32{0.5, 0.5}, p)

	AdaGrad(p, s, 3, 1, 0.5, []float32{4, 2})
	require.Equal(t, []float32{4, 4}, s)
	require.Equal(t, []float32{-1.5, -0.5}, p)

	m, v := []float32{2, 0}, []float32{0, 0}
	Adam(p, m, v, 0.5, 3, 0.5, 0.5, 0.75, 1, 1, 2, []float32{1, 0})
	require.Equal(t, []float32{2, 0}, m)
	require.Equal(t, []float32{4, 0}, v)
	require.Equal(t, []float32{-2.75, -0.25}, p)
}

func TestOptimizerStepsPanic(t *testing.T) {
	two, three := make([]float32, 2), make([]float32, 3)
	for message, call := range map[string]func(){
		"lane: Momentum: lengths 2, 2 and 3 differ": func() { Momentum(two, two, 1, 1, 1, three) },
		"lane: AdaGrad: lengths 3, 2 and 3 differ":  func() { AdaGrad(three, two, 1, 1, 1, three) },
		"lane: Adam: lengths 3, 3, 2 and 3 differ":  func() { Adam(three, three, two, 1, 1, 1, 1, 1, 1, 1, 1, three) },
	} {
		require.PanicsWithValue(t, message, call)
	}
}
