package corpus

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func build(t *testing.T, text string, opts Options, vocab VocabOptions) *Vocab {
	t.Helper()
	v, err := BuildVocab(FromString(opts, "text", text), vocab)
	require.NoError(t, err)
	return v
}

// table writes a vocabulary as "word:count …" by id.
func table(v *Vocab) string {
	var b strings.Builder
	for id, word := range v.Words() {
		fmt.Fprintf(&b, "%s:%d ", word, v.Count(int32(id)))
	}
	return strings.TrimSpace(b.String())
}

func TestBuildVocab(t *testing.T) {
	text := "b a c a\nd b a\n"
	for _, c := range []struct {
		name  string
		opts  Options
		vocab VocabOptions
		want  string
	}{
		{"all, ties by first appearance", Options{}, VocabOptions{}, "a:3 b:2 c:1 d:1"},
		{"with line ends", Options{EOS: true}, VocabOptions{}, "a:3 b:2 <eos>:2 c:1 d:1"},
		{"least count", Options{}, VocabOptions{MinCount: 2}, "a:3 b:2"},
		{"line ends stay", Options{EOS: true}, VocabOptions{MinCount: 3}, "a:3 <eos>:2"},
		{"most words", Options{}, VocabOptions{MaxSize: 3}, "a:3 b:2 c:1"},
		{"most words, line end among them", Options{EOS: true}, VocabOptions{MaxSize: 2}, "a:3 <eos>:2"},
		{"unknown stands for the rest", Options{}, VocabOptions{MinCount: 2, Unknown: true}, "a:3 b:2 <unk>:2"},
		{"unknown is sorted too", Options{}, VocabOptions{MaxSize: 2, Unknown: true}, "<unk>:4 a:3"},
		{"unknown though nothing is", Options{}, VocabOptions{Unknown: true}, "a:3 b:2 c:1 d:1 <unk>:0"},
		{"characters", Options{Units: Chars}, VocabOptions{MinCount: 3}, ":5 a:3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := build(t, text, c.opts, c.vocab)
			require.Equal(t, c.want, table(v))
			require.Zero(t, v.Undercount())
			total := int64(0)
			for id, word := range v.Words() {
				got, ok := v.ID(word)
				require.True(t, ok)
				require.EqualValues(t, id, got)
				require.Equal(t, word, v.Word(got))
				total += v.Count(got)
			}
			require.Equal(t, total, v.Total())
		})
	}
	require.Equal(t, "<unk>:3 a:3 b:1", table(build(t, "<unk> a a b <unk> a c", Options{}, VocabOptions{MaxSize: 3, Unknown: true})), "a literal <unk> counts with the rest")
}

func TestBuildVocabErrors(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		opts Options
		min  int64
		want string
	}{
		"empty":       {"", Options{}, 0, "corpus: text: the text is empty: there is not one word in it"},
		"blank lines": {"\n \n", Options{EOS: true}, 0, "corpus: text: the text is empty: there is not one word in it"},
		"all rare":    {"a b\n", Options{EOS: true}, 5, "corpus: text: of 3 tokens no word is seen 5 times and fits the vocabulary: lower min-count"},
		"not UTF-8":   {"\xff", Options{}, 0, "corpus: text:1: byte 0 (0xff) is not UTF-8: convert the text, e.g. iconv -f ISO-8859-1 -t UTF-8"},
	} {
		_, err := BuildVocab(FromString(c.opts, "text", c.text), VocabOptions{MinCount: c.min})
		require.EqualError(t, err, c.want, name)
	}
	_, err := BuildVocab(FromString(Options{}, "text", "<unk> <unk>"), VocabOptions{MinCount: 9, Unknown: true})
	require.ErrorContains(t, err, "of 2 tokens no word is seen 9 times", "it is not empty")
	require.Panics(t, func() { BuildVocab(FromString(Options{}, "text", "a"), VocabOptions{MinCount: -1}) })
	require.Equal(t, "one:1", table(build(t, "one", Options{}, VocabOptions{})), "one word is a vocabulary")
}

