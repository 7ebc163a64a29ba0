package word2vec

import (
	"context"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/models/corpus"
	"github.com/lane-go/lane/models/wordvec"
	"github.com/stretchr/testify/require"
)

func train(t *testing.T, text string, o Options) *Model {
	t.Helper()
	stream, vocab := encode(t, text)
	m, err := Train(t.Context(), stream, vocab, o)
	require.NoError(t, err)
	return m
}

func requireSameBits(t *testing.T, want, got *Model) {
	t.Helper()
	require.True(t, sameBits(want.In, got.In), "input tables differ")
	require.True(t, sameBits(want.Out, got.Out), "output tables differ")
	require.Equal(t, want.Losses, got.Losses)
}

func sameBits(x, y lane.Matrix) bool {
	for i := range x.Rows {
		for j, v := range x.Row(i) {
			if math.Float32bits(v) != math.Float32bits(y.At(i, j)) {
				return false
			}
		}
	}
	return x.Rows == y.Rows && x.Cols == y.Cols
}

// sharded returns settings by which even a short text has shards, which have replicas of some rows, copies of others, and move others where they
// are.
func sharded(o Options, round int) Options {
	o.round = round
	if o.Loss != Softmax {
		o.shards, o.rounds, o.hot = maxShards, 3, 5
	}
	return o
}

func TestSameBitsForAnyThreads(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			text := topics(300, 2)
			o = sharded(o, 20)
			o.Sample, o.Threads = 0.05, 1
			want := train(t, text, o)
			for _, threads := range []int{2, 3, 8} {
				o.Threads = threads
				requireSameBits(t, want, train(t, text, o))
			}
			o.Seed++
			require.NotEqual(t, want.In.Data, train(t, text, o).In.Data)
		})
	}
}

// At a rate of next to nothing, training leaves words where they begin.
func TestTrainingBeginsWithVectors(t *testing.T) {
	earlier := train(t, topics(100, 4), small(SkipGram, NegativeSampling))
	vectors, err := earlier.Vectors()
	require.NoError(t, err)
	outputs, err := earlier.Context()
	require.NoError(t, err)

	text := corpus.FromString(corpus.Options{}, "text", "a0 new a1 b0\nnew a0 b1 a1\n")
	vocab, err := corpus.BuildVocab(text, corpus.VocabOptions{Keep: vectors.Words})
	require.NoError(t, err)
	require.Equal(t, vectors.Len()+1, vocab.Len())
	stream, err := corpus.EncodeStream(text, vocab, 0)
	require.NoError(t, err)
	defer stream.Close()
	o := small(SkipGram, NegativeSampling)
	o.LR, o.MinLR, o.Init, o.InitContext = 1e-12, 0, vectors, outputs
	m, err := Train(t.Context(), stream, vocab, o)
	require.NoError(t, err)
	for i, word := range m.Vocab.Words() {
		if word == "new" {
			require.LessOrEqual(t, lane.Max(m.In.Row(i)), 1/float32(o.Dim))
			require.Less(t, lane.Max(m.Out.Row(i)), float32(1e-9))
			continue
		}
		row, _ := vectors.ID(word)
		require.InDeltaSlice(t, vectors.Row(row), m.In.Row(i), 1e-9, word)
		require.InDeltaSlice(t, outputs.Row(row), m.Out.Row(i), 1e-9, word)
	}

	o.Dim++
	_, err = Train(t.Context(), stream, vocab, o)
	require.ErrorContains(t, err, "word2vec: dim is 13 and the vectors to begin with have 12: take dim 12")
	o.Dim, o.Loss = 12, HierarchicalSoftmax
	require.ErrorContains(t, o.Validate(), "hierarchical softmax has no output vectors")
}

func TestCompatOfSkipGramIsPrivateNegatives(t *testing.T) {
	o := small(SkipGram, NegativeSampling)
	shared := train(t, topics(50, 5), o)
	o.Compat = Word2vec
	compat := train(t, topics(50, 5), o)
	require.NotEqual(t, shared.In.Data, compat.In.Data)
	o.Compat, o.PrivateNegatives = Lane, true
	requireSameBits(t, compat, train(t, topics(50, 5), o))
}

