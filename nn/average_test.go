package nn_test

import (
	"slices"
	"testing"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
	"github.com/stretchr/testify/require"
)

func TestAverage(t *testing.T) {
	p, frozen := nn.NewParam("p", 1, 3), nn.NewParam("frozen", 1, 2)
	frozen.Frozen = true
	params := []*nn.Param{p, frozen}
	a := nn.NewAverage(params)
	p.Value.Set(0, 0, 7)
	a.Swap() // there is no mean yet
	require.Equal(t, []float32{7, 0, 0}, p.Value.Data)
	for i := range 4 {
		copy(p.Value.Data, []float32{float32(i), 1, float32(i * i)})
		a.Add()
	}
	require.EqualValues(t, 4, a.Steps())
	last := slices.Clone(p.Value.Data)
	a.Swap()
	require.InDeltaSlice(t, []float32{1.5, 1, 3.5}, p.Value.Data, 1e-6)
	require.PanicsWithValue(t, "nn: Average.Add: the means are swapped with the values; Swap them back first", a.Add)
	require.Panics(t, func() { a.State() })
	require.Panics(t, func() { a.Load(nil, 0) })
	a.Swap()
	require.Equal(t, last, p.Value.Data)
	require.Zero(t, testing.AllocsPerRun(10, a.Add))

	b := nn.NewAverage(params)
	require.NoError(t, b.Load(a.State(), a.Steps()))
	a.Add()
	b.Add()
	require.Equal(t, a.State(), b.State())
	require.Equal(t, a.Steps(), b.Steps())

	require.ErrorContains(t, b.Load(nil, 3), "nn: Average: Load: 0 means over 3 steps, want those of 1 parameters")
	require.ErrorContains(t, b.Load([]nn.Named{{Name: "p", Value: lane.NewMatrix(2, 3)}}, 3), `mean 0 is "p" of 2×3, want "p" of 1×3`)
	require.Equal(t, a.State(), b.State())
}

func TestAverageIsTheSameForAnyThreads(t *testing.T) {
	defer lane.SetThreads(0)
	var means [][]nn.Named
	for threads := 1; threads <= 3; threads++ {
		lane.SetThreads(threads)
		p := nn.NewParam("p", 300, 301)
		a := nn.NewAverage([]*nn.Param{p})
		for i := range 3 {
			for j := range p.Value.Data {
				p.Value.Data[j] = float32(j*(i+1)%101) / 7
			}
			a.Add()
		}
		means = append(means, a.State())
	}
	require.Equal(t, means[0], means[1])
	require.Equal(t, means[0], means[2])
}
