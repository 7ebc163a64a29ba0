package rnnlm

import (
	"runtime"
	"strings"
	"testing"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/models/corpus"
	"github.com/lane-go/lane/nn"
	"github.com/stretchr/testify/require"
)

func TestConfigRefuses(t *testing.T) {
	for message, change := range map[string]func(c *Config){
		`cell "tanh": take lstm, gru or rnn`:                                               func(c *Config) { c.Cell = "tanh" },
		"embed 0: take 1 to 65536":                                                         func(c *Config) { c.Embed = 0 },
		"hidden -3: take 1 to 65536":                                                       func(c *Config) { c.Hidden = -3 },
		"layers 65: take 1 to 64":                                                          func(c *Config) { c.Layers = 65 },
		"dropout 1: take 0 or more and less than 1":                                        func(c *Config) { c.Dropout = 1 },
		"embed-dropout 1: take 0 or more and less than 1":                                  func(c *Config) { c.EmbedDropout = 1 },
		"dropout 0.99999999: take 0 or more and less than 1":                               func(c *Config) { c.Dropout = 0.99999999 },
		"weight-drop -1: take 0 or more and less than 1":                                   func(c *Config) { c.WeightDrop = -1 },
		"dropout -0.1: take 0 or more and less than 1":                                     func(c *Config) { c.Dropout = -0.1 },
		"tied with embed 6 and hidden 8: make them equal":                                  func(c *Config) { c.Tied = true },
		"cutoff 9 of 9 classes: take less than 9":                                          func(c *Config) { c.Cutoffs = []int{4, 9} },
		"cutoff 0: take 1 or more":                                                         func(c *Config) { c.Cutoffs = []int{0} },
		"cutoff 3 after 4: take rising ones":                                               func(c *Config) { c.Cutoffs = []int{4, 3} },
		"cutoff 6: its cluster would see 8/4^2 of the 8 inputs, less than one: take fewer": func(c *Config) { c.Cutoffs = []int{4, 6} },
		"vocab 7, but the vocabulary has 9 words":                                          func(c *Config) { c.Vocab = 7 },
		"a vocabulary of -1 words":                                                         func(c *Config) { c.Vocab = -1 },
	} {
		c := tinyConfig(LSTM)
		change(&c)
		_, err := New(c, wordsVocab(t, 9), 1)
		require.ErrorContains(t, err, "rnnlm: "+message)
	}
	for _, v := range []*corpus.Vocab{nil, wordsVocab(t, 0)} {
		_, err := New(tinyConfig(LSTM), v, 1)
		require.ErrorContains(t, err, "the vocabulary is empty")
	}
}

func TestParameterCountAndNames(t *testing.T) {
	for _, cell := range Cells() {
		for _, c := range []Config{{}, {Tied: true}, {Cutoffs: []int{4, 7}}, {Tied: true, Cutoffs: []int{4, 7}}} {
			c.Cell, c.Embed, c.Hidden, c.Layers = cell, 17, 17, 3
			m := tinyModel(t, c, 9)
			var n int64
			shapes := m.Config().params()
			require.Len(t, m.Params(), len(shapes))
			for i, p := range m.Params() {
				require.Equal(t, shapes[i].name, p.Name)
				size := 1
				for _, d := range shapes[i].shape {
					size *= d
				}
				require.Len(t, p.Value.Data, size)
				n += int64(size)
			}
			require.Equal(t, n, m.Config().ParameterCount())
		}
	}
	c, o, err := Preset("book-better")
	require.NoError(t, err)
	c.Vocab = 10_000
	require.Equal(t, int64(10_000*650+10_000+2*4*650*(650+650+2)), c.ParameterCount())
	require.Greater(t, c.TrainingMemory(o), 4*3*c.ParameterCount())
}

// The names and sizes are those that PyTorch's AdaptiveLogSoftmaxWithLoss(100, 10000, [2000, 6000], head_bias=True) has.
func TestAdaptiveParameters(t *testing.T) {
	c := Config{Cell: RNN, Embed: 1, Hidden: 100, Layers: 1, Vocab: 10_000, Cutoffs: []int{2000, 6000}}
	require.NoError(t, c.Validate())
	require.Equal(t, []paramShape{
		{"decoder.head.weight", []int{2002, 100}}, {"decoder.head.bias", []int{2002}},
		{"decoder.tail.0.0.weight", []int{25, 100}}, {"decoder.tail.0.1.weight", []int{4000, 25}},
		{"decoder.tail.1.0.weight", []int{6, 100}}, {"decoder.tail.1.1.weight", []int{4000, 6}},
	}, c.params()[5:])
}

// What is said before memory is taken is near what is taken.
func TestTrainingMemory(t *testing.T) {
	for _, c := range []Config{{}, {Tied: true}, {Cutoffs: []int{700, 2000}}, {Tied: true, Cutoffs: []int{700, 2000}}} {
		c.Cell, c.Embed, c.Hidden, c.Layers, c.Vocab = LSTM, 96, 96, 1, 5000
		vocab, ids, o := wordsVocab(t, c.Vocab), walk(2000, c.Vocab, 1), DefaultOptions()
		o.Epochs = 1
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		m, err := New(c, vocab, 1)
		require.NoError(t, err)
		tr, err := newTrainer(m, ids, ids, o)
		require.NoError(t, err)
		require.NoError(t, tr.step())
		require.NoError(t, tr.validate(t.Context()))
		runtime.ReadMemStats(&after)
		near := 0.15
		if c.adaptive() {
			near = 0.45 // how many targets are in a cluster is only known after all
		}
		require.InEpsilon(t, c.TrainingMemory(o), after.TotalAlloc-before.TotalAlloc, near, "cutoffs %v", c.Cutoffs)
	}
}

