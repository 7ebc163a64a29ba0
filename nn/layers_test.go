package nn_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
	"github.com/lane-go/lane/nn/nntest"
	"github.com/stretchr/testify/require"
)

// A layerCase is a layer with its inputs and a loss: the gradient check, the allocations and the bits
// for several threads are verbs over the same cases.
type layerCase struct {
	name    string
	params  []*nn.Param   // the layer's
	inputs  []*nn.Param   // the inputs, whose gradients backward overwrites
	outputs []lane.Matrix // what forward computes beside the loss

	// run goes forward and, if asked, backward; the loss has no other state than the params.
	run func(backward bool) (loss float64)
}

// all returns everything that has a gradient.
func (c layerCase) all() []*nn.Param {
	return append(append([]*nn.Param(nil), c.params...), c.inputs...)
}

// layerCases returns all layers at a scale: 1 is small and odd, 20 is shared among several threads.
func layerCases(scale int) []layerCase {
	rng := rand.New(rand.NewPCG(7, 11))
	n := 12 * scale // rows
	cases := []layerCase{
		linearCase("Linear", rng, n, 5*scale, 3*scale, true),
		linearCase("Linear without bias", rng, n, 5*scale, 3*scale, false),
		embeddingCase(rng, n, 6*scale, 5*scale),
		activationCase("Sigmoid", rng, n, 7*scale, nn.Sigmoid, nn.SigmoidBackward),
		activationCase("Tanh", rng, n, 7*scale, nn.Tanh, nn.TanhBackward),
		activationCase("ReLU", rng, n, 7*scale, nn.ReLU, nn.ReLUBackward),
		activationCase("Softmax", rng, n, 7*scale, nn.Softmax, nn.SoftmaxBackward),
		softmaxCrossEntropyCase(rng, n, 7*scale),
		sigmoidCrossEntropyCase(rng, n, 7*scale),
		classifierCase("Linear as a classifier", rng, n, nn.NewLinear(5*scale, 14*scale)),
		classifierCase("Linear as a classifier of many", rng, n, nn.NewLinear(scale, 40*scale)),
		classifierCase("AdaptiveSoftmax", rng, n, nn.NewAdaptiveSoftmax(5*scale, 14*scale, []int{4 * scale, 9 * scale}, 2, false)),
		classifierCase("AdaptiveSoftmax with bias", rng, n, nn.NewAdaptiveSoftmax(5*scale, 14*scale, []int{4 * scale, 9 * scale}, 2, true)),
		classifierCase("TiedAdaptiveSoftmax", rng, n, nn.NewTiedAdaptiveSoftmax(nn.NewParam("weight", 14*scale, 5*scale), []int{4 * scale, 9 * scale})),
	}
	cases = append(cases, dropoutCases(rng, n, 9*scale, 2*scale)...)
	for _, layer := range recurrentLayers(5*scale, 6*scale) {
		cases = append(cases, recurrentCase(layer.name, rng, layer.new, 3, 2*scale), weightDropCase(recurrentCase(layer.name, rng, layer.new, 3, 2*scale)))
	}
	return cases
}

type recurrentLayer struct {
	name string
	new  func() nn.Recurrent
}

func recurrentLayers(in, hidden int) []recurrentLayer {
	return []recurrentLayer{
		{"RNN", func() nn.Recurrent { return nn.NewRNN(in, hidden) }},
		{"LSTM", func() nn.Recurrent { return nn.NewLSTM(in, hidden) }},
		{"GRU", func() nn.Recurrent { return nn.NewGRU(in, hidden) }},
	}
}

// random returns a matrix of numbers from ±1.
func random(rng *rand.Rand, rows, cols int) lane.Matrix {
	m := lane.NewMatrix(rows, cols)
	for i := range m.Data {
		m.Data[i] = 2*rng.Float32() - 1
	}
	return m
}

// randomize fills the parameters so that sums over their columns stay near ±1.
func randomize(rng *rand.Rand, params []*nn.Param) {
	for _, p := range params {
		lane.Scale(p.Value.Data, float32(1/math.Sqrt(float64(p.Value.Cols))), random(rng, p.Value.Rows, p.Value.Cols).Data)
	}
}

