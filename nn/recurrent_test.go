package nn_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
	"github.com/stretchr/testify/require"
)

func TestRecurrentParamsAreNamedAsPyTorchDoes(t *testing.T) {
	gates := map[string]int{"RNN": 1, "LSTM": 4, "GRU": 3}
	for _, l := range recurrentLayers(5, 6) {
		layer, g := l.new(), gates[l.name]
		var names []string
		var shapes [][2]int
		for _, p := range layer.Params() {
			names = append(names, p.Name)
			shapes = append(shapes, [2]int{p.Value.Rows, p.Value.Cols})
		}
		require.Equal(t, []string{"weight_ih", "weight_hh", "bias_ih", "bias_hh"}, names, l.name)
		require.Equal(t, [][2]int{{g * 6, 5}, {g * 6, 6}, {1, g * 6}, {1, g * 6}}, shapes, l.name)
		require.Equal(t, 5, layer.InputSize())
		require.Equal(t, 6, layer.HiddenSize())
	}
	require.Equal(t, 6, nn.NewRNN(5, 6).StateSize())
	require.Equal(t, 12, nn.NewLSTM(5, 6).StateSize())
	require.Equal(t, 6, nn.NewGRU(5, 6).StateSize())
}

func TestStateCarriesAcrossWindows(t *testing.T) {
	const steps, batch, in, hidden = 6, 3, 5, 7
	rng := rand.New(rand.NewPCG(1, 2))
	for _, l := range recurrentLayers(in, hidden) {
		t.Run(l.name, func(t *testing.T) {
			layer := l.new()
			randomize(rng, layer.Params())
			x, initial := random(rng, steps*batch, in), random(rng, batch, layer.StateSize())

			whole, state := lane.NewMatrix(steps*batch, hidden), lane.NewMatrix(batch, layer.StateSize())
			copy(state.Data, initial.Data)
			layer.Forward(whole, x, state)

			parts, carried := lane.NewMatrix(steps*batch, hidden), lane.NewMatrix(batch, layer.StateSize())
			copy(carried.Data, initial.Data)
			for _, window := range [][2]int{{0, 3}, {3, 4}, {4, 6}} {
				lo, hi := window[0]*batch, window[1]*batch
				layer.Forward(parts.Slice(lo, hi, 0, hidden), x.Slice(lo, hi, 0, in), carried)
			}
			require.InDeltaSlice(t, whole.Data, parts.Data, 1e-6)
			require.InDeltaSlice(t, state.Data, carried.Data, 1e-6)
			for b := range batch {
				require.Equal(t, whole.Row((steps-1)*batch+b), state.Row(b)[:hidden], "the state begins with the last h")
			}
		})
	}
}

func TestSequencesOfABatchAreIndependent(t *testing.T) {
	const steps, batch, in, hidden = 4, 3, 5, 7
	rng := rand.New(rand.NewPCG(1, 2))
	for _, l := range recurrentLayers(in, hidden) {
		layer := l.new()
		randomize(rng, layer.Params())
		x, y := random(rng, steps*batch, in), lane.NewMatrix(steps*batch, hidden)
		layer.Forward(y, x, lane.NewMatrix(batch, layer.StateSize()))

		alone, one := lane.NewMatrix(steps, in), lane.NewMatrix(steps, hidden)
		for step := range steps {
			copy(alone.Row(step), x.Row(step*batch+1))
		}
		layer.Forward(one, alone, lane.NewMatrix(1, layer.StateSize()))
		for step := range steps {
			require.InDeltaSlice(t, y.Row(step*batch+1), one.Row(step), 1e-6, l.name)
		}
	}
}

// Nothing is asked for on exit: the parameters' gradients are those that they are with everything.
func TestBackwardLeavesOutWhatIsNotAskedFor(t *testing.T) {
	const steps, batch, in, hidden = 3, 2, 5, 6
	rng := rand.New(rand.NewPCG(1, 2))
	for _, l := range recurrentLayers(in, hidden) {
		layer := l.new()
		randomize(rng, layer.Params())
		x, dx := random(rng, steps*batch, in), lane.NewMatrix(steps*batch, in)
		y, dy := lane.NewMatrix(steps*batch, hidden), random(rng, steps*batch, hidden)

		layer.Forward(y, x, lane.NewMatrix(batch, layer.StateSize()))
		layer.Backward(dx, dy, lane.NewMatrix(batch, layer.StateSize()))
		want := gradients(layer)
		nn.ZeroGrads(layer.Params())
		layer.Forward(y, x, lane.NewMatrix(batch, layer.StateSize()))
		layer.Backward(lane.Matrix{}, dy, lane.Matrix{})
		require.Equal(t, want, gradients(layer), l.name)
	}
}

