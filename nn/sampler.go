package nn

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
)

// Sampler draws word ids with probabilities proportional to countᵖᵒʷᵉʳ, each in constant time, by the
// alias method (Walker 1977; Vose 1991). Word2vec's noise has power 0.75 (Mikolov et al. 2013b).
//
// A Sampler doesn't change: any number of goroutines may draw from it, each with its own source.
type Sampler struct{ cells []cell }

// cell is one of n equally likely ones: it stands for its own id when a 32-bit fraction is below own,
// otherwise for alias.
type cell struct {
	own   uint32
	alias int32
}

// NewSampler returns a sampler of the ids 0 to len(counts)−1. A word whose count is 0 is never
// drawn. Each cell's share is rounded to a multiple of 2⁻³², so that a probability is off by less than 2⁻³², far
// below what any number of draws can show.
//
// It panics if a count is negative, none is positive, there are more than 2³¹−1 of them, or power is negative
// or not finite.
func NewSampler(counts []int64, power float64) *Sampler {
	if !(power >= 0) || math.IsInf(power, 0) {
		panic(fmt.Sprintf("nn: NewSampler: power %v", power))
	}
	if len(counts) > math.MaxInt32 {
		panic(fmt.Sprintf("nn: NewSampler: %d words, more than 2³¹−1", len(counts)))
	}
	var most int64
	for i, c := range counts {
		if c < 0 {
			panic(fmt.Sprintf("nn: NewSampler: count %d of word %d", c, i))
		}
		most = max(most, c)
	}
	if most == 0 {
		panic(fmt.Sprintf("nn: NewSampler: none of %d words has a count", len(counts)))
	}
	share := make([]float64, len(counts)) // of a cell; 1 on average
	var sum float64
	for i, c := range counts {
		if c > 0 {
			share[i] = math.Pow(float64(c)/float64(most), power) // at most 1, so that the sum is finite
			sum += share[i]
		}
	}
	for i := range share {
		share[i] *= float64(len(counts)) / sum
	}
	return &Sampler{cells: vose(share)}
}

// vose fills cells from shares that are 1 on average: each that is less than 1 gets the rest of its
// cell from one that is more.
func vose(share []float64) []cell {
	cells := make([]cell, len(share))
	var small, large []int32
	for i := range share {
		if share[i] < 1 {
			small = append(small, int32(i))
		} else {
			large = append(large, int32(i))
		}
	}
	for len(small) > 0 && len(large) > 0 {
		s, l := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		cells[s] = newCell(share[s], l)
		share[l] -= 1 - share[s]
		if share[l] < 1 {
			large = large[:len(large)-1]
			small = append(small, l)
		}
	}
	// What is left has a whole cell, but for rounding errors.
	for _, i := range large {
		cells[i] = cell{alias: i}
	}
	for _, i := range small {
		cells[i] = cell{alias: i}
	}
	return cells
}

// newCell rounds up, so that every word with a count can be drawn.
func newCell(share float64, alias int32) cell {
	return cell{own: uint32(min(math.Ceil(share*(1<<32)), math.MaxUint32)), alias: alias}
}

// Len returns the number of ids.
func (s *Sampler) Len() int { return len(s.cells) }

// Sample returns the next id, using one Uint64 of rng.
func (s *Sampler) Sample(rng *rand.Rand) int32 { return s.Pick(rng.Uint64()) }

// Pick returns the id that belongs to 64 uniformly random bits, for loops with a source of their own.
func (s *Sampler) Pick(random uint64) int32 {
	// The product's upper half is a uniform cell, its lower half a uniform fraction of one.
	i, fraction := bits.Mul64(random, uint64(len(s.cells)))
	c, id := s.cells[i], int32(i)
	if uint32(fraction>>32) >= c.own { // a conditional move: no CPU could predict it
		id = c.alias
	}
	return id
}
