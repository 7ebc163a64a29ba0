package word2vec

import (
	"context"
	"iter"
	"runtime"
	"slices"
	"testing"

	"github.com/lane-go/lane"
	"github.com/stretchr/testify/require"
)

func TestEncodeSentences(t *testing.T) {
	sentences := [][]string{{"b", "a", "b"}, {}, {"c"}, {"a", "d", "b", "c"}}
	stream, vocab, err := EncodeSentences(slices.Values(sentences), 2)
	require.NoError(t, err)
	defer stream.Close()
	require.Equal(t, []string{"b", "a", "c"}, vocab.Words(), "by frequency, then by first appearance; d is rare")
	require.Equal(t, []int64{3, 2, 2}, vocab.Counts())
	var got [][]int32
	r := stream.Read(0, stream.Len())
	for r.Next() {
		got = append(got, slices.Clone(r.Sentence()))
	}
	require.NoError(t, r.Err())
	require.Equal(t, [][]int32{{0, 1, 0}, {2}, {1, 0, 2}}, got)

	_, _, err = EncodeSentences(slices.Values(sentences), -1)
	require.ErrorContains(t, err, "word2vec: min-count is -1; it must be 0 or more")
	_, err = TrainSentences(t.Context(), slices.Values(sentences), -1, DefaultOptions())
	require.ErrorContains(t, err, "word2vec: min-count is -1")
	_, err = TrainSentences(t.Context(), slices.Values(sentences), 9, DefaultOptions())
	require.ErrorContains(t, err, "word2vec: the corpus is empty: none of its words is in the vocabulary; give more text or lower min-count")
}

// A sentence is read at once: whoever produces them may use one slice for all.
func TestSentencesMayShareASlice(t *testing.T) {
	var shared iter.Seq[[]string] = func(yield func([]string) bool) {
		s := []string{"a", "b"}
		if yield(s) {
			s[0], s[1] = "b", "c"
			yield(s)
		}
	}
	m, err := TrainSentences(t.Context(), shared, 0, small(SkipGram, NegativeSampling))
	require.NoError(t, err)
	require.Equal(t, []string{"b", "a", "c"}, m.Vocab.Words())
	require.Equal(t, []int64{2, 1, 1}, m.Vocab.Counts())
}

func TestSentencesEndWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	read := 0
	var endless iter.Seq[[]string] = func(yield func([]string) bool) {
		for yield([]string{"a", "b"}) {
			if read++; read == 10 {
				cancel()
			}
		}
	}
	_, err := TrainSentences(ctx, endless, 0, small(SkipGram, NegativeSampling))
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 10, read)
}

// Trainings at the same time leave the engine's threads as they found them.
func TestThreadsAreSetBackByTheLast(t *testing.T) {
	defer lane.SetThreads(0)
	lane.SetThreads(5)
	first, second := setThreads(1), setThreads(2)
	first()
	require.Equal(t, 2, lane.Threads())
	second()
	require.Equal(t, 5, lane.Threads())
	lane.SetThreads(0)
	setThreads(3)()
	require.Equal(t, runtime.GOMAXPROCS(0), lane.Threads())
}
