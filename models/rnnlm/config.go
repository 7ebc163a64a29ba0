package rnnlm

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/lane-go/lane/models/corpus"
	"github.com/lane-go/lane/nn"
)

// Cell names a kind of recurrent layer.
type Cell string

// The kinds of recurrent layers.
const (
	LSTM Cell = "lstm" // long short-term memory (Hochreiter & Schmidhuber 1997), gates i, f, g, o
	GRU  Cell = "gru"  // gated recurrent unit (Cho et al. 2014), gates r, z, n
	RNN  Cell = "rnn"  // h_t = tanh(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh) (Elman 1990)
)

// Cells lists the kinds of recurrent layers.
func Cells() []Cell { return []Cell{LSTM, GRU, RNN} }

// gates is how many blocks of H rows the weights of a layer have.
func (c Cell) gates() int {
	switch c {
	case LSTM:
		return 4
	case GRU:
		return 3
	}
	return 1
}

func (c Cell) validate() error {
	if !slices.Contains(Cells(), c) {
		return fmt.Errorf("rnnlm: cell %q: take lstm, gru or rnn", string(c))
	}
	return nil
}

// Config is the architecture of a model.
type Config struct {
	Cell   Cell `json:"cell"`
	Embed  int  `json:"embed"`           // E, numbers a word's embedding
	Hidden int  `json:"hidden"`          // H, units a layer
	Layers int  `json:"layers"`          // recurrent layers, one on the other
	Tied   bool `json:"tied"`            // the decoder's weight is the encoder's; needs Embed == Hidden
	Vocab  int  `json:"vocab,omitempty"` // V, words the model knows; 0 takes the vocabulary's length

	// Dropout is the probability, in training, that a number is dropped: from the input of the first layer, between
	// layers and from the output of the last. 0 drops nothing.
	Dropout float64 `json:"dropout,omitempty"`
	// Variational keeps what it drops through all steps of a window.
	Variational bool `json:"variational,omitempty"`

	// EmbedDropout is the probability, in training, that the embedding of a word is dropped, wherever the word occurs in a window (Gal &
	// Ghahramani 2016). 0 drops nothing. A decoder that is Tied keeps them all.
	EmbedDropout float64 `json:"embed_dropout,omitempty"`

	// WeightDrop is the probability, in training, that an element of a recurrent weight is dropped for a whole window
	// (Merity, Keskar & Socher 2018). 0 drops nothing.
	WeightDrop float64 `json:"weight_drop,omitempty"`

	// Cutoffs, if there are any, make the last layer an adaptive softmax (Grave et al. 2017): the words of ids from the first cutoff on,
	// rare ones as vocabularies number words from the most frequent down, are in clusters that begin at the cutoffs. A cluster's words
	// see H/4 numbers of the hidden state, the next cluster's H/16 and so on, and take time only where they occur. It is a model
	// of its own, with probabilities that sum to 1: its perplexity compares. If it is Tied, the words of all clusters see the whole state.
	Cutoffs []int `json:"cutoffs,omitempty"`

	// Text says how text becomes the words of the vocabulary: the options of the text that the model learns from. Score, Generate and
	// files use it. A vocabulary without "<eos>" makes its EOS false: encode text.With(m.Config().Text).
	Text corpus.Options `json:"text"`
}

// The bounds of a Config. They keep every size far from overflow.
const (
	maxWidth  = 1 << 16
	maxLayers = 64
	maxVocab  = 1 << 26
)

