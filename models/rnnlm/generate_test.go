package rnnlm

import (
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/models/corpus"
	"github.com/lane-go/lane/nn"
	"github.com/stretchr/testify/require"
)

// talker is a model of random weights, large enough that it has opinions, over the words.
func talker(t testing.TB, text corpus.Options, words ...string) *Model {
	return talkerOf(t, Config{Text: text}, words)
}

func adaptiveTalker(t testing.TB, cutoffs []int, words ...string) *Model {
	return talkerOf(t, Config{Cutoffs: cutoffs}, words)
}

func talkerOf(t testing.TB, c Config, words []string) *Model {
	vocab, err := corpus.NewVocab(words, nil)
	require.NoError(t, err)
	c.Cell, c.Embed, c.Hidden, c.Layers = LSTM, 8, 8, 2
	m, err := New(c, vocab, 3)
	require.NoError(t, err)
	rng := newRand(9)
	for _, p := range m.Params() {
		nn.Normal(p.Value, 0, 1, rng)
	}
	return m
}

func say(t testing.TB, m *Model, prompt string, n int, s Sampling) []string {
	words, err := m.Generate(prompt, n, s)
	require.NoError(t, err)
	return slices.Collect(words)
}

func TestGenerateDrawsByProbability(t *testing.T) {
	words := []string{"<eos>", "a", "b", "c"}
	requireDrawsByProbability(t, talker(t, corpus.Options{EOS: true}, words...))
	requireDrawsByProbability(t, adaptiveTalker(t, []int{2}, words...))
}

func requireDrawsByProbability(t *testing.T, m *Model) {
	ids, err := m.context("a b")
	require.NoError(t, err)
	require.Equal(t, []int32{0, 1, 2}, ids)

	h := newPass(m, 1, 3).forward(ids)
	p := lane.NewMatrix(3, 4)
	m.decoder.Forward(p, h)
	lane.Softmax(p, p)

	speaker := newSpeaker(m)
	for _, id := range ids {
		speaker.hear(id)
	}
	const n = 4000
	sampler := newSampler(Sampling{Temperature: 1, Seed: 6}, 4, nil)
	seen := make([]float64, 4)
	for range n {
		seen[sampler.draw(speaker.logits())] += 1.0 / n
	}
	for id := range seen {
		require.InDelta(t, p.At(2, id), seen[id], 4*0.5/math.Sqrt(n), id)
	}
}

func TestGenerateIsSeeded(t *testing.T) {
	m := talker(t, corpus.Options{EOS: true}, "<eos>", "a", "b", "c", "d", "e")
	words, err := m.Generate("", 50, Sampling{Temperature: 1, Seed: 4})
	require.NoError(t, err)
	first := slices.Collect(words)
	require.Len(t, first, 50)
	require.Equal(t, first, slices.Collect(words), "the sequence can be walked again")
	require.Equal(t, first, say(t, m, "", 50, Sampling{Temperature: 1, Seed: 4}))
	require.NotEqual(t, first, say(t, m, "", 50, Sampling{Temperature: 1, Seed: 5}))
	require.Empty(t, say(t, m, "a", 0, Sampling{}))

	for range words { // stopping in the middle is fine
		break
	}
	require.Equal(t, first, slices.Collect(words))
}

func TestGreedyCutsAndSkips(t *testing.T) {
	m := talker(t, corpus.Options{EOS: true}, "<eos>", "a", "b", "c", "d", "e")
	greedy := say(t, m, "a", 30, Sampling{})
	require.Equal(t, greedy, say(t, m, "a", 30, Sampling{Temperature: 1, TopK: 1, Seed: 8}))
	require.Equal(t, greedy, say(t, m, "a", 30, Sampling{Temperature: 1, TopP: 1e-9, Seed: 8}))
	require.Equal(t, greedy, say(t, m, "a", 30, Sampling{Temperature: 1e-6, Seed: 8}))
	all := say(t, m, "a", 30, Sampling{Temperature: 1, Seed: 8})
	require.NotEqual(t, greedy, all)
	require.Equal(t, all, say(t, m, "a", 30, Sampling{Temperature: 1, TopP: 1, Seed: 8}))

	quiet := say(t, m, "a", 200, Sampling{Temperature: 5, Skip: []string{"<eos>", "b", "no such word"}})
	require.NotContains(t, quiet, "<eos>")
	require.NotContains(t, quiet, "b")
	require.Contains(t, quiet, "c")
}

