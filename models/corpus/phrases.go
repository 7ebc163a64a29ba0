package corpus

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// PhraseScore says how much more often two words come together than chance would have it.
type PhraseScore int

const (
	// Word2Phrase is (n(ab) − min)·N / (n(a)·n(b)), of the counts of the pair and its words, the least count and the number of words in the text
	// (Mikolov et al. 2013b, eq. 6, as word2phrase.c has it).
	Word2Phrase PhraseScore = iota

	// NPMI is the normalised pointwise mutual information, log(p(ab)/(p(a)·p(b))) / −log p(ab), from −1 to 1 (Bouma 2009, as gensim has it).
	NPMI
)

var phraseScores = []string{"word2phrase", "npmi"}

// String returns "word2phrase" or "npmi", and the number of anything else, as "PhraseScore(7)".
func (s PhraseScore) String() string {
	if s < 0 || int(s) >= len(phraseScores) {
		return fmt.Sprintf("PhraseScore(%d)", int(s))
	}
	return phraseScores[s]
}

// MarshalText writes "word2phrase" or "npmi".
func (s PhraseScore) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads "word2phrase" or "npmi"; anything else is an error.
func (s *PhraseScore) UnmarshalText(text []byte) error {
	i := slices.Index(phraseScores, string(text))
	if i < 0 {
		return fmt.Errorf("corpus: unknown score %q: take one of %q", text, phraseScores)
	}
	*s = PhraseScore(i)
	return nil
}

// EnglishConnectors are words that join others in English phrases: those of gensim.
var EnglishConnectors = strings.Fields("a an the for of with without at from to in on by and or")

// PhraseOptions say which words make phrases. The zero value is word2phrase's way.
type PhraseOptions struct {
	Score     PhraseScore
	Threshold float64 // pairs that score higher are phrases; 0 stands for 100 of Word2Phrase and 0.5 of NPMI, so that 0 itself is math.SmallestNonzeroFloat64
	MinCount  int64   // pairs seen less often are no phrases; 0 stands for 5

	// Connectors may stand inside a phrase, any number of them, but neither begin nor end one: with "of", "bank of england" can be a
	// phrase and "bank of" can't. The score is of the first and the last word.
	Connectors []string

	// MaxCounted bounds the memory of counting to so many different pairs, and so many words: default 5,000,000, half a GB. Beyond it the rarest are
	// forgotten, as in [VocabOptions.MaxCounted].
	MaxCounted int
}

const phraseDelimiter = "_"

// Validate returns nil if the options are in range, and otherwise an error that names one and what it may be.
func (o PhraseOptions) Validate() error {
	_, err := o.validate()
	return err
}

// validate returns the options with the defaults filled in that zero values stand for.
func (o PhraseOptions) validate() (PhraseOptions, error) {
	if o.MinCount == 0 {
		o.MinCount = 5
	}
	if o.Threshold == 0 {
		o.Threshold = 100
		if o.Score == NPMI {
			o.Threshold = 0.5
		}
	}
	if o.MaxCounted == 0 {
		o.MaxCounted = defaultMaxCounted
	}
	switch {
	case o.MinCount < 0 || o.MaxCounted < 0:
		return o, fmt.Errorf("corpus: phrases of pairs seen %d times, %d of them counted: neither may be negative", o.MinCount, o.MaxCounted)
	case o.Score < Word2Phrase || o.Score > NPMI:
		return o, fmt.Errorf("corpus: unknown score %v: take one of %q", o.Score, phraseScores)
	case math.IsNaN(o.Threshold) || o.Score == NPMI && math.Abs(o.Threshold) > 1:
		return o, fmt.Errorf("corpus: a threshold of %v: want a number, for npmi from −1 to 1", o.Threshold)
	}
	return o, nil
}

// A Phrase is words that belong together, its connectors included.
type Phrase struct {
	Words []string `json:"words"`
	Count int64    `json:"count"`
	Score float64  `json:"score"`
}

