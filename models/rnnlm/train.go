package rnnlm

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
)

// Progress is how far a training has come.
type Progress struct {
	Epoch    int     `json:"epoch"` // from 1
	Step     int     `json:"step"`  // windows learned so far
	Steps    int     `json:"steps"` // of the whole training
	Tokens   int64   `json:"tokens"`
	Seconds  float64 `json:"seconds"`   // of training so far, what it was resumed from included; validation and checkpoints are not
	PerSec   float64 `json:"per_sec"`   // tokens a second since the last report
	Loss     float64 `json:"loss"`      // mean cross-entropy since the last report, nats a token
	LR       float64 `json:"lr"`        // of the last step
	Norm     float64 `json:"norm"`      // global norm of the last step's gradients, before clipping
	ClipRate float64 `json:"clip_rate"` // fraction of the epoch's steps whose gradients were clipped

	// TrainPerplexity is that of the epoch so far, by the model as it was at each step.
	TrainPerplexity float64 `json:"train_perplexity"`

	Averaging bool `json:"averaging,omitempty"` // steps go into the average

	EpochEnd        bool    `json:"epoch_end,omitempty"`        // the epoch is over
	ValidPerplexity float64 `json:"valid_perplexity,omitempty"` // then, with a validation text
	Best            bool    `json:"best,omitempty"`             // no epoch had a better one
}

// Result is what a training came to.
type Result struct {
	Epochs          int     `json:"epochs"`
	Steps           int     `json:"steps"`
	Tokens          int64   `json:"tokens"`
	Seconds         float64 `json:"seconds"` // of training alone: validation and checkpoints excluded
	PerSec          float64 `json:"per_sec"` // tokens a second
	TrainPerplexity float64 `json:"train_perplexity"`
	ValidPerplexity float64 `json:"valid_perplexity,omitempty"` // of the model as it is now
	BestEpoch       int     `json:"best_epoch,omitempty"`
	Early           bool    `json:"early,omitempty"` // stopped by Patience
}

// DivergenceError says that a training's numbers became infinite or NaN. The step that showed it has changed nothing.
type DivergenceError struct {
	What        string // which isn't finite: "loss", "gradient norm", "weights" or "validation loss"
	Epoch, Step int    // from 1
	Rate        float64
	Loss, Norm  float64
	Checkpoint  string // the last good one's file, or ""
}

// Error names the step, the rate, the gradient's norm, and the way back.
func (e *DivergenceError) Error() string {
	s := fmt.Sprintf("rnnlm: training diverged: the %s is not finite at step %d of epoch %d (rate %v, gradient norm %v, loss %v): lower the rate or clip more",
		e.What, e.Step, e.Epoch, e.Rate, e.Norm, e.Loss)
	if e.Checkpoint == "" {
		return s + "; there is no checkpoint"
	}
	return s + "; the last good checkpoint is " + e.Checkpoint
}

// Train teaches m the text train, by truncated backpropagation through time with carried state: train is cut into Batch streams of
// ⌊(n−1)/Batch⌋ tokens, walked side by side in windows of BPTT; what doesn't fill a window is left out; the state is zero at
// each epoch's start. A step minimises the mean cross-entropy of a window.
//
// After each epoch it judges valid, which may be empty, as Perplexity does in 10 streams and windows of BPTT, or in one stream if
// it is too short for that. When ctx is done it finishes the step, writes the checkpoint if there is to be one, and
// returns ctx's error, wrapped.
//
// The result is the same bits for any number of threads. Non-finite losses or gradients end the training with a *DivergenceError.
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

// validBatch is how many streams a validation text is judged in.
const validBatch = 10

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

	report   tally
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

// tally gathers what is reported next.
type tally struct {
	loss    float64
	windows int
	tokens  int
	seconds float64
	since   time.Time
}

func newTrainer(m *Model, train, valid []int32, o Options) (*trainer, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if err := o.validateValid(valid); err != nil {
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
		optimize: newOptimizer(o.Optimizer, o.LR),
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
			return nil, err
		}
	}
	return t, nil
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

func newValidJudge(m *Model, out nn.CrossEntropy, valid []int32, bptt int) (*judge, error) {
	batch := validBatch
	if (len(valid)-1)/batch < bptt {
		batch = 1
	}
	return newJudge(m, out, "validation", valid, batch, bptt)
}

func (t *trainer) run(ctx context.Context) error {
	t.report.since, t.lastSave = time.Now(), time.Now()
	if t.lastGood != t.options.Checkpoint { // better now than after an epoch if it can't be written
		if err := t.save(); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return t.stop(err)
	}
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
		if err := t.endEpoch(); err != nil {
			return err
		}
	}
	t.settle()
	if !allFinite(t.params) {
		return t.diverged("weights")
	}
	return nil
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
	t.output.PackTraining()
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

// tell reports, and stops the training if the listener says so.
func (t *trainer) tell(p Progress) error {
	t.report = tally{since: time.Now()}
	if t.options.Progress == nil {
		return nil
	}
	if err := t.options.Progress(p); err != nil {
		return t.stop(err)
	}
	return nil
}

