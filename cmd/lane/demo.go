package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/models/corpus"
	"github.com/lane-go/lane/models/rnnlm"
	"github.com/lane-go/lane/models/word2vec"
	"github.com/lane-go/lane/models/wordvec"
	"github.com/spf13/cobra"
)

// demoResult is what the demo comes to. Accuracies are from 0 to 1.
type demoResult struct {
	Analogies  float64 `json:"analogies"`
	Control    float64 `json:"control"` // analogies after the same training on shuffled words
	Perplexity float64 `json:"perplexity"`
	Floor      float64 `json:"floor"` // of the very text that Perplexity judges
	Unigram    float64 `json:"unigram"`
	Trigram    float64 `json:"trigram"`
	Seconds    float64 `json:"seconds"`
}

func newDemo() *cobra.Command {
	var asJSON, quiet bool
	var threads int
	c := &cobra.Command{
		Use:   "demo",
		Short: "Train both models on the built-in corpus and show what they learned",
		Long: `Train both models on the built-in corpus and show what they learned.

Word vectors are asked the analogies planted in the corpus, and asked again after the
same training on the same words in random order. A language model is judged by the perplexity of text it has not seen,
between the exact floor, which no model can go below, and what a unigram and a trigram reach.`,
		Example: "  lane demo\n  lane demo --json",
		Args:    arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := setThreads(threads); err != nil {
				return err
			}
			d := demo{demoSize: fullDemo, ctx: c.Context(), out: c.OutOrStdout(), watch: c.ErrOrStderr(), quiet: quiet}
			if asJSON {
				d.out = io.Discard
			}
			if err := d.run(); err != nil {
				return err
			}
			if asJSON {
				return printJSON(c, d.result)
			}
			return nil
		},
	}
	threadsFlag(c, &threads)
	quietFlag(c.Flags(), &quiet)
	jsonFlag(c, &asJSON)
	return c
}

// A demoSize says how much a demo trains.
type demoSize struct {
	tokens, heldOut int // of the built-in corpus
	dim             int // of word vectors
	hidden, epochs  int // of the language model
}

var fullDemo = demoSize{tokens: trainTokens, heldOut: heldOutTokens, dim: 64, hidden: 128, epochs: 3}

type demo struct {
	demoSize
	ctx     context.Context
	out     io.Writer
	watch   io.Writer // for progress
	quiet   bool
	grammar *corpus.Generator
	result  demoResult
}

func (d *demo) run() error {
	start := time.Now()
	d.grammar = builtinGrammar()
	fmt.Fprintf(d.out, "The built-in corpus: %s tokens, ends of sentences among them, of %d types, and %s more, held out.\n",
		thousands(int64(d.tokens)), d.grammar.Vocab().Len(), thousands(int64(d.heldOut)))
	if err := d.sample(3); err != nil {
		return err
	}
	if err := d.vectors(); err != nil {
		return err
	}
	if err := d.languageModel(); err != nil {
		return err
	}
	d.result.Seconds = time.Since(start).Seconds()
	fmt.Fprintf(d.out, "\n%.0f s on %d threads with the %s kernels.\n", d.result.Seconds, lane.Threads(), lane.SetName())
	return nil
}

// text is what there is to learn.
func (d *demo) text(o corpus.Options) *corpus.Text { return d.grammar.Text(trainSample, d.tokens, o) }

// sample prints the first lines of the corpus.
func (d *demo) sample(lines int) error {
	s := d.text(corpus.Options{}).Scan()
	defer s.Close()
	for range lines {
		if !s.Next() {
			break
		}
		fmt.Fprintf(d.out, "  %s\n", bytes.Join(s.Tokens(), []byte(" ")))
	}
	return s.Err()
}