// String returns the phrase as a token, "new_york".
func (p Phrase) String() string { return strings.Join(p.Words, phraseDelimiter) }

// Phrases are the phrases of a text, learned by [LearnPhrases] and joined by [Text.WithPhrases]. They never change.
type Phrases struct {
	words  map[string]int32 // their numbers, those of connectors negative
	runs   map[string]int32 // of connectors, as they stand between two words with a space after each; 0 is none
	scores map[pair]Phrase
}

// A pair is two words and the run of connectors between them.
type pair struct{ first, run, last int32 }

// LearnPhrases finds the pairs of words that come together more often than chance, reading the text twice. A second call on the text with the
// phrases joined finds longer ones. It fails as [BuildVocab] does, and on options out of range.
func LearnPhrases(text *Text, o PhraseOptions) (*Phrases, error) {
	o, err := o.validate()
	if err != nil {
		return nil, err
	}
	if text.options.Units != Words {
		return nil, fmt.Errorf("corpus: phrases are of words, and the text is read as %v", text.options.Units)
	}
	opts := text.options
	opts.EOS = false
	text = text.With(opts)
	vocab, err := BuildVocab(text, VocabOptions{MinCount: o.MinCount, MaxCounted: o.MaxCounted})
	if err != nil {
		return nil, err
	}
	c := newPairCounter(vocab, o)
	s := text.Scan()
	defer s.Close()
	for s.Next() {
		c.add(s.Tokens())
	}
	if s.Err() != nil {
		return nil, s.Err()
	}
	return c.phrases(vocab, o), nil
}

// pairCounter counts pairs of words, in bounded memory.
type pairCounter struct {
	Phrases
	bound  int
	counts map[pair]int64
	tokens int64
	rounds int64 // how often rare pairs were forgotten
	run    []byte
	named  int32 // runs so far, forgotten ones too
}

// newPairCounter numbers the words of the vocabulary from 1, and connectors from −1 down.
func newPairCounter(vocab *Vocab, o PhraseOptions) *pairCounter {
	c := &pairCounter{bound: o.MaxCounted, counts: map[pair]int64{}, named: 1}
	c.words, c.runs = make(map[string]int32, vocab.Len()), map[string]int32{"": 0}
	for id, word := range vocab.Words() {
		c.words[word] = int32(id) + 1
	}
	for i, word := range o.Connectors {
		c.words[word] = -1 - int32(i)
	}
	return c
}

func (c *pairCounter) add(sentence [][]byte) {
	c.tokens += int64(len(sentence))
	p := pair{}
	for _, token := range sentence {
		number := c.words[string(token)]
		switch {
		case number >= 0: // it ends a pair, and begins another
			if p.first > 0 && number > 0 {
				c.count(p, number)
			}
			p.first, c.run = number, c.run[:0]
		case p.first > 0:
			c.run = appendConnector(c.run, token)
		}
	}
	c.run = c.run[:0]
}

func (c *pairCounter) count(p pair, last int32) {
	run, known := c.runs[string(c.run)]
	if !known {
		run = c.named
		c.runs[string(c.run)] = run
		c.named++
	}
	p.run, p.last = run, last
	c.counts[p]++
	if len(c.counts) > c.bound {
		c.forget()
	}
}

// forget drops the rarest pairs until a quarter of the bound is free, and the runs that were in no others.
func (c *pairCounter) forget() {
	for room := c.bound - c.bound/4; len(c.counts) > room; {
		c.rounds++
		for p, count := range c.counts {
			if count <= c.rounds {
				delete(c.counts, p)
			}
		}
	}
	used := map[int32]bool{0: true}
	for p := range c.counts {
		used[p.run] = true
	}
	maps.DeleteFunc(c.runs, func(_ string, run int32) bool { return !used[run] })
}

