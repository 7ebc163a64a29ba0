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

var optimizers = []struct {
	name string
	make func(rate float64) nn.Optimizer
	kept []string // the names of a parameter's state
}{
	{"sgd", func(rate float64) nn.Optimizer { return nn.NewSGD(rate) }, nil},
	{"momentum", func(rate float64) nn.Optimizer { return nn.NewMomentum(rate, 0.9) }, []string{"momentum_buffer"}},
	{"adagrad", func(rate float64) nn.Optimizer { return nn.NewAdaGrad(rate) }, []string{"sum"}},
	{"adam", func(rate float64) nn.Optimizer { return nn.NewAdam(rate) }, []string{"exp_avg", "exp_avg_sq", "step"}},
	{"adamw", func(rate float64) nn.Optimizer { return nn.NewAdamW(rate) }, []string{"exp_avg", "exp_avg_sq", "step"}},
}

// forEachOptimizer runs a subtest with each method's constructor.
func forEachOptimizer(t *testing.T, test func(t *testing.T, make func(rate float64) nn.Optimizer, kept []string)) {
	for _, o := range optimizers {
		t.Run(o.name, func(t *testing.T) { test(t, o.make, o.kept) })
	}
}

// Minimising (x − 3)².
func ExampleAdam() {
	x := nn.NewParam("x", 1, 1)
	adam := nn.NewAdam(0.1)
	for range 200 {
		nn.ZeroGrads([]*nn.Param{x})
		x.Grad.Data[0] = 2 * (x.Value.Data[0] - 3)
		adam.Step([]*nn.Param{x})
	}
	fmt.Printf("%.3f\n", x.Value.Data[0])
	// Output: 3.000
}

func TestOptimizersMatchPyTorch(t *testing.T) {
	for _, o := range optimizers {
		t.Run(o.name, func(t *testing.T) {
			golden := nntest.LoadGolden(t, "testdata/optim/"+o.name+".json")
			before, grads, after := golden.Matrix("before"), golden.Matrix("grads"), golden.Matrix("after")
			p := nn.NewParam("p", before.Rows, before.Cols)
			copy(p.Value.Data, before.Data)
			optimizer := o.make(0.1)
			for step := range grads.Rows {
				if step == grads.Rows/2 {
					optimizer.SetRate(optimizer.Rate() / 2)
				}
				copy(p.Grad.Data, grads.Row(step))
				optimizer.Step([]*nn.Param{p})
				for i, want := range after.Row(step) {
					got := p.Value.Data[i]
					require.InDelta(t, want, got, 1e-6*max(1, math.Abs(float64(want))), "step %d, element %d", step, i)
				}
			}
		})
	}
}

// takeSteps takes n steps with gradients that depend on the seed.
func takeSteps(o nn.Optimizer, params []*nn.Param, n int, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 0))
	for range n {
		for _, p := range params {
			nn.Normal(p.Grad, 0, 1, rng)
		}
		o.Step(params)
	}
}

func valuesOf(params []*nn.Param) [][]float32 {
	var all [][]float32
	for _, p := range params {
		all = append(all, append([]float32{}, p.Value.Data...))
	}
	return all
}

func TestOptimizersDoNotDependOnThreads(t *testing.T) {
	forEachOptimizer(t, func(t *testing.T, make func(float64) nn.Optimizer, _ []string) {
		var want [][]float32
		for threads := 1; threads <= 3; threads++ {
			withThreads(t, threads, func() {
				params := randomParams(1)
				takeSteps(make(0.1), params, 3, 7)
				if threads == 1 {
					want = valuesOf(params)
				}
				require.Equal(t, want, valuesOf(params), "%d threads", threads)
			})
		}
	})
}

// Scaling on the way is scaling before, but for one rounding, and leaves the gradients as they are.
func TestOptimizersScaleGradients(t *testing.T) {
	forEachOptimizer(t, func(t *testing.T, make func(float64) nn.Optimizer, _ []string) {
		before, onTheWay := randomParams(1), randomParams(1)
		first, second := make(0.1), make(0.1)
		for range 3 {
			norm := nn.ClipNorm(onTheWay, 0)
			second.StepScaled(onTheWay, nn.ClipFactor(norm, 0.25))
			require.Equal(t, norm, nn.ClipNorm(onTheWay, 0))

			grads := gradsOf(before)
			nn.ClipNorm(before, 0.25)
			first.Step(before)
			for i, p := range before {
				require.InDeltaSlice(t, p.Value.Data, onTheWay[i].Value.Data, 1e-6)
				copy(p.Grad.Data, grads[i])
			}
		}
	})
}

func TestOptimizersAllocateNothing(t *testing.T) {
	forEachOptimizer(t, func(t *testing.T, make func(float64) nn.Optimizer, _ []string) {
		params := randomParams(1)
		o := make(0.1)
		o.Step(params)
		require.Zero(t, testing.AllocsPerRun(20, func() { o.Step(params) }))
	})
}

