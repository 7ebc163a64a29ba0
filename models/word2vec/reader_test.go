package word2vec

import (
	"math"
	"strings"
	"testing"

	"github.com/lane-go/lane/models/corpus"
	"github.com/stretchr/testify/require"
)

// A sight is a centre and the words around it.
type sight struct {
	epoch    int
	position int64
	word     int32
	around   string
}

// sights reads the whole text, so many centres at a time.
func sights(t *testing.T, o Options, size int, readers []*reader) (all []sight) {
	t.Helper()
	for epoch := range o.Epochs {
		for _, r := range readers {
			r.seek(epoch, place{Piece: r.from})
			for {
				run := r.next(size)
				require.NoError(t, r.err)
				if run.centres == 0 {
					break
				}
				require.LessOrEqual(t, run.centres, size)
				for i := range run.centres {
					word, around, _ := neighbours(run, i, o)
					all = append(all, sight{epoch, run.piece + int64(run.offset[i]), word, string(around)})
				}
			}
		}
	}
	return all
}

// neighbours returns a centre of a run, the words around it, and where the window's further numbers begin.
func neighbours(run run, i int, o Options) (word int32, around []int32, numbers random) {
	reach, numbers := run.window(i, o.Window)
	at := run.first + i
	around = append(around, run.words[max(0, at-reach):at]...)
	return run.words[at], append(around, run.words[at+1:min(len(run.words), at+1+reach)]...), numbers
}

// readersOf returns readers of n parts of a text.
func readersOf(t *testing.T, stream *corpus.Stream, vocab *corpus.Vocab, o Options, n int) []*reader {
	t.Helper()
	readers, err := newReaders(stream, vocab, o, n)
	require.NoError(t, err)
	return readers
}

func TestReadingIsTheSameWhateverTheRound(t *testing.T) {
	o := small(SkipGram, NegativeSampling)
	o.Sample, o.Epochs = 0.02, 3
	stream, vocab := encode(t, topics(100, 1)+strings.Repeat("a0 b0 c0 d0 ", 6000)+"\n"+topics(20, 2))
	want := sights(t, o, 1_000_000, readersOf(t, stream, vocab, o, 1))
	require.Greater(t, len(want), 3000)
	for _, size := range []int{1, 7, 100} {
		require.Equal(t, want, sights(t, o, size, readersOf(t, stream, vocab, o, 1)))
	}

	// An epoch is subsampled anew.
	perEpoch := map[int]int{}
	for _, s := range want {
		perEpoch[s.epoch]++
	}
	require.Len(t, perEpoch, 3)
	require.NotEqual(t, perEpoch[0], perEpoch[1])
}

// Parts begin at sentences, if there is one near, and are the whole text together.
func TestPartsOfTheText(t *testing.T) {
	o := small(SkipGram, NegativeSampling)
	o.Epochs = 1
	stream, vocab := encode(t, topics(400, 1))
	want := sights(t, o, 50, readersOf(t, stream, vocab, o, 1))
	for _, n := range []int{2, 3, 8} {
		readers := readersOf(t, stream, vocab, o, n)
		for _, r := range readers {
			require.InDelta(t, stream.Len()/int64(n), r.to-r.from, 15)
		}
		require.Equal(t, want, sights(t, o, 50, readers))
	}

	long := corpus.NewStream(0)
	require.NoError(t, long.Append(make([]int32, 10*maxPiece)))
	for _, r := range readersOf(t, long, vocab, o, 2) {
		require.InDelta(t, 5*maxPiece, r.to-r.from, maxPiece)
	}
}

func TestReadingGoesOnWhereARoundEnded(t *testing.T) {
	o := small(SkipGram, NegativeSampling)
	o.Sample = 0.02
	stream, vocab := encode(t, topics(30, 1)+strings.Repeat("a0 b0 c0 d0 ", 3000)+"\n"+topics(20, 2))
	whole, resumed := readersOf(t, stream, vocab, o, 1)[0], readersOf(t, stream, vocab, o, 1)[0]
	whole.seek(1, place{})
	for {
		resumed.seek(1, whole.place())
		require.Equal(t, whole.read(), resumed.read())
		want := whole.next(13)
		require.Equal(t, want, resumed.next(13))
		if want.centres == 0 {
			require.Equal(t, stream.Len(), whole.read())
			return
		}
	}
}

func TestWindowsStayInTheirSentence(t *testing.T) {
	o := small(SkipGram, NegativeSampling)
	o.Window, o.Epochs = 4, 50
	stream, vocab := encode(t, "a a a\nb b\nc c c c c c c\nd\n")
	longest := map[int32]int{}
	for _, s := range sights(t, o, 5, readersOf(t, stream, vocab, o, 1)) {
		for _, id := range s.around {
			require.Equal(t, s.word, id, "a sentence is of one word")
		}
		longest[s.word] = max(longest[s.word], len(s.around))
	}
	a, _ := vocab.ID("a")
	b, _ := vocab.ID("b")
	c, _ := vocab.ID("c")
	require.Equal(t, map[int32]int{a: 2, b: 1, c: 6}, longest)
}

