package rnnlm

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/models/corpus"
)

var presets = []struct {
	name   string
	config Config
	train  func(*Options)
}{
	{
		"book-rnn",
		Config{Cell: RNN, Embed: 100, Hidden: 100, Layers: 1},
		func(o *Options) { o.LR, o.Schedule, o.Epochs, o.KeepBest = 1, "constant", 4, false },
	},
	{
		"book-lstm",
		Config{Cell: LSTM, Embed: 100, Hidden: 100, Layers: 1},
		func(o *Options) { o.Schedule, o.Epochs, o.KeepBest = "constant", 4, false },
	},
	{
		"book-better",
		Config{Cell: LSTM, Embed: 650, Hidden: 650, Layers: 2, Dropout: 0.5, Tied: true},
		func(o *Options) {},
	},
	{
		"best",
		Config{
			Cell: LSTM, Embed: 650, Hidden: 650, Layers: 2,
			Dropout: 0.5, Variational: true, WeightDrop: 0.25, EmbedDropout: 0.05, Tied: true, Cutoffs: []int{2000},
		},
		func(o *Options) {
			o.BPTT, o.Schedule, o.Epochs, o.DropoutWarmup, o.Precision = 20, "cosine", 40, 0.3, lane.BFloat16
		},
	},
}

// Presets lists the names that Preset knows.
func Presets() []string {
	var names []string
	for _, p := range presets {
		names = append(names, p.name)
	}
	return names
}

// Preset returns the architecture and recipe of one of the book's models: book-rnn (100/100, plain, rate 1), book-lstm (100/100, rate 20)
// and book-better (650/650, two layers, dropout 0.5, tied, rate 20 divided by 4 on plateaus, 40 epochs); or of "best". All take batches of
// 20 and clip at 0.25, those of the book windows of 35, on words with "<eos>" at line ends.
//
// "best" is the architecture of book-better, trained with products in bfloat16: the rate falls along half a cosine, so that the end does not
// depend on plateaus; what is dropped stays dropped for a window (Gal & Ghahramani 2016), of recurrent weights and of words
// too (Merity, Keskar & Socher 2018), ever more of it until three tenths of the training are over (Morerio et al. 2017); words beyond the
// first 2000 share a cluster (Grave et al. 2017), and windows are 20 steps. On the Penn Treebank its validation perplexity ends at 77.6.
func Preset(name string) (Config, Options, error) {
	for _, p := range presets {
		if p.name == name {
			p.config.Text = corpus.Options{EOS: true}
			p.config.Cutoffs = slices.Clone(p.config.Cutoffs)
			o := DefaultOptions()
			p.train(&o)
			return p.config, o, nil
		}
	}
	return Config{}, Options{}, fmt.Errorf("rnnlm: preset %q: take one of %s", name, strings.Join(Presets(), ", "))
}
