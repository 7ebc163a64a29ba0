package corpus

import (
	"fmt"
	"math"
)

// Walker reads a text of the built-in corpus token by token and knows the exact probability of each given all before
// it. It allocates nothing.
type Walker struct {
	g      *Generator
	node   int32
	tokens int64
}

// Walk is a walker at the start of a text.
func (g *Generator) Walk() *Walker { return &Walker{g: g} }

// Next reads a token, an id of [Generator.Vocab], and returns log p of it given all tokens before, in nats. It
// fails, without going on, if the generator never writes the token there.
func (w *Walker) Next(id int32) (logProb float64, err error) {
	p, next, ok := w.g.source.step(w.node, id)
	if !ok {
		return math.Inf(-1), w.impossible(w.g.word(id))
	}
	w.tokens++
	w.node = next
	if id == w.g.source.eos {
		w.node = 0
	}
	return math.Log(p), nil
}

// NextWord is [Walker.Next] of a word.
func (w *Walker) NextWord(word string) (logProb float64, err error) {
	id, ok := w.g.vocab.ID(word)
	if !ok {
		return math.Inf(-1), w.impossible(word)
	}
	return w.Next(id)
}

// Probabilities sets dst, one number a word of [Generator.Vocab], to the probability of each as the next token.
func (w *Walker) Probabilities(dst []float64) {
	if len(dst) != w.g.vocab.Len() {
		panic(fmt.Sprintf("corpus: Walker.Probabilities: %d probabilities for %d words", len(dst), w.g.vocab.Len()))
	}
	clear(dst)
	for _, b := range w.g.source.nodes[w.node] {
		for i, word := range b.words.words {
			dst[word] = b.weight * b.words.probs[i]
		}
	}
}

func (w *Walker) impossible(word string) error {
	return fmt.Errorf("corpus: token %d, %q, can't come there in the built-in corpus of this configuration", w.tokens, word)
}

func (g *Generator) word(id int32) string {
	if id < 0 || int(id) >= g.vocab.Len() {
		return fmt.Sprintf("id %d", id)
	}
	return g.vocab.words[id]
}

// CrossEntropy is the exact mean of −log p over the text, in nats a token: exp of it is the least perplexity that a
// model which knows the grammar has on this very text. ids are of v, or of [Generator.Vocab] if v is nil, and start
// with a sentence. It fails on a text the generator never writes, naming the token, and on an empty one.
func (g *Generator) CrossEntropy(v *Vocab, ids []int32) (float64, error) {
	if len(ids) == 0 {
		return 0, fmt.Errorf("corpus: the cross-entropy of an empty text")
	}
	w := g.Walk()
	sum := 0.0
	for _, id := range ids {
		var logProb float64
		var err error
		if v == nil {
			logProb, err = w.Next(id)
		} else {
			logProb, err = w.NextWord(v.Word(id))
		}
		if err != nil {
			return 0, err
		}
		sum -= logProb
	}
	return sum / float64(len(ids)), nil
}
