package rnnlm

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
	"github.com/stretchr/testify/require"
)

var errEnough = errors.New("enough")

// The gradients of a whole model, from the embedding to the cross-entropy, through two layers and the carried state's window.
func TestGradientsOfTheWholeModel(t *testing.T) {
	for _, cell := range Cells() {
		for name, c := range map[string]Config{
			"untied": {}, "tied": {Tied: true}, "adaptive": {Cutoffs: []int{3}}, "tied adaptive": {Tied: true, Cutoffs: []int{3, 5}},
			"dropout": {Dropout: 0.3}, "variational": {Dropout: 0.3, Variational: true, EmbedDropout: 0.3, Tied: true},
		} {
			t.Run(fmt.Sprintf("%s/%s", cell, name), func(t *testing.T) {
				c.Cell, c.Embed, c.Hidden, c.Layers = cell, 4, 4, 2
				m := tinyModel(t, c, 7)
				nn.Normal(m.encoder.Weight.Value, 0, 0.5, newRand(3)) // 0.01 makes gradients too small to see
				ids := walk(50, 7, 1)
				w, err := newWindows("test", ids, 3, 4)
				require.NoError(t, err)
				inputs, targets := w.at(0)
				p, out := newPass(m, 3, 4), m.decoder.NewCrossEntropy()
				source := rand.NewPCG(0, 0)
				p.addTraining(rand.New(source))
				forward := func() lane.Matrix {
					source.Seed(1, 1) // drops the same each time
					p.reset()
					return p.forward(inputs)
				}
				loss := func() float64 {
					out.Pack()
					return out.Loss(forward(), targets)
				}
				want := loss()
				nn.ZeroGrads(m.Params())
				require.Equal(t, want, out.Learn(p.topGrad(inputs), forward(), targets, 1))
				p.backward(inputs)
				for _, param := range m.Params() {
					requireGradient(t, param, loss)
				}
			})
		}
	}
}

// requireGradient compares a parameter's gradient with five-point central differences.
func requireGradient(t *testing.T, p *nn.Param, loss func() float64) {
	t.Helper()
	const h = 1.0 / 64
	for i := range p.Value.Data {
		was := p.Value.Data[i]
		at := func(d float32) float64 {
			p.Value.Data[i] = was + d
			return loss()
		}
		want := (8*(at(h)-at(-h)) - (at(2*h) - at(-2*h))) / (12 * h)
		p.Value.Data[i] = was
		require.InDelta(t, want, p.Grad.Data[i], 2e-3*max(1, math.Abs(want)), "%s[%d]", p.Name, i)
	}
}

func TestLearnsAPeriodicText(t *testing.T) {
	for _, cell := range Cells() {
		t.Run(string(cell), func(t *testing.T) {
			m := tinyModel(t, Config{Cell: cell, Embed: 12, Hidden: 16, Layers: 1}, 6)
			ids := periodic(400)
			before, _, err := m.Perplexity(ids, 1, 35)
			require.NoError(t, err)
			require.InDelta(t, 6, before, 1)

			o := learnOptions()
			r, err := Train(t.Context(), m, ids, nil, o)
			require.NoError(t, err)
			require.Equal(t, o.Epochs, r.Epochs)
			require.Equal(t, int64(r.Steps)*24, r.Tokens)
			after, _, err := m.Perplexity(ids, 1, 35)
			require.NoError(t, err)
			require.Less(t, after, 1.1)
		})
	}
}

// learnOptions is a recipe that learns periodic by heart.
func learnOptions() Options {
	o := tinyOptions()
	o.BPTT, o.Optimizer, o.LR, o.Clip, o.Epochs = 8, "adam", 0.03, 1, 15
	return o
}