// vectors trains word vectors, and others on shuffled words, and asks both.
func (d *demo) vectors() error {
	fmt.Fprint(d.out, "\nWord vectors (skip-gram, negative sampling)\n")
	text := d.text(corpus.Options{})
	vectors, err := d.trainVectors(text)
	if err != nil {
		return err
	}
	shuffled, err := corpus.Shuffle(text, 1)
	if err != nil {
		return err
	}
	control, err := d.trainVectors(shuffled)
	if err != nil {
		return err
	}
	var questions bytes.Buffer
	if err := d.grammar.WriteAnalogies(&questions); err != nil {
		return err
	}
	learned, err := vectors.EvalAnalogies(bytes.NewReader(questions.Bytes()), "planted analogies", 0)
	if err != nil {
		return err
	}
	chance, err := control.EvalAnalogies(&questions, "planted analogies", 0)
	if err != nil {
		return err
	}
	d.result.Analogies, d.result.Control = learned.Accuracy, chance.Accuracy
	fmt.Fprintf(d.out, "  %-24s %10s %22s\n", "planted analogies", "answered", "with words shuffled")
	for i, s := range learned.Sections {
		fmt.Fprintf(d.out, "  %-24s %9.1f%% %21.1f%%\n", s.Section, 100*s.Accuracy, 100*chance.Sections[i].Accuracy)
	}
	fmt.Fprintf(d.out, "  %-24s %9.1f%% %21.1f%%\n", fmt.Sprintf("all %s", thousands(int64(learned.Total))), 100*learned.Accuracy, 100*chance.Accuracy)
	return d.examples(vectors)
}

func (d *demo) trainVectors(text *corpus.Text) (*wordvec.Vectors, error) {
	vocab, err := corpus.BuildVocab(text, corpus.VocabOptions{})
	if err != nil {
		return nil, err
	}
	stream, err := corpus.EncodeStream(text, vocab, 0)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	o := word2vec.DefaultOptions()
	o.Dim = d.dim
	bar := newProgress(d.watch, "words", int64(o.Epochs)*stream.Len(), d.quiet)
	o.Progress = func(p word2vec.Progress) error {
		bar.at(p.Words, p.PerSecond, fmt.Sprintf("word vectors, loss %.3f", p.Loss))
		return nil
	}
	model, err := word2vec.Train(d.ctx, stream, vocab, o)
	bar.clear()
	if err != nil {
		return nil, err
	}
	return model.Vectors()
}

// examples shows, for the first question of each section, the answer and the
// neighbours of the word asked for.
func (d *demo) examples(v *wordvec.Vectors) error {
	fmt.Fprintln(d.out)
	for _, s := range d.grammar.Analogies() {
		q := s.Questions()[0]
		answers, err := v.Analogy(q[0], q[1], q[2], 1)
		if err != nil {
			return err
		}
		verdict := "right"
		if answers[0].Word != q[3] {
			verdict = "wrong, it is " + q[3]
		}
		near, err := v.Similar([]string{q[3]}, nil, 4)
		if err != nil {
			return err
		}
		var neighbours []string
		for _, n := range near {
			neighbours = append(neighbours, n.Word)
		}
		fmt.Fprintf(d.out, "  %s is to %s as %s is to %s (%s); near %s: %s\n", q[0], q[1], q[2], answers[0].Word, verdict, q[3], strings.Join(neighbours, ", "))
	}
	return nil
}

// languageModel trains a language model and judges it by the held-out text.
func (d *demo) languageModel() error {
	fmt.Fprint(d.out, "\nLanguage model (LSTM)\n")
	words := corpus.Options{EOS: true}
	text := d.text(words)
	vocab, err := corpus.BuildVocab(text, corpus.VocabOptions{})
	if err != nil {
		return err
	}
	train, _, err := corpus.Encode(text, vocab)
	if err != nil {
		return err
	}
	heldOut, oov, err := corpus.Encode(d.grammar.Text(heldOutSample, d.heldOut, words), vocab)
	if err != nil {
		return err
	}
	if oov > 0 {
		return fmt.Errorf("demo: %d held-out words are not in the text to learn: it is too short", oov)
	}
	if err := d.baselines(vocab, train, heldOut); err != nil {
		return err
	}
	model, err := rnnlm.New(rnnlm.Config{Cell: rnnlm.LSTM, Embed: d.hidden, Hidden: d.hidden, Layers: 1, Text: words}, vocab, 1)
	if err != nil {
		return err
	}
	curve, err := d.trainLanguageModel(model, train)
	if err != nil {
		return err
	}
	// One stream, so that it is judged on the whole text, as the floor is.
	d.result.Perplexity, _, err = model.Perplexity(heldOut, 1, 100)
	if err != nil {
		return err
	}
	d.perplexities()
	d.drawCurve(curve)
	return d.speak(model)
}