// phrases keeps of what was counted the pairs that are phrases, and the words and runs in them.
func (c *pairCounter) phrases(vocab *Vocab, o PhraseOptions) *Phrases {
	runs := make(map[int32]string, len(c.runs))
	for run, number := range c.runs {
		runs[number] = run
	}
	found := &Phrases{words: map[string]int32{}, runs: map[string]int32{}, scores: map[pair]Phrase{}}
	for p, count := range c.counts {
		score := o.score(float64(count), float64(vocab.Count(p.first-1)), float64(vocab.Count(p.last-1)), float64(c.tokens))
		if !(score > o.Threshold) {
			continue
		}
		first, last, run := vocab.Word(p.first-1), vocab.Word(p.last-1), runs[p.run]
		words := append(append([]string{first}, strings.Fields(run)...), last)
		found.words[first], found.words[last], found.runs[run] = p.first, p.last, p.run
		found.scores[p] = Phrase{words, count, score}
	}
	for i, word := range o.Connectors {
		found.words[word] = -1 - int32(i)
	}
	return found
}

func (o PhraseOptions) score(together, first, last, tokens float64) float64 {
	if together < float64(o.MinCount) {
		return math.Inf(-1)
	}
	if o.Score == Word2Phrase {
		return (together - float64(o.MinCount)) / first / last * tokens
	}
	return math.Log(together*tokens/(first*last)) / -math.Log(together/tokens)
}

func appendConnector(run, token []byte) []byte { return append(append(run, token...), ' ') }

// Len is the number of phrases.
func (p *Phrases) Len() int { return len(p.scores) }

// All are the phrases, those of the highest scores first, equal ones in the order of their words.
func (p *Phrases) All() []Phrase {
	all := make([]Phrase, 0, len(p.scores))
	for _, phrase := range p.scores {
		all = append(all, phrase)
	}
	slices.SortFunc(all, func(a, b Phrase) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), slices.Compare(a.Words, b.Words))
	})
	return all
}

// WithPhrases is the same text with phrases joined into one token by "_", from the left to the right of each line; each word is in one of them at
// most. Phrases of an earlier call are joined before.
func (t *Text) WithPhrases(p *Phrases) *Text {
	c := *t
	c.phrases = append(slices.Clip(t.phrases), p)
	return &c
}

// A joiner joins the phrases of lines. Its buffers are the scanner's own.
type joiner struct {
	out    [][]byte
	joined []byte
	run    []byte
}

// join returns the tokens of a line with its phrases joined, valid until reset.
func (j *joiner) join(p *Phrases, tokens [][]byte) [][]byte {
	out := j.out[:0]
	first, start := int32(0), -1 // the word that a phrase may begin with, and its place
	j.run = j.run[:0]
	for i, token := range tokens {
		number := p.words[string(token)]
		switch {
		case number < 0 && start < 0:
			out = append(out, token)
		case number < 0:
			j.run = appendConnector(j.run, token)
		case start >= 0 && number > 0 && p.holds(first, j.run, number):
			out = append(out, j.glue(tokens[start:i+1]))
			start, j.run = -1, j.run[:0]
		default:
			if start >= 0 {
				out = append(out, tokens[start:i]...)
			}
			first, start, j.run = number, i, j.run[:0]
		}
	}
	if start >= 0 {
		out = append(out, tokens[start:]...)
	}
	j.out = out
	return append(tokens[:0], out...)
}

func (p *Phrases) holds(first int32, run []byte, last int32) bool {
	number, known := p.runs[string(run)]
	if !known {
		return false
	}
	_, is := p.scores[pair{first, number, last}]
	return is
}

// glue returns the words as one token, beside those before it.
func (j *joiner) glue(words [][]byte) []byte {
	begin := len(j.joined)
	for i, word := range words {
		if i > 0 {
			j.joined = append(j.joined, phraseDelimiter...)
		}
		j.joined = append(j.joined, word...)
	}
	// When an append moves to a larger array, earlier tokens keep the old one.
	return j.joined[begin:len(j.joined):len(j.joined)]
}

func (j *joiner) reset() { j.joined = j.joined[:0] }
