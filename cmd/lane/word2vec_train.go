package main

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lane-go/lane/models/corpus"
	"github.com/lane-go/lane/models/word2vec"
	"github.com/lane-go/lane/models/wordvec"
	"github.com/spf13/cobra"
)

// word2vecTraining is one call of "lane word2vec train".
type word2vecTraining struct {
	options                       word2vec.Options
	minCount                      int64
	maxVocab, phrases             int
	lowercase, updateVocab        bool
	init, initContext             string
	out, context, lossLog, report string
	quiet, asJSON                 bool
}

func newWord2vecTrain() *cobra.Command {
	t := word2vecTraining{options: word2vec.DefaultOptions()}
	c := &cobra.Command{
		Use:     "train [CORPUS...] -o VECTORS",
		Short:   "Train word vectors",
		Long:    "Train word vectors by skip-gram or CBOW. A line of the corpus is a sentence.\n" + corpusHelp,
		Example: "  lane word2vec train corpus.txt.zst -o vectors.bin\n  zcat *.gz | lane word2vec train - --model cbow --dim 300 -o vectors.vec",
		RunE:    t.run,
	}
	f, o := c.Flags(), &t.options
	f.StringVarP(&t.out, "output", "o", "", "file to write: .bin, .vec, .txt, .glove, .npy, .safetensors or .tsv (required); .gz or .zst packs the first four")
	textFlag(f, &o.Model, "model", "skipgram or cbow")
	textFlag(f, &o.Loss, "loss", "ns (negative sampling), softmax (the full one, for small vocabularies) or hs (hierarchical softmax)")
	f.IntVar(&o.Dim, "dim", o.Dim, "numbers a vector")
	f.IntVar(&o.Window, "window", o.Window, "words to each side that count as neighbours, at most")
	f.IntVar(&o.Negative, "negative", o.Negative, "words drawn against each true one, with --loss ns")
	f.Float64Var(&o.Sample, "sample", o.Sample, "threshold of dropping frequent words, 0 for none")
	f.Int64Var(&t.minCount, "min-count", 5, "leave out words seen less often")
	f.IntVar(&t.maxVocab, "max-vocab", 0, "keep the most frequent words only, 0 for all")
	f.BoolVar(&t.lowercase, "lowercase", false, "read the corpus in lower case")
	f.IntVar(&t.phrases, "phrases", 0, "so many times before, join pairs of words that come together often into one (see 'lane word2vec phrases')")
	f.IntVar(&o.Epochs, "epochs", o.Epochs, "passes over the corpus")
	f.Float64Var(&o.LR, "lr", 0, "learning rate at the start (default 0.025, for cbow 0.05)")
	f.Float64Var(&o.MinLR, "min-lr", o.MinLR, "learning rate at the end, at most --lr: give both for an --lr below this")
	f.BoolVar(&o.PrivateNegatives, "private-negatives", false, "draw negatives for every pair instead of once a window")
	textFlag(f, &o.Compat, "compat", "lane, or word2vec: CBOW's gradient undivided, skip-gram's negatives private, as word2vec.c and gensim have them")
	f.StringVar(&t.init, "init", "", "begin with the vectors in this file where it knows the words, and at its --dim")
	f.StringVar(&t.initContext, "init-context", "", "begin with the context vectors in this file, written by --save-context, not with zeros")
	f.BoolVar(&t.updateVocab, "update-vocab", false, "keep the words of --init, however rare they are in the corpus")
	f.BoolVar(&o.Hogwild, "hogwild", false, "let threads race: faster, but results differ from run to run and after --resume")
	f.Uint64Var(&o.Seed, "seed", o.Seed, "seed of all that is random")
	threadsFlag(c, &o.Threads)
	f.StringVar(&t.context, "save-context", "", "also write the context (output) vectors to this file")
	f.StringVar(&t.lossLog, "loss-log", "", "write every progress report to this file, one JSON object a line")
	f.StringVar(&t.report, "report", "", "draw loss, speed and a map of frequent words into this .html or .png")
	checkpointFlags(f, &o.Checkpoint, &o.CheckpointEvery, &o.Resume)
	quietFlag(f, &t.quiet)
	jsonFlag(c, &t.asJSON)
	return c
}