func TestThreadsAreSetBack(t *testing.T) {
	before := lane.Threads()
	o := small(SkipGram, NegativeSampling)
	o.Threads = before + 3
	o.ProgressEvery = 1
	during := 0
	o.Progress = func(Progress) error {
		during = lane.Threads()
		return nil
	}
	train(t, topics(20, 1), o)
	require.Equal(t, before+3, during)
	require.Equal(t, before, lane.Threads())
}

// Words of one topic become neighbours, whichever way they are learned.
func TestPlantedNeighboursAreFound(t *testing.T) {
	for name, o := range kinds() {
		o.Epochs, o.LR = 6, 0.1
		requireNeighbours(t, name, o)
		if o.Loss != Softmax {
			requireNeighbours(t, name+"/sharded", sharded(o, 20))
		}
	}
}

func requireNeighbours(t *testing.T, name string, o Options) {
	t.Run(name, func(t *testing.T) {
		m := train(t, topics(500, 3), o)
		require.Len(t, m.Losses, o.Epochs)
		require.Less(t, m.Losses[o.Epochs-1], m.Losses[0])
		vectors, err := m.Vectors()
		require.NoError(t, err)
		for _, word := range m.Vocab.Words() {
			near, err := vectors.Similar([]string{word}, nil, 5)
			require.NoError(t, err)
			for _, n := range near {
				require.Equal(t, word[0], n.Word[0], "%s is near %s", word, n.Word)
			}
		}
	})
}

// Whatever the batch, a word in every other window must not be moved too far at once.
func TestSmallVocabulariesDoNotDiverge(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			for _, lr := range []float64{0, 0.1} {
				o.LR = lr
				m := train(t, strings.Repeat("a b a b b a a\n", 200), o)
				require.Equal(t, 2, m.Vocab.Len())
				require.LessOrEqual(t, m.Losses[1], m.Losses[0]+0.05)
				require.Less(t, m.Losses[0], 5.0)
			}
		})
	}
}

func TestWindowsLongerThanSentences(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			o.Window = 60
			m := train(t, "a b\nc\nb c d\na d\n", o)
			require.Positive(t, m.Losses[0])
		})
	}
}

func TestNothingToLearnIsAnError(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "word2vec: the corpus is empty"},
		{"blank lines", "\n\n", "word2vec: the corpus is empty"},
		{"one word", "word", "word2vec: the vocabulary has 1 word; two at least are needed"},
		{"one word again and again", "a a a a", "word2vec: the vocabulary has 1 word; two at least are needed"},
		{"sentences of one word", "a\nb\nc\na\n", "word2vec: no word has a neighbour"},
	} {
		t.Run(c.name, func(t *testing.T) {
			stream, vocab := encode(t, c.text)
			_, err := Train(t.Context(), stream, vocab, small(SkipGram, NegativeSampling))
			require.ErrorContains(t, err, c.want)
		})
	}
	t.Run("no counts", func(t *testing.T) {
		stream, _ := encode(t, "a b a b")
		vocab, err := corpus.NewVocab([]string{"a", "b"}, nil)
		require.NoError(t, err)
		_, err = Train(t.Context(), stream, vocab, DefaultOptions())
		require.ErrorContains(t, err, "word2vec: the vocabulary has no counts")
	})
	t.Run("another vocabulary", func(t *testing.T) {
		stream, _ := encode(t, "a b c d\na b c e")
		_, vocab := encode(t, "a b a b")
		_, err := Train(t.Context(), stream, vocab, small(SkipGram, NegativeSampling))
		require.ErrorContains(t, err, "word2vec: reading the text: word 2 has id 2, but the vocabulary has only 2 words")
	})
	t.Run("closed stream", func(t *testing.T) {
		stream := corpus.NewStream(1) // to a file at once
		for range 20_000 {
			require.NoError(t, stream.Append([]int32{0, 1, 0, 1}))
		}
		require.NoError(t, stream.Close())
		_, vocab := encode(t, "a b a b")
		_, err := Train(t.Context(), stream, vocab, small(SkipGram, NegativeSampling))
		require.ErrorContains(t, err, "word2vec: reading the text: ")
	})
}

