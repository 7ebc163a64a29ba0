package rnnlm

import "time"

// Progress is how far a training has come.
type Progress struct {
	Epoch    int     `json:"epoch"` // from 1
	Step     int     `json:"step"`  // windows learned so far
	Steps    int     `json:"steps"` // of the whole training
	Tokens   int64   `json:"tokens"`
	Seconds  float64 `json:"seconds"`   // of training so far, what it was resumed from included; validation and checkpoints are not
	PerSec   float64 `json:"per_sec"`   // tokens a second since the last report, or up to it if there was no step since
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
	Seconds         float64 `json:"seconds"`                    // of training alone: validation and checkpoints excluded
	PerSec          float64 `json:"per_sec"`                    // tokens a second
	TrainPerplexity float64 `json:"train_perplexity"`           // of the last full epoch
	ValidPerplexity float64 `json:"valid_perplexity,omitempty"` // of the model that the training came to; of the last validation if it was stopped
	BestEpoch       int     `json:"best_epoch,omitempty"`
	Early           bool    `json:"early,omitempty"` // stopped by Patience
}

// tally gathers what is reported next.
type tally struct {
	loss    float64
	windows int
	tokens  int
	seconds float64
	since   time.Time
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
		t.speed = float64(t.report.tokens) / max(t.report.seconds, 1e-9) // coarse clocks see none pass
	}
	p.PerSec = t.speed
	if p.PerSec == 0 && t.Seconds > 0 {
		p.PerSec = float64(t.Tokens) / t.Seconds // resumed at the end of an epoch
	}
	return p
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
		if t.options.KeepBest && t.settled {
			r.ValidPerplexity = perplexityOf(t.BestLoss)
		}
	}
	return r
}
