package rnnlm

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/lane-go/lane/models/corpus"
	"github.com/lane-go/lane/nn"
)

// Model is a recurrent language model. One goroutine at a time may use it, but for what says that it only reads it.
type Model struct {
	config  Config
	vocab   *corpus.Vocab
	encoder *nn.Embedding  // V×E
	layers  []nn.Recurrent // E or H → H
	decoder nn.Classifier  // H → V
}

// New returns an untrained model over vocab. Its weights are drawn from seed: the encoder's from N(0, 0.01²), every other
// from N(0, 1/columns); biases are 0.
//
// The bias_hh of LSTM and plain layers only ever appears added to bias_ih: it stays as it is in training. A
// GRU's does not (its n gate multiplies it by r) and is trained.
func New(c Config, vocab *corpus.Vocab, seed uint64) (*Model, error) {
	m, err := newModel(c, vocab)
	if err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(seed, initStream))
	nn.Normal(m.encoder.Weight.Value, 0, 0.01, rng)
	initialise(m.decoderParams(), rng)
	for _, layer := range m.layers {
		initialise(layer.Params(), rng)
	}
	return m, nil
}

// Streams of random numbers that must differ though they share a seed.
const (
	initStream     = 1
	dropoutStream  = 2
	generateStream = 3
	flowStream     = 4
)

// initialise fills the weights; biases are zero already.
func initialise(params []*nn.Param, rng *rand.Rand) {
	for _, p := range params {
		if strings.Contains(p.Name, "weight") {
			nn.Normal(p.Value, 0, 1/math.Sqrt(float64(p.Value.Cols)), rng)
		}
	}
}

// newModel returns a model whose parameters are all zero.
func newModel(c Config, vocab *corpus.Vocab) (*Model, error) {
	if vocab == nil || vocab.Len() == 0 {
		return nil, errors.New("rnnlm: the vocabulary is empty: give a text with at least one word")
	}
	if c.Vocab == 0 {
		c.Vocab = vocab.Len()
	}
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if c.Vocab != vocab.Len() {
		return nil, fmt.Errorf("rnnlm: vocab %d, but the vocabulary has %d words: leave it 0", c.Vocab, vocab.Len())
	}
	c = c.clone()
	if _, ends := vocab.ID(corpus.EOS); !ends {
		c.Text.EOS = false
	}
	m := &Model{config: c, vocab: vocab, encoder: nn.NewEmbedding(c.Vocab, c.Embed)}
	m.encoder.Weight.Name, m.encoder.Weight.Sparse = "encoder.weight", !c.Tied
	for l := range c.Layers {
		layer := newLayer(c.Cell, c.inputSize(l), c.Hidden)
		for _, p := range layer.Params() {
			p.Frozen = p.Name == "bias_hh" && c.Cell != GRU
			p.Name = fmt.Sprintf("rnn.%s_l%d", p.Name, l)
		}
		m.layers = append(m.layers, layer)
	}
	m.decoder = newDecoder(c, m.encoder)
	for _, p := range m.decoderParams() {
		p.Name = "decoder." + p.Name
	}
	return m, nil
}

func newDecoder(c Config, encoder *nn.Embedding) nn.Classifier {
	switch {
	case c.Tied && c.adaptive():
		return nn.NewTiedAdaptiveSoftmax(encoder.Weight, c.Cutoffs)
	case c.adaptive():
		return nn.NewAdaptiveSoftmax(c.Hidden, c.Vocab, c.Cutoffs, c.adaptiveDiv(), true)
	case c.Tied:
		return &nn.Linear{Weight: encoder.Weight, Bias: nn.NewParam("bias", 1, c.Vocab)}
	}
	return nn.NewLinear(c.Hidden, c.Vocab)
}

// decoderParams returns the parameters that are the decoder's alone.
func (m *Model) decoderParams() []*nn.Param {
	return slices.DeleteFunc(m.decoder.Params(), func(p *nn.Param) bool { return p == m.encoder.Weight })
}

func newLayer(cell Cell, in, hidden int) nn.Recurrent {
	switch cell {
	case LSTM:
		return nn.NewLSTM(in, hidden)
	case GRU:
		return nn.NewGRU(in, hidden)
	}
	return nn.NewRNN(in, hidden)
}

// Config returns the model's architecture.
func (m *Model) Config() Config { return m.config.clone() }

// Vocab returns the model's vocabulary.
func (m *Model) Vocab() *corpus.Vocab { return m.vocab }

// Params returns the model's parameters under PyTorch's names: encoder.weight; rnn.weight_ih_l0, rnn.weight_hh_l0,
// rnn.bias_ih_l0, rnn.bias_hh_l0 and so on for each layer; decoder.weight unless it is tied, and decoder.bias. With Cutoffs the decoder's are
// decoder.head.weight and decoder.head.bias, and for each cluster decoder.tail.0.0.weight (its projection) and
// decoder.tail.0.1.weight; of a tied one decoder.bias, of all words, decoder.clusters.weight and decoder.clusters.bias.
func (m *Model) Params() []*nn.Param {
	params := []*nn.Param{m.encoder.Weight}
	for _, layer := range m.layers {
		params = append(params, layer.Params()...)
	}
	return append(params, m.decoderParams()...)
}
