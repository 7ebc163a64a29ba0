package rnnlm

import (
	"path/filepath"
	"testing"

	"github.com/lane-go/lane"
	"github.com/stretchr/testify/require"
)

// rounding is a training in bfloat16, with what it is to be judged by.
func rounding() (train, valid []int32, o Options) {
	o = tinyOptions()
	o.Precision, o.KeepBest, o.Epochs = lane.BFloat16, true, 3
	return walk(101, 9, 1), walk(100, 9, 2), o
}

func TestBFloat16Trains(t *testing.T) {
	defer lane.SetThreads(0)
	train, valid, o := rounding()
	var want [][]float32
	for _, threads := range []int{1, 2, 3} {
		lane.SetThreads(threads)
		m := tinyModel(t, hardConfig(), 9)
		result, err := Train(t.Context(), m, train, valid, o)
		require.NoError(t, err)
		if threads == 1 {
			want = weights(m)
		}
		require.Equal(t, want, weights(m), "%d threads", threads)

		// What judges, then and later, is float32.
		perplexity, _, err := m.Perplexity(valid, 10, o.BPTT)
		require.NoError(t, err)
		require.Equal(t, result.ValidPerplexity, perplexity)
		for _, p := range m.Params() {
			require.Equal(t, lane.Float32, p.Precision, p.Name)
		}
	}

	m := tinyModel(t, hardConfig(), 9)
	o.Precision = lane.Float32
	_, err := Train(t.Context(), m, train, valid, o)
	require.NoError(t, err)
	require.NotEqual(t, want, weights(m))
	for i, w := range weights(m) {
		require.InDeltaSlice(t, w, want[i], 0.1)
	}
}

func TestBFloat16Resumes(t *testing.T) {
	train, valid, o := rounding()
	whole := tinyModel(t, hardConfig(), 9)
	_, err := Train(t.Context(), whole, train, valid, o)
	require.NoError(t, err)

	first := o
	first.Checkpoint = filepath.Join(t.TempDir(), "c")
	first.Progress = func(p Progress) error {
		if p.Step == 11 {
			return errEnough
		}
		return nil
	}
	_, err = Train(t.Context(), tinyModel(t, hardConfig(), 9), train, valid, first)
	require.ErrorIs(t, err, errEnough)
	c, err := LoadCheckpoint(first.Checkpoint)
	require.NoError(t, err)
	require.Equal(t, lane.BFloat16, c.Options.Precision)

	other := o
	other.Precision, other.Resume = lane.Float32, c
	_, err = Train(t.Context(), c.Model, train, valid, other)
	require.EqualError(t, err, "rnnlm: cannot resume from "+first.Checkpoint+": precision is float32, the checkpoint's bfloat16: give the same")

	o.Resume = c
	_, err = Train(t.Context(), c.Model, train, valid, o)
	require.NoError(t, err)
	require.Equal(t, weights(whole), weights(c.Model))
}

func TestPrecisionIsValidated(t *testing.T) {
	_, _, o := rounding()
	o.Precision = 7
	require.EqualError(t, o.Validate(), "rnnlm: there is no precision 7: take lane.Float32 or lane.BFloat16")
}
