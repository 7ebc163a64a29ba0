package rnnlm

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/lane-go/lane/models/corpus"
)

// Sampling says how the next word is drawn.
type Sampling struct {
	// Temperature divides the logits: below 1 the probable words get more probable. 0 always takes the most probable word.
	Temperature float64
	TopK        int      // draws among the K most probable words only; 0 among all
	TopP        float64  // draws among the fewest words that have probability P together (Holtzman et al. 2020); 0 and 1 among all
	Skip        []string // words never drawn, such as "<unk>"
	Seed        uint64
}

// Validate returns nil if the sampling is in range, and otherwise an error that names a field and what it may be.
func (s Sampling) Validate() error {
	switch {
	case !(s.Temperature >= 0) || math.IsInf(s.Temperature, 0):
		return fmt.Errorf("rnnlm: temperature %v: take a number of 0 or more", s.Temperature)
	case s.TopK < 0:
		return fmt.Errorf("rnnlm: top-k %d: take 0 (all words) or more", s.TopK)
	case !(s.TopP >= 0 && s.TopP <= 1):
		return fmt.Errorf("rnnlm: top-p %v: take 0 to 1", s.TopP)
	}
	return nil
}

// Generate continues the prompt by n words, drawn one after the other; equal seeds give equal words. The words of the prompt
// are not repeated. An empty prompt starts at a line's beginning: after "<eos>" if the vocabulary has it, else from the zero
// state and word 0.
//
// A word of the prompt that the vocabulary lacks becomes "<unk>" if it has that, else it is an error. The sequence
// yields each word as soon as it is drawn, and can be walked again. It ends early where the model's numbers overflow, as those of one whose
// training diverged may. It only reads the model: several may be walked at the
// same time, as long as the model is not trained meanwhile.
func (m *Model) Generate(prompt string, n int, s Sampling) (iter.Seq[string], error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if n < 0 {
		return nil, fmt.Errorf("rnnlm: n %d: take 0 words or more", n)
	}
	var skip []int32
	for _, word := range s.Skip {
		if id, ok := m.vocab.ID(word); ok && !slices.Contains(skip, id) {
			skip = append(skip, id)
		}
	}
	if len(skip) == m.config.Vocab {
		return nil, errors.New("rnnlm: every word of the vocabulary is to be skipped: leave some")
	}
	ids, err := m.context(prompt)
	if err != nil {
		return nil, err
	}
	return func(yield func(string) bool) {
		speaker := newSpeaker(m)
		sampler := newSampler(s, m.config.Vocab, skip)
		for _, id := range ids[:len(ids)-1] {
			speaker.hear(id)
		}
		next := ids[len(ids)-1]
		for range n {
			speaker.hear(next)
			next = sampler.draw(speaker.logits())
			if next < 0 || !yield(m.vocab.Word(next)) {
				return
			}
		}
	}, nil
}

// context is what the model hears before it speaks, at least one id.
func (m *Model) context(prompt string) ([]int32, error) {
	ids := []int32{0}
	eos, ok := m.vocab.ID(corpus.EOS)
	if ok {
		ids[0] = eos
	}
	if prompt == "" {
		return ids, nil
	}
	said, err := m.encode(prompt)
	if err != nil {
		return nil, err
	}
	if ok && m.config.Text.EOS && len(said) > 0 && !strings.HasSuffix(prompt, "\n") {
		said = said[:len(said)-1] // the line goes on
	}
	if ok {
		return append(ids, said...), nil
	}
	if len(said) == 0 {
		return ids, nil
	}
	return said, nil
}

// encode returns the ids of the text's tokens.
func (m *Model) encode(text string) ([]int32, error) {
	scan := corpus.FromString(m.config.Text, "the text", text).Scan()
	defer scan.Close()
	var ids []int32
	for scan.Next() {
		var err error
		if ids, _, err = m.appendIDs(ids, scan.Tokens()); err != nil {
			return nil, fmt.Errorf("rnnlm: %w", err)
		}
	}
	if err := scan.Err(); err != nil {
		return nil, fmt.Errorf("rnnlm: %w", err)
	}
	return ids, nil
}

// appendIDs appends the ids of tokens, and counts those that are "<unk>" as the vocabulary lacks them, but for the very first id, which
// nothing comes before to predict it from.
func (m *Model) appendIDs(ids []int32, tokens [][]byte) (_ []int32, oov int, err error) {
	unknown, hasUnknown := m.vocab.ID(corpus.Unknown)
	for _, token := range tokens {
		id, ok := m.vocab.IDBytes(token)
		if !ok && !hasUnknown {
			return nil, 0, fmt.Errorf("%q is not in the vocabulary: use words that the training text has", token)
		}
		if !ok {
			id = unknown
			if len(ids) > 0 {
				oov++
			}
		}
		ids = append(ids, id)
	}
	return ids, oov, nil
}
