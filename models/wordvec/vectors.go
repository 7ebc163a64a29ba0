package wordvec

import (
	"fmt"
	"math"
	"sync"

	"github.com/lane-go/lane"
)

// Vectors are V words and their D-dimensional vectors, usually most frequent word first, made by [New], [Load] or
// [Read]. Queries may run concurrently. Words and Matrix must not change.
type Vectors struct {
	Words      []string
	Matrix     lane.Matrix // V×D, row i the vector of Words[i]
	Duplicates int         // rows that a reader left out because their word had come before, as gensim does

	index map[string]int32
	norms func() []float32 // V lengths, computed at the first query
}

// New returns the vectors whose row i of m (V×D, rows of adjacent numbers) belongs to words[i]. It keeps both
// without copying.
//
// The errors are about the data: no word or no dimension, more or fewer words than rows, a word twice, a number that is NaN or infinite.
// It panics if the numbers of a row do not lie side by side.
func New(words []string, m lane.Matrix) (*Vectors, error) {
	if m.ColStride != 1 && m.Cols > 1 {
		panic(fmt.Sprintf("wordvec: New: the elements of a row are %d apart; copy the matrix", m.ColStride))
	}
	if len(words) != m.Rows {
		return nil, fmt.Errorf("wordvec: %d words for a matrix of %v: give every row one word", len(words), m)
	}
	if m.Rows == 0 || m.Cols == 0 {
		return nil, fmt.Errorf("wordvec: a matrix of %v holds no vectors", m)
	}
	if m.Rows > math.MaxInt32 {
		return nil, fmt.Errorf("wordvec: %d words: at most %d can be indexed", m.Rows, math.MaxInt32)
	}
	for i := range m.Rows {
		if j := notFinite(m.Row(i)); j >= 0 {
			return nil, fmt.Errorf("wordvec: value %d of row %d (%q) is %v: "+
				"vectors must be finite; a training that diverged needs a lower learning rate", j+1, i+1, words[i], m.At(i, j))
		}
	}
	index := make(map[string]int32, len(words))
	for i, word := range words {
		if first, twice := index[word]; twice {
			return nil, fmt.Errorf("wordvec: rows %d and %d have the same word %q: keep one of them", first+1, i+1, word)
		}
		index[word] = int32(i)
	}
	return assemble(words, m, index), nil
}

// assemble is New for parts already checked.
func assemble(words []string, m lane.Matrix, index map[string]int32) *Vectors {
	return &Vectors{Words: words, Matrix: m, index: index, norms: sync.OnceValue(func() []float32 { return norms(m) })}
}

// Len returns V, the number of words.
func (v *Vectors) Len() int { return len(v.Words) }

// Dim returns D, the number of dimensions.
func (v *Vectors) Dim() int { return v.Matrix.Cols }

// ID returns the row of a word, and whether there is one.
func (v *Vectors) ID(word string) (int, bool) {
	i, ok := v.index[word]
	return int(i), ok
}

// Vector returns the vector of a word, a view of its row, or an [UnknownWordError].
func (v *Vectors) Vector(word string) ([]float32, error) {
	i, err := v.find(word)
	if err != nil {
		return nil, err
	}
	return v.Matrix.Row(i), nil
}

func (v *Vectors) find(word string) (int, error) {
	if i, ok := v.index[word]; ok {
		return int(i), nil
	}
	return 0, &UnknownWordError{Word: word, Suggestions: v.suggest(word)}
}

const rowsAtATime = 1024 // of a parallel pass over the rows

// norms returns the Euclidean length of every row: +Inf where it exceeds float32.
func norms(m lane.Matrix) []float32 {
	lengths := make([]float32, m.Rows)
	lane.Parallel(m.Rows, rowsAtATime, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			lengths[i] = norm(m.Row(i))
		}
	})
	return lengths
}

func norm(x []float32) float32 { return float32(norm64(x)) }

func norm64(x []float32) float64 { return math.Sqrt(lane.SumSquares(x)) }

func dot64(x, y []float32) float64 {
	sum := 0.0
	for i := range x {
		sum += float64(x[i]) * float64(y[i])
	}
	return sum
}

// cosine returns x·y/(|x|·|y|) in float64: exactly 1 for a vector and itself, 0 if one of them is zero.
func cosine(x, y []float32) float64 {
	square := dot64(x, x) * dot64(y, y)
	if square == 0 {
		return 0
	}
	return dot64(x, y) / math.Sqrt(square)
}

// notFinite returns the place of the first NaN or infinity in x, or −1.
func notFinite(x []float32) int {
	for j, value := range x {
		if !finite(value) {
			return j
		}
	}
	return -1
}

func finite(x float32) bool { return x-x == 0 }
