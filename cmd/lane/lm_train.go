package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lane-go/lane/models/corpus"
	"github.com/lane-go/lane/models/rnnlm"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// lmTraining is one call of "lane lm train".
type lmTraining struct {
	config                rnnlm.Config
	options               rnnlm.Options
	preset, valid, resume string
	minCount              int64
	threads               int
	out, log, report      string
	quiet, asJSON         bool
}

func newLMTrain() *cobra.Command {
	var t lmTraining
	c := &cobra.Command{
		Use:   "train [CORPUS] -o MODEL",
		Short: "Train a recurrent language model",
		Long: `Train a recurrent language model on a text, by truncated backpropagation
through time. A line ends with the token <eos>. ` + corpusHelp + `

A preset sets architecture and recipe, and best bfloat16 too; flags beside it override it. When resuming, both are
those of the checkpoint, and only --patience may be given anew and, unless --dropout-warmup or a
schedule other than plateau and constant stretches over them, --epochs.

--adaptive takes the time out of a large vocabulary's output layer (Grave et al.
2017): only the words before the first cutoff are weighed against each other for every
token, the rarer ones in clusters, where they occur, on a quarter of the hidden state, a
sixteenth and so on. Perplexities compare with those of the softmax over all words, but
the models differ: by up to 5% on the Penn Treebank, either way. --tied, the words of all
clusters share the embedding's weight, and see the whole hidden state.

--dropout-warmup lets what is dropped grow with the steps, as a model overfits late and learns
fast while little is dropped: with much dropout and few epochs.

--average-from averages the weights over all steps of an epoch and those after it (averaged SGD), with
--schedule constant: the mean is better than any of them, by a tenth and more on the Penn Treebank.

--precision bfloat16 rounds what training multiplies to eight bits of significand; sums,
weights and steps stay float32, and so does what validation computes. It is faster on CPUs with
AMX, or of AMD with AVX512_BF16, only, and costs no perplexity that shows.`,
		Example: "  lane lm train train.txt --valid valid.txt --preset book-lstm -o model.safetensors\n" +
			"  lane lm train train.txt --valid valid.txt --preset book-lstm --adaptive 2000,6000 --average-from 3 -o model.safetensors\n" +
			"  lane lm train novel.txt.gz --vocab chars --hidden 256 --epochs 10 -o model.safetensors",
		Args: arguments(cobra.MaximumNArgs(1)),
		RunE: t.run,
	}
	t.config = rnnlm.Config{Cell: rnnlm.LSTM, Embed: 650, Hidden: 650, Layers: 2, Dropout: 0.5, Text: corpus.Options{EOS: true}}
	t.options = rnnlm.DefaultOptions()
	f := c.Flags()
	f.StringVarP(&t.out, "output", "o", "", "file to write, .safetensors (required)")
	f.StringVar(&t.valid, "valid", "", "text to validate on after each epoch")
	f.StringVar(&t.preset, "preset", "", "architecture and recipe: "+strings.Join(rnnlm.Presets(), ", "))
	t.recipeFlags(f)
	f.Int64Var(&t.minCount, "min-count", 1, "replace words seen less often by <unk>")
	threadsFlag(c, &t.threads)
	f.StringVar(&t.log, "log", "", "write every progress report to this file, one JSON object a line")
	f.StringVar(&t.report, "report", "", "draw perplexity, gradient norm and speed into this .html or .png")
	checkpointFlags(f, &t.options.Checkpoint, &t.options.CheckpointEvery, &t.resume)
	quietFlag(f, &t.quiet)
	jsonFlag(c, &t.asJSON)
	return c
}