func linearCase(name string, rng *rand.Rand, n, in, out int, bias bool) layerCase {
	layer := nn.NewLinear(in, out)
	if !bias {
		layer.Bias = nil
	}
	randomize(rng, layer.Params())
	x, dx, y, dy := random(rng, n, in), lane.NewMatrix(n, in), lane.NewMatrix(n, out), random(rng, n, out)
	return layerCase{name, layer.Params(), []*nn.Param{nntest.Input("x", x, dx)}, []lane.Matrix{y}, func(backward bool) float64 {
		layer.Forward(y, x)
		if backward {
			layer.Backward(dx, dy, x)
		}
		return nntest.Inner(y, dy)
	}}
}

func embeddingCase(rng *rand.Rand, n, v, h int) layerCase {
	layer := nn.NewEmbedding(v, h)
	randomize(rng, layer.Params())
	ids := make([]int32, n)
	for i := range ids {
		ids[i] = int32(rng.IntN(v))
	}
	ids[n-1] = ids[0]
	y, dy := lane.NewMatrix(n, h), random(rng, n, h)
	return layerCase{"Embedding", layer.Params(), nil, []lane.Matrix{y}, func(backward bool) float64 {
		layer.Forward(y, ids)
		if backward {
			layer.Backward(dy, ids)
		}
		return nntest.Inner(y, dy)
	}}
}

func activationCase(name string, rng *rand.Rand, n, cols int, forward func(y, x lane.Matrix), backward func(dx, dy, y lane.Matrix)) layerCase {
	x, dx, y, dy := random(rng, n, cols), lane.NewMatrix(n, cols), lane.NewMatrix(n, cols), random(rng, n, cols)
	for i, v := range x.Data { // clear of the kink of ReLU
		x.Data[i] = 2*v + float32(math.Copysign(0.1, float64(v)))
	}
	return layerCase{name, nil, []*nn.Param{nntest.Input("x", x, dx)}, []lane.Matrix{y}, func(back bool) float64 {
		forward(y, x)
		if back {
			backward(dx, dy, y)
		}
		return nntest.Inner(y, dy)
	}}
}

// droppingCase has a layer that drops the same each time.
func droppingCase(name string, rng *rand.Rand, n, cols int, new func(*rand.Rand) (forward, backward func(y, x lane.Matrix))) layerCase {
	source := rand.NewPCG(1, 2)
	forward, back := new(rand.New(source))
	x, dx, y, dy := random(rng, n, cols), lane.NewMatrix(n, cols), lane.NewMatrix(n, cols), random(rng, n, cols)
	return layerCase{name, nil, []*nn.Param{nntest.Input("x", x, dx)}, []lane.Matrix{y}, func(backward bool) float64 {
		source.Seed(1, 2)
		forward(y, x)
		if backward {
			back(dx, dy)
		}
		return nntest.Inner(y, dy)
	}}
}

func dropoutCases(rng *rand.Rand, n, cols, batch int) []layerCase {
	ids := make([]int32, n)
	for i := range ids {
		ids[i] = int32(rng.IntN(n))
	}
	return []layerCase{
		droppingCase("Dropout", rng, n, cols, func(draw *rand.Rand) (forward, backward func(y, x lane.Matrix)) {
			d := nn.NewDropout(0.3, draw)
			return d.Forward, d.Backward
		}),
		droppingCase("VariationalDropout", rng, n, cols, func(draw *rand.Rand) (forward, backward func(y, x lane.Matrix)) {
			d := nn.NewVariationalDropout(0.3, draw)
			return func(y, x lane.Matrix) { d.Forward(y, x, batch) }, d.Backward
		}),
		droppingCase("EmbeddingDropout", rng, n, cols, func(draw *rand.Rand) (forward, backward func(y, x lane.Matrix)) {
			d := nn.NewEmbeddingDropout(0.3, n, draw)
			return func(y, x lane.Matrix) { d.Forward(y, x, ids) }, func(dx, dy lane.Matrix) { d.Backward(dx, dy, ids) }
		}),
	}
}

