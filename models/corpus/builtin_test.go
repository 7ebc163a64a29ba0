package corpus

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func generator(t testing.TB, change func(*Config)) *Generator {
	t.Helper()
	cfg := DefaultConfig()
	if change != nil {
		change(&cfg)
	}
	g, err := NewGenerator(cfg)
	require.NoError(t, err)
	return g
}

func TestGeneratorIsReproducible(t *testing.T) {
	a, b := generator(t, nil), generator(t, nil)
	require.Equal(t, a.Vocab().Words(), b.Vocab().Words())
	require.Equal(t, a.Vocab().Counts(), b.Vocab().Counts())
	require.Equal(t, a.EntropyRate(), b.EntropyRate())
	ids := a.IDs(1, 5000)
	require.Equal(t, ids, b.IDs(1, 5000))
	require.NotEqual(t, ids, a.IDs(2, 5000))
	other := generator(t, func(c *Config) { c.Seed = 2 })
	require.NotEqual(t, a.Analogies(), other.Analogies(), "another seed, another world")
}

func TestTextIsIDs(t *testing.T) {
	g := generator(t, nil)
	ids := g.IDs(3, 10_000)
	require.GreaterOrEqual(t, len(ids), 10_000)
	require.Less(t, len(ids), 10_100)
	eos, ok := g.Vocab().ID(EOS)
	require.True(t, ok)
	require.Equal(t, eos, ids[len(ids)-1], "whole sentences")

	text := g.Text(3, 10_000, Options{EOS: true})
	for range 2 {
		encoded, oov, err := Encode(text, g.Vocab())
		require.NoError(t, err)
		require.Zero(t, oov)
		require.Equal(t, ids, encoded)
	}
	require.Empty(t, g.IDs(1, 0))
}

func TestProbabilitiesSumToOne(t *testing.T) {
	g := generator(t, nil)
	p := make([]float64, g.Vocab().Len())
	w := g.Walk()
	for _, id := range g.IDs(5, 3000) {
		w.Probabilities(p)
		sum := 0.0
		for _, x := range p {
			sum += x
		}
		require.InDelta(t, 1, sum, 1e-9)
		require.GreaterOrEqual(t, slices.Min(p), 0.0)
		logProb, err := w.Next(id)
		require.NoError(t, err)
		require.InDelta(t, math.Log(p[id]), logProb, 1e-12)
	}
	require.Zero(t, testing.AllocsPerRun(10, func() { w.Probabilities(p) }))
	require.PanicsWithValue(t, "corpus: Walker.Probabilities: 1 probabilities for "+word(int32(len(p)))+" words", func() { w.Probabilities(p[:1]) })
}

// The analytic entropy rate against a long sample, within four standard errors. A sentence's surplus of −log p over
// rate·length has mean zero, and sentences are independent.
func TestEntropyRate(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"default":       nil,
		"without noise": func(c *Config) { c.Noise = 0 },
		"hard":          func(c *Config) { c.Noise, c.Distance, c.Animals = 0.2, 4, 40 },
		"small":         func(c *Config) { *c = Config{Seed: 9, People: 4, Animals: 4, Verbs: 4, Qualities: 4, Places: 4} },
	} {
		t.Run(name, func(t *testing.T) {
			g := generator(t, change)
			ids := g.IDs(11, 100_000)
			eos, _ := g.Vocab().ID(EOS)
			var surplus, length []float64
			w := g.Walk()
			sum, from := 0.0, 0
			for i, id := range ids {
				logProb, err := w.Next(id)
				require.NoError(t, err)
				sum -= logProb
				if id == eos {
					n := float64(i + 1 - from)
					surplus = append(surplus, sum-n*g.EntropyRate())
					length = append(length, n)
					sum, from = 0, i+1
				}
			}
			mean, err := meanAndError(surplus)
			require.Less(t, math.Abs(mean), 4*err)
			mean, err = meanAndError(length)
			require.Less(t, math.Abs(mean-g.SentenceLength()), 4*err)

			cross, crossErr := g.CrossEntropy(nil, ids)
			require.NoError(t, crossErr)
			require.InDelta(t, g.EntropyRate(), cross, 0.02)
		})
	}
}

