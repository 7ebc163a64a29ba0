package rnnlm

import (
	"context"
	"errors"
	"math"

	"github.com/lane-go/lane/nn"
)

// Perplexity judges the text ids: exp of the mean of −log p over the tokens judged, whose number it returns too.
//
// The text is cut into batch streams of ⌊(n−1)/batch⌋ tokens, walked side by side in windows of bptt tokens from the zero state on,
// with the state carried, or a thousand tokens at a time where a window has more; those that don't fit are left out. With batch 1 every token after the first is
// judged. A text too short for one window is an error, and so is a model whose numbers overflow.
func (m *Model) Perplexity(ids []int32, batch, bptt int) (perplexity float64, tokens int, err error) {
	j, err := newJudge(m, m.decoder.NewCrossEntropy(), "evaluation", ids, batch, bptt)
	if err != nil {
		return 0, 0, err
	}
	loss, tokens, err := j.judge(context.Background())
	if err != nil {
		return 0, 0, err
	}
	if !finite(loss) {
		return 0, 0, errOverflow
	}
	return perplexityOf(loss / float64(tokens)), tokens, nil
}

// errOverflow is of models with finite weights so large that what is computed with them is not.
var errOverflow = errors.New("rnnlm: the model's numbers overflow: its file is damaged, or its training diverged: take another")

// judge is one text and what judging it again and again needs.
type judge struct {
	*windows
	pass   *pass
	output nn.CrossEntropy
}

func newJudge(m *Model, out nn.CrossEntropy, what string, ids []int32, batch, bptt int) (*judge, error) {
	if err := m.checkIDs(what, ids); err != nil {
		return nil, err
	}
	w, err := newJudged(what, ids, batch, bptt)
	if err != nil {
		return nil, err
	}
	return &judge{w, newPass(m, batch, w.steps), out}, nil
}

// judge returns −Σ log p over the text, and how many tokens that is, or ctx's error once it is done.
func (j *judge) judge(ctx context.Context) (loss float64, tokens int, err error) {
	j.output.Pack()
	j.pass.reset()
	for i := range j.count() {
		if err := ctx.Err(); err != nil {
			return 0, 0, err
		}
		inputs, targets := j.at(i)
		loss += j.output.Loss(j.pass.forward(inputs), targets)
		tokens += len(targets)
	}
	return loss, tokens, nil
}

// perplexityOf returns exp of a mean cross-entropy; one that overflows is cut to the largest number, so that JSON can hold it.
func perplexityOf(loss float64) float64 { return min(math.Exp(loss), math.MaxFloat64) }
