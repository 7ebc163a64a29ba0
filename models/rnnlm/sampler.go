package rnnlm

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/lane-go/lane"
)

// sampler draws words from logits. It draws on one thread and, after it is made, allocates nothing.
type sampler struct {
	Sampling
	skip    []int32 // words never drawn
	rng     *rand.Rand
	weights []float32 // what the probability of each word is proportional to, 1 for the likeliest
	sums    []float64 // of each block of weights

	candidates []candidate
}

type candidate struct {
	id     int32
	weight float32
}

const (
	weightBlock = 256 // weights summed in float32; the draw looks into one block only

	// Temperatures beyond these make no difference, and their logits would overflow or vanish.
	coldest, hottest = 1e-30, 1e30
)

func newSampler(s Sampling, vocab int, skip []int32) *sampler {
	return &sampler{
		Sampling: s, skip: skip,
		rng:        rand.New(rand.NewPCG(s.Seed, generateStream)),
		weights:    make([]float32, vocab),
		sums:       make([]float64, (vocab+weightBlock-1)/weightBlock),
		candidates: make([]candidate, 0, vocab),
	}
}

// draw returns a word, or −1 if a logit is NaN or too large. It uses up the logits.
func (s *sampler) draw(logits []float32) int32 {
	for _, id := range s.skip {
		logits[id] = float32(math.Inf(-1))
	}
	top := lane.Max(logits)
	if !finite(float64(top)) {
		return -1
	}
	if s.Temperature < coldest {
		return int32(slices.Index(logits, top))
	}
	if s.Temperature != 1 {
		scale := float32(1 / min(s.Temperature, hottest))
		lane.Scale(logits, scale, logits)
		top *= scale
		if !finite(float64(top)) {
			return -1
		}
	}
	total := s.weigh(top, logits)
	if s.TopK == 0 && (s.TopP == 0 || s.TopP == 1) {
		return s.pick(s.rng.Float64() * total)
	}
	s.gather()
	if s.TopK > 0 {
		s.cut(one, float64(s.TopK))
	}
	if s.TopP > 0 && s.TopP < 1 {
		s.cut(itself, s.TopP*s.mass())
	}
	return s.pickCandidate(s.rng.Float64() * s.mass())
}

// weigh sets the weights, and returns their sum.
func (s *sampler) weigh(top float32, logits []float32) (total float64) {
	for i := range s.sums {
		lo := i * weightBlock
		hi := min(lo+weightBlock, len(logits))
		s.sums[i] = float64(lane.ExpSum(s.weights[lo:hi], top, logits[lo:hi]))
		total += s.sums[i]
	}
	return total
}

// pick returns the word that the point at falls on when all lie side by side, each as wide as its weight.
func (s *sampler) pick(at float64) int32 {
	block, last := 0, int32(-1)
	for block < len(s.sums)-1 && at >= s.sums[block] {
		at -= s.sums[block]
		block++
	}
	// A point that rounding has put beyond the end belongs to the last word that has any width.
	for ; last < 0; block-- {
		lo := block * weightBlock
		for i, w := range s.weights[lo:min(lo+weightBlock, len(s.weights))] {
			if w == 0 {
				continue
			}
			last = int32(lo + i)
			if at -= float64(w); at < 0 {
				return last
			}
		}
	}
	return last
}

// gather makes every word that can be drawn a candidate.
func (s *sampler) gather() {
	s.candidates = s.candidates[:0]
	for id, w := range s.weights {
		if w > 0 {
			s.candidates = append(s.candidates, candidate{int32(id), w})
		}
	}
}

func one(float32) float64           { return 1 }
func itself(weight float32) float64 { return float64(weight) }

// cut keeps the fewest candidates, the likeliest first and the lower ids among equals, that measure enough together,
// which is more than 0. It is a selection (Hoare 1961): only the part in which enough is reached is looked into further.
func (s *sampler) cut(measure func(weight float32) float64, enough float64) {
	lo, hi := 0, len(s.candidates) // those before lo are kept and not enough; those before hi are, or all there is
	for lo < hi {
		at, likelier := s.partition(lo, hi, measure)
		if likelier >= enough {
			hi = at
			continue
		}
		enough -= likelier + measure(s.candidates[at].weight)
		lo = at + 1
		if enough <= 0 {
			hi = lo
		}
	}
	s.candidates = s.candidates[:hi]
}

// partition moves those of candidates lo to hi that come before one of them to its left and the others to its right. It
// returns where that one is, and what those to its left measure.
func (s *sampler) partition(lo, hi int, measure func(weight float32) float64) (at int, left float64) {
	c := s.candidates[lo:hi]
	last := len(c) - 1
	m := median(c, 0, last/2, last)
	c[m], c[last] = c[last], c[m]
	pivot := c[last]
	for i, v := range c[:last] {
		if v.before(pivot) {
			left += measure(v.weight)
			c[i], c[at] = c[at], v
			at++
		}
	}
	c[at], c[last] = pivot, c[at]
	return lo + at, left
}

// median returns which of the three candidates comes between the others.
func median(c []candidate, i, j, k int) int {
	if c[j].before(c[i]) {
		i, j = j, i
	}
	switch {
	case c[k].before(c[i]):
		return i
	case c[k].before(c[j]):
		return k
	}
	return j
}

// before reports whether a is likelier than b, or has the lower id if they are equal.
func (a candidate) before(b candidate) bool {
	return a.weight > b.weight || a.weight == b.weight && a.id < b.id
}

// mass returns the sum of the candidates' weights.
func (s *sampler) mass() (total float64) {
	for _, c := range s.candidates {
		total += float64(c.weight)
	}
	return total
}

// pickCandidate is pick among the candidates.
func (s *sampler) pickCandidate(at float64) int32 {
	for _, c := range s.candidates {
		if at -= float64(c.weight); at < 0 {
			return c.id
		}
	}
	return s.candidates[len(s.candidates)-1].id
}