func TestFullSoftmaxOfALargeVocabularyIsRefused(t *testing.T) {
	o := DefaultOptions()
	o.round = 256
	require.NoError(t, checkSoftmax(250_000, o))
	require.EqualError(t, checkSoftmax(3_000_000, o), "word2vec: the full softmax over 3000000 words takes 2929 MiB of scores at dim 100 "+
		"and rounds of 256 windows, and 2e+09 operations a word: train with the loss ns or hs, or limit the vocabulary to 262144 words")
}

func TestDivergenceStops(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			tr := trainer(t, topics(30, 4), o)
			for i := range tr.in.Data {
				tr.in.Data[i] = float32(math.NaN())
			}
			err := tr.Run(t.Context())
			require.ErrorContains(t, err, "word2vec: training diverged: the mean loss of a pair is NaN at step 1 of epoch 1 with learning rate 0.0")
			if o.Loss == NegativeSampling {
				require.ErrorContains(t, err, ": lower lr, negative or window; ")
			} else {
				require.ErrorContains(t, err, ": lower lr; ")
			}
			require.ErrorContains(t, err, "; there is no checkpoint to go back to")
		})
	}
	t.Run("finite", func(t *testing.T) {
		o := small(SkipGram, NegativeSampling)
		o.LR = 1e4
		stream, vocab := encode(t, topics(50, 4))
		_, err := Train(t.Context(), stream, vocab, o)
		require.ErrorContains(t, err, "word2vec: training diverged: the mean loss of a pair is ")
	})
	for name, table := range map[string]func(tr *Trainer) lane.Matrix{
		"input":  func(tr *Trainer) lane.Matrix { return tr.in },
		"output": func(tr *Trainer) lane.Matrix { return tr.out },
	} {
		t.Run(name+" in the last step", func(t *testing.T) {
			o := small(SkipGram, NegativeSampling)
			o.Checkpoint = t.TempDir() + "/state"
			var tr *Trainer
			o.Progress = func(p Progress) error {
				if p.Words == p.Total {
					table(tr).Data[5] = float32(math.Inf(1))
				}
				return nil
			}
			tr = trainer(t, topics(30, 4), o)
			err := tr.Run(t.Context())
			require.ErrorContains(t, err, "word2vec: training diverged: a parameter is +Inf at step")
			require.ErrorContains(t, err, "of epoch 2")
			require.ErrorContains(t, err, o.Checkpoint)
			require.NoFileExists(t, o.Checkpoint)
		})
	}
}

func TestProgress(t *testing.T) {
	stream, vocab := encode(t, topics(200, 5))
	o := small(SkipGram, NegativeSampling)
	o.ProgressEvery = 1
	var reports, ends []Progress
	o.Progress = func(p Progress) error {
		reports = append(reports, p)
		if p.EpochEnd {
			ends = append(ends, p)
		}
		return nil
	}
	m, err := Train(t.Context(), stream, vocab, o)
	require.NoError(t, err)
	require.Len(t, ends, 2)
	require.Greater(t, len(reports), 4)
	for i, p := range reports {
		require.Equal(t, 2*stream.Len(), p.Total)
		require.Positive(t, p.Loss)
		require.Positive(t, p.PerSecond)
		if i > 0 {
			require.Greater(t, p.Words, reports[i-1].Words)
			require.GreaterOrEqual(t, p.Epoch, reports[i-1].Epoch)
			require.LessOrEqual(t, p.LR, reports[i-1].LR)
		}
	}
	for i, p := range ends {
		require.Equal(t, i+1, p.Epoch)
		require.InDelta(t, float64(i+1)*float64(stream.Len()), p.Words, 1)
		require.Equal(t, m.Losses[i], p.EpochLoss)
	}
	require.Equal(t, 0.0001, ends[1].LR)
}