// recipeFlags are the flags that decide what is trained and how: those that a
// preset sets and that a checkpoint brings along.
func (t *lmTraining) recipeFlags(f *pflag.FlagSet) {
	m, o := &t.config, &t.options
	f.StringVar((*string)(&m.Cell), "cell", string(m.Cell), "lstm, gru or rnn")
	f.IntVar(&m.Embed, "embed", m.Embed, "numbers a word's embedding")
	f.IntVar(&m.Hidden, "hidden", m.Hidden, "units a layer")
	f.IntVar(&m.Layers, "layers", m.Layers, "recurrent layers, one on the other")
	f.Float64Var(&m.Dropout, "dropout", m.Dropout, "probability of dropping an activation in training")
	f.BoolVar(&m.Variational, "variational", false, "drop the same units through all steps of a window")
	f.Float64Var(&m.EmbedDropout, "embed-dropout", m.EmbedDropout, "probability of dropping a word's embedding wherever it occurs in a window")
	f.Float64Var(&m.WeightDrop, "weight-drop", m.WeightDrop, "probability of dropping an element of a recurrent weight for a window")
	f.Float64Var(&o.DropoutWarmup, "dropout-warmup", o.DropoutWarmup, "part of the training, up to 1, through which all of these rise from 0")
	f.Var((*cutoffs)(&m.Cutoffs), "adaptive", "adaptive softmax: ids from which rarer words form clusters, such as 2000,6000; 0 for a softmax over all words")
	f.BoolVar(&m.Tied, "tied", false, "use the embedding as the weight of the output layer (--embed must be --hidden)")
	textFlag(f, &m.Text.Units, "vocab", "what a token is: words or chars")
	f.BoolVar(&m.Text.Lowercase, "lowercase", false, "read the text in lower case")
	f.IntVar(&o.Batch, "batch", o.Batch, "streams of text learned side by side")
	f.IntVar(&o.BPTT, "bptt", o.BPTT, "steps that gradients flow back through")
	f.StringVar(&o.Optimizer, "optimizer", o.Optimizer, strings.Join(rnnlm.Optimizers(), ", "))
	f.Float64Var(&o.LR, "lr", 0, "learning rate (default that of the optimizer: "+defaultRates()+")")
	f.Float64Var(&o.Clip, "clip", o.Clip, "largest norm of the gradient, 0 for any")
	f.StringVar(&o.Schedule, "schedule", "", strings.Join(rnnlm.Schedules(), ", ")+" (default plateau with a text to validate on, --valid or the built-in one's, else cosine)")
	f.IntVar(&o.Epochs, "epochs", o.Epochs, "passes over the text")
	f.IntVar(&o.Patience, "patience", 0, "stop after so many epochs without a better validation, 0 for never")
	f.IntVar(&o.AverageFrom, "average-from", o.AverageFrom, "average the weights from this epoch on, 0 for never")
	f.IntVar(&o.NonMono, "nonmono", o.NonMono, "average the weights from when validation is worse than the best of all but the last N epochs (NT-ASGD), 0 for never")
	textFlag(f, &o.Precision, "precision", "of training's products: float32 or bfloat16")
	f.Uint64Var(&o.Seed, "seed", o.Seed, "seed of all that is random")
}

func defaultRates() string {
	var rates []string
	for _, optimizer := range rnnlm.Optimizers() {
		rates = append(rates, fmt.Sprint(optimizer, " ", rnnlm.DefaultLR(optimizer)))
	}
	return strings.Join(rates, ", ")
}

func (t *lmTraining) run(c *cobra.Command, args []string) error {
	checkpoint, err := t.prepare(c, args)
	if err != nil {
		return err
	}
	say := newProgress(c.ErrOrStderr(), "tokens", 0, t.quiet)
	sayIfUnkept(say, t.options.Checkpoint, t.resume)
	text, valid := t.texts(c, args)
	defer text.Close()
	var model *rnnlm.Model
	if checkpoint != nil {
		model = checkpoint.Model
		if checkpoint.Epoch > t.options.Epochs {
			say.say("%s is beyond epoch %d: nothing more is learned", t.resume, t.options.Epochs)
		}
	} else if model, err = t.newModel(say, text); err != nil {
		return err
	}
	ids, _, err := encodeAll(say, text, model.Vocab())
	if err != nil {
		return err
	}
	var validIDs []int32
	if valid != nil {
		defer valid.Close()
		if validIDs, _, err = encodeAll(say, valid, model.Vocab()); err != nil {
			return err
		}
		if len(validIDs) < 2 {
			return fmt.Errorf("%s: the validation text has %d tokens of the vocabulary, and there is nothing to predict in fewer than 2: name another", valid.Name(), len(validIDs))
		}
	}
	config := model.Config()
	say.say("%s: %s parameters, about %s MB to train; %d tokens, %d types", architecture(config), thousands(config.ParameterCount()),
		thousands(config.TrainingMemory(t.options)>>20), len(ids), model.Vocab().Len())
	if !t.options.Precision.Native() {
		say.say("this CPU has no instructions for %v: training takes a little longer than with --precision float32", t.options.Precision)
	}
	return t.train(c, text.Name(), model, ids, validIDs)
}

