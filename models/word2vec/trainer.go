package word2vec

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/internal/atomicfile"
	"github.com/lane-go/lane/models/corpus"
	"github.com/lane-go/lane/models/wordvec"
)

// Trainer is a training under way. It stands between two steps whenever none of its methods runs.
type Trainer struct {
	options Options
	stream  *corpus.Stream
	vocab   *corpus.Vocab
	in, out lane.Matrix
	readers []*reader
	learner learner
	rateAt  func(seen int64) float64 // is rate, made once

	state    state
	interval average // since the last report
}

// A learner is a loss and how its parameters are moved, round after round. A step is some rounds, between which the tables need not
// have what is learned.
type learner interface {
	tables() (in, out lane.Matrix)
	// seek makes the round at c the next one.
	seek(c cursor)
	// next describes the next round.
	next() *round
	// step learns from the next round and those that belong to its step, at a rate that depends on how many words are read, and makes
	// that the next which comes after them. It returns the summed loss of their pairs and how many pairs there were.
	step(rate func(seen int64) float64) (loss float64, pairs int64)
}

// state is everything that training remembers besides the tables: random numbers follow from the settings and the
// place in the text.
type state struct {
	Next   cursor    `json:"next"`   // where the next round begins
	Step   int64     `json:"step"`   // steps done
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
// open and unchanged until training ends. The input vectors start uniform in ±1/dim and the output
// vectors at 0, but for those in Options.Init and InitContext. [Options] says more.
//
// The errors are about the data and the options: no words, a vocabulary of one word, which leaves nothing to predict, or
// without counts, an option outside its range, a vocabulary too large for the full softmax, or a checkpoint that can't be read or is of
// another training.
func NewTrainer(stream *corpus.Stream, vocab *corpus.Vocab, o Options) (*Trainer, error) {
	o, err := o.validate()
	if err != nil {
		return nil, err
	}
	o = o.cut(stream, vocab)
	if err := checkText(stream, vocab, o); err != nil {
		return nil, err
	}
	t := &Trainer{options: o, stream: stream, vocab: vocab}
	t.rateAt = t.rate
	if t.readers, err = newReaders(stream, vocab, o, o.shards); err != nil {
		return nil, fmt.Errorf("word2vec: reading the text: %w", err)
	}
	if o.Loss == Softmax {
		t.learner = newSoftmax(t.readers, vocab, o)
	} else {
		t.learner = newRounds(t.readers, vocab, o)
	}
	t.in, t.out = t.learner.tables()
	if o.Resume != "" {
		return t, t.loadFile(o.Resume)
	}
	t.initialise()
	return t, nil
}

// checkText refuses a text that there is nothing, or too much, to be learned from.
func checkText(stream *corpus.Stream, vocab *corpus.Vocab, o Options) error {
	switch {
	case stream.Len() == 0:
		return errors.New("word2vec: the corpus is empty: none of its words is in the vocabulary; give more text or lower min-count")
	case vocab.Len() < 2:
		return fmt.Errorf("word2vec: the vocabulary has %d word; two at least are needed to tell one from another: give more text, lower min-count or raise max-vocab", vocab.Len())
	case vocab.Total() == 0:
		return errors.New("word2vec: the vocabulary has no counts: build it from the text")
	case o.Loss == Softmax:
		return checkSoftmax(vocab.Len(), o)
	}
	return nil
}

// initialise draws the input vectors, and takes those to begin with.
func (t *Trainer) initialise() {
	numbers := random(key(t.options.Seed, initialVectors, 0))
	for i := range t.in.Rows {
		row := t.in.Row(i)
		for j := range row {
			row[j] = (2*numbers.fraction() - 1) / float32(t.options.Dim)
		}
	}
	t.begin(t.in, t.options.Init)
	t.begin(t.out, t.options.InitContext)
}

// begin copies the vectors of words to their rows of a table.
func (t *Trainer) begin(table lane.Matrix, vectors *wordvec.Vectors) {
	if vectors == nil {
		return
	}
	for i, word := range t.vocab.Words() {
		if row, known := vectors.ID(word); known {
			copy(table.Row(i), vectors.Row(row))
		}
	}
}

// ErrLastCheckpoint is among the errors of a training that is over, whose model is complete: only its last checkpoint is not written.
var ErrLastCheckpoint = errors.New("the training is over, but for its last checkpoint")

// hopeless is a mean loss a pair, in nats, that only a training that has diverged can have: guessing costs the
// logarithm of the vocabulary's size.
const hopeless = 1e4

// Run trains until the last epoch is done. If the context is cancelled or Options.Progress fails, it finishes the step, writes the
// checkpoint if there is one, and returns that error; [Trainer.Model] is then what is learned so far, and
// Run may be called again to go on. A loss that is not finite, or absurd, ends training, and no checkpoint
// is written; the error names the step, the learning rate and the last checkpoint. [ErrLastCheckpoint] is no reason to throw the model away.
func (t *Trainer) Run(ctx context.Context) error {
	defer setThreads(t.options.Threads)()
	if t.options.Checkpoint != "" {
		atomicfile.Sweep(t.options.Checkpoint)
	}
	t.learner.seek(t.state.Next)
	t.stand() // which may be epochs later, if those between have no pairs
	clock := newClock(t.words())
	for {
		next := t.learner.next()
		if next.err != nil {
			return next.err
		}
		if next.done {
			break
		}
		if err := ctx.Err(); err != nil {
			return t.stop(err)
		}
		if err := t.step(); err != nil {
			return err
		}
		if err := t.report(clock); err != nil {
			return err
		}
	}
	if err := t.checkTrained(); err != nil {
		return err
	}
	if err := t.checkpoint(); err != nil {
		return fmt.Errorf("%w: %w", ErrLastCheckpoint, err)
	}
	return nil
}

// step takes the next step.
func (t *Trainer) step() error {
	next := t.learner.next()
	rate := t.rate(next.seen)
	loss, pairs := t.learner.step(t.rateAt)
	t.state.Step++
	if !(loss <= hopeless*float64(pairs)) { // NaN is not
		return t.diverged(fmt.Sprintf("the mean loss of a pair is %.6g", loss/float64(max(pairs, 1))), rate)
	}
	t.interval.add(loss, pairs)
	t.state.Epoch.add(loss, pairs)
	t.state.Pairs += pairs
	return nil
}

// rate returns the learning rate after so many words of the text, all epochs counted.
func (t *Trainer) rate(seen int64) float64 {
	return max(t.options.MinLR, t.options.LR*(1-float64(seen)/float64(t.total())))
}

func (t *Trainer) total() int64 { return int64(t.options.Epochs) * t.stream.Len() }

// words returns how many words of the text are read, all epochs counted.
func (t *Trainer) words() int64 {
	next := t.learner.next()
	if next.done {
		return t.total()
	}
	return next.seen
}

func (t *Trainer) diverged(what string, rate float64) error {
	last := "there is no checkpoint to go back to"
	if t.options.Checkpoint != "" {
		last = fmt.Sprintf("the last good state is in the checkpoint %q, if one was written", t.options.Checkpoint)
	}
	mend := "lower lr"
	if t.options.Loss == NegativeSampling { // what is drawn for a window moves a word once for each of its pairs
		mend += ", negative or window"
	}
	return fmt.Errorf("word2vec: training diverged: %s at step %d of epoch %d with learning rate %.6g: %s; %s",
		what, t.state.Step, min(t.state.Next.Epoch+1, t.options.Epochs), rate, mend, last)
}

// checkTrained makes sure that something was learned, and nothing but numbers.
func (t *Trainer) checkTrained() error {
	if t.state.Pairs == 0 {
		return errors.New("word2vec: no word has a neighbour, so there is nothing to learn: give longer sentences, or raise sample or set it to 0 to keep more words")
	}
	for _, table := range []lane.Matrix{t.in, t.out} {
		for i := range table.Rows {
			row := table.Row(i)
			if j := lane.IndexNonFinite(row); j >= 0 {
				return t.diverged(fmt.Sprintf("a parameter is %v", row[j]), t.rate(t.words()))
			}
		}
	}
	return nil
}

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
	next := t.learner.next()
	ended := next.err == nil && (next.done || next.epoch > epoch)
	t.stand()
	p := Progress{EpochEnd: ended, EpochLoss: t.state.Epoch.mean(), Epoch: epoch + 1}
	if ended {
		t.state.Losses = append(t.state.Losses, p.EpochLoss)
		t.state.Epoch = average{}
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

// stand makes where the next round begins the state's.
func (t *Trainer) stand() {
	next := t.learner.next()
	t.state.Next.Epoch, t.state.Next.Places = next.begin.Epoch, append(t.state.Next.Places[:0], next.begin.Places...)
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
	if err := atomicfile.WriteKeepingPrevious(t.options.Checkpoint, t.Save); err != nil {
		return fmt.Errorf("word2vec: the checkpoint is not written: %w", err)
	}
	return nil
}

// setThreads sets the engine's threads and returns what sets them back, once the last of several trainings at a time has ended.
func setThreads(n int) (restore func()) {
	if n == 0 {
		return func() {}
	}
	engine.Lock()
	defer engine.Unlock()
	if engine.trainings == 0 {
		engine.before = lane.Threads()
		if engine.before == runtime.GOMAXPROCS(0) {
			engine.before = 0
		}
	}
	engine.trainings++
	lane.SetThreads(n)
	return func() {
		engine.Lock()
		defer engine.Unlock()
		if engine.trainings--; engine.trainings == 0 {
			lane.SetThreads(engine.before)
		}
	}
}

// engine is what trainings that set the engine's threads share.
var engine struct {
	sync.Mutex
	trainings, before int
}
