package rnnlm

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWindowsWalkTheStreamsSideBySide(t *testing.T) {
	ids := make([]int32, 18)
	for i := range ids {
		ids[i] = int32(i)
	}
	w, err := newWindows("test", ids, 3, 2) // streams of ⌊17/3⌋ = 5: two windows of 2, one step left out
	require.NoError(t, err)
	require.Equal(t, 2, w.count())
	inputs, targets := w.at(0)
	require.Equal(t, []int32{0, 5, 10, 1, 6, 11}, inputs)
	require.Equal(t, []int32{1, 6, 11, 2, 7, 12}, targets)
	inputs, targets = w.at(1)
	require.Equal(t, []int32{2, 7, 12, 3, 8, 13}, inputs)
	require.Equal(t, []int32{3, 8, 13, 4, 9, 14}, targets)
}

func TestOneStreamIsJudgedWhole(t *testing.T) {
	w, err := newJudged("test", []int32{5, 6, 7, 8}, 1, 2)
	require.NoError(t, err)
	require.Equal(t, 2, w.count())
	inputs, targets := w.at(1)
	require.Equal(t, []int32{7}, inputs)
	require.Equal(t, []int32{8}, targets)
}

// What long windows are judged in says nothing about which tokens are.
func TestLongWindowsAreJudgedBitByBit(t *testing.T) {
	m := tinyModel(t, tinyConfig(RNN), 9)
	ids := walk(3*5000, 9, 1)
	long, err := newJudged("test", ids, 3, 4500)
	require.NoError(t, err)
	require.Equal(t, mostJudged/3, long.steps)
	seen := 0
	for i := range long.count() {
		inputs, _ := long.at(i)
		seen += len(inputs)
	}
	require.Equal(t, 3*4500, seen)

	perplexity, tokens, err := m.Perplexity(ids, 3, 4500)
	require.NoError(t, err)
	require.Equal(t, seen, tokens)
	short, _, err := m.Perplexity(ids, 3, 45)
	require.NoError(t, err)
	require.InEpsilon(t, short, perplexity, 0.01, "of 4995 steps instead of 4500")
}

func TestPerplexityRefuses(t *testing.T) {
	m := tinyModel(t, tinyConfig(RNN), 9)
	for _, c := range []struct {
		message     string
		ids         []int32
		batch, bptt int
	}{
		{"the evaluation text has 0 tokens", nil, 10, 35},
		{"the evaluation text has 1 tokens", []int32{1}, 1, 35},
		{"of 100 tokens makes 10 streams of 9, shorter than one window of 35", walk(100, 9, 1), 10, 35},
		{"batch 0: take 1 or more", walk(100, 9, 1), 0, 35},
		{"bptt 0: take 1 or more", walk(100, 9, 1), 1, 0},
		{"bptt -1: take 1 or more", walk(100, 9, 1), 2, -1},
		{"id 9, outside the vocabulary of 9 words", []int32{0, 9}, 1, 35},
	} {
		_, _, err := m.Perplexity(c.ids, c.batch, c.bptt)
		require.ErrorContains(t, err, c.message)
	}
	untrained, tokens, err := m.Perplexity([]int32{3, 4}, 1, 35)
	require.NoError(t, err)
	require.Equal(t, 1, tokens)
	require.InDelta(t, 9, untrained, 3)
}
