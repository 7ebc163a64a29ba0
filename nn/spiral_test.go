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

const spiralArms = 3

// spiral returns n noisy points on each of three arms that wind around the origin, and the arm of each:
// classes that no straight line tells apart.
func spiral(n int, rng *rand.Rand) (x lane.Matrix, arms []int32) {
	x = lane.NewMatrix(spiralArms*n, 2)
	for arm := range spiralArms {
		for range n {
			radius := 0.05 + 0.95*rng.Float64()
			angle := 2*math.Pi*float64(arm)/spiralArms + 4*radius + 0.15*rng.NormFloat64()
			copy(x.Row(len(arms)), []float32{float32(radius * math.Sin(angle)), float32(radius * math.Cos(angle))})
			arms = append(arms, int32(arm))
		}
	}
	return x, arms
}

// twoLayers is Linear, ReLU, Linear.
type twoLayers struct {
	first, second *nn.Linear
}

func newTwoLayers(in, hidden, out int, rng *rand.Rand) twoLayers {
	net := twoLayers{nn.NewLinear(in, hidden), nn.NewLinear(hidden, out)}
	nn.HeNormal(net.first.Weight.Value, rng)
	nn.XavierNormal(net.second.Weight.Value, rng)
	return net
}

func (net twoLayers) params() []*nn.Param {
	return append(net.first.Params(), net.second.Params()...)
}

// forward returns the hidden layer and the logits of x, B×I.
func (net twoLayers) forward(x lane.Matrix) (h, logits lane.Matrix) {
	h = lane.NewMatrix(x.Rows, net.first.Weight.Value.Rows)
	logits = lane.NewMatrix(x.Rows, net.second.Weight.Value.Rows)
	net.first.Forward(h, x)
	nn.ReLU(h, h)
	net.second.Forward(logits, h)
	return h, logits
}

// backward adds to the gradients of the parameters, given that of the logits.
func (net twoLayers) backward(dlogits, h, x lane.Matrix) {
	dh := lane.NewMatrix(h.Rows, h.Cols)
	net.second.Backward(dh, dlogits, h)
	nn.ReLUBackward(dh, dh, h)
	net.first.Backward(lane.Matrix{}, dh, x)
}

// accuracy returns the fraction of rows whose largest logit is the target's.
func accuracy(logits lane.Matrix, targets []int32) float64 {
	right := 0
	for i, target := range targets {
		row := logits.Row(i)
		if row[target] == lane.Max(row) {
			right++
		}
	}
	return float64(right) / float64(len(targets))
}

// trainSpiral trains on 300 points and returns the mean loss before and after, and the accuracy on 3000
// points that were held out.
func trainSpiral(hidden int) (first, last, heldOut float64) {
	rng := rand.New(rand.NewPCG(1, 0))
	x, arms := spiral(100, rng)
	net := newTwoLayers(2, hidden, spiralArms, rng)
	adam := nn.NewAdam(0.02)
	for step := range 300 {
		nn.ZeroGrads(net.params())
		h, logits := net.forward(x)
		last = nn.SoftmaxCrossEntropy(logits, logits, arms, 1/float32(x.Rows)) / float64(x.Rows)
		if step == 0 {
			first = last
		}
		net.backward(logits, h, x)
		adam.Step(net.params())
	}
	test, testArms := spiral(1000, rng)
	_, logits := net.forward(test)
	return first, last, accuracy(logits, testArms)
}

// A net of two layers learns to tell three intertwined arms of a spiral apart.
func Example_spiral() {
	first, last, heldOut := trainSpiral(32)
	fmt.Println("loss fell below a tenth:", last < first/10)
	fmt.Println("95 % of new points right:", heldOut >= 0.95)
	// Output:
	// loss fell below a tenth: true
	// 95 % of new points right: true
}

func TestTwoLayersLearnTheSpiral(t *testing.T) {
	first, last, heldOut := trainSpiral(32)
	t.Logf("loss %.3f, then %.3f; held-out accuracy %.3f", first, last, heldOut)
	require.GreaterOrEqual(t, heldOut, 0.95)
	require.Less(t, last, first/10)

	// One hidden unit bends no line: the arms themselves can't be told apart by so little.
	_, _, control := trainSpiral(1)
	t.Logf("with one hidden unit %.3f", control)
	require.Less(t, control, 0.7)
}