// A vocabulary has the cutoffs that it reaches.
func TestConfigForAVocabulary(t *testing.T) {
	c := Config{Cutoffs: []int{4, 7}}
	for words, cutoffs := range map[int][]int{4: {}, 5: {4}, 7: {4}, 8: {4, 7}} {
		sized := c.For(words)
		require.Equal(t, words, sized.Vocab)
		require.Equal(t, cutoffs, sized.Cutoffs)
	}
	require.Equal(t, []int{4, 7}, c.Cutoffs)
}

// The configuration that a model gives away is not its own.
func TestConfigIsACopy(t *testing.T) {
	c := tinyConfig(LSTM)
	c.Cutoffs = []int{4}
	m := tinyModel(t, c, 9)
	c.Cutoffs[0] = 5
	m.Config().Cutoffs[0] = 6
	require.Equal(t, []int{4}, m.Config().Cutoffs)

	c.Cutoffs = []int{}
	require.True(t, tinyModel(t, c, 9).config.equal(tinyModel(t, tinyConfig(LSTM), 9).config), "none are none, as in a file")
}

func TestPresets(t *testing.T) {
	type preset struct {
		config  Config
		options Options
	}
	text := corpus.Options{EOS: true}
	book := Options{Batch: 20, BPTT: 35, Optimizer: "sgd", LR: 20, Clip: 0.25, Schedule: "plateau", Epochs: 40, Seed: 1, KeepBest: true}
	require.Equal(t, book, DefaultOptions())
	constant, slow, cosine := book, book, book
	constant.Schedule, constant.Epochs, constant.KeepBest = "constant", 4, false
	slow.Schedule, slow.Epochs, slow.KeepBest, slow.LR = "constant", 4, false, 1
	cosine.BPTT, cosine.Schedule, cosine.Epochs, cosine.DropoutWarmup, cosine.Precision = 20, "cosine", 40, 0.3, lane.BFloat16
	want := map[string]preset{
		"book-rnn":    {Config{Cell: RNN, Embed: 100, Hidden: 100, Layers: 1, Text: text}, slow},
		"book-lstm":   {Config{Cell: LSTM, Embed: 100, Hidden: 100, Layers: 1, Text: text}, constant},
		"book-better": {Config{Cell: LSTM, Embed: 650, Hidden: 650, Layers: 2, Dropout: 0.5, Tied: true, Text: text}, book},
		"best": {Config{
			Cell: LSTM, Embed: 650, Hidden: 650, Layers: 2, Text: text,
			Dropout: 0.5, Variational: true, WeightDrop: 0.25, EmbedDropout: 0.05, Tied: true, Cutoffs: []int{2000},
		}, cosine},
	}
	require.Len(t, want, len(Presets()))
	for _, name := range Presets() {
		c, o, err := Preset(name)
		require.NoError(t, err)
		require.Equal(t, want[name], preset{c, o}, name)
		require.NoError(t, c.Validate(), "of any vocabulary")
		require.Positive(t, c.TrainingMemory(o))
		c = c.For(100)
		require.Equal(t, 100, c.Vocab)
		require.NoError(t, c.Validate())
		require.NoError(t, o.Validate())
	}
	rates := map[string]float64{"sgd": 20, "momentum": 2, "adagrad": 0.1, "adam": 0.002, "adamw": 0.002}
	require.Len(t, rates, len(Optimizers()))
	for optimizer, rate := range rates {
		require.Equal(t, rate, DefaultLR(optimizer))
	}
	require.Zero(t, DefaultLR("none"))
	require.Equal(t, 0.9, optimizerNamed("momentum").make(1).(*nn.Momentum).Mu)
	_, _, err := Preset("book")
	require.ErrorContains(t, err, `preset "book": take one of book-rnn, book-lstm, book-better, best`)
}

func TestInitialisation(t *testing.T) {
	m := tinyModel(t, Config{Cell: LSTM, Embed: 64, Hidden: 100, Layers: 2}, 200)
	other, err := New(m.config, m.vocab, 2)
	require.NoError(t, err)
	for i, p := range m.Params() {
		if strings.Contains(p.Name, "weight") {
			require.NotEqual(t, p.Value.Data, other.Params()[i].Value.Data, "%s from another seed", p.Name)
		}
	}
	want := map[string]float64{
		"encoder.weight": 0.01, "decoder.weight": 0.1, "rnn.weight_ih_l0": 0.125, "rnn.weight_hh_l0": 0.1,
		"rnn.weight_ih_l1": 0.1, "rnn.weight_hh_l1": 0.1,
	}
	for _, p := range m.Params() {
		std := rms(p.Value.Data)
		if want[p.Name] == 0 {
			require.Zero(t, std, p.Name)
			continue
		}
		require.InEpsilon(t, want[p.Name], std, 0.05, p.Name)
	}
}
