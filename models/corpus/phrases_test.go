package corpus

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// linesOf reads a text as lines of tokens with spaces between.
func linesOf(t *testing.T, text *Text) []string {
	s := text.Scan()
	defer s.Close()
	var lines []string
	for s.Next() {
		var words []string
		for _, token := range s.Tokens() {
			words = append(words, string(token))
		}
		lines = append(lines, strings.Join(words, " "))
	}
	require.NoError(t, s.Err())
	return lines
}

// TestGensimPhrases compares with gensim's phrases, their scores and how they are joined; testdata/gensim_phrases.py made them.
func TestGensimPhrases(t *testing.T) {
	raw, err := os.ReadFile("testdata/phrases.json")
	require.NoError(t, err)
	var cases []struct {
		Score      PhraseScore
		Threshold  float64
		Connectors []string
		Phrases    map[string]float64
		Joined     []string
	}
	require.NoError(t, json.Unmarshal(raw, &cases))
	require.Len(t, cases, 4)
	text := Files(Options{}, "testdata/phrases.txt")
	for _, c := range cases {
		phrases, err := LearnPhrases(text, PhraseOptions{Score: c.Score, Threshold: c.Threshold, Connectors: c.Connectors})
		require.NoError(t, err)
		joined := linesOf(t, text.WithPhrases(phrases))
		require.Equal(t, c.Joined, joined[:len(c.Joined)])
		// gensim lists the phrases that it joined.
		score := map[string]float64{}
		for _, p := range phrases.All() {
			score[p.String()] = p.Score
		}
		require.Equal(t, phrases.Len(), len(score))
		for _, line := range joined {
			for _, word := range strings.Fields(line) {
				if strings.Contains(word, "_") {
					require.Contains(t, c.Phrases, word)
				}
			}
		}
		for phrase, want := range c.Phrases {
			require.InEpsilon(t, want, score[phrase], 1e-9, phrase)
		}
	}
}

func TestEnglishConnectorsAreGensims(t *testing.T) {
	raw, err := os.ReadFile("testdata/phrases.json")
	require.NoError(t, err)
	var cases []struct{ Connectors []string }
	require.NoError(t, json.Unmarshal(raw, &cases))
	require.ElementsMatch(t, cases[3].Connectors, EnglishConnectors)
}

const newYork = "the new york times is in new york\nnew york new york\nthe new times the york\n"

func TestPhrasesByHand(t *testing.T) {
	text := FromString(Options{EOS: true}, "t", strings.Repeat(newYork, 3))
	phrases, err := LearnPhrases(text, PhraseOptions{Threshold: 2, MinCount: 3})
	require.NoError(t, err)
	require.Equal(t, 1, phrases.Len())
	// 12 of "new york", 15 of "new" and of "york" each, in 51 words.
	p := phrases.All()[0]
	require.Equal(t, "new_york", p.String())
	require.Equal(t, int64(12), p.Count)
	require.InDelta(t, float64(12-3)/15/15*51, p.Score, 1e-12)

	joined := text.WithPhrases(phrases)
	want := []string{"the new_york times is in new_york <eos>", "new_york new_york <eos>", "the new times the york <eos>"}
	require.Equal(t, slices.Concat(want, want, want), linesOf(t, joined))
	require.Equal(t, linesOf(t, joined), linesOf(t, joined), "a text can be read again")
	require.NotContains(t, linesOf(t, text)[0], "_", "the text itself is as it was")

	// A second pass makes longer ones.
	times := FromString(Options{}, "t", strings.Repeat("new york times\nold news\n", 10))
	for _, want := range []string{"new_york times", "new_york_times"} {
		phrases, err := LearnPhrases(times, PhraseOptions{Threshold: 2, MinCount: 3})
		require.NoError(t, err)
		times = times.WithPhrases(phrases)
		require.Equal(t, want, linesOf(t, times)[0])
	}

	vocab, err := BuildVocab(joined, VocabOptions{})
	require.NoError(t, err)
	id, ok := vocab.ID("new_york")
	require.True(t, ok)
	require.Equal(t, int64(12), vocab.Count(id))
}

func TestConnectors(t *testing.T) {
	text := FromString(Options{}, "t", strings.Repeat("bank of the england\nof bank england of\nto bank of england of the\n", 9))
	phrases, err := LearnPhrases(text, PhraseOptions{Threshold: 1e-9, MinCount: 1, Connectors: []string{"of", "the", "to"}})
	require.NoError(t, err)
	require.Equal(t, []string{"bank_of_the_england", "of bank_england of", "to bank_of_england of the"}, linesOf(t, text.WithPhrases(phrases))[:3])
}

// TestPhrasesInBoundedMemory counts pairs of a long text in little memory: the frequent ones stay.
func TestPhrasesInBoundedMemory(t *testing.T) {
	var b strings.Builder
	const words, lines = 59, 3000
	for i := range lines {
		fmt.Fprintf(&b, "new york\na%d b%d\n", i%words, i/words) // nearly as many pairs as lines
	}
	text := FromString(Options{}, "t", b.String())
	phrases, err := LearnPhrases(text, PhraseOptions{Score: NPMI, Threshold: -0.99, MinCount: 1, MaxCounted: 200})
	require.NoError(t, err)
	require.Equal(t, "new_york", phrases.All()[0].String())
	require.InDelta(t, lines, phrases.All()[0].Count, 100)
	require.LessOrEqual(t, phrases.Len(), 200, "rare pairs are forgotten")
	all, err := LearnPhrases(text, PhraseOptions{Score: NPMI, Threshold: -0.99, MinCount: 1})
	require.NoError(t, err)
	require.Greater(t, all.Len(), 1000, "there were many")
}