func meanAndError(x []float64) (mean, err float64) {
	var sum, squares float64
	for _, v := range x {
		sum += v
	}
	mean = sum / float64(len(x))
	for _, v := range x {
		squares += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(squares) / float64(len(x))
}

func TestExpectedCounts(t *testing.T) {
	g := generator(t, nil)
	ids := g.IDs(4, 300_000)
	seen := make([]float64, g.Vocab().Len())
	for _, id := range ids {
		seen[id] += 1e6 / float64(len(ids))
	}
	for id, word := range g.Vocab().Words() {
		want := float64(g.Vocab().Count(int32(id)))
		require.InDelta(t, want, seen[id], 0.05*want+8*math.Sqrt(want), word)
	}
	require.InDelta(t, 1e6, g.Vocab().Total(), 300)
}

func TestImpossibleTexts(t *testing.T) {
	g := generator(t, nil)
	v := g.Vocab()
	encode := func(words string) []int32 {
		ids, oov, err := Encode(FromString(Options{EOS: true}, "text", words), v)
		require.NoError(t, err)
		require.Zero(t, oov)
		return ids
	}
	_, err := g.CrossEntropy(nil, encode("many geese near the "+g.filler(t)+" is noisy ."))
	require.EqualError(t, err, `corpus: token 6, "is", can't come there in the built-in corpus of this configuration`)
	_, err = g.CrossEntropy(nil, []int32{-1})
	require.EqualError(t, err, `corpus: token 0, "id -1", can't come there in the built-in corpus of this configuration`)
	_, err = g.CrossEntropy(nil, nil)
	require.EqualError(t, err, "corpus: the cross-entropy of an empty text")
	other, err := NewVocab([]string{"the", "cyberspace"}, nil)
	require.NoError(t, err)
	_, err = g.CrossEntropy(other, []int32{0, 1})
	require.EqualError(t, err, `corpus: token 1, "cyberspace", can't come there in the built-in corpus of this configuration`)

	w := g.Walk()
	_, err = w.NextWord("mill")
	require.Error(t, err)
	_, err = w.NextWord("the")
	require.NoError(t, err, "an impossible token is not taken")
}

// What the subject decides comes however far away: a goose is, geese are; the king has his crown, the queen hers.
func TestAgreementOverDistance(t *testing.T) {
	g := generator(t, func(c *Config) { c.Distance = 3 })
	p := make([]float64, g.Vocab().Len())
	after := func(text string) map[string]float64 {
		w := g.Walk()
		for word := range strings.FieldsSeq(text) {
			_, err := w.NextWord(word)
			require.NoError(t, err, "%s in %s", word, text)
		}
		w.Probabilities(p)
		found := map[string]float64{}
		for id, prob := range p {
			if prob > 0 {
				found[g.Vocab().Word(int32(id))] = prob
			}
		}
		return found
	}
	filler := g.filler(t)
	for _, distance := range []int{0, 1, 3} {
		phrases := strings.Repeat(" near the "+filler, distance)
		one, many := after("every goose"+phrases), after("many geese"+phrases)
		require.Contains(t, one, "is")
		require.NotContains(t, one, "are")
		require.Contains(t, many, "are")
		require.NotContains(t, many, "is")
		verb := g.firstVerb(t, "king")
		he, she := after("yesterday the king"+phrases+" "+verb), after("yesterday the queen"+phrases+" "+g.firstVerb(t, "queen"))
		require.Contains(t, he, "his")
		require.NotContains(t, he, "her")
		require.Contains(t, she, "her")
		require.NotContains(t, she, "his")
	}
	require.NotContains(t, after("tomorrow the king"), g.firstVerb(t, "king"), "tomorrow he will")
	require.Contains(t, after("tomorrow the king"), "will")
}

// filler is an adjective and a noun that go together.
func (g *Generator) filler(t *testing.T) string {
	w := g.world
	require.NotEmpty(t, w.fillersOf)
	return w.words[w.fillerAdjs[0]] + " " + w.words[w.fillers[w.fillersOf[0].of[0]]]
}

// firstVerb is, in the past, a verb of the person's.
func (g *Generator) firstVerb(t *testing.T, person string) string {
	w := g.world
	for i, e := range w.people {
		for _, id := range e.words {
			if w.words[id] == person {
				return w.words[w.verbs[w.verbsOf[i].of[0]].words[past]]
			}
		}
	}
	require.Fail(t, "no such person", person)
	return ""
}

func TestAnalogiesAndGroups(t *testing.T) {
	for _, change := range []func(*Config){nil, func(c *Config) {
		c.People, c.Animals, c.Verbs, c.Qualities, c.Places, c.Distance = 50, 50, 50, 50, 50, 0
	}} {
		g := generator(t, change)
		var b bytes.Buffer
		require.NoError(t, g.WriteAnalogies(&b))
		questions := 0
		sections := 0
		for line := range strings.Lines(b.String()) {
			fields := strings.Fields(line)
			if fields[0] == ":" {
				require.Len(t, fields, 2)
				sections++
				continue
			}
			questions++
			require.Len(t, fields, 4)
			for _, word := range fields {
				_, ok := g.Vocab().ID(word)
				require.True(t, ok, word)
			}
		}
		require.Equal(t, 6, sections)
		want := 0
		for _, s := range g.Analogies() {
			want += len(s.Pairs) * (len(s.Pairs) - 1)
		}
		require.Equal(t, want, questions)
		require.Positive(t, slices.Min(g.source.frequency(g.Vocab().Len())), "every word comes")

		where := map[string]string{}
		for _, group := range g.Groups() {
			require.NotEmpty(t, group.Words, group.Name)
			for _, word := range group.Words {
				require.Empty(t, where[word], "%s is in %s too", word, group.Name)
				where[word] = group.Name
			}
		}
	}
}

// No content word is a function word as well, in a world large enough to need invented words of every sort.
func TestWordsHaveOneJob(t *testing.T) {
	cfg := DefaultConfig()
	cfg.People, cfg.Animals, cfg.Verbs, cfg.Qualities, cfg.Places, cfg.Distance = 50, 50, 50, 50, 50, 1
	w := newWorld(cfg)
	gram := newGrammar(w, cfg)
	gram.compile(0)
	function := map[string]bool{}
	for _, d := range gram.said {
		for _, id := range d.words {
			word := w.words[id]
			function[word] = true
			require.True(t, word == EOS || slices.Contains(functionWords, word), "%s is not among functionWords", word)
		}
	}
	for _, id := range slices.Concat(w.fillerAdjs, w.fillers, w.interjected.words) {
		function[w.words[id]] = true
	}
	for _, id := range w.anything.words {
		require.False(t, function[w.words[id]], w.words[id])
	}
}

// The frequencies fall with the rank roughly as its inverse, as Zipf's law has it.
func TestFrequenciesAreZipfLike(t *testing.T) {
	v := generator(t, nil).Vocab()
	var n, sx, sy, sxx, sxy float64
	for id, count := range v.Counts() {
		x, y := math.Log(float64(id+1)), math.Log(float64(count))
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	slope := (n*sxy - sx*sy) / (n*sxx - sx*sx)
	require.InDelta(t, -1, slope, 0.25)
}

func TestConfigOutOfRange(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"corpus: built-in corpus: 3 People: take 4 to 200":    func(c *Config) { c.People = 3 },
		"corpus: built-in corpus: -1 Places: take 4 to 200":   func(c *Config) { c.Places = -1 },
		"corpus: built-in corpus: 201 Verbs: take 4 to 200":   func(c *Config) { c.Verbs = 201 },
		"corpus: built-in corpus: noise NaN: take 0 to 0.5":   func(c *Config) { c.Noise = math.NaN() },
		"corpus: built-in corpus: distance 9: take 0 to 6":    func(c *Config) { c.Distance = 9 },
		"corpus: built-in corpus: distance -1: take 0 to 6":   func(c *Config) { c.Distance = -1 },
		"corpus: built-in corpus: noise 0.6: take 0 to 0.5":   func(c *Config) { c.Noise = 0.6 },
		"corpus: built-in corpus: 0 Animals: take 4 to 200":   func(c *Config) { c.Animals = 0 },
		"corpus: built-in corpus: 0 Qualities: take 4 to 200": func(c *Config) { c.Qualities = 0 },
	} {
		cfg := DefaultConfig()
		change(&cfg)
		_, err := NewGenerator(cfg)
		require.EqualError(t, err, want)
	}
}

// Unigram far above trigram far above the floor: what an n-gram can't see is worth much.
func TestBaselinesAreFarAboveTheFloor(t *testing.T) {
	g := generator(t, nil)
	train, heldOut := g.IDs(1, 200_000), g.IDs(2, 20_000)
	floor, err := g.CrossEntropy(nil, heldOut)
	require.NoError(t, err)
	unigram := NewNGram(1, train, g.Vocab().Len()).CrossEntropy(heldOut)
	trigram := NewNGram(3, train, g.Vocab().Len()).CrossEntropy(heldOut)
	require.Greater(t, math.Exp(trigram), 1.35*math.Exp(floor))
	require.Greater(t, math.Exp(unigram), 4*math.Exp(trigram))
}