func (t *word2vecTraining) run(c *cobra.Command, args []string) error {
	if err := t.check(c, args); err != nil {
		return err
	}
	keep, err := t.begin(c)
	if err != nil {
		return err
	}
	text := openText(c, corpus.Options{Units: corpus.Words, Lowercase: t.lowercase}, args)
	defer text.Close()
	say := newProgress(c.ErrOrStderr(), "words", 0, t.quiet)
	sayIfUnkept(say, t.options.Checkpoint, t.options.Resume)
	// Phrases are seen 5 times by default, but need not be more frequent than words.
	text, err = joinPhrases(text, corpus.PhraseOptions{MinCount: min(5, t.minCount)}, t.phrases, say, func(*corpus.Phrases) {})
	if err != nil {
		return err
	}
	vocab, err := corpus.BuildVocab(text, corpus.VocabOptions{MinCount: t.minCount, MaxSize: t.maxVocab, Keep: keep, Progress: say.counting()})
	if err != nil {
		return err
	}
	warnUndercount(say, text, vocab)
	for _, path := range []string{t.out, t.context} {
		if err := wordvec.CheckSave(path, vocab.Words(), t.options.Dim); path != "" && err != nil {
			return err
		}
	}
	// Two tables of four bytes a number.
	tables := 8 * int64(vocab.Len()) * int64(t.options.Dim)
	if err := checkMemory(fmt.Sprintf("training %d words at --dim %d", vocab.Len(), t.options.Dim), tables, "lower --dim or --max-vocab, or raise --min-count"); err != nil {
		return err
	}
	stream, err := corpus.EncodeStream(text, vocab, 0)
	if err != nil {
		return err
	}
	defer stream.Close()
	say.say("%s: %d words of %d types, %d left out as rare", text.Name(), stream.Len(), vocab.Len(), stream.OOV())
	return t.train(c, text.Name(), stream, vocab)
}

// train trains, reporting, and writes what comes of it.
func (t *word2vecTraining) train(c *cobra.Command, name string, stream *corpus.Stream, vocab *corpus.Vocab) error {
	log := newEventLog(c, t.lossLog, t.options.Resume != "", t.asJSON)
	defer log.close()
	words := int64(t.options.Epochs) * stream.Len()
	bar := newProgress(c.ErrOrStderr(), "words", words, t.quiet)
	done := doneEvent{Event: "done", Words: words}
	var curve word2vecCurve
	t.options.Progress = func(p word2vec.Progress) error {
		done.PerSecond = p.PerSecond
		curve.add(p)
		bar.at(p.Words, p.PerSecond, fmt.Sprintf("epoch %d  loss %.4f  lr %.5f", p.Epoch, p.Loss, p.LR))
		if p.EpochEnd {
			bar.endEpoch(p.Epoch == t.options.Epochs, "epoch %d: loss %.4f, %.0f words/s", p.Epoch, p.EpochLoss, p.PerSecond)
		}
		log.write(word2vecEvent{"progress", p.Epoch, p.Words, p.PerSecond, p.Loss, p.LR}, p.Words)
		return nil
	}
	outliveReaders()
	saving.Store(t.options.Checkpoint != "")
	defer saving.Store(false)
	start := time.Now()
	model, err := word2vec.Train(c.Context(), stream, vocab, t.options)
	bar.clear()
	if err != nil && !errors.Is(err, word2vec.ErrLastCheckpoint) {
		return ended(err, name, t.options.Checkpoint)
	}
	saving.Store(true)
	done.Seconds = time.Since(start).Seconds()
	if err := errors.Join(t.save(model, name, curve), err); err != nil {
		return err
	}
	return log.done(bar, done, t.out)
}

