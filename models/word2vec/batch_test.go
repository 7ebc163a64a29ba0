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

// sights reads the whole text in batches.
func sights(t *testing.T, f *feeder) (all []sight) {
	t.Helper()
	b, random := f.newBatch(), newSource()
	for {
		f.fill(b)
		require.NoError(t, b.err)
		if b.done {
			return all
		}
		require.NotEmpty(t, b.centres)
		require.LessOrEqual(t, len(b.centres), f.size)
		require.LessOrEqual(t, cap(b.words), f.size+2*f.options.Window)
		for _, c := range b.centres {
			around := neighbours(nil, b, c, f.options, random)
			all = append(all, sight{b.epoch, c.position, b.words[c.at], string(around)})
		}
	}
}

func TestBatchesAreTheSameTextWhateverTheirSize(t *testing.T) {
	o := small(SkipGram, NegativeSampling)
	o.Sample, o.Epochs = 0.02, 3
	stream, vocab := encode(t, topics(100, 1)+strings.Repeat("a0 b0 c0 d0 ", 6000)+"\n"+topics(20, 2))
	want := sights(t, newFeeder(stream, vocab, o, 1_000_000))
	require.Greater(t, len(want), 3000)
	for _, size := range []int{1, 7, 100} {
		require.Equal(t, want, sights(t, newFeeder(stream, vocab, o, size)))
	}

	// An epoch is subsampled anew.
	perEpoch := map[int]int{}
	for _, s := range want {
		perEpoch[s.epoch]++
	}
	require.Len(t, perEpoch, 3)
	require.NotEqual(t, perEpoch[0], perEpoch[1])
}

func TestReadingGoesOnWhereABatchEnded(t *testing.T) {
	o := small(SkipGram, NegativeSampling)
	o.Sample = 0.02
	stream, vocab := encode(t, topics(30, 1)+strings.Repeat("a0 b0 c0 d0 ", 3000)+"\n"+topics(20, 2))
	whole := newFeeder(stream, vocab, o, 13)
	b, again := whole.newBatch(), whole.newBatch()
	resumed := newFeeder(stream, vocab, o, 13)
	for {
		start := b.next
		whole.fill(b)
		resumed.seek(start)
		resumed.fill(again)
		require.Equal(t, b.done, again.done)
		if b.done {
			return
		}
		require.Equal(t, b, again)
	}
}

func TestWindowsStayInTheirSentence(t *testing.T) {
	o := small(SkipGram, NegativeSampling)
	o.Window, o.Epochs = 4, 50
	stream, vocab := encode(t, "a a a\nb b\nc c c c c c c\nd\n")
	longest := map[int32]int{}
	for _, s := range sights(t, newFeeder(stream, vocab, o, 5)) {
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
	all := sights(t, newFeeder(stream, vocab, o, 1000))
	require.Len(t, all, 2*maxPiece, "the word left over is alone")
	for _, s := range all {
		require.NotContains(t, s.around, string(1-s.word))
	}
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
	for _, s := range sights(t, newFeeder(stream, vocab, o, 256)) {
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
	f := newFeeder(stream, vocab, o, 100)
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

func TestBatchSizeFollowsTheMostFrequentRow(t *testing.T) {
	words := make([]string, 100_000)
	counts := make([]int64, len(words))
	for i := range words {
		words[i], counts[i] = string(rune(i%1000+33))+string(rune(i/1000+33)), int64(1+1_000_000/(i+1))
	}
	large, err := corpus.NewVocab(words, counts)
	require.NoError(t, err)
	_, two := encode(t, "a b a b")
	o, err := DefaultOptions().validate()
	require.NoError(t, err)
	require.Greater(t, batchSize(large, o), 50, "enough to share out")
	require.Less(t, batchSize(two, o), 8)
	o.LR *= 1000
	require.Equal(t, 1, batchSize(two, o))
	require.Equal(t, 1, batchSize(large, o))
	o.LR = 1e-9
	require.Equal(t, maxBatch, batchSize(two, o))
}