// weightDropCase has a recurrent layer whose recurrent weights are dropped, the same each time.
func weightDropCase(c layerCase) layerCase {
	source := rand.NewPCG(1, 2)
	drop, whole := nn.NewWeightDrop(0.5, c.params[1], rand.New(source)), c.run
	c.name = "WeightDrop of " + c.name
	c.run = func(backward bool) float64 {
		source.Seed(1, 2)
		drop.Drop()
		defer drop.Restore()
		return whole(backward)
	}
	return c
}

// recurrentCase has a loss of all outputs and of the final state.
func recurrentCase(name string, rng *rand.Rand, new func() nn.Recurrent, steps, batch int) layerCase {
	layer := new()
	randomize(rng, layer.Params())
	rows, in, hidden, states := steps*batch, layer.InputSize(), layer.HiddenSize(), layer.StateSize()
	x, dx, y, dy := random(rng, rows, in), lane.NewMatrix(rows, in), lane.NewMatrix(rows, hidden), random(rng, rows, hidden)
	initial, dinitial, dfinal := random(rng, batch, states), lane.NewMatrix(batch, states), random(rng, batch, states)
	state := lane.NewMatrix(batch, states)

	inputs := []*nn.Param{nntest.Input("x", x, dx), nntest.Input("initial state", initial, dinitial)}
	return layerCase{name, layer.Params(), inputs, []lane.Matrix{y, state}, func(backward bool) float64 {
		copy(state.Data, initial.Data)
		layer.Forward(y, x, state)
		loss := nntest.Inner(y, dy) + nntest.Inner(state, dfinal)
		if backward {
			copy(dinitial.Data, dfinal.Data)
			layer.Backward(dx, dy, dinitial)
		}
		return loss
	}}
}

func softmaxCrossEntropyCase(rng *rand.Rand, n, classes int) layerCase {
	x, dx := random(rng, n, classes), lane.NewMatrix(n, classes)
	targets := make([]int32, n)
	for i := range targets {
		targets[i] = int32(rng.IntN(classes))
	}
	targets[1] = -1
	const scale = 0.25
	return layerCase{"SoftmaxCrossEntropy", nil, []*nn.Param{nntest.Input("logits", x, dx)}, nil, func(backward bool) float64 {
		if backward {
			nn.SoftmaxCrossEntropy(dx, x, targets, scale)
		}
		return scale * nn.SoftmaxCrossEntropy(lane.Matrix{}, x, targets, scale)
	}}
}

func sigmoidCrossEntropyCase(rng *rand.Rand, n, cols int) layerCase {
	x, dx, z := random(rng, n, cols), lane.NewMatrix(n, cols), random(rng, n, cols)
	for i, v := range z.Data {
		z.Data[i] = (v + 1) / 2
	}
	const scale = 0.25
	return layerCase{"SigmoidCrossEntropy", nil, []*nn.Param{nntest.Input("logits", x, dx)}, nil, func(backward bool) float64 {
		if backward {
			nn.SigmoidCrossEntropy(dx, x, z, scale)
		}
		return scale * nn.SigmoidCrossEntropy(lane.Matrix{}, x, z, scale)
	}}
}

// classifierCase has the loss of a last layer, and its logits as outputs.
func classifierCase(name string, rng *rand.Rand, n int, layer nn.Classifier) layerCase {
	randomize(rng, layer.Params())
	in, classes := layer.Params()[0].Value.Cols, numberOfClasses(layer)
	x, dx, y := random(rng, n, in), lane.NewMatrix(n, in), lane.NewMatrix(n, classes)
	targets := make([]int32, n)
	for i := range targets {
		targets[i] = int32(rng.IntN(classes))
	}
	targets[1] = -1
	const scale = 0.25
	loss := layer.NewCrossEntropy()
	return layerCase{name, layer.Params(), []*nn.Param{nntest.Input("x", x, dx)}, []lane.Matrix{y}, func(backward bool) float64 {
		layer.Forward(y, x)
		if backward {
			return scale * loss.Learn(dx, x, targets, scale)
		}
		loss.Pack()
		return scale * loss.Loss(x, targets)
	}}
}

func numberOfClasses(layer nn.Classifier) int {
	if a, ok := layer.(*nn.AdaptiveSoftmax); ok {
		return a.Tails[len(a.Tails)-1].End
	}
	return layer.Params()[0].Value.Rows
}