// frozen parameters keep their value and their state, and go on from there.
func TestOptimizersSkipFrozenParameters(t *testing.T) {
	forEachOptimizer(t, func(t *testing.T, make func(float64) nn.Optimizer, kept []string) {
		a, b := randomParams(1), randomParams(1)
		first, second := make(0.1), make(0.1)
		first.Step(a)
		second.Step(b)

		a[1].Frozen = true
		before := valuesOf(a)
		for range 3 {
			first.Step(a)
		}
		require.Equal(t, before[1], valuesOf(a)[1])
		require.NotEqual(t, before[2], valuesOf(a)[2])

		a[1].Frozen = false
		first.Step(a)
		second.Step(b)
		require.Equal(t, valuesOf(b)[1], valuesOf(a)[1], "as if the steps in between had not been")

		never := randomParams(1)
		for _, p := range never {
			p.Frozen = true
		}
		third := make(0.1)
		third.Step(never)
		require.Empty(t, third.State(), "nothing is kept for what is always frozen")
	})
}

// snapshot copies a state, as a checkpoint file does.
func snapshot(state []nn.Named) []nn.Named {
	var copies []nn.Named
	for _, s := range state {
		data := append([]float32{}, s.Value.Data...)
		copies = append(copies, nn.Named{Name: s.Name, Value: lane.MatrixOf(data, s.Value.Rows, s.Value.Cols)})
	}
	return copies
}

func TestOptimizersResume(t *testing.T) {
	forEachOptimizer(t, func(t *testing.T, make func(float64) nn.Optimizer, kept []string) {
		params := randomParams(1)
		o := make(0.1)
		takeSteps(o, params, 5, 7)
		o.SetRate(0.05)
		checkpoint, weights := snapshot(o.State()), valuesOf(params)
		takeSteps(o, params, 5, 8)
		want := valuesOf(params)

		again := randomParams(2)
		resumed := make(0.1)
		takeSteps(resumed, again, 2, 9) // what was gathered before Load must not matter
		for i, p := range again {
			copy(p.Value.Data, weights[i])
		}
		require.NoError(t, resumed.Load(checkpoint))
		resumed.SetRate(0.05)
		require.Equal(t, checkpoint, snapshot(resumed.State()), "the round trip is exact")
		clearState(checkpoint) // Load copies
		takeSteps(resumed, again, 5, 8)
		require.Equal(t, want, valuesOf(again))

		var names []string
		for _, p := range params {
			for _, k := range kept {
				names = append(names, p.Name+"."+k)
			}
		}
		var got []string
		for _, s := range resumed.State() {
			got = append(got, s.Name)
		}
		require.Equal(t, names, got)

		require.NoError(t, resumed.Load(nil))
		require.Empty(t, resumed.State(), "an empty state is that of a new optimizer")
	})
}

func clearState(state []nn.Named) {
	for _, s := range state {
		s.Value.Zero()
	}
}

// Adam as its paper has it, in float64, with other betas than the defaults.
func TestAdamWithOtherBetas(t *testing.T) {
	o := nn.NewAdamW(0.01)
	o.Beta1, o.Beta2, o.Epsilon, o.WeightDecay = 0.5, 0.9, 1e-3, 0.3
	p := nn.NewParam("p", 1, 1)
	p.Value.Set(0, 0, 1)
	want, m, v := 1.0, 0.0, 0.0
	for step := 1; step <= 20; step++ {
		g := math.Sin(float64(step))
		p.Grad.Set(0, 0, float32(g))
		o.Step([]*nn.Param{p})
		m, v = 0.5*m+0.5*g, 0.9*v+0.1*g*g
		corrected := m / (1 - math.Pow(0.5, float64(step)))
		root := math.Sqrt(v / (1 - math.Pow(0.9, float64(step))))
		want -= 0.01*0.3*want + 0.01*corrected/(root+1e-3)
		require.InDelta(t, want, p.Value.At(0, 0), 1e-6, "step %d", step)
	}
}

// The number of steps stays exact beyond what one float32 counts.
func TestAdamCountsManySteps(t *testing.T) {
	const many = 5<<24 + 3
	one := lane.MatrixOf([]float32{1}, 1, 1)
	o := nn.NewAdam(0.1)
	require.NoError(t, o.Load([]nn.Named{
		{Name: "a.b.exp_avg", Value: one}, {Name: "a.b.exp_avg_sq", Value: one},
		{Name: "a.b.step", Value: lane.MatrixOf([]float32{5, 3}, 1, 2)},
	}))
	p := nn.NewParam("a.b", 1, 1)
	o.Step([]*nn.Param{p})
	require.Equal(t, "a.b.step", o.State()[2].Name)
	require.Equal(t, []float32{5, 4}, o.State()[2].Value.Data, "%d steps and one", many)
	require.InDelta(t, -0.1*0.9/math.Sqrt(0.999), p.Value.Data[0], 1e-6, "the bias corrections are 1 by now")
}

