package rnnlm

import (
	"context"
	"slices"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
)

// validBatch is how many streams a validation text is judged in.
const validBatch = 10

func newValidJudge(m *Model, out nn.CrossEntropy, valid []int32, bptt int) (*judge, error) {
	batch := validBatch
	if (len(valid)-1)/batch < bptt {
		batch = 1
	}
	return newJudge(m, out, "validation", valid, batch, bptt)
}

// validate judges the model, or its average if there is one, and keeps it if it is the best so far.
func (t *trainer) validate(ctx context.Context) error {
	if t.average != nil {
		t.average.Swap()
		defer t.average.Swap()
	}
	t.setPrecision(lane.Float32)
	sum, tokens, err := t.judge.judge(ctx)
	t.setPrecision(t.options.Precision)
	if err != nil {
		return err
	}
	loss := sum / float64(tokens)
	if !finite(loss) {
		return t.divergedAfter("validation loss")
	}
	t.ValidLoss = loss
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
	t.settled = true
	if t.best == nil && t.average != nil {
		t.average.Swap()
	}
	for i, values := range t.best {
		copy(t.params[i].Value.Data, values)
	}
}