func TestLayerGradients(t *testing.T) {
	for _, c := range layerCases(1) {
		t.Run(c.name, func(t *testing.T) {
			nntest.CheckGradients(t, func() float64 { return c.run(false) }, func() { c.run(true) }, c.all()...)
		})
	}
}

func TestRecurrentGradientsOfOneStepAndOneSequence(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 5))
	for _, layer := range recurrentLayers(1, 1) {
		for _, size := range []struct{ steps, batch int }{{1, 1}, {5, 1}, {1, 3}} {
			c := recurrentCase(layer.name, rng, layer.new, size.steps, size.batch)
			nntest.CheckGradients(t, func() float64 { return c.run(false) }, func() { c.run(true) }, c.all()...)
		}
	}
}

func TestGradientsOfParametersAddUp(t *testing.T) {
	for _, c := range layerCases(1) {
		if strings.HasPrefix(c.name, "WeightDrop") {
			continue // which scales all of a gradient
		}
		c.run(true)
		var once []float32
		for _, p := range c.params {
			once = append(once, p.Grad.Data...)
		}
		c.run(true)
		for _, p := range c.params {
			for i, g := range p.Grad.Data {
				require.InDelta(t, 2*once[i], g, 1e-5, "%s: %s", c.name, p.Name)
			}
			once = once[len(p.Grad.Data):]
		}
	}
}

// bitsOf runs a case and returns everything it computed.
func bitsOf(c layerCase) []uint32 {
	nn.ZeroGrads(c.all())
	loss := math.Float64bits(c.run(true))
	bits := []uint32{uint32(loss), uint32(loss >> 32)}
	results := append([]lane.Matrix(nil), c.outputs...)
	for _, p := range c.all() {
		results = append(results, p.Grad)
	}
	for _, m := range results {
		for _, v := range m.Data {
			bits = append(bits, math.Float32bits(v))
		}
	}
	return bits
}

func TestLayersGiveTheSameBitsForAnyThreads(t *testing.T) {
	defer lane.SetThreads(lane.Threads())
	for _, c := range layerCases(20) {
		t.Run(c.name, func(t *testing.T) {
			lane.SetThreads(1)
			want := bitsOf(c)
			for _, threads := range []int{2, 3, 8} {
				lane.SetThreads(threads)
				require.True(t, equal(want, bitsOf(c)), "%d threads", threads)
			}
		})
	}
}

func equal(a, b []uint32) bool {
	for i, v := range a {
		if v != b[i] {
			return false
		}
	}
	return len(a) == len(b)
}

func TestLayersDoNotAllocate(t *testing.T) {
	defer lane.SetThreads(lane.Threads())
	for _, scale := range []int{1, 20} {
		for _, c := range layerCases(scale) {
			for _, threads := range []int{1, 2} {
				lane.SetThreads(threads)
				// Scratch for one more thread, when two first meet, is no allocation of each of ten runs.
				require.Zero(t, testing.AllocsPerRun(10, func() { c.run(true) }), "%s, scale %d, %d threads", c.name, scale, threads)
			}
		}
	}
}