func TestOptimizersRefuseBadState(t *testing.T) {
	one := func(v ...float32) lane.Matrix { return lane.MatrixOf(v, 1, len(v)) }
	whole := []nn.Named{
		{Name: "w.exp_avg", Value: one(1)}, {Name: "w.exp_avg_sq", Value: one(1)}, {Name: "w.step", Value: one(0, 1)},
	}
	with := func(i int, n nn.Named) []nn.Named {
		state := append([]nn.Named{}, whole...)
		state[i] = n
		return state
	}
	for _, c := range []struct {
		want  string
		state []nn.Named
	}{
		{`nn: Adam: Load: "w" is not a parameter's name`, []nn.Named{{Name: "w", Value: one(1)}}},
		{`nn: Adam: Load: "w.momentum_buffer": Adam keeps no "momentum_buffer"; was it saved by another optimizer?`,
			[]nn.Named{{Name: "w.momentum_buffer", Value: one(1)}}},
		{`parameter "w": no exp_avg`, whole[1:]},
		{`parameter "w": no exp_avg_sq`, whole[:1]},
		{`parameter "w": no step`, whole[:2]},
		{`"w.exp_avg": it occurs twice`, append(append([]nn.Named{}, whole...), whole[0])},
		{`"w.step": it occurs twice`, append(append([]nn.Named{}, whole...), whole[2])},
		{`exp_avg is 1×1 and exp_avg_sq 1×2`, with(1, nn.Named{Name: "w.exp_avg_sq", Value: one(1, 1)})},
		{`it is 1×1, not 1×2`, with(2, nn.Named{Name: "w.step", Value: one(1)})},
		{`are not a number of steps`, with(2, nn.Named{Name: "w.step", Value: one(0, -1)})},
		{`are not a number of steps`, with(2, nn.Named{Name: "w.step", Value: one(0, 0.5)})},
		{`are not a number of steps`, with(2, nn.Named{Name: "w.step", Value: one(float32(math.NaN()), 0)})},
		{`are not a number of steps`, with(2, nn.Named{Name: "w.step", Value: one(0, 1<<24)})},
	} {
		o := nn.NewAdam(0.1)
		require.NoError(t, o.Load(whole))
		require.ErrorContains(t, o.Load(c.state), c.want)
		require.Equal(t, whole, snapshot(o.State()), "nothing has changed")
	}
}

func TestOptimizersPanic(t *testing.T) {
	require.PanicsWithValue(t, "nn: an optimizer was not made by NewSGD, NewAdam or their like", func() { new(nn.Adam).Step(nil) })
	forEachOptimizer(t, func(t *testing.T, make func(float64) nn.Optimizer, kept []string) {
		for _, rate := range []float64{-1, math.NaN(), math.Inf(1)} {
			require.Panics(t, func() { make(rate) })
			require.Panics(t, func() { make(0.1).SetRate(rate) })
		}
		p, twin := nn.NewParam("w", 2, 3), nn.NewParam("w", 2, 3)
		require.Panics(t, func() { make(0.1).Step([]*nn.Param{p, p}) })
		namesakes := make(0.1)
		namesakes.Step([]*nn.Param{p, twin}) // only a checkpoint needs names
		require.Panics(t, func() { namesakes.State() })
		wrong := &nn.Param{Name: "w", Value: lane.NewMatrix(2, 3), Grad: lane.NewMatrix(3, 2)}
		require.Panics(t, func() { make(0.1).Step([]*nn.Param{wrong}) })

		if len(kept) > 0 {
			saved, loaded := make(0.1), make(0.1)
			saved.Step([]*nn.Param{p})
			require.NoError(t, loaded.Load(saved.State()))
			require.Panics(t, func() { loaded.Step([]*nn.Param{nn.NewParam("w", 3, 2)}) })
		}
	})
	p, twin := nn.NewParam("w", 2, 3), nn.NewParam("w", 2, 3)
	require.PanicsWithValue(t, `nn: SGD: parameter "w" occurs twice`, func() { nn.NewSGD(1).Step([]*nn.Param{p, p}) })
	namesakes := nn.NewSGD(1)
	namesakes.Step([]*nn.Param{p, twin})
	require.PanicsWithValue(t, `nn: SGD: State: two parameters have the name "w"`, func() { namesakes.State() })
	adagrad := nn.NewAdaGrad(1)
	require.NoError(t, adagrad.Load([]nn.Named{{Name: "w.sum", Value: lane.NewMatrix(3, 2)}}))
	require.PanicsWithValue(t, `nn: AdaGrad: parameter "w" is 2×3 and its loaded sum 3×2`,
		func() { adagrad.Step([]*nn.Param{p}) })
	require.PanicsWithValue(t, `nn: AdamW: learning rate -1`, func() { nn.NewAdamW(-1) })
}