// Frequent words among many rare ones: what bounded memory may change is stated, and the frequent ones are right.
func TestBoundedCounting(t *testing.T) {
	var b strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&b, "the rare%d of\n", i)
		if i%10 == 0 {
			b.WriteString("often\n")
		}
	}
	exact := build(t, b.String(), Options{}, VocabOptions{})
	bounded := build(t, b.String(), Options{}, VocabOptions{MaxCounted: 1000})
	require.LessOrEqual(t, bounded.Len(), 1000)
	require.Positive(t, bounded.Undercount())
	for _, word := range []string{"the", "of", "often"} {
		want, _ := exact.ID(word)
		got, ok := bounded.ID(word)
		require.True(t, ok, word)
		require.LessOrEqual(t, bounded.Count(got), exact.Count(want))
		require.GreaterOrEqual(t, bounded.Count(got), exact.Count(want)-bounded.Undercount(), word)
	}
	again := build(t, b.String(), Options{}, VocabOptions{MaxCounted: 1000})
	require.Equal(t, bounded.Words(), again.Words())
}

// A text of several batches and parts, counted by any number of goroutines, against a map.
func TestVocabOfManyWords(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	numbers := rand.New(rand.NewPCG(1, 1))
	counts, first := map[string]int64{}, map[string]int{}
	var b strings.Builder
	for i := range 400_000 {
		number := int(math.Exp(13 * numbers.Float64()))
		word := strconv.Itoa(number)
		if number%2 > 0 {
			word = "number-" + word
		}
		if counts[word]++; counts[word] == 1 {
			first[word] = i
		}
		b.WriteString(word + [2]string{" ", "\n"}[i%7/6])
	}
	want := slices.SortedFunc(maps.Keys(counts), func(x, y string) int {
		return cmp.Or(cmp.Compare(counts[y], counts[x]), cmp.Compare(first[x], first[y]))
	})
	var bounded []string
	for _, procs := range []int{1, 2, 5} {
		runtime.GOMAXPROCS(procs)
		v := build(t, b.String(), Options{}, VocabOptions{})
		require.Equal(t, want, v.Words())
		for i, word := range want {
			require.Equal(t, counts[word], v.Count(int32(i)), word)
		}
		few := build(t, b.String(), Options{}, VocabOptions{MaxCounted: wordsPerCut})
		require.Less(t, few.Len(), len(want))
		require.LessOrEqual(t, few.Len(), wordsPerCut)
		require.Equal(t, want[:500], few.Words()[:500])
		if bounded == nil {
			bounded = few.Words()
		}
		require.Equal(t, bounded, few.Words())
	}
}

func TestVocabKeepsWords(t *testing.T) {
	keep := []string{"x", "c", "x", "a"}
	require.Equal(t, "b:3 a:2 c:1 x:0", table(build(t, "a a b b b c d", Options{}, VocabOptions{Keep: keep, MinCount: 3})))
	require.Equal(t, "b:3 a:2 c:1 x:0", table(build(t, "a a b b b c d d", Options{}, VocabOptions{Keep: keep, MaxSize: 4})), "they come first")
	require.Equal(t, "a:2 c:1 x:0", table(build(t, "a a b b b c d", Options{}, VocabOptions{Keep: keep, MaxSize: 2})))
	require.Equal(t, "a:2 c:1 x:0", table(build(t, "a a c b b", Options{}, VocabOptions{Keep: keep, MaxCounted: 1, MinCount: 3})), "rare words are forgotten, not these")
	for _, text := range []string{"", "d d"} {
		_, err := BuildVocab(FromString(Options{}, "text", text), VocabOptions{Keep: keep, MinCount: 3})
		require.Error(t, err, "a text without a word to learn from: %q", text)
	}
}

