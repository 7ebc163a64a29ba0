package corpus

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
)

// Config says what the grammar of the built-in corpus is like. The same Config is the same grammar.
type Config struct {
	Seed uint64 `json:"seed"` // of the grammar: names, features, frequencies

	// How many entities there are of each sort; each has words in two or three roles that the analogies ask for.
	// Beyond about 25 of a sort the words are invented.
	People    int `json:"people"`    // king, queen
	Animals   int `json:"animals"`   // goose, geese
	Verbs     int `json:"verbs"`     // hide, hid
	Qualities int `json:"qualities"` // sweet, sweeter
	Places    int `json:"places"`    // a country, its capital, its adjective

	// Noise is the probability that a word which only depends on the sentence's subject is replaced by any content
	// word at random; before each word an interjection is inserted with a quarter of it.
	Noise float64 `json:"noise"`

	// Distance is the most phrases, four or more words each, between the subject and the words that depend on it.
	Distance int `json:"distance"`
}

// DefaultConfig is the grammar of demonstrations and tests: about 500 words.
func DefaultConfig() Config {
	return Config{Seed: 1, People: 20, Animals: 22, Verbs: 22, Qualities: 18, Places: 18, Noise: 0.02, Distance: 2}
}

// Generator writes the built-in corpus: lines of pseudo-English from a known unifilar hidden Markov source.
// "Unifilar" means that the words alone tell the source's state, so the probability of any text is exact, and with
// it the least perplexity a language model can have. See [Config] for what is planted, [Generator.Analogies] and
// [Generator.Groups] for the answers. A Generator never changes; any number of goroutines may use it.
type Generator struct {
	config Config
	world  *world
	source *automaton
	vocab  *Vocab
}

// limits of a Config: room for every feature to be told from the others, and an automaton of bounded size.
const (
	minEntities = 4
	maxEntities = 200
	maxDistance = 6
)

// NewGenerator makes the grammar. It fails on a Config out of range: 4 … 200 entities of a sort, a noise from 0 to
// 0.5, a distance from 0 to 6.
func NewGenerator(cfg Config) (*Generator, error) {
	for _, c := range []struct {
		name string
		n    int
	}{{"People", cfg.People}, {"Animals", cfg.Animals}, {"Verbs", cfg.Verbs}, {"Qualities", cfg.Qualities}, {"Places", cfg.Places}} {
		if c.n < minEntities || c.n > maxEntities {
			return nil, fmt.Errorf("corpus: built-in corpus: %d %s: take %d to %d", c.n, c.name, minEntities, maxEntities)
		}
	}
	if !(cfg.Noise >= 0 && cfg.Noise <= 0.5) {
		return nil, fmt.Errorf("corpus: built-in corpus: noise %v: take 0 to 0.5", cfg.Noise)
	}
	if cfg.Distance < 0 || cfg.Distance > maxDistance {
		return nil, fmt.Errorf("corpus: built-in corpus: distance %d: take 0 to %d", cfg.Distance, maxDistance)
	}
	w := newWorld(cfg)
	g := &Generator{config: cfg, world: w}
	g.source = newGrammar(w, cfg).compile(cfg.Noise / 4)
	g.number()
	return g, nil
}

// number gives the words that can come ids by expected frequency, in the vocabulary and in the source.
func (g *Generator) number() {
	frequency := g.source.frequency(len(g.world.words))
	var order []int32
	for word, f := range frequency {
		if f > 0 {
			order = append(order, int32(word))
		}
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		switch fa, fb := math.Round(1e9*frequency[a]), math.Round(1e9*frequency[b]); {
		case fa > fb:
			return -1
		case fa < fb:
			return 1
		}
		return 0
	})
	words, counts := make([]string, len(order)), make([]int64, len(order))
	renumbered := make([]int32, len(frequency))
	for id, old := range order {
		words[id] = g.world.words[old]
		counts[id] = int64(math.Round(1e6 * frequency[old] / g.source.length))
		renumbered[old] = int32(id)
	}
	vocab, err := NewVocab(words, counts)
	if err != nil {
		panic(err)
	}
	g.vocab = vocab
	g.source.rename(renumbered)
}

// Vocab is every word the generator can write, [EOS] too, by expected frequency; counts are those expected in a
// million tokens.
func (g *Generator) Vocab() *Vocab { return g.vocab }

// EntropyRate is the exact entropy of the source in nats a token: the expected −log p of a sentence over its
// expected length, line ends included. exp of it is the perplexity that the best possible model has on an endless
// text.
func (g *Generator) EntropyRate() float64 { return g.source.entropy / g.source.length }

// SentenceLength is the exact expected number of tokens of a sentence, its line end included.
func (g *Generator) SentenceLength() float64 { return g.source.length }

// IDs is a text of whole sentences, the first that has at least the given number of tokens, as ids of
// [Generator.Vocab]. Different sample seeds give independent texts of the same grammar: one to train on, another to
// judge by.
func (g *Generator) IDs(sample uint64, tokens int) []int32 {
	w := g.write(sample)
	ids := make([]int32, 0, tokens+64)
	for len(ids) < tokens {
		ids = w.sentence(ids)
	}
	return ids
}

// Text is the text of [Generator.IDs] as lines of words. With opts.EOS its tokens are just those ids.
func (g *Generator) Text(sample uint64, tokens int, opts Options) *Text {
	name := fmt.Sprintf("built-in corpus (seed %d, sample %d)", g.config.Seed, sample)
	open := func() (io.ReadCloser, error) {
		return io.NopCloser(&writing{writer: g.write(sample), left: tokens}), nil
	}
	return &Text{options: opts, sources: []*source{{name: name, open: open}}}
}

// writer writes sentences.
type writer struct {
	*Generator
	rng *rand.Rand
}

func (g *Generator) write(sample uint64) writer {
	return writer{g, rand.New(rand.NewPCG(sample, 0x73616d706c65))}
}

// sentence appends a sentence and its line end.
func (w writer) sentence(ids []int32) []int32 {
	node := int32(0)
	for {
		var word int32
		word, node = w.source.sample(node, w.rng)
		ids = append(ids, word)
		if word == w.source.eos {
			return ids
		}
	}
}

// writing is the text being read.
type writing struct {
	writer
	left    int // tokens
	ids     []int32
	pending []byte
}

func (w *writing) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(w.pending) == 0 {
			if w.left <= 0 {
				return n, io.EOF
			}
			w.line()
		}
		copied := copy(p[n:], w.pending)
		w.pending = w.pending[copied:]
		n += copied
	}
	return n, nil
}

func (w *writing) line() {
	w.ids = w.sentence(w.ids[:0])
	w.left -= len(w.ids)
	w.pending = w.pending[:0]
	for i, id := range w.ids[:len(w.ids)-1] {
		if i > 0 {
			w.pending = append(w.pending, ' ')
		}
		w.pending = append(w.pending, w.vocab.words[id]...)
	}
	w.pending = append(w.pending, '\n')
}
