package nn_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
	"github.com/stretchr/testify/require"
)

// crossEntropy64 is −log softmax(x)[target] in float64.
func crossEntropy64(x []float32, target int) float64 {
	top := math.Inf(-1)
	for _, v := range x {
		top = max(top, float64(v))
	}
	var sum float64
	for _, v := range x {
		sum += math.Exp(float64(v) - top)
	}
	return math.Log(sum) + top - float64(x[target])
}

// More classes than are summed at once in float32, and rows whose strides are wider than they are.
func TestSoftmaxCrossEntropyOfManyClasses(t *testing.T) {
	const rows, classes = 5, 10_000
	rng := rand.New(rand.NewPCG(1, 2))
	logits := random(rng, rows, classes+3).Slice(0, rows, 1, classes+1)
	targets := []int32{0, classes - 1, 1023, 1024, -1}
	var want float64
	for i, target := range targets[:4] {
		lane.Scale(logits.Row(i), 8, logits.Row(i))
		want += crossEntropy64(logits.Row(i), int(target))
	}
	require.InEpsilon(t, want, nn.SoftmaxCrossEntropy(lane.Matrix{}, logits, targets, 1), 1e-6)

	dx := lane.NewMatrix(rows, classes)
	require.Equal(t, nn.SoftmaxCrossEntropy(lane.Matrix{}, logits, targets, 1), nn.SoftmaxCrossEntropy(dx, logits, targets, 1))
	for i, target := range targets[:4] {
		p := math.Exp(-crossEntropy64(logits.Row(i), int(target)))
		require.InDelta(t, p-1, dx.At(i, int(target)), 1e-6)
		require.InDelta(t, 0, lane.Sum(dx.Row(i)), 1e-5, "a gradient of the softmax sums to zero")
	}
	require.Equal(t, make([]float32, classes), dx.Row(4), "the row that is left out")
}

// Without dx each thread has scratch of its own.
func TestSoftmaxCrossEntropyOnManyThreads(t *testing.T) {
	const rows, classes = 128, 10_000
	defer lane.SetThreads(lane.Threads())
	logits := random(rand.New(rand.NewPCG(1, 2)), rows, classes)
	targets := make([]int32, rows)
	lane.SetThreads(1)
	want := nn.SoftmaxCrossEntropy(lane.Matrix{}, logits, targets, 1)
	lane.SetThreads(8)
	for range 3 {
		require.Equal(t, want, nn.SoftmaxCrossEntropy(lane.Matrix{}, logits, targets, 1))
	}
}

func TestSoftmaxCrossEntropyIsStable(t *testing.T) {
	logits := lane.MatrixOf([]float32{
		1e4, -1e4, 0,
		-1e4, -1e4, -1e4,
		1e4, 1e4, -1e4,
		-1e4, 1e4, 0,
		float32(math.Inf(-1)), 0, 0,
	}, 5, 3)
	dx := lane.NewMatrix(5, 3)
	losses := []float64{0, math.Log(3), math.Log(2), 2e4, math.Log(2)}
	targets := []int32{0, 2, 1, 0, 1}
	for i, want := range losses {
		row := logits.Slice(i, i+1, 0, 3)
		loss := nn.SoftmaxCrossEntropy(dx.Slice(i, i+1, 0, 3), row, targets[i:i+1], 1)
		require.InDelta(t, want, loss, 1e-6*max(1, want))
	}
	require.InDeltaSlice(t, []float32{
		0, 0, 0,
		1. / 3, 1. / 3, -2. / 3,
		0.5, -0.5, 0,
		-1, 1, 0,
		0, -0.5, 0.5,
	}, dx.Data, 1e-6)
}

func TestSoftmaxCrossEntropyOfNothing(t *testing.T) {
	require.Zero(t, nn.SoftmaxCrossEntropy(lane.Matrix{}, lane.NewMatrix(0, 3), nil, 1))
	require.Zero(t, nn.SoftmaxCrossEntropy(lane.Matrix{}, lane.NewMatrix(2, 3), []int32{-1, -1}, 1))
}

func TestSoftmaxCrossEntropyTellsOfDivergence(t *testing.T) {
	for _, bad := range []float32{float32(math.NaN()), float32(math.Inf(1))} {
		logits := lane.MatrixOf([]float32{0, bad, 1}, 1, 3)
		require.True(t, math.IsNaN(nn.SoftmaxCrossEntropy(lane.Matrix{}, logits, []int32{0}, 1)), "%v", bad)
	}
}

func TestSigmoidCrossEntropyIsStable(t *testing.T) {
	logits := lane.MatrixOf([]float32{1e4, -1e4, 1e4, -1e4, 0, 20}, 2, 3)
	targets := lane.MatrixOf([]float32{1, 0, 0, 1, 0.5, 1}, 2, 3)
	dx := lane.NewMatrix(2, 3)
	want := 2e4 + math.Log(2) + math.Log1p(math.Exp(-20))
	require.InEpsilon(t, want, nn.SigmoidCrossEntropy(dx, logits, targets, 2), 1e-12)
	require.Equal(t, want, nn.SigmoidCrossEntropy(lane.Matrix{}, logits, targets, 2))
	require.InDeltaSlice(t, []float32{0, 0, 2, -2, 0, 0}, dx.Data, 1e-6)
}

// The loss of a certain and right answer is small but not rounded to zero.
func TestSigmoidCrossEntropyOfCertainAnswers(t *testing.T) {
	loss := nn.SigmoidCrossEntropy(lane.Matrix{}, lane.MatrixOf([]float32{40}, 1, 1), lane.MatrixOf([]float32{1}, 1, 1), 1)
	require.InEpsilon(t, math.Exp(-40), loss, 1e-12)
}