func TestCountingOneWordAtATime(t *testing.T) {
	long := func(text string) string {
		return strings.NewReplacer("a", "anteater", "b", "buffaloes", "c", "chimpanzee").Replace(text)
	}
	for text, want := range map[string]string{
		"a a b b b c":       "b:3", // short words are counted before they count here
		"a a a a a a":       "a:6",
		long("a a b b b c"): long("c:1"),
		long("a a c c c c"): long("c:4"), // a gives place in the second round of forgetting
	} {
		require.Equal(t, want, table(build(t, text, Options{}, VocabOptions{MaxCounted: 1})), text)
	}
}

func TestBuildVocabReportsProgress(t *testing.T) {
	var tokens, bytes int64
	_, err := BuildVocab(streaming(Options{}, "ab\n", 6<<20), VocabOptions{Progress: func(n, b int64) { tokens, bytes = n, b }})
	require.NoError(t, err)
	require.GreaterOrEqual(t, tokens, int64(1<<20))
	require.Equal(t, 3*tokens, bytes)
}

func TestNewVocab(t *testing.T) {
	v, err := NewVocab([]string{"b", "a"}, nil)
	require.NoError(t, err)
	require.Equal(t, "b:0 a:0", table(v))
	require.Equal(t, []string{"a", "b"}, v.Decode([]int32{1, 0}))
	_, ok := v.ID("c")
	require.False(t, ok)
	id, ok := v.IDBytes([]byte("a"))
	require.True(t, ok)
	require.EqualValues(t, 1, id)

	_, err = NewVocab([]string{"a", "a"}, nil)
	require.EqualError(t, err, `corpus: the vocabulary has "a" twice, as ids 0 and 1`)
	_, err = NewVocab([]string{"a"}, []int64{1, 2})
	require.EqualError(t, err, "corpus: a vocabulary of 1 words with 2 counts")
	_, err = NewVocab([]string{"a"}, []int64{-1})
	require.EqualError(t, err, `corpus: the vocabulary counts "a" -1 times`)
}

func TestVocabAsJSON(t *testing.T) {
	v, err := NewVocab([]string{"<unk>", "é"}, []int64{3, 2})
	require.NoError(t, err)
	data, err := json.Marshal(v)
	require.NoError(t, err)
	var back Vocab
	require.NoError(t, json.Unmarshal(data, &back))
	require.Equal(t, v.Words(), back.Words())
	require.Zero(t, back.Total())
	require.EqualError(t, back.UnmarshalJSON([]byte(`["a","a"]`)), `corpus: the vocabulary has "a" twice, as ids 0 and 1`)
	require.ErrorContains(t, back.UnmarshalJSON([]byte(`{}`)), "corpus: a vocabulary is a JSON array of words")
}

func TestEncode(t *testing.T) {
	text := FromString(Options{EOS: true}, "text", "a b\nc a\n")
	v, err := NewVocab([]string{"a", "<eos>", "b"}, nil)
	require.NoError(t, err)
	ids, oov, err := Encode(text, v)
	require.NoError(t, err)
	require.Equal(t, []int32{0, 2, 1, 0, 1}, ids, "c is left out")
	require.EqualValues(t, 1, oov)

	v, err = NewVocab([]string{"a", "<eos>", "<unk>"}, nil)
	require.NoError(t, err)
	ids, oov, err = Encode(text, v)
	require.NoError(t, err)
	require.Equal(t, []int32{0, 2, 1, 2, 0, 1}, ids)
	require.EqualValues(t, 2, oov)

	_, _, err = Encode(FromString(Options{}, "text", "a \xff"), v)
	require.ErrorContains(t, err, "byte 2 (0xff) is not UTF-8")
}

// The number of cores may change at any moment.
func TestTallyKeepsItsNumberOfCounters(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	tally := newTally(maxParts*wordsPerCut, nil)
	runtime.GOMAXPROCS(4)
	for i := range 3000 {
		tally.add([]byte(fmt.Sprint("word", i%1000)))
	}
	tally.finish()
	counted := int64(0)
	for _, part := range tally.parts {
		for _, w := range part.seen {
			counted += w.count
		}
	}
	require.EqualValues(t, 3000, counted)
}