// What Forward has written and what Backward has read are the caller's again at once.
func TestBackwardInPlace(t *testing.T) {
	const steps, batch, hidden = 3, 2, 5
	rng := rand.New(rand.NewPCG(1, 2))
	for _, l := range recurrentLayers(hidden, hidden) {
		layer := l.new()
		randomize(rng, layer.Params())
		x, dx := random(rng, steps*batch, hidden), lane.NewMatrix(steps*batch, hidden)
		y, dy := lane.NewMatrix(steps*batch, hidden), random(rng, steps*batch, hidden)
		layer.Forward(y, x, lane.NewMatrix(batch, layer.StateSize()))
		layer.Backward(dx, dy, lane.Matrix{})

		layer.Forward(y, x, lane.NewMatrix(batch, layer.StateSize()))
		y.Zero()
		layer.Backward(dy, dy, lane.Matrix{})
		require.Equal(t, dx, dy, l.name)
	}
}

// The gradients of a window stay while the next one, of another length, goes forward.
func TestHiddenGradientsStayUntilTheNextBackward(t *testing.T) {
	layer := nn.NewGRU(1, 2)
	layer.Forward(lane.NewMatrix(2, 2), lane.NewMatrix(2, 1), lane.NewMatrix(1, 2))
	dy := lane.MatrixOf([]float32{0, 0, 3, 4}, 2, 2)
	layer.Backward(lane.Matrix{}, dy, lane.Matrix{})
	layer.Forward(lane.NewMatrix(5, 2), lane.NewMatrix(5, 1), lane.NewMatrix(1, 2))
	h := layer.HiddenGradients()
	require.Equal(t, "2×2", h.String())
	require.Equal(t, []float32{3, 4}, h.Row(1))
}

func gradients(layer nn.Recurrent) (all []float32) {
	for _, p := range layer.Params() {
		all = append(all, p.Grad.Data...)
	}
	return all
}

// With a loss of the last output alone, the gradient at an earlier step is that of the final state of
// a window that ends there, whose continuation is the rest.
func TestHiddenGradients(t *testing.T) {
	const steps, batch, in, hidden = 5, 2, 3, 4
	rng := rand.New(rand.NewPCG(1, 2))
	for _, l := range recurrentLayers(in, hidden) {
		layer := l.new()
		randomize(rng, layer.Params())
		x, y, dy := random(rng, steps*batch, in), lane.NewMatrix(steps*batch, hidden), lane.NewMatrix(steps*batch, hidden)
		last := random(rng, batch, hidden)
		copy(dy.Data[(steps-1)*batch*hidden:], last.Data)

		require.PanicsWithValue(t, "nn: "+l.name+".HiddenGradients: no Backward yet", func() { layer.HiddenGradients() })
		layer.Forward(y, x, lane.NewMatrix(batch, layer.StateSize()))
		layer.Backward(lane.Matrix{}, dy, lane.Matrix{})
		h := layer.HiddenGradients()
		require.Equal(t, "10×4", h.String())
		require.Equal(t, last.Data, h.Slice((steps-1)*batch, steps*batch, 0, hidden).Data)
		early := append([]float32(nil), h.Slice(batch, 2*batch, 0, hidden).Data...) // ∂loss/∂h of step 1

		// The same from the other side: the gradient with respect to the initial state of steps 2 to 4.
		state := lane.NewMatrix(batch, layer.StateSize())
		layer.Forward(y.Slice(0, 2*batch, 0, hidden), x.Slice(0, 2*batch, 0, in), state)
		rest := (steps - 2) * batch
		layer.Forward(y.Slice(0, rest, 0, hidden), x.Slice(2*batch, steps*batch, 0, in), state)
		dstate := lane.NewMatrix(batch, layer.StateSize())
		layer.Backward(lane.Matrix{}, dy.Slice(2*batch, steps*batch, 0, hidden), dstate)
		for b := range batch {
			require.InDeltaSlice(t, early[b*hidden:(b+1)*hidden], dstate.Row(b)[:hidden], 1e-6, l.name)
		}
	}
}

