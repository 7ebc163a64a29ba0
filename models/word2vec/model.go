package word2vec

import (
	"context"
	"errors"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/models/corpus"
	"github.com/lane-go/lane/models/wordvec"
)

// Model is what training has learned.
type Model struct {
	Vocab *corpus.Vocab

	// In (V×dim) holds the word vectors. Out holds, for negative sampling and softmax, the vectors of words as
	// they are predicted (V×dim); for hierarchical softmax those of the tree's inner nodes ((V−1)×dim). There may be
	// gaps between rows.
	In, Out lane.Matrix

	Options Options   // with defaults filled in
	Losses  []float64 // mean loss a pair of each finished epoch that had pairs, in nats
}

// Train learns word vectors from the sentences of stream, whose ids are those of vocab: [NewTrainer], [Trainer.Run]
// and [Trainer.Model] in one.
//
// If the context is cancelled, or anything else ends training early, it returns that error together with
// the model as far as it is trained. A training that can't begin returns no model.
func Train(ctx context.Context, stream *corpus.Stream, vocab *corpus.Vocab, o Options) (*Model, error) {
	t, err := NewTrainer(stream, vocab, o)
	if err != nil {
		return nil, err
	}
	err = t.Run(ctx)
	return t.Model(), err
}

// Model returns the present state as a model. It shares the tables with the trainer: Run goes on changing them.
func (t *Trainer) Model() *Model {
	return &Model{Vocab: t.vocab, In: t.in, Out: t.out, Options: t.options, Losses: t.state.Losses}
}

// Vectors returns the word vectors, ready to be queried and saved. It shares the model's table.
func (m *Model) Vectors() (*wordvec.Vectors, error) { return wordvec.New(m.Vocab.Words(), m.In) }

// Context returns the vectors of words as they are predicted, the output table. Hierarchical softmax has none.
func (m *Model) Context() (*wordvec.Vectors, error) {
	if m.Options.Loss == HierarchicalSoftmax {
		return nil, errors.New("word2vec: hierarchical softmax learns no context vectors of words; train with the loss ns or softmax")
	}
	return wordvec.New(m.Vocab.Words(), m.Out)
}
