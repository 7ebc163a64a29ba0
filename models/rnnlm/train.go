package rnnlm

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/internal/atomicfile"
	"github.com/lane-go/lane/nn"
)

// Train teaches m the text train, by truncated backpropagation through time with carried state: train is cut into Batch streams of
// ⌊(n−1)/Batch⌋ tokens, walked side by side in windows of BPTT; what doesn't fill a window is left out; the state is zero at
// each epoch's start. A step minimises the mean cross-entropy of a window.
//
// After each epoch it judges valid, which may be empty, as Perplexity does in 10 streams and windows of BPTT, or in one stream if
// it is too short for that. When ctx is done it finishes the step, or gives up judging, writes the checkpoint if there is to be one, and
// returns ctx's error, wrapped. A training that is stopped leaves m as its last step did, to be resumed: neither averaged nor the best.
//
// The result is the same bits for any number of threads. Non-finite losses or gradients end the training with a *DivergenceError;
// [ErrLastCheckpoint] leaves m as a training without errors does.
func Train(ctx context.Context, m *Model, train, valid []int32, o Options) (Result, error) {
	t, err := newTrainer(m, train, valid, o)
	if err != nil {
		return Result{}, err
	}
	t.setPrecision(o.Precision)
	defer t.setPrecision(lane.Float32)
	err = t.run(ctx)
	return t.result(), err
}

// ErrLastCheckpoint is among the errors of a training that is over, whose model is complete: only its last checkpoint is not written.
var ErrLastCheckpoint = errors.New("the training is over, but for its last checkpoint")

// trainer is a training under way.
type trainer struct {
	position
	options  Options
	model    *Model
	params   []*nn.Param
	windows  *windows
	corpus   corpusHash
	pass     *pass
	output   nn.CrossEntropy
	judge    *judge // nil without a validation text
	schedule nn.Schedule
	optimize nn.Optimizer
	source   *rand.PCG // of dropout
	drops    []*nn.WeightDrop
	average  *nn.Average // nil until AverageFrom or NonMono asks for it
	losses   []float64   // of all validations so far, with NonMono
	best     [][]float32 // values of params after the best epoch, with KeepBest
	settled  bool        // the model is what the training came to

	report   tally
	speed    float64 // of the last report in which there was a window
	lastSave time.Time
	lastGood string   // file of the last checkpoint
	savedAt  position // its position
}

// position is where a training stands: with the arrays, all that the next step depends on.
type position struct {
	Epoch   int     `json:"epoch"`  // under way, from 1
	Window  int     `json:"window"` // the next one, from 0
	Step    int     `json:"step"`   // steps done
	Tokens  int64   `json:"tokens"`
	Seconds float64 `json:"seconds"`  // of training
	LossSum float64 `json:"loss_sum"` // of the epoch's windows
	Clipped int     `json:"clipped"`  // of the epoch's windows

	TrainLoss float64 `json:"train_loss"` // of the last full epoch
	ValidLoss float64 `json:"valid_loss"`
	BestLoss  float64 `json:"best_loss"`
	BestEpoch int     `json:"best_epoch"` // 0: none yet
	Waited    int     `json:"waited"`     // epochs since

	Last step `json:"last"`
}

// step is what one step of training showed.
type step struct {
	Loss float64 `json:"loss"`
	Norm float64 `json:"norm"`
	Rate float64 `json:"rate"`
}

func newTrainer(m *Model, train, valid []int32, o Options) (*trainer, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if err := m.checkIDs("training", train); err != nil {
		return nil, err
	}
	w, err := newWindows("training", train, o.Batch, o.BPTT)
	if err != nil {
		return nil, err
	}
	t := &trainer{
		position: position{Epoch: 1},
		options:  o,
		model:    m,
		params:   m.Params(),
		windows:  w,
		pass:     newPass(m, o.Batch, o.BPTT),
		output:   m.decoder.NewCrossEntropy(),
		schedule: newSchedule(o, o.Epochs*w.count()),
		optimize: optimizerNamed(o.Optimizer).make(o.LR),
		source:   rand.NewPCG(o.Seed, dropoutStream),
	}
	t.pass.addTraining(rand.New(t.source))
	t.addWeightDrop(rand.New(t.source))
	if len(valid) > 0 {
		if t.judge, err = newValidJudge(m, t.output, valid, o.BPTT); err != nil {
			return nil, err
		}
	}
	if o.Checkpoint != "" || o.Resume != nil {
		t.corpus = hashCorpus(train, valid)
	}
	if o.Resume != nil {
		if err := t.resume(o.Resume); err != nil {
			return nil, fmt.Errorf("rnnlm: cannot resume from %s: %w", o.Resume.path, err)
		}
	}
	return t, o.validateValid(valid)
}

func (t *trainer) addWeightDrop(rng *rand.Rand) {
	p := t.model.config.WeightDrop
	if p == 0 {
		return
	}
	for _, w := range t.params {
		if strings.HasPrefix(w.Name, "rnn.weight_hh") {
			t.drops = append(t.drops, nn.NewWeightDrop(float32(p), w, rng))
		}
	}
}

func (t *trainer) setPrecision(p lane.Precision) {
	for _, w := range t.params {
		w.Precision = p
	}
}