// A tanh network whose recurrent weights are small forgets, one whose weights are large explodes.
func TestGradientsVanishAndExplode(t *testing.T) {
	const steps, hidden = 30, 8
	norms := func(scale float32) (first, last float64) {
		layer := nn.NewRNN(1, hidden)
		for i := range hidden {
			layer.Params()[1].Value.Set(i, (i+1)%hidden, scale)
		}
		y, dy := lane.NewMatrix(steps, hidden), lane.NewMatrix(steps, hidden)
		dy.Set(steps-1, 0, 1)
		layer.Forward(y, lane.NewMatrix(steps, 1), lane.NewMatrix(1, hidden))
		layer.Backward(lane.Matrix{}, dy, lane.Matrix{})
		h := layer.HiddenGradients()
		return norm(h.Row(0)), norm(h.Row(steps - 1))
	}
	vanishing, last := norms(0.5)
	require.InEpsilon(t, math.Pow(0.5, steps-1), vanishing/last, 1e-5)
	exploding, last := norms(2)
	require.InEpsilon(t, math.Pow(2, steps-1), exploding/last, 1e-5)
}

func norm(x []float32) float64 {
	var sum float64
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum)
}

func TestRecurrentWrongShapesPanic(t *testing.T) {
	m := lane.NewMatrix
	require.PanicsWithValue(t, "nn: NewGRU: 3 inputs and 0 hidden units", func() { nn.NewGRU(3, 0) })
	for _, l := range recurrentLayers(3, 2) {
		layer := l.new()
		states := layer.StateSize()
		require.PanicsWithValue(t, "nn: "+l.name+".Backward: needs a Forward before each", func() {
			layer.Backward(m(4, 3), m(4, 2), lane.Matrix{})
		})
		require.PanicsWithValue(t, "nn: "+l.name+".Forward: no state; its rows say how many sequences there are", func() {
			layer.Forward(m(4, 2), m(4, 3), lane.Matrix{})
		})
		require.PanicsWithValue(t, "nn: "+l.name+".Forward: x is 0×3, whose rows are not one or more steps of the 2 sequences of the state", func() {
			layer.Forward(m(0, 2), m(0, 3), m(2, states))
		})
		require.PanicsWithValue(t, "nn: "+l.name+".Forward: x is 5×3, whose rows are not one or more steps of the 2 sequences of the state", func() {
			layer.Forward(m(5, 2), m(5, 3), m(2, states))
		})
		require.PanicsWithValue(t, "nn: "+l.name+".Forward: x is 4×4, want 4×3", func() { layer.Forward(m(4, 2), m(4, 4), m(2, states)) })
		require.PanicsWithValue(t, "nn: "+l.name+".Forward: y is 4×1, want 4×2", func() { layer.Forward(m(4, 1), m(4, 3), m(2, states)) })
		require.PanicsWithValue(t, "nn: "+l.name+".Forward: state is 2×1, want "+m(2, states).String(), func() {
			layer.Forward(m(4, 2), m(4, 3), m(2, 1))
		})
		layer.Forward(m(4, 2), m(4, 3), m(2, states))
		require.PanicsWithValue(t, "nn: "+l.name+".Backward: dy is 4×3, want 4×2", func() { layer.Backward(m(4, 3), m(4, 3), lane.Matrix{}) })
		require.PanicsWithValue(t, "nn: "+l.name+".Backward: dx is 2×3, want 4×3", func() { layer.Backward(m(2, 3), m(4, 2), lane.Matrix{}) })
		require.PanicsWithValue(t, "nn: "+l.name+".Backward: dstate is 1×1, want "+m(2, states).String(), func() {
			layer.Backward(m(4, 3), m(4, 2), m(1, 1))
		})
		layer.Backward(m(4, 3), m(4, 2), lane.Matrix{})
		require.PanicsWithValue(t, "nn: "+l.name+".Backward: needs a Forward before each", func() {
			layer.Backward(m(4, 3), m(4, 2), lane.Matrix{})
		})
	}
}
