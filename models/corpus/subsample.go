package corpus

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Subsampler drops frequent words at random, as word2vec does. A word that makes up the fraction f of the text is kept
// with probability (√(f/t) + 1)·t/f, or always where that is at least 1 (word2vec.c; Mikolov et al. 2013b give the
// simpler √(t/f)). f is the word's count over the vocabulary's total.
type Subsampler struct {
	keep []float64 // by id
}

// NewSubsampler is the subsampler with the threshold t (word2vec's -sample), 1e-3 by custom; t = 0 keeps every word.
// It panics if t is negative or not finite.
func NewSubsampler(v *Vocab, t float64) *Subsampler {
	if !(t >= 0) || math.IsInf(t, 1) {
		panic(fmt.Sprintf("corpus: NewSubsampler: threshold %v", t))
	}
	s := &Subsampler{keep: make([]float64, v.Len())}
	for id, count := range v.Counts() {
		s.keep[id] = 1
		if t > 0 && count > 0 {
			f := float64(count) / float64(v.Total())
			s.keep[id] = min(1, (math.Sqrt(f/t)+1)*t/f)
		}
	}
	return s
}

// Keep is the probability with which a word is kept.
func (s *Subsampler) Keep(id int32) float64 { return s.keep[id] }

// Draw reports whether a word is kept this time. It draws one number from rng if the word's probability is below 1, and
// none otherwise.
func (s *Subsampler) Draw(id int32, rng *rand.Rand) bool {
	p := s.keep[id]
	return p >= 1 || rng.Float64() < p
}