func (t *trainer) run(ctx context.Context) error {
	t.report.since, t.lastSave = time.Now(), time.Now()
	if t.options.Checkpoint != "" {
		atomicfile.Sweep(t.options.Checkpoint)
	}
	if t.lastGood == t.options.Checkpoint { // it has this very state
		t.savedAt = t.position
	} else { // better now than after an epoch if it can't be written
		if err := t.save(); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return t.stop(err)
	}
	var unsaved error
	for !t.done() {
		if t.Window == 0 {
			t.beginEpoch()
		}
		for t.Window < t.windows.count() {
			if err := t.step(); err != nil {
				return err
			}
			if err := t.afterStep(ctx); err != nil {
				return err
			}
		}
		if err := t.endEpoch(ctx); errors.Is(err, ErrLastCheckpoint) {
			unsaved = err
		} else if err != nil {
			return err
		}
	}
	t.settle()
	if !allFinite(t.params) {
		return t.divergedAfter("weights")
	}
	return unsaved
}

// beginEpoch starts from the zero state, and averages from now on if that is due.
func (t *trainer) beginEpoch() {
	t.pass.reset()
	if from := t.options.AverageFrom; from > 0 && t.Epoch >= from && t.average == nil {
		t.average = nn.NewAverage(t.params)
	}
}

// done reports whether all epochs are over, or patience is.
func (t *trainer) done() bool { return t.Epoch > t.options.Epochs || t.early() }

func (t *trainer) early() bool { return t.options.Patience > 0 && t.Waited >= t.options.Patience }

// step learns the next window.
func (t *trainer) step() error {
	start := time.Now()
	inputs, targets := t.windows.at(t.Window)
	nn.ZeroGrads(t.params)
	t.warmDropout()
	for _, d := range t.drops {
		d.Drop()
	}
	h := t.pass.forward(inputs)
	sum := t.output.Learn(t.pass.topGrad(inputs), h, targets, 1/float32(len(targets)))
	t.pass.backward(inputs)
	for _, d := range t.drops {
		d.Restore()
	}
	t.Last = step{
		Loss: sum / float64(len(targets)),
		Norm: nn.ClipNorm(t.params, 0),
		Rate: t.schedule.Rate(t.Step),
	}
	switch {
	case !finite(t.Last.Loss):
		return t.diverged("loss")
	case !finite(math.Exp(t.Last.Loss)): // a saturated model, finite and past learning
		return t.diverged("perplexity")
	case !finite(t.Last.Norm):
		return t.diverged("gradient norm")
	}
	t.optimize.SetRate(t.Last.Rate)
	t.setMomentum()
	t.optimize.StepScaled(t.params, nn.ClipFactor(t.Last.Norm, t.options.Clip))
	if t.average != nil {
		t.average.Add()
	}
	t.count(len(targets), time.Since(start).Seconds())
	return nil
}

// warmDropout lets the rates of dropout rise to the configuration's.
func (t *trainer) warmDropout() {
	if t.options.DropoutWarmup == 0 {
		return
	}
	steps := t.options.DropoutWarmup * float64(t.options.Epochs*t.windows.count())
	part := min(1, float64(t.Step)/steps)
	t.pass.setDropout(part)
	for _, d := range t.drops {
		d.SetP(float32(part * t.model.config.WeightDrop))
	}
}

// setMomentum lets the momentum fall while the rate of a one-cycle schedule rises.
func (t *trainer) setMomentum() {
	cycle, ok := t.schedule.(nn.OneCycle)
	if !ok {
		return
	}
	switch o := t.optimize.(type) {
	case *nn.Momentum:
		o.Mu = cycle.Momentum(t.Step)
	case *nn.Adam:
		o.Beta1 = cycle.Momentum(t.Step)
	case *nn.AdamW:
		o.Beta1 = cycle.Momentum(t.Step)
	}
}

// count books the step that is done.
func (t *trainer) count(tokens int, seconds float64) {
	t.Window++
	t.Step++
	t.Tokens += int64(tokens)
	t.Seconds += seconds
	t.LossSum += t.Last.Loss
	if t.options.Clip > 0 && t.Last.Norm > t.options.Clip {
		t.Clipped++
	}
	t.report.loss += t.Last.Loss
	t.report.windows++
	t.report.tokens += tokens
	t.report.seconds += seconds
}

// afterStep writes a checkpoint and reports when it is time to, and stops when ctx is done.
func (t *trainer) afterStep(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return t.stop(err)
	}
	if t.options.Checkpoint != "" && t.options.CheckpointEvery > 0 && time.Since(t.lastSave) >= t.options.CheckpointEvery {
		if err := t.save(); err != nil {
			return err
		}
	}
	if t.options.Progress == nil || time.Since(t.report.since) < t.options.Every {
		return nil
	}
	return t.tell(t.progress())
}

// stop leaves the training as it is, to be resumed.
func (t *trainer) stop(cause error) error {
	err := t.save()
	if diverged := (*DivergenceError)(nil); errors.As(err, &diverged) {
		return err
	}
	return errors.Join(fmt.Errorf("rnnlm: training stopped after step %d: %w", t.Step, cause), err)
}

// endEpoch judges the model and goes on to the next epoch.
func (t *trainer) endEpoch(ctx context.Context) error {
	p := t.progress()
	p.EpochEnd = true
	if t.judge != nil {
		if err := t.validate(ctx); err != nil {
			if cause := ctx.Err(); cause != nil && errors.Is(err, cause) { // the epoch ends again when the training is resumed
				return t.stop(err)
			}
			return err
		}
		p.ValidPerplexity, p.Best = perplexityOf(t.ValidLoss), t.BestEpoch == t.Epoch
	}
	t.TrainLoss = t.LossSum / float64(t.Window)
	t.Epoch, t.Window, t.LossSum, t.Clipped = t.Epoch+1, 0, 0, 0
	if err := t.tell(p); err != nil { // before the checkpoint, or what is killed between the two would never be told
		return err
	}
	err := t.save()
	if err != nil && t.done() {
		return fmt.Errorf("%w: %w", ErrLastCheckpoint, err)
	}
	return err
}
