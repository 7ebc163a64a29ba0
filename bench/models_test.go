package bench

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/lane-go/lane/models/corpus"
	"github.com/lane-go/lane/models/rnnlm"
	"github.com/lane-go/lane/models/word2vec"
)

// BenchmarkWord2vec trains on the built-in corpus.
func BenchmarkWord2vec(b *testing.B) {
	grammar := newGrammar(b)
	text := grammar.Text(1, 200_000, corpus.Options{})
	vocab, err := corpus.BuildVocab(text, corpus.VocabOptions{})
	if err != nil {
		b.Fatal(err)
	}
	stream, err := corpus.EncodeStream(text, vocab, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer stream.Close()
	overThreads(b, func(b *testing.B, threads string) {
		train := func(name string, o word2vec.Options) {
			b.Run(threads+"/"+name, func(b *testing.B) {
				o.Epochs = 1
				for b.Loop() {
					if _, err := word2vec.Train(context.Background(), stream, vocab, o); err != nil {
						b.Fatal(err)
					}
				}
				reportRate(b, int(stream.Len()), 1, "words/s")
			})
		}
		for _, model := range []word2vec.Architecture{word2vec.SkipGram, word2vec.CBOW} {
			for _, loss := range []word2vec.Loss{word2vec.NegativeSampling, word2vec.HierarchicalSoftmax, word2vec.Softmax} {
				o := word2vec.DefaultOptions()
				o.Model, o.Loss = model, loss
				train(fmt.Sprintf("model=%v/loss=%v", model, loss), o)
			}
		}
		o := word2vec.DefaultOptions()
		o.PrivateNegatives = true
		train("model=skipgram/loss=ns/negatives=private", o)
	})
}

// BenchmarkLanguageModel trains and judges the book's models over ten thousand words.
func BenchmarkLanguageModel(b *testing.B) {
	vocab := numberedWords(b)
	for _, preset := range rnnlm.Presets() {
		config, o, err := rnnlm.Preset(preset)
		if err != nil {
			b.Fatal(err)
		}
		model, err := rnnlm.New(config, vocab, 1)
		if err != nil {
			b.Fatal(err)
		}
		o.LR, o.Schedule, o.Epochs, o.KeepBest, o.Every = 1e-3, "constant", 1, false, time.Hour
		text := randomIDs(3*o.Batch*o.BPTT+o.Batch, int32(vocab.Len()))
		overThreads(b, func(b *testing.B, threads string) {
			b.Run(fmt.Sprintf("%s/preset=%s/pass=train", threads, preset), func(b *testing.B) {
				for b.Loop() {
					if _, err := rnnlm.Train(context.Background(), model, text, nil, o); err != nil {
						b.Fatal(err)
					}
				}
				reportRate(b, 3*o.Batch*o.BPTT, 1, "tokens/s")
			})
			b.Run(fmt.Sprintf("%s/preset=%s/pass=evaluate", threads, preset), func(b *testing.B) {
				judged := 0
				for b.Loop() {
					if _, judged, err = model.Perplexity(text, o.Batch, o.BPTT); err != nil {
						b.Fatal(err)
					}
				}
				reportRate(b, judged, 1, "tokens/s")
			})
		})
	}
}

// numberedWords is a vocabulary of ten thousand words: the end of a line, 1, 2 …
func numberedWords(b *testing.B) *corpus.Vocab {
	words := make([]string, 10_000)
	for i := range words {
		words[i] = fmt.Sprint(i)
	}
	words[0] = corpus.EOS
	vocab, err := corpus.NewVocab(words, nil)
	if err != nil {
		b.Fatal(err)
	}
	return vocab
}

// BenchmarkVocabulary counts the words of a text.
func BenchmarkVocabulary(b *testing.B) {
	grammar := newGrammar(b)
	var text []byte
	for s := grammar.Text(1, 200_000, corpus.Options{}).Scan(); s.Next(); text = append(text, '\n') {
		for _, token := range s.Tokens() {
			text = append(append(text, token...), ' ')
		}
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := corpus.BuildVocab(corpus.FromString(corpus.Options{}, "text", string(text)), corpus.VocabOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func newGrammar(b *testing.B) *corpus.Generator {
	g, err := corpus.NewGenerator(corpus.DefaultConfig())
	if err != nil {
		b.Fatal(err)
	}
	return g
}