// Validate returns nil if a model can be made of c, and otherwise an error that names a field and what it may be.
func (c Config) Validate() error {
	if err := c.Cell.validate(); err != nil {
		return err
	}
	switch {
	case c.Text.Units != corpus.Words && c.Text.Units != corpus.Chars:
		return fmt.Errorf("rnnlm: there are no units %v of text: take corpus.Words or corpus.Chars", c.Text.Units)
	case c.Embed < 1 || c.Embed > maxWidth:
		return fmt.Errorf("rnnlm: embed %d: take 1 to %d", c.Embed, maxWidth)
	case c.Hidden < 1 || c.Hidden > maxWidth:
		return fmt.Errorf("rnnlm: hidden %d: take 1 to %d", c.Hidden, maxWidth)
	case c.Layers < 1 || c.Layers > maxLayers:
		return fmt.Errorf("rnnlm: layers %d: take 1 to %d", c.Layers, maxLayers)
	case !isRate(c.Dropout):
		return fmt.Errorf("rnnlm: dropout %v: take 0 or more and less than 1", c.Dropout)
	case !isRate(c.EmbedDropout):
		return fmt.Errorf("rnnlm: embed-dropout %v: take 0 or more and less than 1", c.EmbedDropout)
	case !isRate(c.WeightDrop):
		return fmt.Errorf("rnnlm: weight-drop %v: take 0 or more and less than 1", c.WeightDrop)
	case c.Tied && c.Embed != c.Hidden:
		return fmt.Errorf("rnnlm: tied with embed %d and hidden %d: make them equal, or leave the weights untied", c.Embed, c.Hidden)
	case c.Vocab < 0 || c.Vocab > maxVocab:
		return fmt.Errorf("rnnlm: a vocabulary of %d words: take 1 to %d, or 0 for the vocabulary's", c.Vocab, maxVocab)
	}
	if c.adaptive() {
		words := c.Vocab
		if words == 0 { // not yet known, but beyond the cutoffs
			words = min(slices.Max(c.Cutoffs), maxVocab) + 1
		}
		if _, err := nn.AdaptiveClusters(c.Hidden, words, c.Cutoffs, c.adaptiveDiv()); err != nil {
			return fmt.Errorf("rnnlm: %w", err)
		}
	}
	return nil
}

// isRate reports whether layers take p for a probability of dropping: as a float32 it may round to 1.
func isRate(p float64) bool { return p >= 0 && float32(p) < 1 }

// For returns c for a vocabulary of so many words: with its length, and without the cutoffs that it doesn't reach.
func (c Config) For(words int) Config {
	c.Vocab = words
	c.Cutoffs = slices.DeleteFunc(slices.Clone(c.Cutoffs), func(cutoff int) bool { return cutoff >= words })
	return c
}

func (c Config) adaptive() bool { return len(c.Cutoffs) > 0 }

// adaptiveDiv is what each cluster's words see less of the hidden state than those before: PyTorch's default, or 1 if they share the
// embedding's weight.
func (c Config) adaptiveDiv() float64 {
	if c.Tied {
		return 1
	}
	return 4
}

// clusters are those of the adaptive softmax of a valid Config, if it is to have one.
func (c Config) clusters() []nn.Cluster {
	clusters, _ := nn.AdaptiveClusters(c.Hidden, c.Vocab, c.Cutoffs, c.adaptiveDiv())
	return clusters
}

// clone returns a Config that shares nothing with c; no cutoffs are nil.
func (c Config) clone() Config {
	c.Cutoffs = append([]int(nil), c.Cutoffs...)
	return c
}

// equal reports whether both clones are the same architecture.
func (c Config) equal(d Config) bool { return reflect.DeepEqual(c, d) }

// inputSize is the size of what layer l reads.
func (c Config) inputSize(l int) int {
	if l == 0 {
		return c.Embed
	}
	return c.Hidden
}

// A paramShape is a parameter's name and shape, as PyTorch has them: a bias has one dimension.
type paramShape struct {
	name  string
	shape []int
}

func (p paramShape) isBias() bool { return len(p.shape) == 1 }

func (p paramShape) size() int64 {
	size := int64(1)
	for _, d := range p.shape {
		size *= int64(d)
	}
	return size
}

