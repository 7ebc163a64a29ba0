package wordvec

import (
	"slices"

	"github.com/lane-go/lane"
)

// A builder collects rows as a reader meets them. All words share one string.
type builder struct {
	dim  int
	data []float32
	text []byte
	ends []int // of each word in text
}

func newBuilder(dim, reserve int) *builder {
	return &builder{dim: dim, data: make([]float32, 0, dim*reserve), ends: make([]int, 0, reserve)}
}

// row adds a word and returns its vector to be filled in.
func (b *builder) row(word []byte) []float32 {
	b.word(word)
	return b.vector()
}

// word adds a word whose vector is elsewhere.
func (b *builder) word(word []byte) {
	b.text = append(b.text, word...)
	b.ends = append(b.ends, len(b.text))
}

// vector adds a row without a word.
func (b *builder) vector() []float32 {
	start := len(b.data)
	b.data = slices.Grow(b.data, b.dim)[:start+b.dim]
	return b.data[start:]
}

func (b *builder) rows() int { return len(b.data) / b.dim }

// words returns the words, nil if the rows have none.
func (b *builder) words() []string {
	text := string(b.text)
	words := make([]string, len(b.ends))
	start := 0
	for i, end := range b.ends {
		words[i] = text[start:end]
		start = end
	}
	return words
}

// build keeps the first row of every word.
func (b *builder) build(words []string) *Vectors {
	kept, index := firstOfEach(words, func(to, from int) {
		copy(b.data[to*b.dim:][:b.dim], b.data[from*b.dim:][:b.dim])
	})
	v := assemble(kept, lane.MatrixOf(b.data[:len(kept)*b.dim], len(kept), b.dim), index)
	v.Duplicates = len(words) - len(kept)
	return v
}

// firstOfEach keeps the first of equal words, in place, and numbers them. It calls move for each row that comes to lie elsewhere.
func firstOfEach(words []string, move func(to, from int)) (kept []string, index map[string]int32) {
	index = make(map[string]int32, len(words))
	for i, word := range words {
		if _, twice := index[word]; twice {
			continue
		}
		to := len(index)
		index[word] = int32(to)
		if to < i {
			words[to] = word
			move(to, i)
		}
	}
	return words[:len(index)], index
}