// prepare settles architecture and recipe, and refuses what can be seen to be
// wrong before any work is done.
func (t *lmTraining) prepare(c *cobra.Command, args []string) (checkpoint *rnnlm.Checkpoint, err error) {
	if err := checkGiven(c); err != nil {
		return nil, err
	}
	if err := setThreads(t.threads); err != nil {
		return nil, err
	}
	if t.minCount < 1 {
		return nil, usagef("--min-count %d: it must be at least 1", t.minCount)
	}
	if t.out == "" {
		return nil, usagef("lm train: say where the model goes, as in -o model.safetensors")
	}
	if err := checkReadOnce(append(slices.Clone(args), t.valid)); err != nil {
		return nil, err
	}
	if err := checkModelEnding(t.out); err != nil {
		return nil, err
	}
	if err := checkUnmixed(t.asJSON, t.out); err != nil {
		return nil, err
	}
	if err := checkReport(t.report); err != nil {
		return nil, err
	}
	if err := checkEvery(c, t.options.CheckpointEvery); err != nil {
		return nil, err
	}
	if err := checkRate(c, t.options.LR); err != nil {
		return nil, err
	}
	if t.resume != "" {
		if checkpoint, err = t.resumed(c); err != nil {
			return nil, err
		}
	} else if err := t.recipe(c, args); err != nil {
		return nil, err
	}
	if err := t.options.Validate(); err != nil {
		return nil, usageError{err}
	}
	return checkpoint, checkTrainingFiles(append(slices.Clone(args), t.valid), []string{t.out, t.report}, t.log, t.options.Checkpoint, t.resume)
}

// checkModelEnding refuses a name that would hide what the file is. Devices are
// named as they are.
func checkModelEnding(path string) error {
	info, err := os.Stat(path)
	device := err == nil && !info.Mode().IsRegular() || isStandard(path)
	if strings.ToLower(filepath.Ext(path)) != ".safetensors" && !device {
		return usagef("-o %s: name a file that ends in .safetensors", path)
	}
	return nil
}

// recipe fills in what flags leave open, from the preset if there is one.
func (t *lmTraining) recipe(c *cobra.Command, args []string) error {
	if t.preset != "" {
		given := changed(c)
		config, options, err := rnnlm.Preset(t.preset)
		if err != nil {
			return usageError{err}
		}
		options.Checkpoint, options.CheckpointEvery = t.options.Checkpoint, t.options.CheckpointEvery
		if optimizer, ok := given["optimizer"]; ok && optimizer != options.Optimizer {
			options.LR = 0 // the preset's is for its own
		}
		t.config, t.options = config, options
		for name, value := range given {
			if err := c.Flags().Set(name, value); err != nil {
				return usageError{err}
			}
		}
	}
	if t.options.LR == 0 {
		t.options.LR = rnnlm.DefaultLR(t.options.Optimizer)
	}
	validated := t.valid != "" || len(args) == 0 // the built-in corpus has held-out text
	if t.options.Schedule == "" {
		t.options.Schedule = "cosine"
		if validated {
			t.options.Schedule = "plateau"
		}
	}
	if !validated && (t.options.Schedule == "plateau" || t.options.Patience > 0 || t.options.NonMono > 0) {
		return usagef("the schedule plateau, which presets of the book have, --patience and --nonmono look at a validation text: name one by --valid, or give another --schedule")
	}
	if err := t.config.Validate(); err != nil {
		return usageError{err}
	}
	return nil
}

// resumed takes architecture and recipe from the checkpoint.
func (t *lmTraining) resumed(c *cobra.Command) (*rnnlm.Checkpoint, error) {
	recipe := pflag.NewFlagSet("", pflag.ContinueOnError)
	new(lmTraining).recipeFlags(recipe)
	given := changed(c)
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if name == "preset" || name == "min-count" || recipe.Lookup(name) != nil && name != "epochs" && name != "patience" {
			return nil, usagef("--%s beside --resume: architecture and recipe are those of the checkpoint", name)
		}
	}
	checkpoint, err := rnnlm.LoadCheckpoint(t.resume)
	if err != nil {
		return nil, err
	}
	asked := t.options
	t.config, t.options = checkpoint.Model.Config(), checkpoint.Options
	t.options.Checkpoint, t.options.CheckpointEvery, t.options.Resume = asked.Checkpoint, asked.CheckpointEvery, checkpoint
	if _, ok := given["epochs"]; ok {
		t.options.Epochs = asked.Epochs
	}
	if _, ok := given["patience"]; ok {
		t.options.Patience = asked.Patience
	}
	return checkpoint, t.checkMemory(t.config, "resume where there is more, or train anew with a lower --hidden, --embed, --layers, --batch or --bptt")
}

// changed returns the flags that were given, and their values.
func changed(c *cobra.Command) map[string]string {
	given := map[string]string{}
	c.Flags().Visit(func(f *pflag.Flag) { given[f.Name] = f.Value.String() })
	return given
}