func TestSamplerCuts(t *testing.T) {
	logits := []float32{0, 2, 1, 2, -1} // probabilities in order: 1, 3, 2, 0, 4
	count := func(s Sampling) map[int32]int {
		seen := map[int32]int{}
		sampler := newSampler(s, 5, nil)
		for range 2000 {
			seen[sampler.draw(slices.Clone(logits))]++
		}
		return seen
	}
	keys := func(seen map[int32]int) []int32 {
		var ids []int32
		for id := range int32(5) {
			if seen[id] > 0 {
				ids = append(ids, id)
			}
		}
		return ids
	}
	require.Equal(t, []int32{1, 2, 3}, keys(count(Sampling{Temperature: 1, TopK: 3})))
	require.Equal(t, []int32{0, 1, 2, 3, 4}, keys(count(Sampling{Temperature: 1, TopK: 99})))
	// e²/Σ = 0.394 each for the first two, 0.145 for the third.
	require.Equal(t, []int32{1, 3}, keys(count(Sampling{Temperature: 1, TopP: 0.7})))
	require.Equal(t, []int32{1, 2, 3}, keys(count(Sampling{Temperature: 1, TopP: 0.9})))
	require.Equal(t, []int32{1}, keys(count(Sampling{Temperature: 1, TopK: 2, TopP: 0.4})))
	hot, cold := count(Sampling{Temperature: 10}), count(Sampling{Temperature: 0.5})
	require.Greater(t, hot[4], cold[4])
	require.Greater(t, cold[1], hot[1])
}

func TestPromptsAndTheirWords(t *testing.T) {
	words := talker(t, corpus.Options{EOS: true}, "a", "<eos>", "b")
	chars := talker(t, corpus.Options{Units: corpus.Chars}, "a", "b", " ")
	forgiving := talker(t, corpus.Options{Lowercase: true}, "a", "<unk>")
	for _, c := range []struct {
		m      *Model
		prompt string
		want   []int32
	}{
		{words, "", []int32{1}},
		{words, "a b", []int32{1, 0, 2}},
		{words, "a\nb", []int32{1, 0, 1, 2}},
		{words, "a\nb\n", []int32{1, 0, 1, 2, 1}},
		{chars, "", []int32{0}},
		{chars, "ab a", []int32{0, 1, 2, 0}},
		{forgiving, "A zebra", []int32{0, 1}},
	} {
		ids, err := c.m.context(c.prompt)
		require.NoError(t, err)
		require.Equal(t, c.want, ids, "%q", c.prompt)
	}
	_, err := words.Generate("a zebra", 5, Sampling{})
	require.ErrorContains(t, err, `rnnlm: "zebra" is not in the vocabulary`)
	_, err = words.Generate("a \xff", 5, Sampling{})
	require.ErrorContains(t, err, "rnnlm: ")
}

func TestGenerateRefuses(t *testing.T) {
	m := talker(t, corpus.Options{}, "a", "b")
	for message, s := range map[string]Sampling{
		"temperature -1: take a number of 0 or more": {Temperature: -1},
		"temperature NaN":                               {Temperature: math.NaN()},
		"top-k -2: take 0 (all words) or more":          {TopK: -2},
		"top-p 1.5: take 0 to 1":                        {TopP: 1.5},
		"every word of the vocabulary is to be skipped": {Skip: []string{"a", "b", "a"}},
	} {
		_, err := m.Generate("a", 5, s)
		require.ErrorContains(t, err, "rnnlm: "+message)
	}
	_, err := m.Generate("a", -1, Sampling{})
	require.ErrorContains(t, err, "n -1: take 0 words or more")
}