// A window of one step sees one word; only the carried state tells which of two words comes next.
func TestCarriedStateMatters(t *testing.T) {
	m := tinyModel(t, Config{Cell: LSTM, Embed: 12, Hidden: 16, Layers: 1}, 6)
	ids := periodic(400)
	_, err := Train(t.Context(), m, ids, nil, learnOptions())
	require.NoError(t, err)

	carried, _, err := m.Perplexity(ids, 1, 1)
	require.NoError(t, err)
	require.Less(t, carried, 1.1)

	j, err := newJudge(m, m.decoder.NewCrossEntropy(), "test", ids, 1, 1)
	require.NoError(t, err)
	j.output.Pack()
	loss := 0.0
	for i := range j.count() {
		inputs, targets := j.at(i)
		j.pass.reset()
		loss += j.output.Loss(j.pass.forward(inputs), targets)
	}
	require.Greater(t, math.Exp(loss/float64(j.count())), 1.3)
}

func TestWhatIsDropped(t *testing.T) {
	for _, variational := range []bool{false, true} {
		c := Config{Cell: LSTM, Embed: 32, Hidden: 32, Layers: 2, Dropout: 0.5, Variational: variational, WeightDrop: 0.5}
		o := tinyOptions()
		ids := walk(100, 9, 1)
		tr, err := newTrainer(tinyModel(t, c, 9), ids, nil, o)
		require.NoError(t, err)
		require.NoError(t, tr.step())
		require.Len(t, tr.pass.dropped, 3, "what each layer reads, and the decoder")
		for _, x := range tr.pass.dropped {
			zeros, repeats := 0, 0
			for i := o.Batch; i < x.Rows; i++ {
				for j := range x.Cols {
					if x.At(i, j) == 0 {
						zeros++
						if x.At(i-o.Batch, j) == 0 {
							repeats++
						}
					}
				}
			}
			require.InDelta(t, 0.5, float64(zeros)/float64((x.Rows-o.Batch)*x.Cols), 0.15)
			require.Equal(t, variational, zeros == repeats, "the same units through all steps of a window, or others")
		}
		require.Len(t, tr.drops, 2, "the recurrent weight of each layer")
		for _, p := range tr.params {
			if strings.HasPrefix(p.Name, "rnn.weight") && !variational { // which leaves some inputs out altogether
				dropped := zeros(p.Grad.Data)
				require.Equal(t, strings.HasPrefix(p.Name, "rnn.weight_hh"), dropped > 0.4, "%s %v", p.Name, dropped)
			}
		}
	}
}

// With a warm-up, what is dropped grows from step to step until it is what the configuration says.
func TestDropoutWarmup(t *testing.T) {
	const vocab = 200
	c := Config{Cell: LSTM, Embed: 40, Hidden: 40, Layers: 1, Dropout: 0.5, Variational: true, EmbedDropout: 0.5, WeightDrop: 0.5}
	o := tinyOptions()
	o.Batch, o.BPTT, o.DropoutWarmup = 20, 8, 0.5
	ids := walk(1700, vocab, 1) // 10 steps an epoch, of two
	tr, err := newTrainer(tinyModel(t, c, vocab), ids, nil, o)
	require.NoError(t, err)
	for step := range 20 {
		if step == 10 {
			tr.Epoch, tr.Window = 2, 0
		}
		inputs, _ := tr.windows.at(tr.Window)
		inputs = slices.Clone(inputs)
		require.NoError(t, tr.step())
		rate := 0.5 * min(1, float64(step)/10)
		require.InDelta(t, rate, zeros(tr.pass.dropped[1].Data), 0.1, "activations at step %d", step)
		lookups, seen, dropped := tr.pass.outputs[0], 0, 0
		for _, at := range firsts(inputs) {
			seen++
			if zeros(lookups.Row(at)) == 1 {
				dropped++
			}
		}
		require.InDelta(t, rate, float64(dropped)/float64(seen), 0.2, "words at step %d", step)
		for _, p := range tr.params {
			if p.Name == "rnn.weight_hh_l0" {
				require.InDelta(t, rate, zeros(p.Grad.Data), 0.1, "recurrent weights at step %d", step)
			}
		}
	}
}