// texts returns the text to learn and the one to validate on, nil for none.
func (t *lmTraining) texts(c *cobra.Command, args []string) (train, valid *corpus.Text) {
	train = openText(c, t.config.Text, args)
	switch {
	case t.valid != "":
		valid = corpus.Files(t.config.Text, t.valid).WithContext(c.Context())
	case len(args) == 0:
		valid = heldOutText(t.config.Text)
	}
	return train, valid
}

func (t *lmTraining) newModel(say *progress, text *corpus.Text) (*rnnlm.Model, error) {
	vocab, err := corpus.BuildVocab(text, corpus.VocabOptions{MinCount: t.minCount, Unknown: t.minCount > 1, Progress: say.counting()})
	if err != nil {
		return nil, err
	}
	warnUndercount(say, text, vocab)
	sized := t.config.For(vocab.Len())
	if len(sized.Cutoffs) < len(t.config.Cutoffs) {
		say.say("%s: %d types, less than the adaptive softmax is cut at: the cutoffs beyond them are left out", text.Name(), vocab.Len())
	}
	if err := sized.Validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", text.Name(), err)
	}
	if err := t.checkMemory(sized, "lower --hidden, --embed, --layers, --batch or --bptt, or raise --min-count"); err != nil {
		return nil, err
	}
	model, err := rnnlm.New(sized, vocab, t.options.Seed)
	if err != nil {
		return nil, err
	}
	return model, model.CheckSave()
}

func (t *lmTraining) checkMemory(c rnnlm.Config, mend string) error {
	return checkMemory("training "+architecture(c), c.TrainingMemory(t.options), mend)
}

// encodeAll returns the ids of a text, and how many of its tokens the vocabulary lacks, of which it tells.
func encodeAll(say *progress, text *corpus.Text, vocab *corpus.Vocab) (ids []int32, oov int64, err error) {
	ids, oov, err = corpus.Encode(text, vocab)
	if err == nil && oov > 0 {
		const message = "%s: %d tokens are not in the vocabulary: "
		if _, ok := vocab.ID(corpus.Unknown); ok {
			say.say(message+"read as <unk>", text.Name(), oov)
		} else {
			say.warn(message+"left out, as it has no <unk>; lm train --min-count 2 makes one", text.Name(), oov)
		}
	}
	return ids, oov, err
}

// reportEvery is how often a training reports.
const reportEvery = time.Second

func (t *lmTraining) train(c *cobra.Command, name string, model *rnnlm.Model, ids, valid []int32) error {
	log := newEventLog(c, t.log, t.resume != "", t.asJSON)
	defer log.close()
	var bar *progress
	var curve lmCurve
	t.options.Every = reportEvery
	t.options.Progress = func(p rnnlm.Progress) error {
		if bar == nil {
			bar = newProgress(c.ErrOrStderr(), "tokens", int64(p.Steps), t.quiet)
		}
		bar.at(int64(p.Step), p.PerSec, fmt.Sprintf("epoch %d  train perplexity %s  lr %.4g", p.Epoch, perplexity(p.TrainPerplexity), p.LR))
		if p.EpochEnd {
			bar.endEpoch(p.Epoch == t.options.Epochs, "epoch %d: train perplexity %s%s, lr %.4g", p.Epoch, perplexity(p.TrainPerplexity), validation(p), p.LR)
		}
		curve.add(p)
		log.write(struct {
			Event string `json:"event"`
			rnnlm.Progress
		}{"progress", p}, int64(p.Step))
		return nil
	}
	outliveReaders()
	saving.Store(t.options.Checkpoint != "")
	defer saving.Store(false)
	result, err := rnnlm.Train(c.Context(), model, ids, valid, t.options)
	if bar != nil {
		bar.clear()
	}
	if err != nil && !errors.Is(err, rnnlm.ErrLastCheckpoint) {
		return ended(err, name, t.options.Checkpoint)
	}
	saving.Store(true)
	if err := errors.Join(model.Save(t.out), err); err != nil {
		return err
	}
	if t.report != "" {
		if err := writeReport(t.report, "Language model of "+name, curve.charts()); err != nil {
			return err
		}
	}
	say := newProgress(c.ErrOrStderr(), "tokens", 0, t.quiet)
	if result.ValidPerplexity > 0 {
		which := ""
		if t.options.KeepBest {
			which = fmt.Sprintf(" (best after epoch %d)", result.BestEpoch)
		}
		say.say("validation perplexity %s%s", perplexity(result.ValidPerplexity), which)
	}
	return log.done(say, doneEvent{Event: "done", Seconds: result.Seconds, Tokens: result.Tokens, PerSecond: result.PerSec}, t.out)
}

func validation(p rnnlm.Progress) string {
	if p.ValidPerplexity == 0 {
		return ""
	}
	return ", validation " + perplexity(p.ValidPerplexity)
}
