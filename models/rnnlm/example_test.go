package rnnlm_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"github.com/lane-go/lane/models/corpus"
	"github.com/lane-go/lane/models/rnnlm"
)

// A model learns a rhyme by heart and recites it.
func Example() {
	rhyme := strings.Repeat("one two buckle my shoe\nthree four knock at the door\n", 40)
	text := corpus.FromString(corpus.Options{EOS: true}, "rhyme", rhyme)
	vocab, err := corpus.BuildVocab(text, corpus.VocabOptions{})
	if err != nil {
		log.Fatal(err)
	}
	ids, _, err := corpus.Encode(text, vocab)
	if err != nil {
		log.Fatal(err)
	}

	config := rnnlm.Config{Cell: rnnlm.LSTM, Embed: 16, Hidden: 16, Layers: 1, Text: text.Options()}
	m, err := rnnlm.New(config, vocab, 1)
	if err != nil {
		log.Fatal(err)
	}
	options := rnnlm.DefaultOptions()
	options.Batch, options.BPTT, options.Epochs = 4, 12, 20
	options.Optimizer, options.LR, options.Schedule = "adam", 0.02, "constant"
	if _, err := rnnlm.Train(context.Background(), m, ids, nil, options); err != nil {
		log.Fatal(err)
	}

	perplexity, tokens, err := m.Perplexity(ids, 1, 35)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("perplexity below 1.2 over %d tokens: %v\n", tokens, perplexity < 1.2)
	words, err := m.Generate("one two", 9, rnnlm.Sampling{})
	if err != nil {
		log.Fatal(err)
	}
	for word := range words {
		fmt.Print(word, " ")
	}
	// Output:
	// perplexity below 1.2 over 519 tokens: true
	// buckle my shoe <eos> three four knock at the
}

// A model that has learned nothing finds every word as likely as any other.
func ExampleModel_ScoreSentences() {
	vocab, err := corpus.NewVocab([]string{"<eos>", "to", "be", "or", "not"}, nil)
	if err != nil {
		log.Fatal(err)
	}
	config := rnnlm.Config{Cell: rnnlm.GRU, Embed: 8, Hidden: 8, Layers: 1, Text: corpus.Options{EOS: true}}
	m, err := rnnlm.New(config, vocab, 1)
	if err != nil {
		log.Fatal(err)
	}
	text := corpus.FromString(config.Text, "hamlet", "to be\nor not to be\n")
	for s, err := range m.ScoreSentences(text) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("line %d: log-probability %.0f of %d tokens, perplexity %.0f\n", s.Line, s.LogProbability, s.Tokens, s.Perplexity())
	}
	// Output:
	// line 1: log-probability -5 of 3 tokens, perplexity 5
	// line 2: log-probability -8 of 5 tokens, perplexity 5
}

// Through a plain recurrent layer the gradient shrinks or grows by the scale of its weights at every step back in time.
func ExampleGradientFlow() {
	for _, scale := range []float64{0.5, 1, 2} {
		f := rnnlm.DefaultFlow(rnnlm.RNN)
		f.Steps, f.Scale = 11, scale
		r, err := rnnlm.GradientFlow(f)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("scale %v: %.3g ten steps back\n", scale, r.Norms[0])
	}
	// Output:
	// scale 0.5: 0.000977 ten steps back
	// scale 1: 1 ten steps back
	// scale 2: 1.02e+03 ten steps back
}