// Runs of connectors are forgotten with the pairs that they were in.
func TestRunsInBoundedMemory(t *testing.T) {
	o, err := PhraseOptions{Connectors: []string{"of", "the"}, MaxCounted: 100}.validate()
	require.NoError(t, err)
	vocab, err := NewVocab([]string{"x", "y"}, []int64{9999, 9999})
	require.NoError(t, err)
	c := newPairCounter(vocab, o)
	often := [][]byte{[]byte("x"), []byte("of"), []byte("the"), []byte("y")}
	for i := range 5000 {
		sentence := [][]byte{[]byte("x")}
		for bit := range 13 { // a run that comes once
			sentence = append(sentence, []byte(o.Connectors[i>>bit&1]))
		}
		c.add(append(sentence, []byte("y")))
		c.add(often)
		require.LessOrEqual(t, len(c.runs), 102)
	}
	o.Threshold = -1
	best := c.phrases(vocab, o).All()[0]
	require.Equal(t, "x_of_the_y", best.String())
	require.InDelta(t, 5000, best.Count, 200)
}

func TestPhrasesAreSeenOftenEnough(t *testing.T) {
	text := FromString(Options{}, "t", strings.Repeat(newYork, 3))
	for _, score := range []PhraseScore{Word2Phrase, NPMI} {
		all, err := LearnPhrases(text, PhraseOptions{Score: score, Threshold: -1, MinCount: 1})
		require.NoError(t, err)
		often, err := LearnPhrases(text, PhraseOptions{Score: score, Threshold: -1, MinCount: 4})
		require.NoError(t, err)
		require.Less(t, often.Len(), all.Len())
		for _, phrase := range often.All() {
			require.GreaterOrEqual(t, phrase.Count, int64(4))
		}
	}
}

func TestJoiningAllocatesNothing(t *testing.T) {
	long := FromString(Options{}, "t", strings.Repeat(newYork, 20_000))
	phrases, err := LearnPhrases(long, PhraseOptions{Threshold: 2})
	require.NoError(t, err)
	s := long.WithPhrases(phrases).WithPhrases(phrases).Scan()
	defer s.Close()
	for range 10 {
		s.Next()
	}
	require.Zero(t, testing.AllocsPerRun(1000, func() { s.Next() }))
}

func TestPhraseOptions(t *testing.T) {
	for want, o := range map[string]PhraseOptions{
		"pairs seen -1 times":      {MinCount: -1},
		"-2 of them counted":       {MaxCounted: -2},
		"unknown score PhraseScor": {Score: 7},
		"a threshold of NaN":       {Threshold: math.NaN()},
		"for npmi from −1 to 1":    {Score: NPMI, Threshold: 2},
	} {
		require.ErrorContains(t, o.Validate(), "corpus: ")
		require.ErrorContains(t, o.Validate(), want)
		_, err := LearnPhrases(FromString(Options{}, "t", "a b"), o)
		require.ErrorContains(t, err, want)
	}
	require.NoError(t, PhraseOptions{}.Validate())
	_, err := LearnPhrases(FromString(Options{Units: Chars}, "t", "a b"), PhraseOptions{})
	require.ErrorContains(t, err, "phrases are of words")
	_, err = LearnPhrases(FromString(Options{}, "t", "a b"), PhraseOptions{})
	require.ErrorContains(t, err, "no word is seen 5 times")

	var s PhraseScore
	require.NoError(t, s.UnmarshalText([]byte("npmi")))
	text, err := s.MarshalText()
	require.NoError(t, err)
	require.Equal(t, "npmi", string(text))
	require.ErrorContains(t, s.UnmarshalText([]byte("pmi")), `take one of ["word2phrase" "npmi"]`)
}

// FuzzPhrases holds that joining changes nothing but spaces to underscores.
func FuzzPhrases(f *testing.F) {
	f.Add(newYork, 1.0, 1)
	f.Add("a of b a of b of a _ a_ b\n\n c", 0.1, 2)
	f.Fuzz(func(t *testing.T, content string, threshold float64, passes int) {
		text := FromString(Options{}, "t", content)
		before := text
		for range min(max(passes, 1), 3) {
			phrases, err := LearnPhrases(text, PhraseOptions{Threshold: threshold, MinCount: 1, Connectors: []string{"of", "_", "é"}})
			if err != nil {
				require.ErrorContains(t, err, "corpus: ")
				return
			}
			text = text.WithPhrases(phrases)
		}
		spaced := func(text *Text) string { return strings.ReplaceAll(strings.Join(linesOf(t, text), "\n"), "_", " ") }
		require.Equal(t, spaced(before), spaced(text))
	})
}

// A text may have the word for line ends among its own; the line's end itself is in no phrase.
func TestPhrasesEndWithTheLine(t *testing.T) {
	content := strings.Repeat("new york <eos> foo\nbar baz york <eos> q\n", 100) + "qux york\nlast\n"
	text := FromString(Options{}, "t", content)
	phrases, err := LearnPhrases(text, PhraseOptions{Score: NPMI, Threshold: 0.1, MinCount: 2})
	require.NoError(t, err)
	joined := text.WithPhrases(phrases).With(Options{EOS: true})
	plain := linesOf(t, text.WithPhrases(phrases))
	require.Contains(t, strings.Join(plain, " "), "york_<eos>")
	for i, line := range linesOf(t, joined) {
		require.Equal(t, plain[i]+" <eos>", line)
	}
	shuffled, err := Shuffle(text.WithPhrases(phrases), 1)
	require.NoError(t, err)
	require.Len(t, strings.Fields(strings.Join(linesOf(t, shuffled), " ")), len(strings.Fields(strings.Join(plain, " "))))
}