// zeros is which part of x is 0.
func zeros(x []float32) float64 {
	n := 0
	for _, v := range x {
		if v == 0 {
			n++
		}
	}
	return float64(n) / float64(len(x))
}

// firsts is where each id is the first time.
func firsts(ids []int32) map[int32]int {
	first := map[int32]int{}
	for i, id := range slices.Backward(ids) {
		first[id] = i
	}
	return first
}

func TestDropoutTrainsAndEvaluatesWithout(t *testing.T) {
	for _, variational := range []bool{false, true} {
		c := Config{Cell: LSTM, Embed: 16, Hidden: 16, Layers: 2, Dropout: 0.2, Variational: variational, Tied: true}
		m := tinyModel(t, c, 6)
		ids := periodic(400)
		_, err := Train(t.Context(), m, ids, nil, learnOptions())
		require.NoError(t, err)
		once, _, err := m.Perplexity(ids, 1, 35)
		require.NoError(t, err)
		require.Less(t, once, 1.3)
		again, _, err := m.Perplexity(ids, 1, 35)
		require.NoError(t, err)
		require.Equal(t, once, again)
	}
}

func TestSameBitsForAnyNumberOfThreads(t *testing.T) {
	defer lane.SetThreads(0)
	ids := walk(900, 700, 1)
	for _, c := range []Config{{Tied: true}, {Cutoffs: []int{200, 450}}, {Tied: true, Cutoffs: []int{200, 450}}} {
		c.Cell, c.Embed, c.Hidden, c.Layers, c.Dropout = LSTM, 48, 48, 2, 0.3
		var want [][]float32
		for _, threads := range []int{1, 2, 3} {
			lane.SetThreads(threads)
			m := tinyModel(t, c, 700)
			o := tinyOptions()
			o.Batch, o.BPTT, o.Epochs, o.LR = 20, 11, 1, 5
			_, err := Train(t.Context(), m, ids, ids[:300], o)
			require.NoError(t, err)
			if want == nil {
				want = weights(m)
			}
			require.Equal(t, want, weights(m), "%d threads", threads)
		}
	}
}

func TestSeedsDecideEverything(t *testing.T) {
	train := func(initSeed, seed uint64) [][]float32 {
		c := tinyConfig(GRU)
		c.Dropout = 0.5
		m, err := New(c, wordsVocab(t, 9), initSeed)
		require.NoError(t, err)
		o := tinyOptions()
		o.Seed = seed
		_, err = Train(t.Context(), m, walk(100, 9, 1), nil, o)
		require.NoError(t, err)
		return weights(m)
	}
	require.Equal(t, train(1, 1), train(1, 1))
	require.NotEqual(t, train(1, 1), train(2, 1))
	require.NotEqual(t, train(1, 1), train(1, 2))
}

func TestStepAllocatesNothing(t *testing.T) {
	defer lane.SetThreads(0)
	lane.SetThreads(1)
	for i, cell := range Cells() {
		c := tinyConfig(cell)
		c.Dropout, c.EmbedDropout, c.WeightDrop = 0.5, 0.1, 0.2
		c.Cutoffs = [][]int{nil, {20}, nil}[i]
		m := tinyModel(t, c, 50)
		o := tinyOptions()
		o.DropoutWarmup = 1
		tr, err := newTrainer(m, walk(1000, 50, 1), nil, o)
		require.NoError(t, err)
		tr.average = nn.NewAverage(tr.params)
		tr.pass.reset()
		require.NoError(t, tr.step())
		require.Zero(t, testing.AllocsPerRun(20, func() {
			if err := tr.step(); err != nil {
				t.Error(err)
			}
		}), cell)
	}
}

