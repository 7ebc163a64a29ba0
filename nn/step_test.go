package nn_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
	"github.com/stretchr/testify/require"
)

func TestStepsAreAWindow(t *testing.T) {
	const steps, in, hidden = 5, 6, 9
	rng := rand.New(rand.NewPCG(1, 2))
	for _, l := range recurrentLayers(in, hidden) {
		for _, batch := range []int{1, 3} {
			layer := l.new()
			randomize(rng, layer.Params())
			x, state := random(rng, steps*batch, in), random(rng, batch, layer.StateSize())
			stepper := nn.NewStepper(layer, batch)
			copy(stepper.State().Data, state.Data)

			y := lane.NewMatrix(steps*batch, hidden)
			layer.Forward(y, x, state)
			for s := range steps {
				h := stepper.Step(x.Slice(s*batch, (s+1)*batch, 0, in))
				for b := range batch {
					require.InDeltaSlice(t, y.Row(s*batch+b), h.Row(b), 1e-5, "%s, step %d", l.name, s)
				}
			}
			require.InDeltaSlice(t, state.Data, stepper.State().Data, 1e-5, l.name)
		}
	}
}

// The products of the larger layer are shared among threads.
func TestStepsGiveTheSameBitsForAnyThreads(t *testing.T) {
	defer lane.SetThreads(0)
	rng := rand.New(rand.NewPCG(3, 4))
	for _, l := range recurrentLayers(900, 700) {
		layer, x := l.new(), random(rng, 1, 900)
		randomize(rng, layer.Params())
		var outputs [][]float32
		for threads := 1; threads <= 3; threads++ {
			lane.SetThreads(threads)
			stepper := nn.NewStepper(layer, 1)
			require.Zero(t, testing.AllocsPerRun(3, func() { stepper.Step(x) }), l.name)
			outputs = append(outputs, stepper.State().Data)
		}
		require.Equal(t, outputs[0], outputs[1], l.name)
		require.Equal(t, outputs[0], outputs[2], l.name)
	}
}

func TestStepsOfWrongShapesPanic(t *testing.T) {
	layer := nn.NewLSTM(3, 4)
	require.PanicsWithValue(t, "nn: NewStepper: a batch of 0", func() { nn.NewStepper(layer, 0) })
	require.PanicsWithValue(t, "nn: Stepper.Step: x is 1×4, want 1×3", func() { nn.NewStepper(layer, 1).Step(lane.NewMatrix(1, 4)) })
	require.PanicsWithValue(t, "nn: NewStepper: no steps for a nn_test.foreign", func() { nn.NewStepper(foreign{layer}, 1) })
}

type foreign struct{ nn.Recurrent }

// A layer that adds up its inputs, one at a time.
func ExampleStepper() {
	layer := nn.NewRNN(1, 1)
	for _, p := range layer.Params()[:2] {
		p.Value.Set(0, 0, 1)
	}
	s := nn.NewStepper(layer, 1)
	for _, x := range []float32{0.001, 0.002, 0.003} {
		h := s.Step(lane.MatrixOf([]float32{x}, 1, 1))
		fmt.Printf("%.3f ", h.At(0, 0))
	}
	// Output: 0.001 0.003 0.006
}
