package word2vec

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"time"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/internal/atomicfile"
	"github.com/lane-go/lane/models/corpus"
)

// Trainer is a training under way. It stands between two batches whenever none of its methods runs.
type Trainer struct {
	options   Options
	stream    *corpus.Stream
	vocab     *corpus.Vocab
	in, out   lane.Matrix
	objective objective
	feeder    *feeder

	batch, next *batch // the one to learn from, and room for the one after it
	state       state
	interval    average // since the last report
}

// An objective is a loss and its gradient over one batch.
type objective interface {
	// gradient computes the summed loss of the batch, the number of pairs in it, and the gradient, which it keeps. It calls meanwhile
	// once, possibly on another thread.
	gradient(b *batch, rate float32, meanwhile func()) (loss float64, pairs int64)
	// apply moves the parameters by −rate times that gradient.
	apply()
}

// state is everything that training remembers besides the tables: random numbers follow from the settings and the
// place in the text.
type state struct {
	Next   cursor    `json:"next"`   // where the next batch begins
	Step   int64     `json:"step"`   // batches done
	Pairs  int64     `json:"pairs"`  // pairs learned from, in all
	Epoch  average   `json:"epoch"`  // of the epoch under way
	Losses []float64 `json:"losses"` // mean loss a pair of each epoch done
}

// average is a mean under way.
type average struct {
	Sum   float64 `json:"sum"`
	Pairs int64   `json:"pairs"`
}

func (a *average) add(loss float64, pairs int64) {
	a.Sum += loss
	a.Pairs += pairs
}

func (a average) mean() float64 {
	if a.Pairs == 0 {
		return 0
	}
	return a.Sum / float64(a.Pairs)
}

// NewTrainer prepares a training on the sentences of stream, whose ids are those of vocab. The stream must stay
// open and unchanged until training ends. The input vectors start uniform in ±½/dim, the output
// vectors at 0. Options.Checkpoint and Resume are as in [Train].
//
// The errors are about the data and the options: no words, a vocabulary of one word, which leaves nothing to predict, or
// without counts, an option outside its range, a vocabulary too large for the full softmax, or a checkpoint that can't be read or is of
// another training.
func NewTrainer(stream *corpus.Stream, vocab *corpus.Vocab, o Options) (*Trainer, error) {
	o, err := o.validate()
	if err != nil {
		return nil, err
	}
	switch {
	case stream.Len() == 0:
		return nil, errors.New("word2vec: the corpus is empty: none of its words is in the vocabulary; give more text or lower min-count")
	case vocab.Len() < 2:
		return nil, fmt.Errorf("word2vec: the vocabulary has %d word; two at least are needed to tell one from another: give more text or lower min-count", vocab.Len())
	case vocab.Total() == 0:
		return nil, errors.New("word2vec: the vocabulary has no counts: build it from the text")
	}
	if o.batch == 0 {
		o.batch = batchSize(vocab, o)
	}
	if o.Loss == Softmax {
		if err := checkSoftmax(vocab.Len(), o); err != nil {
			return nil, err
		}
	}
	outputs := vocab.Len()
	if o.Loss == HierarchicalSoftmax {
		outputs-- // inner nodes of the tree
	}
	t := &Trainer{
		options: o, stream: stream, vocab: vocab,
		in: lane.NewMatrix(vocab.Len(), o.Dim), out: lane.NewMatrix(outputs, o.Dim),
		feeder: newFeeder(stream, vocab, o, o.batch),
	}
	t.batch, t.next = t.feeder.newBatch(), t.feeder.newBatch()
	if o.Loss == Softmax {
		t.objective = newSoftmax(t.in, t.out, o)
	} else {
		t.objective = newWindows(t.in, t.out, vocab, o, o.batch)
	}
	if o.Resume != "" {
		return t, t.loadFile(o.Resume)
	}
	random := newSource()
	random.start(o.Seed, initialVectors, 0, 0)
	for i := range t.in.Data {
		t.in.Data[i] = (random.Float32() - 0.5) / float32(o.Dim)
	}
	return t, nil
}