// stop leaves the training as it is, to be resumed.
func (t *trainer) stop(cause error) error {
	if err := t.save(); err != nil {
		return err
	}
	return fmt.Errorf("rnnlm: training stopped after step %d: %w", t.Step, cause)
}

func (t *trainer) progress() Progress {
	p := Progress{
		Epoch:           t.Epoch,
		Step:            t.Step,
		Steps:           t.options.Epochs * t.windows.count(),
		Tokens:          t.Tokens,
		Seconds:         t.Seconds,
		LR:              t.Last.Rate,
		Norm:            t.Last.Norm,
		ClipRate:        float64(t.Clipped) / float64(max(t.Window, 1)),
		TrainPerplexity: perplexityOf(t.LossSum / float64(max(t.Window, 1))),
		Loss:            t.Last.Loss,
		Averaging:       t.average != nil,
	}
	if t.report.windows > 0 {
		p.Loss = t.report.loss / float64(t.report.windows)
		p.PerSec = float64(t.report.tokens) / max(t.report.seconds, 1e-9) // coarse clocks see none pass
	}
	return p
}

// endEpoch judges the model and goes on to the next epoch.
func (t *trainer) endEpoch() error {
	p := t.progress()
	p.EpochEnd = true
	t.TrainLoss = t.LossSum / float64(t.Window)
	if t.judge != nil {
		if err := t.validate(); err != nil {
			return err
		}
		p.ValidPerplexity, p.Best = perplexityOf(t.ValidLoss), t.BestEpoch == t.Epoch
	}
	t.Epoch, t.Window, t.LossSum, t.Clipped = t.Epoch+1, 0, 0, 0
	if err := t.save(); err != nil {
		return err
	}
	return t.tell(p)
}

// validate judges the model, or its average if there is one, and keeps it if it is the best so far.
func (t *trainer) validate() error {
	if t.average != nil {
		t.average.Swap()
		defer t.average.Swap()
	}
	t.setPrecision(lane.Float32)
	sum, tokens := t.judge.judge()
	t.setPrecision(t.options.Precision)
	t.ValidLoss = sum / float64(tokens)
	if !finite(t.ValidLoss) {
		return t.diverged("validation loss")
	}
	if plateau, ok := t.schedule.(*nn.Plateau); ok {
		plateau.Observe(t.ValidLoss)
	}
	t.Waited++
	if t.BestEpoch == 0 || t.ValidLoss < t.BestLoss {
		t.BestLoss, t.BestEpoch, t.Waited = t.ValidLoss, t.Epoch, 0
		t.keepBest()
	}
	t.watch()
	return nil
}

// watch begins to average when validation has stopped getting better, as NonMono says.
func (t *trainer) watch() {
	n := t.options.NonMono
	if n == 0 || t.average != nil {
		return
	}
	if early := len(t.losses) - n; early > 0 && t.ValidLoss > slices.Min(t.losses[:early]) {
		t.average = nn.NewAverage(t.params)
		return
	}
	t.losses = append(t.losses, t.ValidLoss)
}

func (t *trainer) keepBest() {
	if !t.options.KeepBest {
		return
	}
	if t.best == nil {
		t.best = make([][]float32, len(t.params))
	}
	for i, p := range t.params {
		t.best[i] = append(t.best[i][:0], p.Value.Data...)
	}
}

// settle makes the model what the training came to: the best one if it was kept, else the average if there is one.
func (t *trainer) settle() {
	if t.best == nil && t.average != nil {
		t.average.Swap()
	}
	for i, values := range t.best {
		copy(t.params[i].Value.Data, values)
	}
}

func (t *trainer) diverged(what string) error {
	return &DivergenceError{
		What: what, Epoch: t.Epoch, Step: t.Step + 1,
		Rate: t.Last.Rate, Loss: t.Last.Loss, Norm: t.Last.Norm, Checkpoint: t.lastGood,
	}
}

func (t *trainer) result() Result {
	r := Result{
		Epochs:    t.Epoch - 1,
		Steps:     t.Step,
		Tokens:    t.Tokens,
		Seconds:   t.Seconds,
		BestEpoch: t.BestEpoch,
		Early:     t.early() && t.Epoch <= t.options.Epochs,
	}
	if t.Seconds > 0 {
		r.PerSec = float64(t.Tokens) / t.Seconds
	}
	if r.Epochs > 0 {
		r.TrainPerplexity = perplexityOf(t.TrainLoss)
	}
	if t.BestEpoch > 0 {
		r.ValidPerplexity = perplexityOf(t.ValidLoss)
		if t.options.KeepBest && t.done() {
			r.ValidPerplexity = perplexityOf(t.BestLoss)
		}
	}
	return r
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// allFinite reports whether every value of the parameters is.
func allFinite(params []*nn.Param) bool {
	return !slices.ContainsFunc(params, func(p *nn.Param) bool {
		return slices.ContainsFunc(p.Value.Data, func(v float32) bool { return !finite(float64(v)) })
	})
}
