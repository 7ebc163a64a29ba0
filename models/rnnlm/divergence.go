package rnnlm

import (
	"fmt"
	"math"
	"slices"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
)

// DivergenceError says that a training's numbers became infinite or NaN. The weights are what the step before left, but if they or the
// validation loss are What isn't finite.
type DivergenceError struct {
	What        string // which isn't finite: "loss", "perplexity", "gradient norm", "weights" or "validation loss"
	Epoch, Step int    // that showed it, from 1
	Rate        float64
	Loss, Norm  float64
	Checkpoint  string // the last good one's file, or ""
}

// Error names the step, the rate, the gradient's norm, and the way back.
func (e *DivergenceError) Error() string {
	s := fmt.Sprintf("rnnlm: training diverged: %s not finite at step %d of epoch %d (rate %v, gradient norm %v, loss %v): lower the rate or clip more, and train anew",
		e.What, e.Step, e.Epoch, e.Rate, e.Norm, e.Loss)
	if e.Checkpoint == "" {
		return s + "; there is no checkpoint"
	}
	return s + "; the last good checkpoint is " + e.Checkpoint + ", from which it goes the same way"
}

// diverged is about the step under way.
func (t *trainer) diverged(what string) *DivergenceError {
	return &DivergenceError{
		What: what, Epoch: t.Epoch, Step: t.Step + 1,
		Rate: t.Last.Rate, Loss: t.Last.Loss, Norm: t.Last.Norm, Checkpoint: t.lastGood,
	}
}

// divergedAfter is about the last step done.
func (t *trainer) divergedAfter(what string) error {
	e := t.diverged(what)
	e.Step = t.Step
	if t.Window == 0 { // it was the last one of an epoch
		e.Epoch = max(t.Epoch-1, 1)
	}
	return e
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// allFinite reports whether every value of the parameters is.
func allFinite(params []*nn.Param) bool {
	return !slices.ContainsFunc(params, func(p *nn.Param) bool {
		return lane.IndexNonFinite(p.Value.Data) >= 0
	})
}
