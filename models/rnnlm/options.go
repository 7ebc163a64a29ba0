package rnnlm

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
)

// Options are the recipe of a training, and how to follow it. Start from DefaultOptions or Preset: only the
// fields said to be optional may be left zero.
type Options struct {
	Batch     int     `json:"batch"`     // B, streams of text side by side
	BPTT      int     `json:"bptt"`      // T, steps through which gradients flow back
	Optimizer string  `json:"optimizer"` // sgd, momentum (0.9), adagrad, adam or adamw (decay 0.01)
	LR        float64 `json:"lr"`        // learning rate; see DefaultLR
	Clip      float64 `json:"clip"`      // the largest global norm of the gradients; 0 does not clip
	Schedule  string  `json:"schedule"`  // constant, plateau, cosine (to 0) or onecycle (LR is its peak)
	Epochs    int     `json:"epochs"`
	Patience  int     `json:"patience"`  // stops after so many epochs without a better validation; 0 never does
	Seed      uint64  `json:"seed"`      // of dropout
	KeepBest  bool    `json:"keep_best"` // ends with the model of the best validation instead of the last one

	// DropoutWarmup is the part of all steps, from 0 to 1, through which the rates of all dropout rise, from 0 to the configuration's. At 0 they
	// hold from the first step. A model learns fast while little is dropped, and does not yet overfit: curriculum dropout
	// (Morerio et al. 2017), along a line.
	DropoutWarmup float64 `json:"dropout_warmup,omitempty"`

	// AverageFrom, if not 0, is the epoch from whose start on weights are averaged over all steps; what is judged, kept and returned is then
	// the average. With the optimizer sgd and the schedule constant it is averaged SGD (Polyak & Juditsky 1992).
	AverageFrom int `json:"average_from,omitempty"`

	// NonMono, if not 0, has the weights averaged likewise after the first epoch whose validation is worse than the best of
	// all before it but the last NonMono: NT-ASGD (Merity, Keskar & Socher 2018, algorithm 1), where 5 is customary.
	NonMono int `json:"nonmono,omitempty"`

	// Precision is that of the products that training computes. With BFloat16 the weights, their sums and the steps of the optimizer stay
	// float32; so do the products that judge the validation text, and those of the model afterwards.
	Precision lane.Precision `json:"precision,omitempty"`

	// Progress, if not nil, is called after steps that are at least Every apart, and after each epoch. Its error stops the
	// training, after a checkpoint if there are any, and is what Train returns, wrapped.
	Progress func(Progress) error `json:"-"`
	Every    time.Duration        `json:"-"` // 0 is each step

	// Checkpoint, if not empty, is the file that takes the state of the training at its start, at the end of each epoch, when it is stopped, and within
	// epochs every CheckpointEvery (0: not). The one before it stays beside it, with ".previous" added to its name.
	Checkpoint      string        `json:"-"`
	CheckpointEvery time.Duration `json:"-"`

	// Resume, if not nil, is where to go on from: with the same model, text and recipe it gives the very bits of an uninterrupted
	// training with the same kernel set ([lane.SetName]; in BFloat16, with the same CPU's instructions). Patience may change, and
	// Epochs unless the schedule or DropoutWarmup stretches over them.
	Resume *Checkpoint `json:"-"`
}

// DefaultOptions returns the book's recipe for its better LSTM: 20 streams, windows of 35, SGD at 20 divided by 4 whenever validation gets
// worse, gradients clipped at 0.25, 40 epochs, the best model kept. Its schedule, plateau, needs a text to validate on.
func DefaultOptions() Options {
	return Options{
		Batch: 20, BPTT: 35, Optimizer: "sgd", LR: 20, Clip: 0.25,
		Schedule: "plateau", Epochs: 40, Seed: 1, KeepBest: true,
	}
}

// plateauFactor is what the rate is divided by when validation gets worse.
const plateauFactor = 4

// optimizer is a kind of optimizer, with the arrays it keeps per parameter and a rate to start from.
type optimizer struct {
	name  string
	slots int
	lr    float64
	make  func(rate float64) nn.Optimizer
}

var optimizers = []optimizer{
	{"sgd", 0, 20, func(rate float64) nn.Optimizer { return nn.NewSGD(rate) }},
	{"momentum", 1, 2, func(rate float64) nn.Optimizer { return nn.NewMomentum(rate, 0.9) }},
	{"adagrad", 1, 0.1, func(rate float64) nn.Optimizer { return nn.NewAdaGrad(rate) }},
	{"adam", 2, 0.002, func(rate float64) nn.Optimizer { return nn.NewAdam(rate) }},
	{"adamw", 2, 0.002, func(rate float64) nn.Optimizer { return nn.NewAdamW(rate) }},
}