// Each interval and each epoch has the mean loss of its own pairs. Nothing is learned here; the loss is what the tables make it.
func TestLossesAreOfTheirOwnPairs(t *testing.T) {
	o := small(SkipGram, NegativeSampling)
	o.LR, o.MinLR, o.ProgressEvery, o.round = 1e-12, 0, 1, 100
	var tr *Trainer
	losses := map[int][]float64{}
	o.Progress = func(p Progress) error {
		losses[p.Epoch] = append(losses[p.Epoch], p.Loss)
		if p.EpochEnd && p.Epoch == 1 {
			for _, table := range []lane.Matrix{tr.in, tr.out} {
				for i := range table.Rows {
					for j := range table.Cols {
						table.Set(i, j, 1)
					}
				}
			}
		}
		return nil
	}
	tr = trainer(t, topics(50, 4), o)
	require.NoError(t, tr.Run(t.Context()))
	// A pair's score is 12 now: the word costs next to nothing, and five others 12 each.
	require.Greater(t, len(losses[2]), 2)
	for _, loss := range losses[2] {
		require.InDelta(t, 60, loss, 15)
	}
	require.InDelta(t, 60, tr.state.Losses[1], 3)
	require.Less(t, tr.state.Losses[0], 20.0)
}

func TestStepsEndWithTheirEpoch(t *testing.T) {
	for name, o := range kinds() {
		o = sharded(o, 1000) // more than the text has
		o.Epochs = 5
		tr := trainer(t, topics(20, 4), o)
		for epoch := range o.Epochs {
			require.Equal(t, epoch, tr.learner.next().epoch, name)
			require.NoError(t, tr.step())
		}
		require.True(t, tr.learner.next().done)
	}
}

// Epochs in which subsampling leaves nothing to learn are passed over, and are no ends of others.
func TestEpochsWithoutPairs(t *testing.T) {
	o := small(SkipGram, NegativeSampling)
	o.Sample, o.Epochs, o.round = 3e-3, 6, 1
	stream, vocab := encode(t, strings.Repeat("a b\n", 40))
	skipped := 0
	for o.Seed = 1; o.Seed <= 20; o.Seed++ {
		tr, err := NewTrainer(stream, vocab, o)
		require.NoError(t, err)
		pairs := map[int]float64{} // of each epoch, from 0
		for tr.learner.seek(cursor{}); !tr.learner.next().done; {
			epoch := tr.learner.next().epoch
			_, n := tr.learner.step(tr.rateAt)
			pairs[epoch] += float64(n)
		}
		if len(pairs) == 0 {
			continue // an error of its own
		}
		if pairs[0] == 0 {
			skipped++
		}
		var ends []int
		o := o
		o.ProgressEvery = time.Hour
		o.Progress = func(p Progress) error { ends = append(ends, p.Epoch-1); return nil }
		m := train(t, strings.Repeat("a b\n", 40), o)
		require.Equal(t, slices.Sorted(maps.Keys(pairs)), ends, "seed %d", o.Seed)
		require.Len(t, m.Losses, len(pairs))
	}
	require.Positive(t, skipped, "the test needs a first epoch without pairs")
}

func TestSpeedCountsFromTheBeginningOfTheRun(t *testing.T) {
	o := small(SkipGram, NegativeSampling)
	o.round = 50
	var got Progress
	o.Progress = func(p Progress) error { got = p; return nil }
	tr := trainer(t, topics(50, 4), o)
	require.NoError(t, tr.step())
	clock := newClock(tr.words()) // as if resumed
	hour := time.Hour
	clock.start, clock.lastReport = clock.start.Add(-hour), clock.lastReport.Add(-hour)
	require.NoError(t, tr.step())
	require.NoError(t, tr.report(clock))
	require.InEpsilon(t, float64(got.Words-clock.startWords), got.PerSecond*hour.Seconds(), 0.01)
}