// begin reads the vectors that training begins with, and returns the words that the vocabulary is to have for them.
func (t *word2vecTraining) begin(c *cobra.Command) (keep []string, err error) {
	o := &t.options
	for _, f := range []struct {
		path string
		dst  **wordvec.Vectors
	}{{t.init, &o.Init}, {t.initContext, &o.InitContext}} {
		if f.path == "" {
			continue
		}
		if *f.dst, err = wordvec.Load(f.path); err != nil {
			return nil, err
		}
	}
	if o.Init == nil {
		return nil, nil
	}
	if !c.Flags().Changed("dim") {
		o.Dim = o.Init.Dim()
	}
	if t.updateVocab {
		keep = o.Init.Words
	}
	if err := o.Validate(); err != nil {
		return nil, usageError{err}
	}
	return keep, nil
}

// check refuses what can be seen to be wrong before any work is done.
func (t *word2vecTraining) check(c *cobra.Command, args []string) error {
	if err := checkGiven(c); err != nil {
		return err
	}
	if err := setThreads(t.options.Threads); err != nil {
		return err
	}
	if t.minCount < 1 || t.maxVocab < 0 {
		return usagef("--min-count %d --max-vocab %d: --min-count must be at least 1 and --max-vocab 0 (all) or more", t.minCount, t.maxVocab)
	}
	if t.phrases < 0 || t.phrases > maxPasses {
		return usagef("--phrases %d: it must be from 0 to %d", t.phrases, maxPasses)
	}
	if t.init == "" && (t.updateVocab || t.initContext != "") {
		return usagef("--update-vocab and --init-context go with the vectors to begin with: add --init VECTORS")
	}
	if err := checkReadOnce(slices.Concat(args, []string{t.init, t.initContext})); err != nil {
		return err
	}
	if err := t.options.Validate(); err != nil {
		return usageError{err}
	}
	if t.out == "" {
		return usagef("word2vec train: say where the vectors go, as in -o vectors.bin")
	}
	if t.context != "" && t.options.Loss == word2vec.HierarchicalSoftmax {
		return usagef("--save-context: hierarchical softmax learns no context vectors of words: take --loss ns or softmax")
	}
	for _, path := range []string{t.out, t.context} {
		if err := wordvec.CheckEnding(path); path != "" && err != nil {
			return usageError{err}
		}
	}
	if err := checkUnmixed(t.asJSON, t.out); err != nil {
		return err
	}
	if err := checkReport(t.report); err != nil {
		return err
	}
	if err := checkEvery(c, t.options.CheckpointEvery); err != nil {
		return err
	}
	if err := checkRate(c, t.options.LR); err != nil {
		return err
	}
	inputs := slices.Concat(args, wordvec.InputFiles(t.init), wordvec.InputFiles(t.initContext))
	outputs := slices.Concat(wordvec.Files(t.out), wordvec.Files(t.context), []string{t.report})
	return checkTrainingFiles(inputs, outputs, t.lossLog, t.options.Checkpoint, t.options.Resume)
}

// save writes the vectors, and then what may fail by itself: those of the context, and the report.
func (t *word2vecTraining) save(model *word2vec.Model, name string, curve word2vecCurve) error {
	vectors, err := model.Vectors()
	if err != nil {
		return err
	}
	if err := vectors.Save(t.out); err != nil {
		return err
	}
	if t.context != "" {
		context, err := model.Context()
		if err != nil {
			return err
		}
		if err := context.Save(t.context); err != nil {
			return err
		}
	}
	if t.report == "" {
		return nil
	}
	words, err := mapOfWords(vectors)
	if err != nil {
		return err
	}
	return writeReport(t.report, "Word vectors of "+name, append(curve.charts(), words))
}

type word2vecEvent struct {
	Event     string  `json:"event"`
	Epoch     int     `json:"epoch"`
	Words     int64   `json:"words"`
	PerSecond float64 `json:"per_sec"`
	Loss      float64 `json:"loss"`
	LR        float64 `json:"lr"`
}
