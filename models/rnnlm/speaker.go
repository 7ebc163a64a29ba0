package rnnlm

import (
	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
)

// speaker runs a model one token at a time. Each step reads every weight once, which is what it takes its time for.
// It only reads the model, and has a state of its own.
type speaker struct {
	model  *Model
	layers []*nn.Stepper
	hidden lane.Matrix // 1×H, what the last token has left
	scores lane.Matrix // 1×V
}

func newSpeaker(m *Model) *speaker {
	s := &speaker{model: m, scores: lane.NewMatrix(1, m.config.Vocab)}
	for _, layer := range m.layers {
		s.layers = append(s.layers, nn.NewStepper(layer, 1))
	}
	return s
}

func (s *speaker) hear(id int32) {
	table := s.model.encoder.Weight.Value
	s.hidden = table.Slice(int(id), int(id)+1, 0, table.Cols)
	for _, layer := range s.layers {
		s.hidden = layer.Step(s.hidden)
	}
}

// logits returns the score of each word to come next. They are the caller's until the next call.
func (s *speaker) logits() []float32 {
	s.model.decoder.Forward(s.scores, s.hidden)
	return s.scores.Row(0)
}