func TestInitialVectorsAreOfTheSeed(t *testing.T) {
	o := small(SkipGram, NegativeSampling)
	stream, vocab := encode(t, topics(20, 4))
	begin := func(seed uint64) lane.Matrix {
		o.Seed = seed
		tr, err := NewTrainer(stream, vocab, o)
		require.NoError(t, err)
		return tr.in
	}
	require.True(t, sameBits(begin(1), begin(1)))
	require.False(t, sameBits(begin(1), begin(2)))
}

func TestDefaults(t *testing.T) {
	for model, rate := range map[Architecture]float64{SkipGram: 0.025, CBOW: 0.05} {
		o := DefaultOptions()
		o.Model = model
		o, err := o.validate()
		require.NoError(t, err)
		require.Equal(t, rate, o.LR)
		require.Equal(t, time.Second, o.ProgressEvery)
		require.Equal(t, time.Minute, o.CheckpointEvery)
	}
}

func TestLearningRateFallsLinearly(t *testing.T) {
	o := small(SkipGram, NegativeSampling)
	tr := trainer(t, topics(50, 5), o)
	total := tr.total()
	require.Equal(t, 2*tr.stream.Len(), total)
	require.Equal(t, 0.025, tr.rate(0))
	require.InDelta(t, 0.0125, tr.rate(total/2), 1e-9)
	require.Equal(t, 0.0001, tr.rate(total))
}

func TestStopping(t *testing.T) {
	stream, vocab := encode(t, topics(200, 6))
	enough := errors.New("enough")
	for _, c := range []struct {
		name string
		stop func(cancel func()) error
		want error
	}{
		{"callback", func(func()) error { return enough }, enough},
		{"context", func(cancel func()) error { cancel(); return nil }, context.Canceled},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			o := small(SkipGram, NegativeSampling)
			o.ProgressEvery, o.Checkpoint = 1, t.TempDir()+"/state"
			calls := 0
			o.Progress = func(Progress) error {
				if calls++; calls == 3 {
					return c.stop(cancel)
				}
				return nil
			}
			m, err := Train(ctx, stream, vocab, o)
			require.ErrorIs(t, err, c.want)
			require.Equal(t, 3, calls)
			require.NotEmpty(t, m.In.Data)
			require.NotZero(t, lane.Max(m.Out.Data), "something is learned")
			require.FileExists(t, o.Checkpoint)
		})
	}
}

func TestRunGoesOn(t *testing.T) {
	text := topics(100, 6)
	o := small(CBOW, NegativeSampling)
	want := train(t, text, o)

	stop := errors.New("stop")
	o.ProgressEvery = 1
	o.Progress = func(Progress) error { return stop }
	stream, vocab := encode(t, text)
	tr, err := NewTrainer(stream, vocab, o)
	require.NoError(t, err)
	runs := 0
	for err = tr.Run(t.Context()); err != nil; err = tr.Run(t.Context()) {
		require.ErrorIs(t, err, stop)
		runs++
	}
	require.Greater(t, runs, 5)
	require.True(t, sameBits(want.In, tr.Model().In))
	require.Equal(t, want.Losses, tr.Model().Losses)
}