func TestFrozenBiases(t *testing.T) {
	for _, cell := range Cells() {
		m := tinyModel(t, tinyConfig(cell), 9)
		_, err := Train(t.Context(), m, walk(100, 9, 1), nil, tinyOptions())
		require.NoError(t, err)
		for _, p := range m.Params() {
			moved := norm(p.Value.Data) > 0
			require.Equal(t, cell == GRU || p.Name != "rnn.bias_hh_l0" && p.Name != "rnn.bias_hh_l1", moved, "%s %s", cell, p.Name)
		}
	}
}

func TestPlateauDividesTheRateAndKeepsTheBest(t *testing.T) {
	m := tinyModel(t, tinyConfig(LSTM), 9)
	train := walk(400, 9, 1)
	valid := make([]int32, 100) // nothing like the training text: it gets worse as training goes on
	o := tinyOptions()
	o.Schedule, o.Epochs, o.KeepBest, o.LR = "plateau", 6, true, 4
	var rates, perplexities []float64
	var bestEpoch int
	o.Progress = func(p Progress) error {
		if p.EpochEnd {
			rates, perplexities = append(rates, p.LR), append(perplexities, p.ValidPerplexity)
			if p.Best {
				bestEpoch = p.Epoch
			}
		}
		return nil
	}
	r, err := Train(t.Context(), m, train, valid, o)
	require.NoError(t, err)
	require.Len(t, rates, 6)

	// Stopped at the very end, the model is the last step's, and so is the perplexity.
	stopped, stop := tinyModel(t, tinyConfig(LSTM), 9), o
	stop.Progress = func(p Progress) error {
		if p.EpochEnd && p.Epoch == 6 {
			return errEnough
		}
		return nil
	}
	last, err := Train(t.Context(), stopped, train, valid, stop)
	require.ErrorIs(t, err, errEnough)
	require.Equal(t, perplexities[5], last.ValidPerplexity)
	now, err := newValidJudge(stopped, stopped.decoder.NewCrossEntropy(), valid, o.BPTT)
	require.NoError(t, err)
	loss, tokens, err := now.judge(t.Context())
	require.NoError(t, err)
	require.Equal(t, perplexityOf(loss/float64(tokens)), last.ValidPerplexity)

	rate, best := 4.0, math.Inf(1)
	for i := range rates {
		require.Equal(t, rate, rates[i])
		if perplexities[i] < best {
			best = perplexities[i]
		} else {
			rate /= 4
		}
	}
	require.Less(t, rate, 4.0, "the test needs an epoch that got worse")
	require.Equal(t, best, r.ValidPerplexity)
	require.Equal(t, bestEpoch, r.BestEpoch)
	perplexity, _, err := m.Perplexity(valid, 10, o.BPTT)
	require.NoError(t, err)
	require.Equal(t, best, perplexity, "the best model is the one that stays")
}

func TestPatienceStopsEarly(t *testing.T) {
	m := tinyModel(t, tinyConfig(LSTM), 9)
	o := tinyOptions()
	o.Epochs, o.Patience, o.LR = 50, 2, 4
	r, err := Train(t.Context(), m, walk(400, 9, 1), make([]int32, 100), o)
	require.NoError(t, err)
	require.True(t, r.Early)
	require.Equal(t, r.BestEpoch+2, r.Epochs)
}

func TestSchedulesReachTheOptimizer(t *testing.T) {
	for schedule, check := range map[string]func(t *testing.T, rates []float64){
		"constant": func(t *testing.T, rates []float64) { require.Equal(t, rates[0], rates[len(rates)-1]) },
		"cosine": func(t *testing.T, rates []float64) {
			require.Equal(t, 0.01, rates[0])
			require.Less(t, rates[len(rates)-1], 1e-4)
		},
		"onecycle": func(t *testing.T, rates []float64) {
			require.InDelta(t, 0.01/25, rates[0], 1e-9)
			require.Less(t, rates[len(rates)-1], 1e-6)
		},
	} {
		for _, optimizer := range Optimizers() {
			m := tinyModel(t, tinyConfig(RNN), 9)
			o := tinyOptions()
			o.Schedule, o.Optimizer, o.LR, o.Epochs = schedule, optimizer, 0.01, 3
			tr, err := newTrainer(m, walk(400, 9, 1), nil, o)
			require.NoError(t, err)
			var rates []float64
			tr.options.Progress = func(p Progress) error {
				require.Equal(t, p.LR, tr.optimize.Rate())
				if !p.EpochEnd {
					rates = append(rates, p.LR)
				}
				return nil
			}
			require.NoError(t, tr.run(t.Context()))
			r := tr.result()
			require.Len(t, rates, r.Steps)
			check(t, rates)
		}
	}
}