// baselines computes what the perplexity is compared with, on the same text.
func (d *demo) baselines(vocab *corpus.Vocab, train, heldOut []int32) error {
	floor, err := d.grammar.CrossEntropy(vocab, heldOut)
	if err != nil {
		return err
	}
	d.result.Floor = math.Exp(floor)
	d.result.Unigram = math.Exp(corpus.NewNGram(1, train, vocab.Len()).CrossEntropy(heldOut))
	d.result.Trigram = math.Exp(corpus.NewNGram(3, train, vocab.Len()).CrossEntropy(heldOut))
	return nil
}

func (d *demo) perplexities() {
	fmt.Fprint(d.out, "  perplexity of held-out text\n")
	for _, row := range []struct {
		name       string
		perplexity float64
	}{
		{"unigram", d.result.Unigram},
		{"trigram (Kneser-Ney)", d.result.Trigram},
		{"LSTM", d.result.Perplexity},
		{"exact floor", d.result.Floor},
	} {
		fmt.Fprintf(d.out, "    %-22s %8.2f\n", row.name, row.perplexity)
	}
	fmt.Fprintf(d.out, "  the LSTM is %.1f%% above the floor\n\n", 100*(d.result.Perplexity/d.result.Floor-1))
}

// trainLanguageModel returns the perplexity of training, at as many steps as the picture is wide.
func (d *demo) trainLanguageModel(model *rnnlm.Model, train []int32) (curve []float64, err error) {
	o := rnnlm.DefaultOptions()
	o.Optimizer, o.LR, o.Clip, o.Schedule, o.Epochs, o.KeepBest = "adam", 0.01, 1, "onecycle", d.epochs, false
	var bar *progress
	loss, since := 0.0, 0
	o.Progress = func(p rnnlm.Progress) error {
		if p.EpochEnd {
			return nil
		}
		loss += p.Loss
		if p.Step*drawnWidth/p.Steps == len(curve) {
			return nil
		}
		if bar == nil {
			bar = newProgress(d.watch, "tokens", int64(p.Steps), d.quiet)
		}
		perplexity := math.Exp(loss / float64(p.Step-since))
		curve = append(curve, perplexity)
		bar.at(int64(p.Step), p.PerSec, fmt.Sprintf("language model, perplexity %.2f", perplexity))
		loss, since = 0, p.Step
		return nil
	}
	_, err = rnnlm.Train(d.ctx, model, train, nil, o)
	if bar != nil {
		bar.clear()
	}
	return curve, err
}

// drawCurve draws the perplexity in training, on a logarithmic scale, and the
// two lines it should pass and approach.
func (d *demo) drawCurve(perplexities []float64) {
	if len(perplexities) < 2 {
		return
	}
	var learned, trigram, floor []float64
	for _, p := range perplexities {
		learned = append(learned, math.Log(p))
		trigram = append(trigram, math.Log(d.result.Trigram))
		floor = append(floor, math.Log(d.result.Floor))
	}
	fmt.Fprintln(d.out, drawLines([][]float64{trigram, floor, learned}, "·▔━",
		func(v float64) string { return fmt.Sprintf("%7.1f", math.Exp(v)) },
		"perplexity while learning ━, a trigram's ·, the exact floor ▔"))
}

func (d *demo) speak(model *rnnlm.Model) error {
	words, err := model.Generate("", 60, rnnlm.Sampling{Temperature: 1, Seed: 1})
	if err != nil {
		return err
	}
	text := model.Config().Text.Units.Join(slices.Collect(words))
	fmt.Fprint(d.out, "\n  It says:\n")
	for line := range strings.Lines(text) {
		fmt.Fprintf(d.out, "    %s\n", strings.TrimSuffix(line, "\n"))
	}
	return nil
}