const (
	maxBatch = 256

	// stability bounds the learning rate times the terms of a batch's loss that one row is in. A term's second
	// derivative along a row x is at most |y|²/4, so that the steps of a row converge while the bound
	// times |y|²/4 is below 2. On a vocabulary of 24 words at a learning rate of 0.2, skip-gram with negatives diverges
	// with a bound of 2.5 and learns with 1 nearly what it learns from one window after the other.
	stability = 1

	// hopeless is a mean loss a pair, in nats, that only a training that has diverged can have: guessing costs the
	// logarithm of the vocabulary's size.
	hopeless = 1e4
)

// batchSize returns how many centre words' gradients are taken at the same parameters. Large batches share out well among
// threads; but their gradients of one row add up, and where one word is in most windows, a large step
// overshoots, which one after the other would not. So the batch is as large as keeps the expected terms of the most frequent
// row times the learning rate below a bound: a few words for a vocabulary of two.
func batchSize(vocab *corpus.Vocab, o Options) int {
	terms := expectedTerms(vocab, o)
	return int(max(1, min(maxBatch, stability/(o.LR*terms))))
}

// expectedTerms returns in how many terms of a centre word's loss the most frequent row is expected to be.
func expectedTerms(vocab *corpus.Vocab, o Options) float64 {
	subsampler := corpus.NewSubsampler(vocab, o.Sample)
	var kept, mostKept, noise, mostNoise float64
	for id, count := range vocab.Counts() {
		k, n := float64(count)*subsampler.Keep(int32(id)), math.Pow(float64(count), 0.75)
		kept, noise = kept+k, noise+n
		mostKept, mostNoise = max(mostKept, k), max(mostNoise, n)
	}
	share := mostKept / kept
	pairs := 1.0 // a centre word
	if o.Model == SkipGram {
		pairs = float64(o.Window + 1) // twice the mean of 1 … window
	}
	switch o.Loss {
	case NegativeSampling:
		negatives := float64(o.Negative)
		return pairs * max(share*(1+negatives), share+negatives*mostNoise/noise)
	case HierarchicalSoftmax:
		return pairs // the root
	default:
		return 4 * pairs * share // every row is in every window: on 24 words it diverges at a rate of 0.1 without this factor
	}
}

// Run trains until the last epoch is done. If the context is cancelled or Options.Progress fails, it finishes the batch, writes the
// checkpoint if there is one, and returns that error; [Trainer.Model] is then what is learned so far, and
// Run may be called again to go on. A loss that is not finite, or absurd, ends training before the batch's
// gradients are added; the error names the step, the learning rate and the last checkpoint.
func (t *Trainer) Run(ctx context.Context) error {
	defer setThreads(t.options.Threads)()
	t.feeder.seek(t.state.Next)
	t.feeder.fill(t.batch)
	clock := newClock(t.words())
	prepareNext := func() { t.feeder.fill(t.next) }
	for {
		if t.batch.err != nil {
			return t.batch.err
		}
		if t.batch.done {
			break
		}
		if err := ctx.Err(); err != nil {
			return t.stop(err)
		}
		if err := t.step(prepareNext); err != nil {
			return err
		}
		if err := t.report(clock); err != nil {
			return err
		}
	}
	if err := t.checkTrained(); err != nil {
		return err
	}
	return t.checkpoint()
}

// step learns from the batch and makes the next one the batch.
func (t *Trainer) step(prepareNext func()) error {
	rate := t.rate(t.batch.seen)
	loss, pairs := t.objective.gradient(t.batch, float32(rate), prepareNext)
	t.state.Step++
	if !(loss <= hopeless*float64(pairs)) { // NaN is not
		return t.diverged(fmt.Sprintf("the mean loss of a pair is %.6g", loss/float64(max(pairs, 1))), rate)
	}
	t.objective.apply()
	t.interval.add(loss, pairs)
	t.state.Epoch.add(loss, pairs)
	t.state.Pairs += pairs
	t.state.Next = t.batch.next
	t.batch, t.next = t.next, t.batch
	return nil
}

// rate returns the learning rate after so many words of the text, all epochs counted.
func (t *Trainer) rate(seen int64) float64 {
	return max(t.options.MinLR, t.options.LR*(1-float64(seen)/float64(t.total())))
}

