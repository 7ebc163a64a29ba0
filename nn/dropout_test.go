package nn_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
	"github.com/stretchr/testify/require"
)

func ones(rows, cols int) lane.Matrix {
	m := lane.NewMatrix(rows, cols)
	for i := range m.Data {
		m.Data[i] = 1
	}
	return m
}

// maskOf returns the factors that a new layer with this seed applies.
func maskOf(p float32, seed uint64, rows, cols int) lane.Matrix {
	y := lane.NewMatrix(rows, cols)
	nn.NewDropout(p, rand.New(rand.NewPCG(seed, 0))).Forward(y, ones(rows, cols))
	return y
}

func TestDropoutStatistics(t *testing.T) {
	const rows, cols = 301, 333 // several chunks, not a multiple of four
	for _, p := range []float32{0.1, 0.25, 0.5, 0.65, 0.999} {
		y := maskOf(p, 1, rows, cols)
		q := math.Round(float64(p)*65536) / 65536
		scale := float32(1 / (1 - q))
		dropped, kept, neighbours, before := 0, 0, 0, false
		for _, v := range y.Data {
			switch v {
			case 0:
				dropped++
				if before {
					neighbours++
				}
			case scale:
				kept++
			}
			before = v == 0
		}
		require.Equal(t, rows*cols, dropped+kept, "every factor is 0 or %v", scale)
		n := float64(rows * cols)
		require.InDelta(t, q, float64(dropped)/n, 5*math.Sqrt(q*(1-q)/n), "share dropped for %v", p)
		require.InDelta(t, q*q, float64(neighbours)/n, 10*math.Sqrt(q*q*(1-q*q)/n), "neighbours are independent for %v", p)
	}
}

// Each column and each row is dropped about as often as any other.
func TestDropoutIsUniform(t *testing.T) {
	const n = 600
	y := maskOf(0.5, 3, n, n)
	for i := range n {
		row, col := 0.0, 0.0
		for j := range n {
			row += float64(y.At(i, j)) / 2
			col += float64(y.At(j, i)) / 2
		}
		require.InDelta(t, n/2, row, 6*math.Sqrt(n)/2)
		require.InDelta(t, n/2, col, 6*math.Sqrt(n)/2)
	}
}

// So is each number of few, and each whatever its neighbour is.
func TestDropoutOfFewNumbers(t *testing.T) {
	const n = 2000
	for cols := 1; cols <= 7; cols++ {
		dropped, alike := make([]int, cols), make([]int, cols)
		for seed := range uint64(n) {
			y := maskOf(0.5, seed, 1, cols)
			for j, v := range y.Data {
				if v == 0 {
					dropped[j]++
				}
				if v == y.Data[(j+1)%cols] {
					alike[j]++
				}
			}
		}
		for j := range cols {
			require.InDelta(t, n/2, dropped[j], 6*math.Sqrt(n)/2, "number %d of %d", j, cols)
			if cols > 1 {
				require.InDelta(t, n/2, alike[j], 6*math.Sqrt(n)/2, "number %d of %d", j, cols)
			}
		}
	}
}

func TestDropoutIsReproducible(t *testing.T) {
	require.Equal(t, maskOf(0.5, 1, 30, 40), maskOf(0.5, 1, 30, 40))
	require.NotEqual(t, maskOf(0.5, 1, 30, 40), maskOf(0.5, 2, 30, 40))

	d := nn.NewDropout(0.5, rand.New(rand.NewPCG(1, 0)))
	first, second := lane.NewMatrix(30, 40), lane.NewMatrix(30, 40)
	d.Forward(first, ones(30, 40))
	d.Forward(second, ones(30, 40))
	require.NotEqual(t, first, second, "each Forward draws a new mask")
}

func TestDropoutDrawsTwoNumbersWhateverTheShape(t *testing.T) {
	used, fresh := rand.New(rand.NewPCG(1, 0)), rand.New(rand.NewPCG(1, 0))
	nn.NewDropout(0.5, used).Forward(lane.NewMatrix(70, 1000), lane.NewMatrix(70, 1000))
	fresh.Uint64()
	fresh.Uint64()
	require.Equal(t, fresh.Uint64(), used.Uint64())
}

