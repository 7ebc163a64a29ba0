package nn_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
	"github.com/stretchr/testify/require"
)

func TestAdaptiveClusters(t *testing.T) {
	clusters, err := nn.AdaptiveClusters(100, 10_000, []int{2000, 6000}, 4)
	require.NoError(t, err)
	require.Equal(t, []nn.Cluster{{First: 2000, End: 6000, Width: 25}, {First: 6000, End: 10_000, Width: 6}}, clusters)

	for message, cutoffs := range map[string][]int{
		"cutoffs: none":                                           {},
		"cutoff 0: take 1 or more":                                {0, 5},
		"cutoff -3: take 1 or more":                               {-3},
		"cutoff 5 after 5: take rising ones":                      {5, 5},
		"cutoff 4 after 5: take rising ones":                      {5, 4},
		"cutoff 9 of 9 classes: take less than 9":                 {5, 9},
		"cutoff 7: its cluster would see 16/4^3 of the 16 inputs": {2, 5, 7},
	} {
		_, err := nn.AdaptiveClusters(16, 9, cutoffs, 4)
		require.ErrorContains(t, err, message)
	}
}

// adaptive is a layer of random weights over 3 to 1100 classes a part, more than are summed at once.
func adaptive(rng *rand.Rand) *nn.AdaptiveSoftmax {
	a := nn.NewAdaptiveSoftmax(16, 2250, []int{1050, 1053, 2150}, 2, true)
	randomize(rng, a.Params())
	return a
}

func TestAdaptiveProbabilitiesSumToOne(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	a, x, y := adaptive(rng), random(rng, 37, 16), lane.NewMatrix(37, 2250)
	lane.Scale(x.Data, 5, x.Data)
	a.Forward(y, x)
	for i := range y.Rows {
		var sum float64
		for _, v := range y.Row(i) {
			sum += math.Exp(float64(v))
		}
		require.InDelta(t, 1, sum, 1e-5)
	}
}

// The loss of a target is −log of the probability that Forward gives it, wherever it is and however many rows a block has.
func TestAdaptiveLossIsThatOfTheProbabilities(t *testing.T) {
	const n = 700 // several blocks, of the head and of each tail
	rng := rand.New(rand.NewPCG(1, 2))
	a, x, y := adaptive(rng), random(rng, n, 16), lane.NewMatrix(n, 2250)
	a.Forward(y, x)
	loss := a.NewCrossEntropy()
	loss.Pack()
	parts := [][]int32{{0, 1049}, {1050, 1051, 1052}, {1053, 2149}, {2150, 2249}, {3, 1052, 2000, 2200, -1}, {-1}}
	for _, part := range parts {
		targets, want := make([]int32, n), 0.0
		for i := range targets {
			targets[i] = part[rng.IntN(len(part))]
			if targets[i] >= 0 {
				want -= float64(y.At(i, int(targets[i])))
			}
		}
		require.InDelta(t, want, loss.Loss(x, targets), 1e-5*want)
	}
	require.Zero(t, loss.Loss(lane.NewMatrix(0, 16), nil))
}

// A tied layer is an untied one whose parts are those of the one weight, and whose projections change nothing.
func TestTiedAdaptiveIsAdaptive(t *testing.T) {
	const n, h, v = 700, 16, 2250 // several blocks, of the head and of each tail
	cutoffs := []int{1050, 1053, 2150}
	rng := rand.New(rand.NewPCG(1, 2))
	tied, untied := nn.NewTiedAdaptiveSoftmax(nn.NewParam("weight", v, h), cutoffs), nn.NewAdaptiveSoftmax(h, v, cutoffs, 1, true)
	randomize(rng, tied.Params())
	type part struct {
		of, in   *nn.Param // the same rows of the tied layer and the untied
		from, to int       // the first of them
		rows     int
	}
	parts := []part{
		{tied.Classes.Weight, untied.Head.Weight, 0, 0, 1050},
		{tied.Clusters.Weight, untied.Head.Weight, 0, 1050, 3},
	}
	copy(untied.Head.Bias.Value.Data, tied.Classes.Bias.Value.Data[:1050])
	copy(untied.Head.Bias.Value.Data[1050:], tied.Clusters.Bias.Value.Data)
	for i := range untied.Tails {
		tail := &untied.Tails[i]
		for j := range h {
			tail.Project.Value.Set(j, j, 1)
		}
		tail.Classes.Bias = nn.NewParam("bias", 1, tail.End-tail.First)
		copy(tail.Classes.Bias.Value.Data, tied.Classes.Bias.Value.Data[tail.First:tail.End])
		parts = append(parts, part{tied.Classes.Weight, tail.Classes.Weight, tail.First, 0, tail.End - tail.First})
	}
	for _, p := range parts {
		copy(p.in.Value.Data[p.to*h:], p.of.Value.Data[p.from*h:(p.from+p.rows)*h])
	}

	x, targets := random(rng, n, h), make([]int32, n)
	for i := range targets {
		targets[i] = int32(rng.IntN(v+1)) - 1
	}
	want, got := lane.NewMatrix(n, v), lane.NewMatrix(n, v)
	untied.Forward(want, x)
	tied.Forward(got, x)
	require.InDeltaSlice(t, want.Data, got.Data, 1e-5)

	wantDx, dx := lane.NewMatrix(n, h), lane.NewMatrix(n, h)
	wantLoss, loss := untied.NewCrossEntropy(), tied.NewCrossEntropy()
	require.InEpsilon(t, wantLoss.Learn(wantDx, x, targets, 0.5), loss.Learn(dx, x, targets, 0.5), 1e-6)
	require.InDeltaSlice(t, wantDx.Data, dx.Data, 1e-5)
	for i, p := range parts {
		require.InDeltaSlice(t, p.in.Grad.Data[p.to*h:(p.to+p.rows)*h], p.of.Grad.Data[p.from*h:(p.from+p.rows)*h], 1e-4, "part %d", i)
	}
	require.InDeltaSlice(t, untied.Head.Bias.Grad.Data[:1050], tied.Classes.Bias.Grad.Data[:1050], 1e-4)
	require.InDeltaSlice(t, untied.Head.Bias.Grad.Data[1050:], tied.Clusters.Bias.Grad.Data, 1e-4)
	for _, tail := range untied.Tails {
		require.InDeltaSlice(t, tail.Classes.Bias.Grad.Data, tied.Classes.Bias.Grad.Data[tail.First:tail.End], 1e-4)
	}
}

// Rows that are left out teach nothing.
func TestAdaptiveLeavesRowsOut(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	a, x, dx := adaptive(rng), random(rng, 2, 16), random(rng, 2, 16)
	loss := a.NewCrossEntropy()
	require.Zero(t, loss.Learn(dx, x, []int32{-1, -1}, 1))
	require.Equal(t, make([]float32, 32), dx.Data)
	for _, p := range a.Params() {
		require.Zero(t, lane.SumSquares(p.Grad.Data), p.Name)
	}
}

// Numbers that are no more make a loss that is none, and not some probability.
func TestAdaptiveTellsOfDivergence(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	a, x := adaptive(rng), random(rng, 1, 16)
	a.Tails[1].Classes.Weight.Value.Data[0] = float32(math.NaN())
	loss := a.NewCrossEntropy()
	loss.Pack()
	require.True(t, math.IsNaN(loss.Loss(x, []int32{2000})))
}
