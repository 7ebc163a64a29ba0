package rnnlm

import (
	"errors"
	"fmt"
	"iter"

	"github.com/lane-go/lane/models/corpus"
	"github.com/lane-go/lane/nn"
)

// Score returns the log-probability (natural) of the text's tokens, each given those before it, and their number. With
// [Config].Text.EOS it judges whole lines: each from its first word to its end, the first
// as if it followed another. Without, nothing comes before the first token and it is not judged.
//
// Unknown words are treated as in Generate. [Model.ScoreSentences] judges each line by itself.
func (m *Model) Score(text string) (logProbability float64, tokens int, err error) {
	ids, err := m.encode(text)
	if err != nil {
		return 0, 0, err
	}
	ids = append(m.start(nil), ids...)
	if len(ids) < 2 {
		return 0, 0, errors.New("rnnlm: nothing to score: give more words")
	}
	logProbability = newScorer(m).score(ids)
	if !finite(logProbability) {
		return 0, 0, errOverflow
	}
	return logProbability, len(ids) - 1, nil
}

// SentenceScore is what a model thinks of a line of text.
type SentenceScore struct {
	Name string // of the text's file
	Line int64  // in it, from 1

	LogProbability float64 // natural, of all tokens judged
	Tokens         int     // judged: "<eos>" is one of them, if the model has it
	OOV            int     // of them, words that the vocabulary lacks, judged as "<unk>"
}

// Perplexity returns exp of the mean of −log p over the sentence's tokens, 1 if there are none.
func (s SentenceScore) Perplexity() float64 {
	return perplexityOf(-s.LogProbability / float64(max(s.Tokens, 1)))
}

// ScoreSentences judges each line of the text by itself, as Score would, whatever comes before it. It yields
// them in order as they are read. An error ends the sequence: a text that can't be read, or a word that the vocabulary
// lacks when it has no "<unk>" either, with its file and line.
//
// The text should be one with the model's own options, [Config].Text.
func (m *Model) ScoreSentences(text *corpus.Text) iter.Seq2[SentenceScore, error] {
	return func(yield func(SentenceScore, error) bool) {
		scan := text.Scan()
		defer scan.Close()
		scorer := newScorer(m)
		var sentence SentenceScore
		var ids []int32
		finish := func() bool {
			if len(ids) == 0 {
				return true
			}
			sentence.Tokens = len(ids) - 1
			sentence.LogProbability = scorer.score(ids)
			ids = ids[:0]
			if !finite(sentence.LogProbability) {
				yield(SentenceScore{}, errOverflow)
				return false
			}
			return yield(sentence, nil)
		}
		for scan.Next() {
			// A very long line comes in several chunks, and its end may be none of them.
			if (scan.Line() != sentence.Line || scan.Name() != sentence.Name) && !finish() {
				return
			}
			if len(ids) == 0 {
				sentence = SentenceScore{Name: scan.Name(), Line: scan.Line()}
				ids = m.start(ids)
			}
			var oov int
			var err error
			if ids, oov, err = m.appendIDs(ids, scan.Tokens()); err != nil {
				yield(SentenceScore{}, fmt.Errorf("rnnlm: %s:%d: %w", scan.Name(), scan.Line(), err))
				return
			}
			sentence.OOV += oov
			if scan.EndsLine() && !finish() {
				return
			}
		}
		if err := scan.Err(); err != nil {
			yield(SentenceScore{}, fmt.Errorf("rnnlm: %w", err))
			return
		}
		finish()
	}
}

// start appends what the model has read before the first word of a line, if it knows lines.
func (m *Model) start(ids []int32) []int32 {
	if eos, ok := m.vocab.ID(corpus.EOS); ok && m.config.Text.EOS {
		ids = append(ids, eos)
	}
	return ids
}

// scorer judges one short text after the other.
type scorer struct {
	pass   *pass
	output nn.CrossEntropy
}

const scoreSteps = 64 // at a time

func newScorer(m *Model) *scorer {
	s := &scorer{newPass(m, 1, scoreSteps), m.decoder.NewCrossEntropy()}
	s.output.Pack()
	return s
}

// score returns the log-probability of all ids but the first, each given those before it.
func (s *scorer) score(ids []int32) (logProbability float64) {
	s.pass.reset()
	inputs, targets := ids[:len(ids)-1], ids[1:]
	for lo := 0; lo < len(inputs); lo += scoreSteps {
		hi := min(lo+scoreSteps, len(inputs))
		logProbability -= s.output.Loss(s.pass.forward(inputs[lo:hi]), targets[lo:hi])
	}
	return logProbability
}