func (t *Trainer) total() int64 { return int64(t.options.Epochs) * t.stream.Len() }

// words returns how many words of the text are read, all epochs counted.
func (t *Trainer) words() int64 {
	if t.batch.done {
		return t.total()
	}
	return t.batch.seen
}

func (t *Trainer) diverged(what string, rate float64) error {
	last := "there is no checkpoint to go back to"
	if t.options.Checkpoint != "" {
		last = fmt.Sprintf("the last good state is in the checkpoint %q, if one was written", t.options.Checkpoint)
	}
	return fmt.Errorf("word2vec: training diverged: %s at step %d of epoch %d with learning rate %.6g; lower lr; %s",
		what, t.state.Step, min(t.state.Next.Epoch+1, t.options.Epochs), rate, last)
}

// checkTrained makes sure that something was learned, and nothing but numbers.
func (t *Trainer) checkTrained() error {
	if t.state.Pairs == 0 {
		return errors.New("word2vec: no word has a neighbour, so there is nothing to learn: give longer sentences, or raise sample or set it to 0 to keep more words")
	}
	for _, table := range []lane.Matrix{t.in, t.out} {
		if s := lane.Sum(table.Data); !isFinite(s) { // may overflow where no element does
			for _, v := range table.Data {
				if !isFinite(v) {
					return t.diverged(fmt.Sprintf("a parameter is %v", v), t.rate(t.words()))
				}
			}
		}
	}
	return nil
}

func isFinite(x float32) bool { return x-x == 0 }

// A clock says when reports and checkpoints are due.
type clock struct {
	start, lastReport, lastCheckpoint time.Time
	startWords                        int64
}

func newClock(startWords int64) *clock {
	now := time.Now()
	return &clock{start: now, lastReport: now, lastCheckpoint: now, startWords: startWords}
}

// report closes an epoch that is done and does what is due after a step.
func (t *Trainer) report(c *clock) error {
	now := time.Now()
	epoch := t.state.Next.Epoch
	ended := t.batch.err == nil && (t.batch.done || t.batch.epoch > epoch)
	p := Progress{EpochEnd: ended, EpochLoss: t.state.Epoch.mean(), Epoch: epoch + 1}
	if ended {
		t.state.Losses = append(t.state.Losses, p.EpochLoss)
		t.state.Epoch = average{}
		t.state.Next = cursor{Epoch: epoch + 1}
	}
	if t.options.Progress != nil && (ended || now.Sub(c.lastReport) >= t.options.ProgressEvery) {
		p.Words, p.Total = t.words(), t.total()
		p.PerSecond = float64(p.Words-c.startWords) / max(now.Sub(c.start).Seconds(), 1e-9)
		p.Loss, p.LR = t.interval.mean(), t.rate(p.Words)
		t.interval, c.lastReport = average{}, now
		if err := t.options.Progress(p); err != nil {
			return t.stop(err)
		}
	}
	if t.options.Checkpoint != "" && now.Sub(c.lastCheckpoint) >= t.options.CheckpointEvery {
		c.lastCheckpoint = now
		return t.checkpoint()
	}
	return nil
}

// stop returns the reason to end early, with the checkpoint written.
func (t *Trainer) stop(reason error) error {
	if err := t.checkpoint(); err != nil {
		return errors.Join(reason, err)
	}
	return reason
}

// checkpoint writes the state to the file for it, if there is one.
func (t *Trainer) checkpoint() error {
	if t.options.Checkpoint == "" {
		return nil
	}
	err := atomicfile.KeepPrevious(t.options.Checkpoint)
	if err == nil {
		err = atomicfile.Write(t.options.Checkpoint, t.Save)
	}
	if err != nil {
		return fmt.Errorf("word2vec: the checkpoint is not written: %w", err)
	}
	return nil
}

// setThreads sets the engine's threads and returns what sets them back.
func setThreads(n int) (restore func()) {
	before := lane.Threads()
	if n == 0 || n == before {
		return func() {}
	}
	lane.SetThreads(n)
	if before == runtime.GOMAXPROCS(0) {
		before = 0
	}
	return func() { lane.SetThreads(before) }
}
