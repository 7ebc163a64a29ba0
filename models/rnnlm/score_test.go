package rnnlm

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lane-go/lane/models/corpus"
	"github.com/lane-go/lane/nn"
	"github.com/stretchr/testify/require"
)

func TestScoresOfAllSentencesAddUpToOne(t *testing.T) {
	words := []string{"a", "b"}
	for _, m := range []*Model{talker(t, corpus.Options{}, words...), adaptiveTalker(t, []int{1}, words...)} {
		requireScoresAddUpToOne(t, m, words)
	}
	m := talker(t, corpus.Options{}, words...)
	_, _, err := m.Score("a")
	require.ErrorContains(t, err, "nothing to score")
	_, _, err = m.Score("a zebra")
	require.ErrorContains(t, err, "zebra")
}

func requireScoresAddUpToOne(t *testing.T, m *Model, words []string) {
	sum := 0.0 // of all that can follow "a" in four words
	var extend func(text string, left int)
	extend = func(text string, left int) {
		if left == 0 {
			log, tokens, err := m.Score(text)
			require.NoError(t, err)
			require.Equal(t, 4, tokens)
			sum += math.Exp(log)
			return
		}
		for _, w := range words {
			extend(text+" "+w, left-1)
		}
	}
	extend("a", 4)
	require.InDelta(t, 1, sum, 1e-5)
}

func TestScoreJudgesWholeLines(t *testing.T) {
	m := talker(t, corpus.Options{EOS: true}, "<eos>", "a", "b")
	log, tokens, err := m.Score("a b")
	require.NoError(t, err)
	require.Equal(t, 3, tokens) // a, b and the end of the line
	perplexity, n, err := m.Perplexity([]int32{0, 1, 2, 0}, 1, 35)
	require.NoError(t, err)
	require.Equal(t, 3, n)
	require.InEpsilon(t, perplexity, math.Exp(-log/3), 1e-9)

	long, tokens, err := m.Score(strings.Repeat("a b ", 3*scoreSteps))
	require.NoError(t, err)
	require.Equal(t, 6*scoreSteps+1, tokens)
	require.Less(t, long, log)
}

// Weights may be finite and what is computed with them not.
func TestOverflowIsTold(t *testing.T) {
	m := talker(t, corpus.Options{}, "a", "b")
	for _, p := range m.Params() {
		for i := range p.Value.Data {
			p.Value.Data[i] = math.MaxFloat32 * float32(1-2*(i%2))
		}
	}
	_, _, err := m.Score("a b")
	require.ErrorContains(t, err, "overflow")
	_, _, err = m.Perplexity([]int32{0, 1, 0, 1}, 1, 2)
	require.ErrorContains(t, err, "overflow")
	_, err = sentences(t, m, "a b\na b\n")
	require.ErrorContains(t, err, "overflow")
	samplings := []Sampling{{}, {Temperature: 1}, {Temperature: 1, TopK: 1}, {Temperature: 1, TopP: 0.5}}
	for _, s := range samplings {
		words, err := m.Generate("a", 5, s)
		require.NoError(t, err)
		require.Empty(t, slices.Collect(words))
	}

	// Logits may be finite until they are divided by the temperature.
	for _, s := range samplings[1:] {
		s.Temperature = 0.1
		require.EqualValues(t, -1, newSampler(s, 2, nil).draw([]float32{1e38, -1e38}), "%+v", s)
	}
	bias := talker(t, corpus.Options{}, "a", "b")
	bias.decoder.(*nn.Linear).Bias.Value.Set(0, 0, float32(math.Inf(-1)))
	_, _, err = bias.Score("b a")
	require.ErrorContains(t, err, "overflow")
	_, _, err = bias.Perplexity([]int32{1, 0, 1, 0}, 1, 2)
	require.ErrorContains(t, err, "overflow")
}

func sentences(t testing.TB, m *Model, text string) (all []SentenceScore, err error) {
	for s, e := range m.ScoreSentences(corpus.FromString(m.config.Text, "t", text)) {
		if e != nil {
			err = e
			continue
		}
		require.NoError(t, err, "nothing comes after an error")
		all = append(all, s)
	}
	return all, err
}

