package nn_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
	"github.com/stretchr/testify/require"
)

// The loss works in blocks of rows and parts of the classes: some of each, and last ones that are shorter. What the layer itself and
// SoftmaxCrossEntropy compute of all of them at once is the same.
func TestCrossEntropyInBlocks(t *testing.T) {
	const scale = 0.5
	for _, size := range []struct {
		classes, in, rows int
		bias              bool
	}{
		{classes: 1, in: 3, rows: 2, bias: true},
		{classes: 11, in: 5, rows: 2*nn.CrossEntropyRows(11) + 3, bias: true},
		{classes: 700, in: 9, rows: 200, bias: false},
		{classes: 2003, in: 4, rows: nn.CrossEntropyRows(2003) + 197, bias: true},
	} {
		for precision, tolerance := range map[lane.Precision]float64{lane.Float32: 1e-6, lane.BFloat16: 4e-3} {
			t.Run(fmt.Sprint(size, precision), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(1, 2))
				layer, want := nn.NewLinear(size.in, size.classes), nn.NewLinear(size.in, size.classes)
				if !size.bias {
					layer.Bias, want.Bias = nil, nil
				}
				randomize(rng, layer.Params())
				for i, p := range want.Params() {
					p.Value = layer.Params()[i].Value
				}
				layer.Weight.Precision = precision
				x, targets := random(rng, size.rows, size.in), make([]int32, size.rows)
				for i := range targets {
					targets[i] = int32(rng.IntN(size.classes+1)) - 1
				}

				logits, dx, wantDx := lane.NewMatrix(size.rows, size.classes), lane.NewMatrix(size.rows, size.in), lane.NewMatrix(size.rows, size.in)
				want.Forward(logits, x)
				wantLoss := nn.SoftmaxCrossEntropy(logits, logits, targets, scale)
				want.Backward(wantDx, logits, x)

				nn.ZeroGrads(layer.Params())
				loss := layer.NewCrossEntropy()
				learned := loss.Learn(dx, x, targets, scale)
				require.InDelta(t, wantLoss, learned, tolerance*wantLoss)
				requireNear(t, wantDx, dx, tolerance)
				for i, p := range layer.Params() {
					requireNear(t, want.Params()[i].Grad, p.Grad, tolerance)
				}
				loss.Pack()
				require.Equal(t, learned, loss.Loss(x, targets))
			})
		}
	}
}

// requireNear holds that the numbers are near to those wanted, beside the largest of them.
func requireNear(t *testing.T, want, got lane.Matrix, tolerance float64) {
	t.Helper()
	largest := 0.0
	for _, v := range want.Data {
		largest = max(largest, math.Abs(float64(v)))
	}
	require.InDeltaSlice(t, want.Data, got.Data, 4*tolerance*largest)
}

// A loss stays in the precision that its weights were packed in, and layers side by side that differ have none of the lower.
func TestCrossEntropyOfPrecisions(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	layer := nn.NewTiedAdaptiveSoftmax(nn.NewParam("weight", 30, 8), []int{10, 20})
	randomize(rng, layer.Params())
	x, targets := random(rng, 4, 8), []int32{1, 2, 3, 4} // those of the head
	loss := layer.NewCrossEntropy()
	judge := func(words, clusters lane.Precision) float64 {
		for _, p := range layer.Params() {
			p.Precision = clusters
		}
		layer.Params()[0].Precision = words
		loss.Pack()
		for _, p := range layer.Params() {
			p.Precision = lane.Float32
		}
		return loss.Loss(x, targets)
	}
	exact := judge(lane.Float32, lane.Float32)
	require.NotEqual(t, exact, judge(lane.BFloat16, lane.BFloat16))
	require.Equal(t, exact, judge(lane.BFloat16, lane.Float32))
	require.Equal(t, exact, judge(lane.Float32, lane.BFloat16))
}

// The gradients of a row add up to nothing over the classes, also where its inputs are rounded.
func TestCrossEntropyDoesNotDrift(t *testing.T) {
	layer := nn.NewLinear(1, 2)
	layer.Weight.Precision = lane.BFloat16
	loss, dx := layer.NewCrossEntropy(), lane.NewMatrix(1, 1)
	loss.Learn(dx, lane.MatrixOf([]float32{1 + 0x1p-10}, 1, 1), []int32{1}, 1)
	require.Equal(t, []float32{0.5, -0.5}, layer.Weight.Grad.Data)
	require.Equal(t, []float32{0.5, -0.5}, layer.Bias.Grad.Data)
}

// Classes that are impossible have no probability and get no gradient, also where no other class is in their part.
func TestCrossEntropyOfImpossibleClasses(t *testing.T) {
	const classes, possible = 2000, 3
	layer := nn.NewLinear(1, classes)
	for i := range classes - possible {
		layer.Bias.Value.Set(0, i, float32(math.Inf(-1)))
	}
	loss, dx := layer.NewCrossEntropy(), lane.NewMatrix(1, 1)
	require.InDelta(t, math.Log(possible), loss.Learn(dx, lane.NewMatrix(1, 1), []int32{classes - 1}, 1), 1e-7)
	third := float32(1) / possible
	require.InDeltaSlice(t, []float32{0, 0, third, third, third - 1}, layer.Bias.Grad.Row(0)[classes-5:], 1e-6)
	require.Zero(t, lane.SumSquares(layer.Bias.Grad.Row(0)[:classes-possible]))
}

// A class that is all but certain when another is the target has a loss that is no overflow, and so have all after it.
func TestCrossEntropyOfASurprise(t *testing.T) {
	layer := nn.NewLinear(1, 2000)
	layer.Bias.Value.Set(0, 1234, 500)
	loss, dx := layer.NewCrossEntropy(), lane.NewMatrix(3, 1)
	require.Equal(t, 1000.0, loss.Learn(dx, lane.NewMatrix(3, 1), []int32{1, 1234, 2}, 1))
	require.Equal(t, float32(2), layer.Bias.Grad.At(0, 1234))
	require.Equal(t, []float32{0, -1, -1, 0}, layer.Bias.Grad.Row(0)[:4])
}

// What is no number makes the loss none, and not some number.
func TestCrossEntropyOfNaN(t *testing.T) {
	layer := nn.NewLinear(1, 2000)
	layer.Bias.Value.Set(0, 1234, float32(math.NaN()))
	loss := layer.NewCrossEntropy()
	loss.Pack()
	require.True(t, math.IsNaN(loss.Loss(lane.NewMatrix(1, 1), []int32{0})))
}
