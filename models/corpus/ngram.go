package corpus

import (
	"fmt"
	"math"
)

// NGram is an n-gram language model with interpolated modified Kneser-Ney smoothing (Chen & Goodman 1999, section
// 3.6), the baseline a neural model has to beat. The highest order discounts counts, the lower ones numbers of
// different words before; the lowest is interpolated with the uniform distribution, so every word of the vocabulary
// has a probability above 0 after every context, and they sum to 1.
type NGram struct {
	order  int
	vocab  int
	levels []level // of order 1, 2, …
}

// level holds the (modified) counts of one order. A context of up to two words and a word pack into a uint64, 21
// bits each.
type level struct {
	counts    map[uint64]float64
	contexts  map[uint64]history
	discounts [3]float64 // of counts 1, 2, 3 and more
}

// history sums up the words seen after a context.
type history struct {
	total float64
	types [3]float64 // how many have count 1, 2, 3 and more
}

const (
	maxOrder   = 3
	wordBits   = 21
	maxNGramID = 1 << wordBits
)

// NewNGram counts the ids, a stream that line ends don't interrupt, of a vocabulary of the given size. order is 1
// (unigram), 2 or 3 (trigram). It panics on another order, on a vocabulary of less than 1 or more than 2²¹, on ids
// out of range, and on an empty text.
func NewNGram(order int, ids []int32, vocab int) *NGram {
	if order < 1 || order > maxOrder || vocab < 1 || vocab > maxNGramID || len(ids) == 0 {
		panic(fmt.Sprintf("corpus: NewNGram: order %d, %d ids, vocabulary of %d", order, len(ids), vocab))
	}
	for _, id := range ids {
		if id < 0 || int(id) >= vocab {
			panic(fmt.Sprintf("corpus: NewNGram: id %d in a vocabulary of %d", id, vocab))
		}
	}
	m := &NGram{order: order, vocab: vocab, levels: make([]level, order)}
	top := map[uint64]float64{}
	for i := range ids {
		if i >= order-1 {
			top[pack(ids[i-order+1:i+1])]++
		}
	}
	for n := order; n >= 1; n-- {
		m.levels[n-1] = newLevel(top)
		top = continuations(top, n)
	}
	return m
}

// continuations counts, for every gram of n−1 words, the different words seen before it.
func continuations(counts map[uint64]float64, n int) map[uint64]float64 {
	lower := map[uint64]float64{}
	for gram := range counts {
		lower[gram&(1<<(wordBits*(n-1))-1)]++
	}
	return lower
}

func pack(ids []int32) uint64 {
	key := uint64(0)
	for _, id := range ids {
		key = key<<wordBits | uint64(id)
	}
	return key
}

// newLevel estimates the discounts as Chen & Goodman do: with n_r the number of grams of count r and Y = n1/(n1 +
// 2·n2), D_r = r − (r + 1)·Y·n_{r+1}/n_r, where that is defined, and kept between 0 and r.
func newLevel(counts map[uint64]float64) level {
	l := level{counts: counts, contexts: map[uint64]history{}}
	var seen [5]float64 // by count, grams of 1 … 4
	for gram, count := range counts {
		c := l.contexts[gram>>wordBits]
		c.total += count
		c.types[bucket(count)]++
		l.contexts[gram>>wordBits] = c
		if count <= 4 {
			seen[int(count)]++
		}
	}
	for r := 1; r <= 3; r++ {
		l.discounts[r-1] = 0.5
		if seen[1] > 0 && seen[2] > 0 && seen[r] > 0 {
			y := seen[1] / (seen[1] + 2*seen[2])
			d := float64(r) - float64(r+1)*y*seen[r+1]/seen[r]
			l.discounts[r-1] = max(0.1, min(float64(r)-0.1, d))
		}
	}
	return l
}

func bucket(count float64) int { return min(int(count), 3) - 1 }

// Prob is the probability of the word after the words before it, of which the model looks at the last order−1.
func (m *NGram) Prob(word int32, before []int32) float64 {
	p := 1 / float64(m.vocab)
	for n := 1; n <= m.order && len(before) >= n-1; n++ {
		l := &m.levels[n-1]
		key := pack(before[len(before)-n+1:])
		c, ok := l.contexts[key]
		if !ok {
			break
		}
		count := l.counts[key<<wordBits|uint64(word)]
		left := 0.0 // the mass that discounting frees for the lower orders
		for i, types := range c.types {
			left += l.discounts[i] * types
		}
		if count > 0 {
			count -= l.discounts[bucket(count)]
		}
		p = (count + left*p) / c.total
	}
	return p
}

// CrossEntropy is the mean of −log p of the ids, in nats a token; exp of it is the perplexity. It is NaN for no ids.
func (m *NGram) CrossEntropy(ids []int32) float64 {
	sum := 0.0
	for i, id := range ids {
		sum -= math.Log(m.Prob(id, ids[max(0, i-maxOrder+1):i]))
	}
	return sum / float64(len(ids))
}