func TestSentencesAreJudgedByThemselves(t *testing.T) {
	m := talker(t, corpus.Options{EOS: true}, "<eos>", "a", "b", "<unk>")
	lines := []string{"a b a", "", "b", "zebra a zebra", "b", "zebra " + strings.Repeat("a b ", corpus.MaxLineTokens)}
	all, err := sentences(t, m, strings.Join(lines, "\n"))
	require.NoError(t, err)
	require.Len(t, all, len(lines))
	for i, line := range lines {
		log, tokens, err := m.Score(line + "\n")
		require.NoError(t, err)
		require.InEpsilon(t, log, all[i].LogProbability, 1e-9, "line %d", i+1)
		require.Equal(t, len(strings.Fields(line))+1, tokens)
		require.Equal(t, tokens, all[i].Tokens)
		require.InEpsilon(t, math.Exp(-log/float64(tokens)), all[i].Perplexity(), 1e-9)
		require.Equal(t, strings.Count(line, "zebra"), all[i].OOV)
		require.EqualValues(t, i+1, all[i].Line)
		require.Equal(t, "t", all[i].Name)
	}
	bare := talker(t, corpus.Options{}, "a", "b", "<unk>") // whose first word of a line is not judged
	few, err := sentences(t, bare, "zebra\nzebra a\na zebra zebra")
	require.NoError(t, err)
	for i, want := range []SentenceScore{{Tokens: 0, OOV: 0}, {Tokens: 1, OOV: 0}, {Tokens: 2, OOV: 2}} {
		require.Equal(t, want.Tokens, few[i].Tokens)
		require.Equal(t, want.OOV, few[i].OOV)
	}
	require.Equal(t, all[2].LogProbability, all[4].LogProbability, "whatever comes before")
	path := filepath.Join(t.TempDir(), "one")
	require.NoError(t, os.WriteFile(path, []byte("a b"), 0o666))
	count := 0
	for s, err := range m.ScoreSentences(corpus.Files(m.config.Text, path, path)) {
		require.NoError(t, err)
		require.Equal(t, 3, s.Tokens)
		count++
	}
	require.Equal(t, 2, count, "the lines of files are apart")
	for range m.ScoreSentences(corpus.FromString(m.config.Text, "t", "a\nb\n")) { // stopping early is fine
		break
	}
}

func TestSentencesWithoutLineEnds(t *testing.T) {
	m := talker(t, corpus.Options{Units: corpus.Chars}, "a", "b", " ")
	all, err := sentences(t, m, "ab a\nb\n")
	require.NoError(t, err)
	log, tokens, err := m.Score("ab a")
	require.NoError(t, err)
	require.Equal(t, SentenceScore{Name: "t", Line: 1, LogProbability: log, Tokens: tokens}, all[0])
	require.Equal(t, SentenceScore{Name: "t", Line: 2}, all[1])
	require.EqualValues(t, 1, all[1].Perplexity())

	all, err = sentences(t, m, "ab\naxb\nab\n")
	require.ErrorContains(t, err, `rnnlm: t:2: "x" is not in the vocabulary`)
	require.Len(t, all, 1)
	_, err = sentences(t, m, "ab\n\xff\n")
	require.ErrorContains(t, err, "rnnlm: corpus: t:2: byte 3 (0xff) is not UTF-8")
}

// A vocabulary without "<eos>" has no line ends to judge, whatever the options say.
func TestNoLineEndsWithoutTheirWord(t *testing.T) {
	for _, words := range [][]string{{"<unk>", "a", "b"}, {"a", "b"}} {
		m := talker(t, corpus.Options{EOS: true}, words...)
		require.False(t, m.Config().Text.EOS)
		log, tokens, err := m.Score("a b\na b")
		require.NoError(t, err)
		require.Equal(t, 3, tokens)
		plain, _, err := talker(t, corpus.Options{}, words...).Score("a b\na b")
		require.NoError(t, err)
		require.Equal(t, plain, log)
		_, err = m.Generate("a", 3, Sampling{})
		require.NoError(t, err)
		all, err := sentences(t, m, "a b\na\n")
		require.NoError(t, err)
		require.Equal(t, 1, all[0].Tokens)
	}
}