func TestOneCycleMovesTheMomentumToo(t *testing.T) {
	momentum := map[string]func(o nn.Optimizer) float64{
		"momentum": func(o nn.Optimizer) float64 { return o.(*nn.Momentum).Mu },
		"adam":     func(o nn.Optimizer) float64 { return o.(*nn.Adam).Beta1 },
		"adamw":    func(o nn.Optimizer) float64 { return o.(*nn.AdamW).Beta1 },
	}
	for optimizer, of := range momentum {
		o := tinyOptions()
		o.Schedule, o.Optimizer, o.LR = "onecycle", optimizer, 0.01
		tr, err := newTrainer(tinyModel(t, tinyConfig(RNN), 9), walk(100, 9, 1), nil, o)
		require.NoError(t, err)
		cycle := nn.NewOneCycle(o.LR, o.Epochs*tr.windows.count())
		for k := range tr.windows.count() {
			require.NoError(t, tr.step())
			require.Equal(t, cycle.Momentum(k), of(tr.optimize), optimizer)
		}
	}
}

func TestProgressCountsAndCanStop(t *testing.T) {
	m := tinyModel(t, tinyConfig(LSTM), 9)
	o := tinyOptions()
	var all []Progress
	o.Progress = func(p Progress) error {
		all = append(all, p)
		if p.Epoch == 2 && p.Step == 10 {
			return errEnough
		}
		return nil
	}
	ids := walk(101, 9, 1) // 3 streams of 33: 8 windows of 4
	r, err := Train(t.Context(), m, ids, ids, o)
	require.ErrorIs(t, err, errEnough)
	require.Equal(t, 10, r.Steps)
	require.Equal(t, 1, r.Epochs)
	require.Len(t, all, 11) // 10 steps and the end of an epoch
	sum, seconds := 0.0, 0.0
	for i, p := range all[:8] {
		require.GreaterOrEqual(t, p.Seconds, seconds)
		seconds = p.Seconds
		sum += p.Loss
		require.Equal(t, i+1, p.Step)
		require.Equal(t, 16, p.Steps)
		require.Equal(t, int64(12*(i+1)), p.Tokens)
		require.InEpsilon(t, math.Exp(sum/float64(i+1)), p.TrainPerplexity, 1e-12)
		require.Positive(t, p.PerSec)
		require.Positive(t, p.Norm)
	}
	require.Positive(t, seconds)
	require.True(t, all[8].EpochEnd)
	require.Positive(t, all[8].ValidPerplexity)
	require.True(t, all[8].Best)
	require.Equal(t, all[8].TrainPerplexity, r.TrainPerplexity)
	require.InEpsilon(t, math.Exp((all[9].Loss+all[10].Loss)/2), all[10].TrainPerplexity, 1e-12, "of its epoch alone")
	for i, steps := range []int{1, 2, 3, 4, 5, 6, 7, 8, 8, 1, 2} {
		clipped := 0
		for _, p := range all[i+1-steps : i+1] {
			if i != 8 && p.Norm > o.Clip {
				clipped++
			}
		}
		if i != 8 {
			require.InDelta(t, float64(clipped)/float64(steps), all[i].ClipRate, 1e-12, "report %d", i)
		}
	}
}