func TestBadOptions(t *testing.T) {
	stream, vocab := encode(t, "a b a b")
	flat, err := wordvec.New([]string{"a"}, lane.NewMatrix(1, 2))
	require.NoError(t, err)
	for _, c := range []struct {
		change func(*Options)
		want   string
	}{
		{func(o *Options) { o.Dim = -3 }, "word2vec: dim is -3; it must be from 1 to 100000"},
		{func(o *Options) { o.Dim = 0 }, "word2vec: dim is 0"},
		{func(o *Options) { o.Window = -1 }, "word2vec: window is -1; it must be from 1 to 10000"},
		{func(o *Options) { o.Negative = 0 }, "word2vec: negative is 0; it must be from 1 to 10000"},
		{func(o *Options) { o.Loss, o.Negative = Softmax, -1 }, "word2vec: negative is -1; it must be from 0"},
		{func(o *Options) { o.Epochs = 0 }, "word2vec: epochs is 0; it must be from 1"},
		{func(o *Options) { o.Threads = -1 }, "word2vec: threads is -1; it must be from 0"},
		{func(o *Options) { o.Sample = -1e-3 }, "word2vec: sample is -0.001; it must be from 0 (keep every word) to 1"},
		{func(o *Options) { o.Sample = math.NaN() }, "word2vec: sample is NaN"},
		{func(o *Options) { o.LR = -1 }, "word2vec: lr is -1; it must be a positive number"},
		{func(o *Options) { o.LR = math.Inf(1) }, "word2vec: lr is +Inf"},
		{func(o *Options) { o.MinLR = -1 }, "word2vec: min-lr is -1; it must be from 0 to lr"},
		{func(o *Options) { o.MinLR = 0.5 }, "word2vec: lr is 0.025 and min-lr is 0.5"},
		{func(o *Options) { o.LR = 1e-5 }, "raise lr, or lower min-lr"},
		{func(o *Options) { o.Model = 2 }, `word2vec: unknown model Architecture(2): take one of ["skipgram" "cbow"]`},
		{func(o *Options) { o.Loss = -1 }, `word2vec: unknown loss Loss(-1): take one of ["ns" "softmax" "hs"]`},
		{func(o *Options) { o.Init = flat }, "word2vec: dim is 100 and the vectors to begin with have 2: take dim 2"},
		{func(o *Options) { o.InitContext = flat }, "word2vec: dim is 100 and the vectors to begin with have 2: take dim 2"},
		{func(o *Options) { o.Model, o.PrivateNegatives = CBOW, true }, "word2vec: private-negatives is an option of skip-gram"},
	} {
		o := DefaultOptions()
		c.change(&o)
		_, err := NewTrainer(stream, vocab, o)
		require.ErrorContains(t, err, c.want)
	}
}

func TestNamesOfModelsAndLosses(t *testing.T) {
	for _, want := range []Architecture{SkipGram, CBOW} {
		text, err := want.MarshalText()
		require.NoError(t, err)
		got := Architecture(9)
		require.NoError(t, got.UnmarshalText(text))
		require.Equal(t, want, got)
	}
	for _, want := range []Loss{NegativeSampling, Softmax, HierarchicalSoftmax} {
		text, err := want.MarshalText()
		require.NoError(t, err)
		got := Loss(9)
		require.NoError(t, got.UnmarshalText(text))
		require.Equal(t, want, got)
	}
	require.EqualError(t, new(Loss).UnmarshalText([]byte("nce")), `word2vec: unknown loss "nce": take one of ["ns" "softmax" "hs"]`)
	require.EqualError(t, new(Architecture).UnmarshalText(nil), `word2vec: unknown model "": take one of ["skipgram" "cbow"]`)
}

func TestContext(t *testing.T) {
	vectors, err := train(t, topics(20, 1), small(SkipGram, NegativeSampling)).Context()
	require.NoError(t, err)
	require.Equal(t, 12, vectors.Dim())
	_, err = train(t, topics(20, 1), small(SkipGram, HierarchicalSoftmax)).Context()
	require.ErrorContains(t, err, "word2vec: hierarchical softmax learns no context vectors")
}

func TestStepsAllocateNothing(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			defer setThreads(1)()
			o = sharded(o, 20)
			o.Epochs = 1
			tr := trainer(t, topics(10_000, 8), o)
			clock := newClock(0)
			clock.lastReport = time.Now().Add(time.Hour)
			allocs := testing.AllocsPerRun(200, func() {
				if tr.step() != nil || tr.report(clock) != nil {
					panic("unexpected")
				}
			})
			require.False(t, tr.learner.next().done, "the text must last for the test")
			require.Zero(t, allocs)
		})
	}
}