// params lists the parameters of a model in the order of Model.Params.
func (c Config) params() []paramShape {
	g := c.Cell.gates()
	list := []paramShape{{"encoder.weight", []int{c.Vocab, c.Embed}}}
	for l := range c.Layers {
		layer := func(name string) string { return fmt.Sprintf("rnn.%s_l%d", name, l) }
		list = append(list,
			paramShape{layer("weight_ih"), []int{g * c.Hidden, c.inputSize(l)}},
			paramShape{layer("weight_hh"), []int{g * c.Hidden, c.Hidden}},
			paramShape{layer("bias_ih"), []int{g * c.Hidden}},
			paramShape{layer("bias_hh"), []int{g * c.Hidden}})
	}
	return append(list, c.decoderParams()...)
}

// decoderParams lists those of params that are the decoder's alone.
func (c Config) decoderParams() []paramShape {
	clusters := len(c.Cutoffs)
	switch {
	case c.Tied && c.adaptive():
		return []paramShape{{"decoder.bias", []int{c.Vocab}}, {"decoder.clusters.weight", []int{clusters, c.Hidden}}, {"decoder.clusters.bias", []int{clusters}}}
	case c.adaptive():
		head := c.Cutoffs[0] + clusters
		list := []paramShape{{"decoder.head.weight", []int{head, c.Hidden}}, {"decoder.head.bias", []int{head}}}
		for i, t := range c.clusters() {
			list = append(list,
				paramShape{fmt.Sprintf("decoder.tail.%d.0.weight", i), []int{t.Width, c.Hidden}},
				paramShape{fmt.Sprintf("decoder.tail.%d.1.weight", i), []int{t.End - t.First, t.Width}})
		}
		return list
	case c.Tied:
		return []paramShape{{"decoder.bias", []int{c.Vocab}}}
	}
	return []paramShape{{"decoder.weight", []int{c.Vocab, c.Hidden}}, {"decoder.bias", []int{c.Vocab}}}
}

// ParameterCount returns how many numbers a model of Vocab words consists of, every bias and a tied weight once.
func (c Config) ParameterCount() int64 {
	var n int64
	for _, p := range c.params() {
		n += p.size()
	}
	return n
}

// TrainingMemory estimates, before anything is allocated, the bytes that Train takes with o and a model of Vocab words: parameters, gradients, the
// optimizer's slots, packed weights, the best model so far, and a window's activations. Text comes on top of it.
func (c Config) TrainingMemory(o Options) int64 {
	h, g := int64(c.Hidden), int64(c.Cell.gates())
	copies := 2 + int64(optimizerNamed(o.Optimizer).slots)
	if o.KeepBest {
		copies++
	}
	if o.NonMono > 0 || o.AverageFrom > 0 {
		copies++
	}
	floats := copies*c.ParameterCount() + c.decoderScratch()
	rows := int64(o.Batch) * int64(o.BPTT)
	perRow := 2*int64(c.Embed) + h // embedded and its gradient; the top's gradient
	for range c.Layers {
		// a layer's output and its gradient; gates, their gradients and the cell's state within
		perRow += (2 + 2*g + 3) * h
		floats += g * h * h
		if c.WeightDrop > 0 {
			floats += 2 * g * h * h // the mask, and the weight without it
		}
	}
	if c.Dropout > 0 {
		perRow += 2 * (int64(c.Embed) + int64(c.Layers)*h) // masks and what they leave
	}
	floats += rows * perRow
	return 4 * floats
}

// decoderScratch is how many numbers the decoder's loss keeps.
func (c Config) decoderScratch() int64 {
	if !c.adaptive() {
		own, shared := nn.CrossEntropyFloats(c.Vocab, c.Hidden)
		return own + shared
	}
	floats, most := nn.CrossEntropyFloats(c.Cutoffs[0]+len(c.Cutoffs), c.Hidden)
	for _, t := range c.clusters() {
		n := t.End - t.First
		own, shared := nn.CrossEntropyFloats(n, t.Width)
		floats, most = floats+own, max(most, shared)
		floats += int64(nn.CrossEntropyRows(n)) * int64(c.Hidden+t.Width) // what the cluster's rows read, and the gradient of what its words see
		if !c.Tied {
			floats += int64(t.Width) * (2*int64(c.Hidden) + int64(nn.CrossEntropyRows(n))) // the projection, twice packed, and what it makes
		}
	}
	return floats + most
}