func TestCancelledContextStopsAfterAStep(t *testing.T) {
	m := tinyModel(t, tinyConfig(LSTM), 9)
	ctx, cancel := context.WithCancel(t.Context())
	o := tinyOptions()
	o.Progress = func(p Progress) error {
		if p.Step == 3 {
			cancel()
		}
		return nil
	}
	r, err := Train(ctx, m, walk(100, 9, 1), nil, o)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 4, r.Steps)
}

func TestEveryThinsOutReports(t *testing.T) {
	m := tinyModel(t, tinyConfig(RNN), 9)
	o := tinyOptions()
	o.Every = time.Hour
	n := 0
	o.Progress = func(p Progress) error { n++; require.True(t, p.EpochEnd); return nil }
	_, err := Train(t.Context(), m, walk(100, 9, 1), nil, o)
	require.NoError(t, err)
	require.Equal(t, o.Epochs, n)
}

func TestDivergenceNamesStepRateNormAndCheckpoint(t *testing.T) {
	m := tinyModel(t, tinyConfig(LSTM), 9)
	o := tinyOptions()
	o.Checkpoint = t.TempDir() + "/c"
	o.CheckpointEvery = 1
	o.Progress = func(p Progress) error {
		if p.Step == 3 {
			m.decoder.(*nn.Linear).Bias.Value.Set(0, 2, float32(math.NaN()))
		}
		return nil
	}
	_, err := Train(t.Context(), m, walk(100, 9, 1), nil, o)
	var d *DivergenceError
	require.ErrorAs(t, err, &d)
	require.Equal(t, 4, d.Step)
	require.Equal(t, 1, d.Epoch)
	require.Equal(t, "loss", d.What)
	require.ErrorContains(t, err, "step 4")
	require.ErrorContains(t, err, "rate 1")
	require.ErrorContains(t, err, "gradient norm NaN")
	require.ErrorContains(t, err, "the last good checkpoint is "+o.Checkpoint)
	c, err := LoadCheckpoint(o.Checkpoint)
	require.NoError(t, err)
	require.Equal(t, 3, c.Step)
}

func TestWeightsThatAreNotFiniteAreNeverKept(t *testing.T) {
	ids := walk(101, 9, 1) // 8 steps an epoch
	for _, c := range []struct {
		what  string
		step  int
		valid []int32
		path  string
	}{
		{"weights", 16, nil, ""},
		{"weights", 16, nil, t.TempDir() + "/c"},
		{"weights", 8, nil, t.TempDir() + "/c"},
		{"validation loss", 8, ids, t.TempDir() + "/c"},
		{"validation loss", 16, ids, ""},
	} {
		m := tinyModel(t, tinyConfig(LSTM), 9)
		o := tinyOptions()
		o.Checkpoint = c.path
		o.Progress = func(p Progress) error {
			if p.Step == c.step && !p.EpochEnd {
				m.decoder.(*nn.Linear).Bias.Value.Set(0, 2, float32(math.NaN()))
			}
			return nil
		}
		_, err := Train(t.Context(), m, ids, c.valid, o)
		var d *DivergenceError
		require.ErrorAs(t, err, &d)
		require.Equal(t, c.what, d.What)
		require.Equal(t, c.path, d.Checkpoint)
		require.Equal(t, c.step, d.Step)
		require.Equal(t, c.step/8, d.Epoch)
		if c.path != "" {
			good, err := LoadCheckpoint(c.path)
			require.NoError(t, err)
			require.Equal(t, c.step-8, good.Step)
		}
	}
}

func TestHugeRatesDiverge(t *testing.T) {
	m := tinyModel(t, tinyConfig(RNN), 9)
	o := tinyOptions()
	o.LR, o.Clip = 1e38, 0
	_, err := Train(t.Context(), m, walk(100, 9, 1), nil, o)
	var d *DivergenceError
	require.ErrorAs(t, err, &d)
	require.Empty(t, d.Checkpoint)
	require.ErrorContains(t, err, "there is no checkpoint")
}

