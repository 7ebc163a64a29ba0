package nn_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
	"github.com/lane-go/lane/nn/nntest"
	"github.com/stretchr/testify/require"
)

func ExampleNegativeSampling() {
	centre := lane.MatrixOf([]float32{1, 0.5}, 1, 2)
	targets := lane.MatrixOf([]float32{
		1.5, 1, // the word that was seen: σ(2) = 0.88
		-1.5, 1, // noise: σ(−1) = 0.27
	}, 2, 2)
	dcentre, dtargets := lane.NewMatrix(1, 2), lane.NewMatrix(2, 2)
	loss := nn.NegativeSampling(dcentre, dtargets, centre, targets, 1)
	fmt.Printf("%.4f\n%.2f\n%.2f\n", loss, dcentre.Data, dtargets.Data)
	// Output:
	// 0.4402
	// [-0.58 0.15]
	// [-0.12 -0.06 0.27 0.13]
}

// negativeCase returns random centres and targets.
func negativeCase(b, k, h int) (centres, targets lane.Matrix) {
	rng := rand.New(rand.NewPCG(uint64(b), uint64(k)))
	centres, targets = lane.NewMatrix(b, h), lane.NewMatrix(b*(1+k), h)
	nn.Normal(centres, 0, 1, rng)
	nn.Normal(targets, 0, 1, rng)
	return centres, targets
}

func TestNegativeSamplingGradients(t *testing.T) {
	for _, c := range [][3]int{{1, 5, 10}, {4, 2, 7}, {3, 0, 5}, {1, 1, 1}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			centres, targets := negativeCase(c[0], c[1], c[2])
			dcentres, dtargets := lane.NewMatrix(centres.Rows, centres.Cols), lane.NewMatrix(targets.Rows, targets.Cols)
			loss := func() float64 { return nn.NegativeSampling(lane.Matrix{}, lane.Matrix{}, centres, targets, 1) }
			backward := func() { nn.NegativeSampling(dcentres, dtargets, centres, targets, 1) }
			nntest.CheckGradients(t, loss, backward,
				nntest.Input("centres", centres, dcentres), nntest.Input("targets", targets, dtargets))
		})
	}
}

// The loss is the formula's, term by term, where that can be evaluated naively.
func TestNegativeSamplingLoss(t *testing.T) {
	centres, targets := negativeCase(3, 4, 8)
	var want float64
	for r := range targets.Rows {
		var x float64
		for j := range 8 {
			x += float64(targets.At(r, j)) * float64(centres.At(r/5, j))
		}
		if r%5 == 0 {
			want -= math.Log(1 / (1 + math.Exp(-x)))
		} else {
			want -= math.Log(1 / (1 + math.Exp(x)))
		}
	}
	got := nn.NegativeSampling(lane.Matrix{}, lane.Matrix{}, centres, targets, 7)
	require.InEpsilon(t, want, got, 1e-6, "the scale is that of the gradients only")
}

func TestNegativeSamplingScalesAndOverwrites(t *testing.T) {
	centres, targets := negativeCase(2, 3, 4)
	run := func(scale, was float32) (dcentres, dtargets lane.Matrix) {
		dcentres, dtargets = lane.NewMatrix(2, 4), lane.NewMatrix(8, 4)
		for i := range dcentres.Data {
			dcentres.Data[i] = was
		}
		for i := range dtargets.Data {
			dtargets.Data[i] = was
		}
		nn.NegativeSampling(dcentres, dtargets, centres, targets, scale)
		return dcentres, dtargets
	}
	dcentres, dtargets := run(1, 0)
	scaledCentres, scaledTargets := run(-0.5, float32(math.NaN()))
	for i, d := range dcentres.Data {
		require.InDelta(t, -0.5*d, scaledCentres.Data[i], 1e-6)
	}
	for i, d := range dtargets.Data {
		require.InDelta(t, -0.5*d, scaledTargets.Data[i], 1e-6)
	}
}

// Far out, the loss is linear on one side and vanishes without becoming zero too early on the other.
func TestNegativeSamplingIsStable(t *testing.T) {
	for _, c := range []struct {
		positive, noise float32 // the products u·v
		loss            float64
		d0, d1          float64 // the gradients of the targets, for v = 1
	}{
		{1000, -1000, 0, 0, 0},
		{-1000, -1000, 1000, -1, 0},
		{1000, 1000, 1000, 0, 1},
		{40, -40, 2 * math.Exp(-40), -math.Exp(-40), math.Exp(-40)},
		{-3e38, 3e38, 6e38, -1, 1},
		{float32(math.Inf(1)), float32(math.Inf(-1)), 0, 0, 0},
	} {
		centre := lane.MatrixOf([]float32{1}, 1, 1)
		targets := lane.MatrixOf([]float32{c.positive, c.noise}, 2, 1)
		dtargets := lane.NewMatrix(2, 1)
		loss := nn.NegativeSampling(lane.Matrix{}, dtargets, centre, targets, 1)
		require.InDelta(t, c.loss, loss, c.loss*1e-6)
		require.InDelta(t, c.d0, dtargets.Data[0], math.Abs(c.d0)*1e-6)
		require.InDelta(t, c.d1, dtargets.Data[1], math.Abs(c.d1)*1e-6)
	}
	nan := lane.MatrixOf([]float32{float32(math.NaN())}, 1, 1)
	require.True(t, math.IsNaN(nn.NegativeSampling(lane.Matrix{}, lane.Matrix{}, nan, lane.NewMatrix(2, 1), 1)))
}

func TestNegativeSamplingShapes(t *testing.T) {
	m, none := lane.NewMatrix, lane.Matrix{}
	require.Zero(t, nn.NegativeSampling(none, none, m(0, 3), m(0, 3), 1))
	require.PanicsWithValue(t, "nn: NegativeSampling: centres 2×3, targets 4×5", func() {
		nn.NegativeSampling(none, none, m(2, 3), m(4, 5), 1)
	})
	require.PanicsWithValue(t, "nn: NegativeSampling: centres 2×3, targets 5×3", func() {
		nn.NegativeSampling(none, none, m(2, 3), m(5, 3), 1)
	})
	require.PanicsWithValue(t, "nn: NegativeSampling: centres 2×3, targets 1×3", func() {
		nn.NegativeSampling(none, none, m(2, 3), m(1, 3), 1)
	})
	require.PanicsWithValue(t, "nn: NegativeSampling: dcentres is 3×3, want 2×3", func() {
		nn.NegativeSampling(m(3, 3), none, m(2, 3), m(4, 3), 1)
	})
	require.PanicsWithValue(t, "nn: NegativeSampling: dtargets is 2×3, want 4×3", func() {
		nn.NegativeSampling(none, m(2, 3), m(2, 3), m(4, 3), 1)
	})
}

func TestNegativeSamplingAllocatesNothing(t *testing.T) {
	centres, targets := negativeCase(2, 3, 100)
	dcentres, dtargets := lane.NewMatrix(2, 100), lane.NewMatrix(8, 100)
	require.Zero(t, testing.AllocsPerRun(20, func() {
		nn.NegativeSampling(dcentres, dtargets, centres, targets, 1)
	}))
}
