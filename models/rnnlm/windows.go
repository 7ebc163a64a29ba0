package rnnlm

import "fmt"

// windows cuts a text of n ids into B streams of ⌊(n−1)/B⌋ steps, side by side, and walks them in windows of T steps;
// what doesn't fill a window is left out. The target of every step is the id after it.
type windows struct {
	ids           []int32
	batch, steps  int // B, T
	length        int // of a stream
	walked        int // steps of it that are in windows
	inputs, goals []int32
}

// newWindows returns the windows of ids, of which there is at least one.
func newWindows(what string, ids []int32, batch, steps int) (*windows, error) {
	if batch < 1 {
		return nil, fmt.Errorf("rnnlm: batch %d: take 1 or more", batch)
	}
	if steps < 1 {
		return nil, fmt.Errorf("rnnlm: bptt %d: take 1 or more", steps)
	}
	if len(ids) < 2 {
		return nil, fmt.Errorf("rnnlm: the %s text has %d tokens, and there is nothing to predict in fewer than 2: give more text", what, len(ids))
	}
	length := (len(ids) - 1) / batch
	w := &windows{ids: ids, batch: batch, steps: steps, length: length, walked: length / steps * steps}
	if w.walked == 0 {
		return nil, fmt.Errorf("rnnlm: the %s text of %d tokens makes %d streams of %d, shorter than one window of %d: lower the batch or the bptt, or give more text",
			what, len(ids), batch, w.length, steps)
	}
	return w, nil
}

// mostJudged is how many tokens are judged at once: more would take memory and gain nothing.
const mostJudged = 1024

// newJudged returns the windows of a text that is only judged: of the steps that fill windows or, of one stream, of all. They are walked in as many
// at once as is good.
func newJudged(what string, ids []int32, batch, steps int) (*windows, error) {
	if batch == 1 {
		steps = min(steps, max(len(ids)-1, 1))
	}
	w, err := newWindows(what, ids, batch, steps)
	if err != nil {
		return nil, err
	}
	if batch == 1 {
		w.walked = w.length
	}
	w.steps = min(w.steps, max(mostJudged/batch, 1))
	return w, nil
}

// count is how many windows there are. Only the last one that is judged may be shorter than the others.
func (w *windows) count() int { return (w.walked + w.steps - 1) / w.steps }

// at returns window i as inputs and targets, row t·B+b for step t of stream b. They are valid until the next call.
func (w *windows) at(i int) (inputs, targets []int32) {
	from := i * w.steps
	steps := min(w.steps, w.walked-from)
	w.inputs, w.goals = w.inputs[:0], w.goals[:0]
	for t := range steps {
		for b := range w.batch {
			p := b*w.length + from + t
			w.inputs = append(w.inputs, w.ids[p])
			w.goals = append(w.goals, w.ids[p+1])
		}
	}
	return w.inputs, w.goals
}

// checkIDs returns an error unless every id is one of the vocabulary's.
func (m *Model) checkIDs(what string, ids []int32) error {
	for i, id := range ids {
		if id < 0 || int(id) >= m.config.Vocab {
			return fmt.Errorf("rnnlm: token %d of the %s text has id %d, outside the vocabulary of %d words: encode the text with the model's vocabulary",
				i, what, id, m.config.Vocab)
		}
	}
	return nil
}