func TestVocabularyOfOneWord(t *testing.T) {
	m := tinyModel(t, tinyConfig(LSTM), 1)
	_, err := Train(t.Context(), m, make([]int32, 50), make([]int32, 30), tinyOptions())
	require.NoError(t, err)
	perplexity, _, err := m.Perplexity(make([]int32, 30), 1, 35)
	require.NoError(t, err)
	require.Equal(t, 1.0, perplexity)
}

func TestShortValidationIsOneStream(t *testing.T) {
	m := tinyModel(t, tinyConfig(LSTM), 9)
	o := tinyOptions()
	valid := walk(20, 9, 4) // too short for 10 streams of 4
	r, err := Train(t.Context(), m, walk(100, 9, 1), valid, o)
	require.NoError(t, err)
	perplexity, tokens, err := m.Perplexity(valid, 1, o.BPTT)
	require.NoError(t, err)
	require.Equal(t, 19, tokens)
	require.Equal(t, perplexity, r.ValidPerplexity)
}

func TestTrainRefuses(t *testing.T) {
	long := walk(100, 9, 1)
	for _, c := range []struct {
		message      string
		train, valid []int32
		change       func(o *Options)
	}{
		{"the training text has 0 tokens", nil, nil, nil},
		{"the training text has 1 tokens", long[:1], nil, nil},
		{"makes 3 streams of 3, shorter than one window of 4: lower the batch or the bptt, or give more text", long[:11], nil, nil},
		{"makes 3 streams of 33, shorter than one window of 100", long, nil, func(o *Options) { o.BPTT = 100 }},
		{"token 0 of the training text has id 9, outside the vocabulary of 9 words", append([]int32{9}, long...), nil, nil},
		{"token 1 of the validation text has id -1", long, []int32{1, -1, 2}, nil},
		{"the validation text has 1 tokens", long, long[:1], nil},
		{"batch 0: take 1 to", long, nil, func(o *Options) { o.Batch = 0 }},
		{"bptt -1: take 1 to", long, nil, func(o *Options) { o.BPTT = -1 }},
		{`optimizer "rmsprop": take one of sgd, momentum, adagrad, adam, adamw`, long, nil, func(o *Options) { o.Optimizer = "rmsprop" }},
		{"lr 0: take a number above 0", long, nil, func(o *Options) { o.LR = 0 }},
		{"lr NaN", long, nil, func(o *Options) { o.LR = math.NaN() }},
		{"lr +Inf", long, nil, func(o *Options) { o.LR = math.Inf(1) }},
		{"clip -1: take 0 (no clipping) or more", long, nil, func(o *Options) { o.Clip = -1 }},
		{`schedule "step": take one of constant, plateau, cosine, onecycle`, long, nil, func(o *Options) { o.Schedule = "step" }},
		{"epochs 0: take 1 to", long, nil, func(o *Options) { o.Epochs = 0 }},
		{"dropout-warmup -0.1: take 0 (none) to 1 (the whole training)", long, nil, func(o *Options) { o.DropoutWarmup = -0.1 }},
		{"dropout-warmup 12", long, nil, func(o *Options) { o.DropoutWarmup = 12 }},
		{"dropout-warmup NaN", long, nil, func(o *Options) { o.DropoutWarmup = math.NaN() }},
		{"patience -1", long, long, func(o *Options) { o.Patience = -1 }},
		{"patience 3 needs a validation text", long, nil, func(o *Options) { o.Patience = 3 }},
		{"schedule plateau needs a validation text", long, nil, func(o *Options) { o.Schedule = "plateau" }},
		{"cannot write the checkpoint", long, nil, func(o *Options) { o.Checkpoint = "/no/such/directory/c" }},
	} {
		o := tinyOptions()
		if c.change != nil {
			c.change(&o)
		}
		_, err := Train(t.Context(), tinyModel(t, tinyConfig(RNN), 9), c.train, c.valid, o)
		require.ErrorContains(t, err, c.message)
		require.ErrorContains(t, err, "rnnlm: ")
	}
}
