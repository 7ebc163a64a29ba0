package wordvec

import (
	"fmt"
	"iter"
	"math"
	"sync"

	"github.com/lane-go/lane"
)

// Vectors are V words and their D-dimensional vectors, usually most frequent word first, made by [New], [Load] or
// [Reader.Load]. Queries may run concurrently. Words and Matrix must not change.
type Vectors struct {
	Words      []string
	Matrix     lane.Matrix // V×D, row i the vector of Words[i]; empty if a file is mapped ([Reader]), where Row has them
	Duplicates int         // rows that a reader left out because their word had come before, as gensim does

	dim    int
	mapped *mapped // nil: the rows are Matrix's
	index  map[string]int32
	norms  func() []float32 // V lengths, computed at the first query
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
		if j := lane.IndexNonFinite(m.Row(i)); j >= 0 {
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
	v := &Vectors{Words: words, Matrix: m, dim: m.Cols, index: index}
	v.norms = sync.OnceValue(v.lengths)
	return v
}

// Close gives back the mapping of a mapped file; other vectors need none. No query may run then or after it.
func (v *Vectors) Close() error {
	if v.mapped == nil {
		return nil
	}
	return v.mapped.close()
}

// Len returns V, the number of words.
func (v *Vectors) Len() int { return len(v.Words) }

// Dim returns D, the number of dimensions.
func (v *Vectors) Dim() int { return v.dim }

// Row returns the vector of Words[i]: a view of Matrix, or a copy if a file is mapped.
func (v *Vectors) Row(i int) []float32 {
	if v.mapped == nil {
		return v.Matrix.Row(i)
	}
	row := make([]float32, v.dim)
	v.mapped.decode(row, i)
	return row
}

// rows returns rows lo to hi, those of a mapped file decoded into the scratch, which grows as needed.
func (v *Vectors) rows(lo, hi int, scratch *[]float32) lane.Matrix {
	if v.mapped == nil {
		return v.Matrix.Slice(lo, hi, 0, v.dim)
	}
	if need := (hi - lo) * v.dim; cap(*scratch) < need {
		*scratch = make([]float32, need)
	}
	m := lane.MatrixOf((*scratch)[:(hi-lo)*v.dim], hi-lo, v.dim)
	for i := lo; i < hi; i++ {
		v.mapped.decode(m.Row(i-lo), i)
	}
	return m
}

// all yields every row in turn, each valid until the next.
func (v *Vectors) all() iter.Seq2[int, []float32] {
	return func(yield func(int, []float32) bool) {
		var scratch []float32
		for i := range v.Len() {
			if !yield(i, v.rows(i, i+1, &scratch).Row(0)) {
				return
			}
		}
	}
}

// ID returns the row of a word, and whether there is one.
func (v *Vectors) ID(word string) (int, bool) {
	i, ok := v.index[word]
	return int(i), ok
}

// Vector returns the vector of a word, as [Vectors.Row] does, or an [UnknownWordError].
func (v *Vectors) Vector(word string) ([]float32, error) {
	i, err := v.find(word)
	if err != nil {
		return nil, err
	}
	return v.Row(i), nil
}

func (v *Vectors) find(word string) (int, error) {
	if i, ok := v.index[word]; ok {
		return int(i), nil
	}
	return 0, &UnknownWordError{Word: word, Suggestions: v.suggest(word)}
}

// rowsAtATime of a parallel pass, decoded if need be, stay in the cache for what is done to them.
const rowsAtATime = 256

// lengths returns the Euclidean length of every row: NaN where it is none of float32's.
func (v *Vectors) lengths() []float32 {
	lengths := make([]float32, v.Len())
	v.parallel(0, v.Len(), func(lo int, rows lane.Matrix) {
		for i := range rows.Rows {
			lengths[lo+i] = norm(rows.Row(i))
		}
	})
	return lengths
}

// parallel calls body with the rows from lo to hi, some at a time, on all threads.
func (v *Vectors) parallel(lo, hi int, body func(lo int, rows lane.Matrix)) {
	lane.Parallel(hi-lo, rowsAtATime, func(from, to int) {
		scratch := scratches.Get().(*[]float32)
		body(lo+from, v.rows(lo+from, lo+to, scratch))
		scratches.Put(scratch)
	})
}

var scratches = sync.Pool{New: func() any { return new([]float32) }}

func norm(x []float32) float32 {
	length := float32(norm64(x))
	if !finite(length) {
		return float32(math.NaN())
	}
	return length
}

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

func finite(x float32) bool { return x-x == 0 }