func TestWrongShapesPanic(t *testing.T) {
	m := lane.NewMatrix
	rng := rand.New(rand.NewPCG(1, 1))
	linear, table, adaptive := nn.NewLinear(3, 2), nn.NewEmbedding(4, 2), nn.NewAdaptiveSoftmax(8, 9, []int{5}, 4, false)
	tied := nn.NewTiedAdaptiveSoftmax(nn.NewParam("weight", 9, 8), []int{5})
	cases := []struct {
		message string
		call    func()
	}{
		{"nn: NewLinear: 0 inputs and 2 outputs", func() { nn.NewLinear(0, 2) }},
		{"nn: Linear.Forward: x is 5×4, want 5×3", func() { linear.Forward(m(5, 2), m(5, 4)) }},
		{"nn: Linear.Forward: y is 4×2, want 5×2", func() { linear.Forward(m(4, 2), m(5, 3)) }},
		{"nn: Linear.Backward: x is 5×4, want 5×3", func() { linear.Backward(m(5, 3), m(5, 2), m(5, 4)) }},
		{"nn: Linear.Backward: dy is 5×3, want 5×2", func() { linear.Backward(m(5, 3), m(5, 3), m(5, 3)) }},
		{"nn: Linear.Backward: dx is 5×2, want 5×3", func() { linear.Backward(m(5, 2), m(5, 2), m(5, 3)) }},
		{"nn: NewEmbedding: 4 rows of 0", func() { nn.NewEmbedding(4, 0) }},
		{"nn: Embedding.Forward: y is 1×2, want 2×2", func() { table.Forward(m(1, 2), []int32{0, 1}) }},
		{"nn: Embedding.Backward: dy is 2×3, want 2×2", func() { table.Backward(m(2, 3), []int32{0, 1}) }},
		{"lane: Gather: ids[1] = 4 of a table of 4 rows", func() { table.Forward(m(2, 2), []int32{0, 4}) }},
		{"nn: OneHot: dst is 1×4, want 2×4", func() { nn.OneHot(m(1, 4), []int32{0, 1}) }},
		{"nn: OneHot: ids[1] = -1 of 4 classes", func() { nn.OneHot(m(2, 4), []int32{0, -1}) }},
		{"nn: Tanh: y is 2×2, want 2×3", func() { nn.Tanh(m(2, 2), m(2, 3)) }},
		{"nn: SoftmaxBackward: dy is 2×2, want 2×3", func() { nn.SoftmaxBackward(m(2, 3), m(2, 2), m(2, 3)) }},
		{"nn: ReLUBackward: dx is 2×2, want 2×3", func() { nn.ReLUBackward(m(2, 2), m(2, 3), m(2, 3)) }},
		{"nn: NewDropout: probability 1 is not in [0, 1)", func() { nn.NewDropout(1, rng) }},
		{"nn: NewVariationalDropout: probability -0.5 is not in [0, 1)", func() { nn.NewVariationalDropout(-0.5, rng) }},
		{"nn: NewDropout: probability NaN is not in [0, 1)", func() { nn.NewDropout(float32(math.NaN()), rng) }},
		{"nn: NewDropout: no random numbers to draw from", func() { nn.NewDropout(0.5, nil) }},
		{"nn: Dropout.Forward: y is 2×2, want 2×3", func() { nn.NewDropout(0.5, rng).Forward(m(2, 2), m(2, 3)) }},
		{"nn: Dropout.Backward: dy is 2×3, want 0×0", func() { nn.NewDropout(0.5, rng).Backward(m(2, 3), m(2, 3)) }},
		{"nn: VariationalDropout.Forward: x is 5×3, whose rows are not a multiple of the batch of 2", func() {
			nn.NewVariationalDropout(0.5, rng).Forward(m(5, 3), m(5, 3), 2)
		}},
		{"nn: SoftmaxCrossEntropy: 1 targets for 2 rows", func() {
			nn.SoftmaxCrossEntropy(lane.Matrix{}, m(2, 3), []int32{0}, 1)
		}},
		{"nn: SoftmaxCrossEntropy: dx is 2×2, want 2×3", func() { nn.SoftmaxCrossEntropy(m(2, 2), m(2, 3), []int32{0, 1}, 1) }},
		{"nn: SoftmaxCrossEntropy: row 1 has target 3, want a class of 0…2, or -1 to leave the row out", func() {
			nn.SoftmaxCrossEntropy(lane.Matrix{}, m(2, 3), []int32{0, 3}, 1)
		}},
		{"nn: SoftmaxCrossEntropy: row 0 has target -2, want a class of 0…2, or -1 to leave the row out", func() {
			nn.SoftmaxCrossEntropy(lane.Matrix{}, m(2, 3), []int32{-2, 0}, 1)
		}},
		{"nn: CrossEntropy.Loss: 1 targets for 2 rows", func() { linear.NewCrossEntropy().Loss(m(2, 3), []int32{0}) }},
		{"nn: CrossEntropy.Loss: x is 2×4, want 2×3", func() { linear.NewCrossEntropy().Loss(m(2, 4), []int32{0, 1}) }},
		{"nn: CrossEntropy.Learn: 3 targets for 2 rows", func() { linear.NewCrossEntropy().Learn(m(2, 3), m(2, 3), []int32{0, 1, 0}, 1) }},
		{"nn: CrossEntropy.Learn: dx is 3×3, want 2×3", func() { linear.NewCrossEntropy().Learn(m(3, 3), m(2, 3), []int32{0, 1}, 1) }},
		{"nn: CrossEntropy.Loss: 3 targets for 2 rows", func() { adaptive.NewCrossEntropy().Loss(m(2, 8), []int32{0, 1, 2}) }},
		{"nn: CrossEntropy.Learn: 1 targets for 2 rows", func() { adaptive.NewCrossEntropy().Learn(m(2, 8), m(2, 8), []int32{0}, 1) }},
		{"nn: NewEmbeddingDropout: -1 words", func() { nn.NewEmbeddingDropout(0.5, -1, rng) }},
		{"nn: EmbeddingDropout: ids[1] = 4 of 4 words", func() { nn.NewEmbeddingDropout(0.5, 4, rng).Forward(m(2, 3), m(2, 3), []int32{0, 4}) }},
		{"nn: EmbeddingDropout: ids[0] = -1 of 4 words", func() { nn.NewEmbeddingDropout(0.5, 4, rng).Forward(m(2, 3), m(2, 3), []int32{-1, 3}) }},
		{"nn: NewAdaptiveSoftmax: cutoff 0: take 1 or more", func() { nn.NewAdaptiveSoftmax(8, 9, []int{0}, 4, false) }},
		{"nn: NewTiedAdaptiveSoftmax: cutoff 9 of 9 classes: take less than 9", func() { nn.NewTiedAdaptiveSoftmax(nn.NewParam("weight", 9, 8), []int{9}) }},
		{"nn: TiedAdaptiveSoftmax.Forward: x is 2×3, want 2×8", func() { tied.Forward(m(2, 9), m(2, 3)) }},
		{"nn: TiedAdaptiveSoftmax.Forward: y is 2×8, want 2×9", func() { tied.Forward(m(2, 8), m(2, 8)) }},
		{"nn: AdaptiveSoftmax.Forward: x is 2×3, want 2×8", func() { adaptive.Forward(m(2, 9), m(2, 3)) }},
		{"nn: AdaptiveSoftmax.Forward: y is 2×8, want 2×9", func() { adaptive.Forward(m(2, 8), m(2, 8)) }},
		{"nn: CrossEntropy.Loss: Pack is due first", func() { linear.NewCrossEntropy().Loss(m(2, 3), []int32{0, 1}) }},
		{"nn: NegativeSampling: centres 0×3, targets 6×3", func() { nn.NegativeSampling(m(0, 3), m(6, 3), m(0, 3), m(6, 3), 1) }},
		{"lane: Matrix.Row: the elements of a row are 400 apart; copy the matrix, or use At", func() { nn.Sigmoid(m(400, 400), m(400, 400).T()) }},
		{"lane: Matrix.Row: the elements of a row are 400 apart; copy the matrix, or use At", func() {
			nn.SoftmaxCrossEntropy(lane.Matrix{}, m(400, 400).T(), make([]int32, 400), 1)
		}},
		{"nn: CrossEntropy.Loss: row 700 has target 2, want a class of 0…1, or -1 to leave the row out", func() {
			linear.NewCrossEntropy().Loss(m(701, 3), append(make([]int32, 700), 2))
		}},
		{"nn: CrossEntropy.Loss: row 1 has target 9, want a class of 0…8, or -1 to leave the row out", func() {
			adaptive.NewCrossEntropy().Loss(m(2, 8), []int32{0, 9})
		}},
		{"nn: SigmoidCrossEntropy: targets is 2×2, want 2×3", func() { nn.SigmoidCrossEntropy(lane.Matrix{}, m(2, 3), m(2, 2), 1) }},
		{"nn: SigmoidCrossEntropy: dx is 3×3, want 2×3", func() { nn.SigmoidCrossEntropy(m(3, 3), m(2, 3), m(2, 3), 1) }},
	}
	for _, c := range cases {
		require.PanicsWithValue(t, c.message, c.call)
	}
}