func TestLongSentencesAreCut(t *testing.T) {
	o := small(SkipGram, NegativeSampling)
	o.Epochs = 1
	stream := corpus.NewStream(0)
	sentence := make([]int32, 2*maxPiece+1)
	for i := range sentence {
		sentence[i] = int32(i / maxPiece)
	}
	require.NoError(t, stream.Append(sentence))
	vocab, err := corpus.NewVocab([]string{"x", "y", "z"}, []int64{maxPiece, maxPiece, 1})
	require.NoError(t, err)
	all := sights(t, o, 1000, readersOf(t, stream, vocab, o, 1))
	require.Len(t, all, 2*maxPiece, "the word left over is alone")
	for _, s := range all {
		require.NotContains(t, s.around, string(1-s.word))
	}
}

// Windows, negatives and subsampling are drawn anew in each epoch and from each seed.
func TestNumbersDifferByEpochAndSeed(t *testing.T) {
	o := small(SkipGram, NegativeSampling)
	stream, vocab := encode(t, topics(50, 3))
	read := func(sample float64, seed uint64) (first, second []sight) {
		o.Sample, o.Seed = sample, seed
		for _, s := range sights(t, o, 100, readersOf(t, stream, vocab, o, 1)) {
			if s.epoch == 0 {
				first = append(first, s)
			} else {
				s.epoch = 0
				second = append(second, s)
			}
		}
		return first, second
	}
	for _, sample := range []float64{0, 0.01} {
		first, second := read(sample, 1)
		again, _ := read(sample, 1)
		other, _ := read(sample, 2)
		require.Equal(t, first, again)
		require.NotEqual(t, first, second, "sample %v", sample)
		require.NotEqual(t, first, other, "sample %v", sample)
		if sample == 0 { // the windows alone differ
			require.Len(t, second, len(first))
		} else {
			require.NotEqual(t, positions(first), positions(second))
			require.NotEqual(t, positions(first), positions(other))
		}
	}
}

func positions(all []sight) (at []int64) {
	for _, s := range all {
		at = append(at, s.position)
	}
	return at
}

// The reach of a window is uniform from 1 to Window, so a word at distance d is a neighbour with
// probability (Window−d+1)/Window.
func TestWindowsShrinkUniformly(t *testing.T) {
	o := small(SkipGram, NegativeSampling)
	o.Window, o.Epochs = 5, 1
	stream := corpus.NewStream(0)
	sentence := make([]int32, 10_000)
	for range 10 {
		require.NoError(t, stream.Append(sentence))
	}
	vocab, err := corpus.NewVocab([]string{"x", "y"}, []int64{100_000, 1})
	require.NoError(t, err)
	sizes := map[int]int{}
	for _, s := range sights(t, o, 256, readersOf(t, stream, vocab, o, 1)) {
		sizes[len(s.around)]++
	}
	for reach := 1; reach <= 5; reach++ {
		require.InDelta(t, 20_000, sizes[2*reach], 6*math.Sqrt(100_000*0.2*0.8), "reach %d", reach)
	}
}

func TestSubsamplingKeepsItsShare(t *testing.T) {
	o := small(SkipGram, NegativeSampling)
	o.Sample, o.Epochs = 0.01, 1
	stream, vocab := encode(t, strings.Repeat("a b a c a b a b d\n", 10_000))
	subsampler := corpus.NewSubsampler(vocab, o.Sample)
	kept := make([]float64, vocab.Len())
	f := readersOf(t, stream, vocab, o, 1)[0]
	f.seek(0, place{})
	for f.nextPiece() {
		if len(f.kept) == 0 {
			continue
		}
		for _, id := range f.kept {
			kept[id]++
		}
	}
	// Words that would be alone are left out as well; with nine words of keep probabilities below 0.35, they are few.
	for id := range kept {
		n, p := float64(vocab.Count(int32(id))), subsampler.Keep(int32(id))
		require.Less(t, kept[id], n*p+6*math.Sqrt(n*p))
		require.Greater(t, kept[id], n*p*0.5)
	}
}

func TestRoundsOfSoftmaxFollowTheMostFrequentRow(t *testing.T) {
	words := make([]string, 100_000)
	counts := make([]int64, len(words))
	for i := range words {
		words[i], counts[i] = string(rune(i%1000+33))+string(rune(i/1000+33)), int64(1+1_000_000/(i+1))
	}
	large, err := corpus.NewVocab(words, counts)
	require.NoError(t, err)
	_, two := encode(t, "a b a b")
	o := DefaultOptions()
	o.Loss = Softmax
	o, err = o.validate()
	require.NoError(t, err)
	require.Greater(t, softmaxRound(large, o), 50, "enough to share out")
	require.Less(t, softmaxRound(two, o), 8)
	o.LR *= 1000
	require.Equal(t, 1, softmaxRound(two, o))
	require.Equal(t, 1, softmaxRound(large, o))
	o.LR = 1e-9
	require.Equal(t, maxSoftmaxRound, softmaxRound(two, o))
}
