package rnnlm

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// averaging is a training whose validation gets worse: it begins to average after epoch 4.
func averaging(keepBest bool) (train, valid []int32, o Options) {
	o = tinyOptions()
	o.LR, o.Epochs, o.NonMono, o.KeepBest = 4, 6, 2, keepBest
	return walk(101, 9, 1), make([]int32, 100), o // 8 steps an epoch
}

func TestAveragingBeginsWhenValidationStopsGettingBetter(t *testing.T) {
	train, valid, o := averaging(false)
	var perplexities []float64
	var since int
	o.Progress = func(p Progress) error {
		if p.EpochEnd {
			perplexities = append(perplexities, p.ValidPerplexity)
		}
		if p.Averaging && since == 0 {
			since = p.Epoch
		}
		return nil
	}
	m := tinyModel(t, hardConfig(), 9)
	result, err := Train(t.Context(), m, train, valid, o)
	require.NoError(t, err)
	require.Greater(t, perplexities[3], perplexities[0])
	require.Equal(t, 5, since, "the fourth epoch is worse than the first, more than two before it")

	perplexity, _, err := m.Perplexity(valid, 10, o.BPTT)
	require.NoError(t, err)
	require.InEpsilon(t, perplexities[5], perplexity, 1e-6, "the model is the one that was judged: the average")
	require.Equal(t, perplexities[5], result.ValidPerplexity)
}

// The average is over the very weights that the training goes through without it.
func TestTheAverageIsTheMeanOfTheSteps(t *testing.T) {
	train, valid, o := averaging(false)
	averaged := tinyModel(t, hardConfig(), 9)
	_, err := Train(t.Context(), averaged, train, valid, o)
	require.NoError(t, err)

	plain := tinyModel(t, hardConfig(), 9)
	o.NonMono = 0
	var sum [][]float64
	steps := 0.0
	o.Progress = func(p Progress) error {
		if p.Epoch <= 4 || p.EpochEnd {
			return nil
		}
		steps++
		for i, w := range weights(plain) {
			if len(sum) == i {
				sum = append(sum, make([]float64, len(w)))
			}
			for j, v := range w {
				sum[i][j] += float64(v)
			}
		}
		return nil
	}
	_, err = Train(t.Context(), plain, train, valid, o)
	require.NoError(t, err)
	require.Equal(t, 16.0, steps)
	for i, w := range weights(averaged) {
		for j, v := range w {
			require.InDelta(t, sum[i][j]/steps, v, 1e-5)
		}
	}
}

// From the epoch on in which validation would begin it, averaging needs no validation and gives the same bits.
func TestAverageFrom(t *testing.T) {
	train, valid, o := averaging(false)
	asked := tinyModel(t, hardConfig(), 9)
	_, err := Train(t.Context(), asked, train, valid, o)
	require.NoError(t, err)

	o.NonMono, o.AverageFrom = 0, 5
	m := tinyModel(t, hardConfig(), 9)
	_, err = Train(t.Context(), m, train, nil, o)
	require.NoError(t, err)
	require.Equal(t, weights(asked), weights(m))

	o.AverageFrom = -1
	require.ErrorContains(t, o.Validate(), "average-from -1: take 0 (never average) or the number of an epoch")
}

func TestAveragingResumes(t *testing.T) {
	for _, average := range []struct {
		keepBest      bool
		nonMono, from int
	}{{false, 2, 0}, {true, 2, 0}, {false, 0, 1}, {true, 0, 3}} {
		train, valid, o := averaging(average.keepBest)
		o.NonMono, o.AverageFrom = average.nonMono, average.from
		m := tinyModel(t, hardConfig(), 9)
		want, err := Train(t.Context(), m, train, valid, o)
		require.NoError(t, err)
		for _, cut := range []int{5, 24, 32, 33, 39, 40, 48} {
			for _, atEpochEnd := range []bool{false, true} {
				if atEpochEnd && cut%8 != 0 {
					continue
				}
				first := o
				first.Checkpoint = filepath.Join(t.TempDir(), "c")
				first.Progress = func(p Progress) error {
					if p.Step == cut && p.EpochEnd == atEpochEnd {
						return errEnough
					}
					return nil
				}
				_, err := Train(t.Context(), tinyModel(t, hardConfig(), 9), train, valid, first)
				require.ErrorIs(t, err, errEnough)
				second := o
				second.Resume, err = LoadCheckpoint(first.Checkpoint)
				require.NoError(t, err)
				got, err := Train(t.Context(), second.Resume.Model, train, valid, second)
				require.NoError(t, err)
				require.Equal(t, weights(m), weights(second.Resume.Model), "cut after step %d", cut)
				got.Seconds, got.PerSec = want.Seconds, want.PerSec
				require.Equal(t, want, got)
			}
		}
	}
}

func TestAveragingNeedsAValidation(t *testing.T) {
	train, _, o := averaging(false)
	_, err := Train(t.Context(), tinyModel(t, tinyConfig(GRU), 9), train, nil, o)
	require.ErrorContains(t, err, "rnnlm: nonmono 2 needs a validation text")
	o.NonMono = -1
	require.ErrorContains(t, o.Validate(), "nonmono -1: take 0 (never average) or more epochs")
}