func TestGeneratingAllocatesNothing(t *testing.T) {
	for i, cell := range Cells() {
		c := tinyConfig(cell)
		c.Cutoffs = [][]int{nil, {90}, nil}[i]
		m := tinyModel(t, c, 700)
		for _, s := range []Sampling{{}, {Temperature: 1}, {Temperature: 0.7, TopK: 20}, {Temperature: 1.2, TopP: 0.5}} {
			speaker, sampler := newSpeaker(m), newSampler(s, 700, []int32{3})
			next := int32(1)
			require.Zero(t, testing.AllocsPerRun(20, func() {
				speaker.hear(next)
				next = sampler.draw(speaker.logits())
			}), "%s, %+v", cell, s)
		}
	}
}

// The logits of so many words are shared among threads.
func TestGenerateIsTheSameForAnyThreads(t *testing.T) {
	defer lane.SetThreads(0)
	m := tinyModel(t, Config{Cell: LSTM, Embed: 64, Hidden: 128, Layers: 1}, 9000)
	var said [][]string
	for threads := 1; threads <= 3; threads++ {
		lane.SetThreads(threads)
		said = append(said, say(t, m, "w1", 50, Sampling{Temperature: 1, TopP: 0.9, Seed: 2}))
	}
	require.Equal(t, said[0], said[1])
	require.Equal(t, said[0], said[2])
}

// What is generated only reads the model: sequences of one model may be walked at the same time.
func TestGenerateSideBySide(t *testing.T) {
	m := adaptiveTalker(t, []int{3}, "<eos>", "a", "b", "c", "d", "e")
	s := Sampling{Temperature: 1, Seed: 4}
	prompts := []string{"", "a", "b c"}
	said := make([][]string, len(prompts))
	var walks sync.WaitGroup
	for i, prompt := range prompts {
		words, err := m.Generate(prompt, 300, s)
		require.NoError(t, err)
		walks.Go(func() { said[i] = slices.Collect(words) })
	}
	walks.Wait()
	for i, prompt := range prompts {
		require.Equal(t, say(t, m, prompt, 300, s), said[i])
	}
}

// The samplers of large and of close weights agree with sorting everything.
func TestSamplerKeepsTheLikeliest(t *testing.T) {
	rng := newRand(5)
	for _, spread := range []float64{0, 1e-6, 0.1, 1, 10, 60} {
		logits := make([]float32, 1000)
		for i := range logits {
			logits[i] = float32(math.Round(spread*rng.NormFloat64()*8) / 8) // with ties
		}
		sampler := newSampler(Sampling{}, len(logits), nil)
		total := sampler.weigh(lane.Max(logits), logits)
		sampler.gather()
		sorted := slices.Clone(sampler.candidates)
		slices.SortFunc(sorted, func(a, b candidate) int {
			if a.before(b) {
				return -1
			}
			return 1
		})
		for _, k := range []int{1, 2, 40, 500, 999, 1000, 2000} {
			sampler.gather()
			sampler.cut(one, float64(k))
			require.ElementsMatch(t, sorted[:min(k, len(sorted))], sampler.candidates, "spread %v, top %d", spread, k)
		}
		for _, p := range []float64{1e-9, 0.1, 0.5, 0.9, 0.999} {
			sampler.gather()
			sampler.cut(itself, p*total)
			n := len(sampler.candidates)
			require.ElementsMatch(t, sorted[:n], sampler.candidates)
			mass := sampler.mass()
			require.GreaterOrEqual(t, mass, p*total*(1-1e-9))
			require.Less(t, mass-float64(sorted[n-1].weight), p*total*(1+1e-9), "fewer would not do")
		}
	}
}

func TestExtremeTemperatures(t *testing.T) {
	logits := []float32{1, 300, -4e5, 300, 0}
	for temperature, want := range map[float64]int{1e-300: 1, 1e-29: 2, 1: 2, 1e300: 4} {
		sampler := newSampler(Sampling{Temperature: temperature}, len(logits), []int32{4})
		seen := map[int32]bool{}
		for range 200 {
			seen[sampler.draw(slices.Clone(logits))] = true
		}
		require.Len(t, seen, want, "temperature %v", temperature)
		require.False(t, seen[4])
	}
}
