package corpus

import (
	"io/fs"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// sentences reads the tokens from … to−1.
func sentences(t *testing.T, s *Stream, from, to int64) [][]int32 {
	t.Helper()
	var got [][]int32
	r := s.Read(from, to)
	for r.Next() {
		got = append(got, append([]int32(nil), r.Sentence()...))
	}
	require.NoError(t, r.Err())
	require.Equal(t, to, r.Position())
	return got
}

func TestEncodeStream(t *testing.T) {
	v, err := NewVocab([]string{"a", "b"}, nil)
	require.NoError(t, err)
	s, err := EncodeStream(FromString(Options{}, "text", "a b x\n\nx y\nb\n"), v, 0)
	require.NoError(t, err)
	require.Equal(t, [][]int32{{0, 1}, {1}}, sentences(t, s, 0, s.Len()))
	require.EqualValues(t, 3, s.Len())
	require.EqualValues(t, 2, s.Sentences())
	require.EqualValues(t, 3, s.OOV())
	require.NoError(t, s.Close())

	_, err = EncodeStream(FromString(Options{}, "text", "\xff"), v, 0)
	require.ErrorContains(t, err, "is not UTF-8")
}

// The same sentences from memory and from a file, from every kind of position.
func TestStreamReadsFromAnywhere(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var all []int32
	var starts []int64
	inMemory, spooled := NewStream(0), NewStream(blockBytes)
	defer spooled.Close()
	for len(all) < 3*blockTokens+100 {
		sentence := make([]int32, 1+rng.IntN(40))
		if rng.IntN(1000) == 0 {
			sentence = make([]int32, MaxLineTokens)
		}
		for i := range sentence {
			sentence[i] = rng.Int32N(math.MaxInt32)
		}
		starts = append(starts, int64(len(all)))
		all = append(all, sentence...)
		require.NoError(t, inMemory.Append(sentence))
		require.NoError(t, spooled.Append(sentence))
	}
	require.Nil(t, inMemory.file)
	require.NotNil(t, spooled.file)
	n := inMemory.Len()
	require.EqualValues(t, len(all), n)
	require.EqualValues(t, len(starts), inMemory.Sentences())
	require.Equal(t, inMemory.Sum64(), spooled.Sum64())

	whole := sentences(t, inMemory, 0, n)
	require.Len(t, whole, len(starts))
	require.Equal(t, whole, sentences(t, spooled, 0, n))
	for range 50 {
		from := rng.Int64N(n)
		to := from + rng.Int64N(n-from+1)
		for _, s := range []*Stream{inMemory, spooled} {
			var joined []int32
			for _, sentence := range sentences(t, s, from, to) {
				joined = append(joined, sentence...)
			}
			require.True(t, from == to && joined == nil || len(joined) > 0)
			require.Equal(t, append([]int32(nil), all[from:to]...), joined)
		}
	}

	r := spooled.Read(0, n)
	for range 100 {
		require.True(t, r.Next())
	}
	resumed := spooled.Read(r.Position(), n)
	for r.Next() {
		require.True(t, resumed.Next())
		require.Equal(t, r.Sentence(), resumed.Sentence())
	}
	require.False(t, resumed.Next())
}

func TestStreamEdges(t *testing.T) {
	s := NewStream(0)
	require.NoError(t, s.Append(nil))
	require.Zero(t, s.Len())
	require.False(t, s.Read(0, 0).Next())
	require.PanicsWithValue(t, "corpus: Stream.Read: tokens 0 … 1 of 0", func() { s.Read(0, 1) })
	require.PanicsWithValue(t, "corpus: Stream.Append: id -1", func() { s.Append([]int32{-1}) })
	require.PanicsWithValue(t, "corpus: NewStream: negative memory -1", func() { NewStream(-1) })
}

func TestSumsTellStreamsApart(t *testing.T) {
	seen := map[uint64]bool{}
	for _, text := range [][][]int32{
		{}, {{0}}, {{1}}, {{0, 1}}, {{1, 0}}, {{0}, {1}}, {{1}, {0}}, {{0, 1, 2}}, {{0, 1}, {2}}, {{0}, {1, 2}}, {{0, 1}, {2}, {2}},
	} {
		s := NewStream(0)
		for _, sentence := range text {
			require.NoError(t, s.Append(sentence))
		}
		require.False(t, seen[s.Sum64()], "%v", text)
		seen[s.Sum64()] = true
	}
}

func TestStreamReaderAllocatesNothing(t *testing.T) {
	s := NewStream(blockBytes)
	defer s.Close()
	for range 20_000 {
		require.NoError(t, s.Append([]int32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}))
	}
	r := s.Read(0, s.Len())
	r.Next()
	require.Zero(t, testing.AllocsPerRun(10_000, func() { r.Next() }))
}

func TestSubsampler(t *testing.T) {
	v, err := NewVocab([]string{"the", "mid", "rare"}, []int64{8000, 1999, 1})
	require.NoError(t, err)
	s := NewSubsampler(v, 1e-3)
	// word2vec.c: (sqrt(cn / (sample * train_words)) + 1) * (sample * train_words) / cn
	require.InDelta(t, (math.Sqrt(8000/10.0)+1)*10/8000, s.Keep(0), 1e-12)
	require.InDelta(t, (math.Sqrt(1999/10.0)+1)*10/1999, s.Keep(1), 1e-12)
	require.EqualValues(t, 1, s.Keep(2))

	rng := rand.New(rand.NewPCG(1, 1))
	const trials = 100_000
	for id := range int32(3) {
		kept := 0
		for range trials {
			if s.Draw(id, rng) {
				kept++
			}
		}
		require.InDelta(t, s.Keep(id), float64(kept)/trials, 0.005)
	}

	// Words that are always kept leave the generator as it is.
	all, used, untouched := NewSubsampler(v, 0), rand.New(rand.NewPCG(3, 4)), rand.New(rand.NewPCG(3, 4))
	for id := range int32(3) {
		require.True(t, all.Draw(id, used), "0 keeps all")
	}
	require.True(t, s.Draw(2, used))
	require.Equal(t, untouched.Uint64(), used.Uint64())
	require.Panics(t, func() { NewSubsampler(v, -1) })
	require.Panics(t, func() { NewSubsampler(v, math.NaN()) })
}

func TestClosedStream(t *testing.T) {
	for _, memory := range []int64{0, 1} { // in memory, and on file
		s := NewStream(memory)
		for range 3 {
			require.NoError(t, s.Append(make([]int32, blockTokens)))
		}
		r := s.Read(0, s.Len())
		require.True(t, r.Next())
		require.NoError(t, s.Close())
		require.NoError(t, s.Close())
		require.ErrorIs(t, s.Append([]int32{1}), fs.ErrClosed)
		late := s.Read(0, s.Len())
		require.False(t, late.Next())
		require.ErrorIs(t, late.Err(), fs.ErrClosed)
	}
}

func TestClosedText(t *testing.T) {
	text := FromReader(Options{}, "text", strings.NewReader("a b\n"))
	require.Len(t, lines(t, text), 1)
	require.NoError(t, text.Close())
	require.NoError(t, text.Close())
	s := text.Scan()
	require.False(t, s.Next())
	require.ErrorIs(t, s.Err(), fs.ErrClosed)
}
