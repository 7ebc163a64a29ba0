package nn_test

import (
	"testing"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
	"github.com/lane-go/lane/nn/nntest"
	"github.com/stretchr/testify/require"
)

// closeness is how near a layer is to PyTorch's, relative to the largest element of an array. Both
// compute in float32.
const closeness = 1e-5

func golden(t *testing.T, name string) *nntest.Golden {
	return nntest.LoadGolden(t, "testdata/layers/"+name+".json")
}

func like(m lane.Matrix) lane.Matrix { return lane.NewMatrix(m.Rows, m.Cols) }

// setParams sets the values to those of the golden file and the gradients to zero.
func setParams(g *nntest.Golden, params []*nn.Param) {
	for _, p := range params {
		p.Value = g.Matrix(p.Name)
	}
	nn.ZeroGrads(params)
}

func TestLinearIsPyTorchs(t *testing.T) {
	g := golden(t, "linear")
	x, dy := g.Matrix("x"), g.Matrix("dy")
	layer := nn.NewLinear(x.Cols, dy.Cols)
	setParams(g, layer.Params())
	y, dx := like(dy), like(x)
	layer.Forward(y, x)
	layer.Backward(dx, dy, x)
	g.RequireClose("y", y, closeness)
	g.RequireClose("dx", dx, closeness)
	for _, p := range layer.Params() {
		g.RequireClose("d"+p.Name, p.Grad, closeness)
	}
}

func TestEmbeddingIsPyTorchs(t *testing.T) {
	g := golden(t, "embedding")
	weight, ids, dy := g.Matrix("weight"), g.Ints("ids"), g.Matrix("dy")
	layer := nn.NewEmbedding(weight.Rows, weight.Cols)
	setParams(g, layer.Params())
	y := like(dy)
	layer.Forward(y, ids)
	layer.Backward(dy, ids)
	g.RequireClose("y", y, 0)
	g.RequireClose("dweight", layer.Weight.Grad, closeness)
}

func TestActivationsArePyTorchs(t *testing.T) {
	cases := []struct {
		name     string
		forward  func(y, x lane.Matrix)
		backward func(dx, dy, y lane.Matrix)
	}{
		{"sigmoid", nn.Sigmoid, nn.SigmoidBackward},
		{"tanh", nn.Tanh, nn.TanhBackward},
		{"relu", nn.ReLU, nn.ReLUBackward},
		{"softmax", nn.Softmax, nn.SoftmaxBackward},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			g := golden(t, c.name)
			x, dx := g.Matrix("x"), g.Matrix("dy")
			c.forward(x, x) // in place
			g.RequireClose("y", x, closeness)
			c.backward(dx, dx, x)
			g.RequireClose("dx", dx, closeness)
		})
	}
}

func TestRecurrentIsPyTorchs(t *testing.T) {
	cases := []struct {
		name string
		new  func(in, hidden int) nn.Recurrent
	}{
		{"rnn", func(in, hidden int) nn.Recurrent { return nn.NewRNN(in, hidden) }},
		{"lstm", func(in, hidden int) nn.Recurrent { return nn.NewLSTM(in, hidden) }},
		{"gru", func(in, hidden int) nn.Recurrent { return nn.NewGRU(in, hidden) }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			g := golden(t, c.name)
			layer := c.new(g.Matrix("x1").Cols, g.Matrix("y1").Cols)
			setParams(g, layer.Params())
			state := g.Matrix("initial1")
			for _, window := range []string{"1", "2"} { // the second begins where the first ended
				nn.ZeroGrads(layer.Params())
				x, dy, dstate := g.Matrix("x"+window), g.Matrix("dy"+window), g.Matrix("dfinal"+window)
				y, dx := like(dy), like(x)
				layer.Forward(y, x, state)
				g.RequireClose("y"+window, y, closeness)
				g.RequireClose("final"+window, state, closeness)

				layer.Backward(dx, dy, dstate)
				g.RequireClose("dx"+window, dx, closeness)
				g.RequireClose("dinitial"+window, dstate, closeness)
				for _, p := range layer.Params() {
					g.RequireClose("d"+p.Name+window, p.Grad, closeness)
				}
			}
		})
	}
}

func TestSoftmaxCrossEntropyIsPyTorchs(t *testing.T) {
	g := golden(t, "cross_entropy")
	dx := g.Matrix("logits")
	loss := nn.SoftmaxCrossEntropy(dx, dx, g.Ints("targets"), float32(g.Number("scale"))) // in place
	require.InEpsilon(t, g.Number("loss"), loss, closeness)
	g.RequireClose("dlogits", dx, closeness)
}

func TestAdaptiveSoftmaxIsPyTorchs(t *testing.T) {
	g := golden(t, "adaptive_softmax")
	x, logProb, targets := g.Matrix("x"), g.Matrix("log_prob"), g.Ints("targets")
	layer := nn.NewAdaptiveSoftmax(x.Cols, logProb.Cols, []int{6, 13}, 4, true)
	setParams(g, layer.Params())
	y, dx := like(logProb), like(x)
	layer.Forward(y, x)
	g.RequireClose("log_prob", y, closeness)

	loss := layer.NewCrossEntropy()
	loss.Pack()
	require.InEpsilon(t, g.Number("loss"), loss.Loss(x, targets), closeness)
	require.InEpsilon(t, g.Number("loss"), loss.Learn(dx, x, targets, float32(g.Number("scale"))), closeness)
	g.RequireClose("dx", dx, closeness)
	for _, p := range layer.Params() {
		g.RequireClose("d"+p.Name, p.Grad, closeness)
	}
}

func TestSigmoidCrossEntropyIsPyTorchs(t *testing.T) {
	g := golden(t, "bce_with_logits")
	dx := g.Matrix("logits")
	loss := nn.SigmoidCrossEntropy(dx, dx, g.Matrix("targets"), float32(g.Number("scale"))) // in place
	require.InEpsilon(t, g.Number("loss"), loss, closeness)
	g.RequireClose("dlogits", dx, closeness)
}