var schedules = []string{"constant", "plateau", "cosine", "onecycle"}

// Optimizers lists the names of the optimizers.
func Optimizers() []string {
	var names []string
	for _, o := range optimizers {
		names = append(names, o.name)
	}
	return names
}

// Schedules lists the names of the schedules.
func Schedules() []string { return append([]string(nil), schedules...) }

// DefaultLR returns a learning rate to start from with the optimizer: 20 for sgd, 2 for momentum, 0.1 for adagrad, 0.002 for
// adam and adamw; 0 for any other name.
func DefaultLR(optimizer string) float64 {
	return optimizerNamed(optimizer).lr
}

// optimizerNamed returns the optimizer of that name, or a zero one.
func optimizerNamed(name string) optimizer {
	for _, o := range optimizers {
		if o.name == name {
			return o
		}
	}
	return optimizer{}
}

// newSchedule returns the schedule of a training of so many steps.
func newSchedule(o Options, steps int) nn.Schedule {
	switch o.Schedule {
	case "plateau":
		return nn.NewPlateau(o.LR, plateauFactor)
	case "cosine":
		return nn.Cosine{Max: o.LR, Steps: steps}
	case "onecycle":
		return nn.NewOneCycle(o.LR, steps)
	}
	return nn.Constant(o.LR)
}

// Validate returns nil if the options are in range, and otherwise an error that names a field and what it may be.
func (o Options) Validate() error {
	switch {
	case o.Batch < 1 || o.Batch > maxWidth:
		return fmt.Errorf("rnnlm: batch %d: take 1 to %d", o.Batch, maxWidth)
	case o.BPTT < 1 || o.BPTT > maxWidth:
		return fmt.Errorf("rnnlm: bptt %d: take 1 to %d", o.BPTT, maxWidth)
	case !slices.Contains(Optimizers(), o.Optimizer):
		return fmt.Errorf("rnnlm: optimizer %q: take one of %s", o.Optimizer, strings.Join(Optimizers(), ", "))
	case !(o.LR > 0) || math.IsInf(o.LR, 0):
		return fmt.Errorf("rnnlm: lr %v: take a number above 0", o.LR)
	case !(o.Clip >= 0) || math.IsInf(o.Clip, 0):
		return fmt.Errorf("rnnlm: clip %v: take 0 (no clipping) or more", o.Clip)
	case !slices.Contains(schedules, o.Schedule):
		return fmt.Errorf("rnnlm: schedule %q: take one of %s", o.Schedule, strings.Join(schedules, ", "))
	case o.Epochs < 1 || o.Epochs > maxEpochs:
		return fmt.Errorf("rnnlm: epochs %d: take 1 to %d", o.Epochs, maxEpochs)
	case o.Patience < 0:
		return fmt.Errorf("rnnlm: patience %d: take 0 (never stop early) or more epochs", o.Patience)
	case o.Precision != lane.Float32 && o.Precision != lane.BFloat16:
		return fmt.Errorf("rnnlm: there is no precision %d: take lane.Float32 or lane.BFloat16", int(o.Precision))
	case !(o.DropoutWarmup >= 0 && o.DropoutWarmup <= 1):
		return fmt.Errorf("rnnlm: dropout-warmup %v: take 0 (none) to 1 (the whole training)", o.DropoutWarmup)
	case o.AverageFrom < 0 || o.AverageFrom > o.Epochs && o.Resume == nil:
		return fmt.Errorf("rnnlm: average-from %d: take 0 (never average) or the number of an epoch, up to %d", o.AverageFrom, o.Epochs)
	case o.NonMono < 0:
		return fmt.Errorf("rnnlm: nonmono %d: take 0 (never average) or more epochs", o.NonMono)
	}
	return nil
}

const maxEpochs = 1_000_000

// stretched reports whether the course of a training depends on how many epochs it is to have.
func (o Options) stretched() bool {
	return o.Schedule != "constant" && o.Schedule != "plateau" || o.DropoutWarmup > 0
}

// validateValid returns an error if the options ask for a validation text and there is none.
func (o Options) validateValid(valid []int32) error {
	switch {
	case len(valid) > 0:
		return nil
	case o.Schedule == "plateau":
		return fmt.Errorf("rnnlm: schedule plateau needs a validation text: give one, or take another schedule")
	case o.Patience > 0 && o.Resume != nil:
		return fmt.Errorf("rnnlm: patience %d needs a validation text, and %s was trained without: leave it 0", o.Patience, o.Resume.path)
	case o.Patience > 0:
		return fmt.Errorf("rnnlm: patience %d needs a validation text: give one, or leave it 0", o.Patience)
	case o.NonMono > 0:
		return fmt.Errorf("rnnlm: nonmono %d needs a validation text: give one, or leave it 0", o.NonMono)
	}
	return nil
}