// A probability set later is as good as one from the start.
func TestSetP(t *testing.T) {
	const rows, cols, batch, p = 12, 50, 4, 0.25
	ids := make([]int32, rows)
	for i := range ids {
		ids[i] = int32(i)
	}
	type layer struct {
		setP    func(p float32)
		forward func(y, x lane.Matrix)
	}
	for name, of := range map[string]func(p float32, rng *rand.Rand) layer{
		"Dropout": func(p float32, rng *rand.Rand) layer {
			d := nn.NewDropout(p, rng)
			return layer{d.SetP, d.Forward}
		},
		"VariationalDropout": func(p float32, rng *rand.Rand) layer {
			d := nn.NewVariationalDropout(p, rng)
			return layer{d.SetP, func(y, x lane.Matrix) { d.Forward(y, x, batch) }}
		},
		"EmbeddingDropout": func(p float32, rng *rand.Rand) layer {
			d := nn.NewEmbeddingDropout(p, rows, rng)
			return layer{d.SetP, func(y, x lane.Matrix) { d.Forward(y, x, ids) }}
		},
		"WeightDrop": func(p float32, rng *rand.Rand) layer {
			w := nn.NewParam("weight_hh", rows, cols)
			d := nn.NewWeightDrop(p, w, rng)
			return layer{d.SetP, func(y, x lane.Matrix) {
				copy(w.Value.Data, x.Data)
				d.Drop()
				copy(y.Data, w.Value.Data)
				d.Restore()
			}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			x, want, got := ones(rows, cols), lane.NewMatrix(rows, cols), lane.NewMatrix(rows, cols)
			of(p, rand.New(rand.NewPCG(1, 2))).forward(want, x)
			require.NotEqual(t, x, want)
			for _, before := range []float32{0, 0.9} {
				d := of(before, rand.New(rand.NewPCG(1, 2)))
				d.setP(p)
				d.forward(got, x)
				require.Equal(t, want, got)
				d.setP(0)
				d.forward(got, x)
				require.Equal(t, x, got)
				require.PanicsWithValue(t, "nn: "+name+".SetP: probability 1 is not in [0, 1)", func() { d.setP(1) })
			}
		})
	}
	require.PanicsWithValue(t, "nn: Dropout.SetP: no random numbers to draw from", func() { nn.NewDropout(0, nil).SetP(p) })
}

func TestDropoutInEvaluationIsTheIdentity(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	x := random(rng, 5, 7)
	y := lane.NewMatrix(5, 7)

	d := nn.NewDropout(0.5, rng)
	d.Forward(y, x) // a mask that must not linger
	d.Train = false
	d.Forward(y, x)
	require.Equal(t, x, y)
	d.Backward(y, x)
	require.Equal(t, x, y)

	v := nn.NewVariationalDropout(0.5, rng)
	v.Train = false
	y.Zero()
	v.Forward(y, x, 5)
	require.Equal(t, x, y)

	none := nn.NewDropout(0, nil) // needs no random numbers
	y.Zero()
	none.Forward(y, x)
	require.Equal(t, x, y)
}

func TestDropoutBackwardUsesTheSameMask(t *testing.T) {
	d := nn.NewDropout(0.5, rand.New(rand.NewPCG(1, 2)))
	y, dx := lane.NewMatrix(20, 30), lane.NewMatrix(20, 30)
	d.Forward(y, ones(20, 30))
	d.Backward(dx, ones(20, 30))
	require.Equal(t, y, dx)
}

func TestDropoutWorksInPlaceOnStridedRows(t *testing.T) {
	wide := ones(6, 10)
	inner := wide.Slice(0, 6, 2, 7)
	d := nn.NewDropout(0.5, rand.New(rand.NewPCG(1, 2)))
	d.Forward(inner, inner)
	want := lane.NewMatrix(6, 5)
	nn.NewDropout(0.5, rand.New(rand.NewPCG(1, 2))).Forward(want, ones(6, 5))
	for i := range 6 {
		require.Equal(t, want.Row(i), inner.Row(i))
		require.Equal(t, []float32{1, 1}, wide.Row(i)[:2])
		require.Equal(t, []float32{1, 1, 1}, wide.Row(i)[7:])
	}
}

func TestVariationalDropoutKeepsItsMaskThroughTime(t *testing.T) {
	const steps, batch, hidden = 5, 3, 40
	d := nn.NewVariationalDropout(0.5, rand.New(rand.NewPCG(1, 2)))
	y, dx := lane.NewMatrix(steps*batch, hidden), lane.NewMatrix(steps*batch, hidden)
	d.Forward(y, ones(steps*batch, hidden), batch)
	for step := 1; step < steps; step++ {
		for b := range batch {
			require.Equal(t, y.Row(b), y.Row(step*batch+b), "step %d", step)
		}
	}
	require.NotEqual(t, y.Row(0), y.Row(1), "each sequence has a mask of its own")
	d.Backward(dx, ones(steps*batch, hidden))
	require.Equal(t, y, dx)
}
