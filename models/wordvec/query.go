package wordvec

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/lane-go/lane"
)

// A Match is a word that answers a query, and its score.
type Match struct {
	Word       string  `json:"word"`
	Similarity float32 `json:"similarity"`
}

// Similar returns the n words nearest to what positive words have and negative words lack, best first: those of the largest cosine
// to the mean of the unit vectors, the negative ones' taken with a minus (3CosAdd, Mikolov et al. 2013; gensim's most_similar). The words
// asked about are left out. The search is exact; equal words come in the order of their rows.
//
// The errors: no word, n below 1, an unknown word ([UnknownWordError]), and words whose vectors cancel out.
func (v *Vectors) Similar(positive, negative []string, n int) ([]Match, error) {
	asked, err := v.findAll(positive, negative, n)
	if err != nil {
		return nil, err
	}
	mean := make([]float64, v.Dim())
	for at, id := range asked {
		sign := 1.0
		if at >= len(positive) {
			sign = -1
		}
		addUnit(mean, sign, v.Matrix.Row(id))
	}
	query, ok := unit(mean)
	if !ok {
		return nil, fmt.Errorf("wordvec: the vectors of %s cancel out: nothing is near the zero vector; ask about other words",
			describe(positive, negative))
	}
	scores := make([]float32, v.Len())
	v.cosines(scores, query)
	return v.best(scores, n, asked), nil
}

// SimilarCosMul is [Vectors.Similar] by the multiplicative combination: each word scores
// Π (1+cos(w, p))/2 over the positive p, divided by Π (1+cos(w, n))/2 + 10⁻⁶ over the negative n (3CosMul, Levy and Goldberg 2014,
// equation 4; gensim's most_similar_cosmul). At least one word must be positive.
func (v *Vectors) SimilarCosMul(positive, negative []string, n int) ([]Match, error) {
	asked, err := v.findAll(positive, negative, n)
	if err != nil {
		return nil, err
	}
	if len(positive) == 0 {
		return nil, errors.New("wordvec: a product of similarities needs at least one positive word")
	}
	const epsilon = 1e-6
	scores, below, cosines := filled(v.Len(), 1), filled(v.Len(), 1), make([]float32, v.Len())
	query := make([]float64, v.Dim())
	for at, id := range asked {
		clear(query)
		addUnit(query, 1, v.Matrix.Row(id))
		direction, _ := unit(query)
		v.cosines(cosines, direction)
		product := scores
		if at >= len(positive) {
			product = below
		}
		for i, c := range cosines {
			product[i] *= (1 + c) / 2
		}
	}
	for i := range scores {
		scores[i] /= below[i] + epsilon
	}
	return v.best(scores, n, asked), nil
}

// Analogy answers "a is to b as c is to …" with the n best words: Similar to b and c, but not a.
func (v *Vectors) Analogy(a, b, c string, n int) ([]Match, error) {
	return v.Similar([]string{b, c}, []string{a}, n)
}

// Nearest returns the n words whose vectors have the largest cosine to query (D numbers), best first. It panics on another length; a
// query that is zero or not finite is an error.
func (v *Vectors) Nearest(query []float32, n int) ([]Match, error) {
	if len(query) != v.Dim() {
		panic(fmt.Sprintf("wordvec: Nearest: %d numbers for vectors of %d dimensions", len(query), v.Dim()))
	}
	if n < 1 {
		return nil, errTooFew(n)
	}
	if j := notFinite(query); j >= 0 {
		return nil, fmt.Errorf("wordvec: value %d of the query is %v: it must be finite", j+1, query[j])
	}
	sum := make([]float64, v.Dim())
	addUnit(sum, 1, query)
	direction, ok := unit(sum)
	if !ok {
		return nil, errors.New("wordvec: the query is the zero vector: it has no direction")
	}
	scores := make([]float32, v.Len())
	v.cosines(scores, direction)
	return v.best(scores, n, nil), nil
}

// Similarity returns the cosine of the vectors of a and b.
func (v *Vectors) Similarity(a, b string) (float32, error) {
	x, err := v.Vector(a)
	if err != nil {
		return 0, err
	}
	y, err := v.Vector(b)
	if err != nil {
		return 0, err
	}
	return float32(cosine(x, y)), nil
}

// Distance returns 1 − the cosine of the vectors of a and b, from 0 to 2.
func (v *Vectors) Distance(a, b string) (float32, error) {
	similarity, err := v.Similarity(a, b)
	return 1 - similarity, err
}

// Rank returns the place of b among the neighbours of a: 1 if no other word is nearer to a.
func (v *Vectors) Rank(a, b string) (int, error) {
	asked, err := v.findAll([]string{a, b}, nil, 1)
	if err != nil {
		return 0, err
	}
	sum := make([]float64, v.Dim())
	addUnit(sum, 1, v.Matrix.Row(asked[0]))
	direction, ok := unit(sum)
	if !ok {
		return 0, fmt.Errorf("wordvec: the vector of %q is zero: it has no neighbours", a)
	}
	scores := make([]float32, v.Len())
	v.cosines(scores, direction)
	rank := 1
	for i, s := range scores {
		if i != asked[0] && s > scores[asked[1]] {
			rank++
		}
	}
	return rank, nil
}

// Odd returns the word that doesn't go with the others: the last of [Vectors.Central] (gensim's doesnt_match).
func (v *Vectors) Odd(words ...string) (string, error) {
	ranked, err := v.Central(words...)
	if err != nil {
		return "", err
	}
	return ranked[len(ranked)-1].Word, nil
}

// Central ranks words by their cosine to the mean of their unit vectors, most central first; of equal ones the word that sorts first
// comes last. It wants at least three words, all of them known: of fewer none is odd.
func (v *Vectors) Central(words ...string) ([]Match, error) {
	if len(words) < 3 {
		return nil, fmt.Errorf("wordvec: %d words: it takes three to tell which one doesn't match", len(words))
	}
	asked, err := v.findAll(words, nil, 1)
	if err != nil {
		return nil, err
	}
	mean := make([]float64, v.Dim())
	for _, id := range asked {
		addUnit(mean, 1, v.Matrix.Row(id))
	}
	direction, ok := unit(mean)
	if !ok {
		return nil, fmt.Errorf("wordvec: the vectors of %s cancel out: they have no middle", describe(words, nil))
	}
	ranked := make([]Match, len(words))
	for i, id := range asked {
		ranked[i] = Match{words[i], float32(cosine(v.Matrix.Row(id), direction))}
	}
	slices.SortFunc(ranked, func(a, b Match) int {
		return cmp.Or(cmp.Compare(b.Similarity, a.Similarity), cmp.Compare(b.Word, a.Word))
	})
	return ranked, nil
}

// findAll returns the rows of the positive words, then of the negative ones.
func (v *Vectors) findAll(positive, negative []string, n int) ([]int, error) {
	if len(positive)+len(negative) == 0 {
		return nil, errors.New("wordvec: no word to look for: name at least one")
	}
	if n < 1 {
		return nil, errTooFew(n)
	}
	ids := make([]int, 0, len(positive)+len(negative))
	for _, word := range slices.Concat(positive, negative) {
		id, err := v.find(word)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func errTooFew(n int) error {
	return fmt.Errorf("wordvec: %d words asked for: ask for at least 1", n)
}

// addUnit adds x/|x|, times the sign, to sum; nothing for a zero x.
func addUnit(sum []float64, sign float64, x []float32) {
	length := norm64(x)
	if length == 0 {
		return
	}
	for j := range sum {
		sum[j] += sign * float64(x[j]) / length
	}
}

// unit returns x/|x|, and whether x has a direction beyond the rounding of a sum of unit vectors.
func unit(x []float64) ([]float32, bool) {
	square := 0.0
	for _, value := range x {
		square += value * value
	}
	direction := make([]float32, len(x))
	length := math.Sqrt(square)
	if length < 1e-12 {
		return direction, false
	}
	for j, value := range x {
		direction[j] = float32(value / length)
	}
	return direction, true
}

// cosines sets scores[i] to the cosine of row i and the unit vector query.
func (v *Vectors) cosines(scores, query []float32) {
	lengths := v.norms()
	lane.Parallel(v.Len(), rowsAtATime, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			row := v.Matrix.Row(i)
			product := lane.Dot(row, query)
			switch {
			case lengths[i] == 0:
				scores[i] = 0
			case lengths[i] <= math.MaxFloat32 && finite(product):
				scores[i] = product / lengths[i]
			default: // numbers near the end of float32's range
				scores[i] = float32(cosine(row, query))
			}
		}
	})
}

// best returns the n words of the largest scores, those asked about left out.
func (v *Vectors) best(scores []float32, n int, asked []int) []Match {
	top := newTopK(min(n, v.Len()))
	for i, score := range scores {
		if top.wants(score) && !slices.Contains(asked, i) {
			top.add(i, score)
		}
	}
	found := top.sorted()
	matches := make([]Match, len(found))
	for i, c := range found {
		matches[i] = Match{v.Words[c.id], c.score}
	}
	return matches
}

func filled(n int, value float32) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = value
	}
	return x
}

func describe(positive, negative []string) string {
	var terms []string
	for _, word := range positive {
		terms = append(terms, fmt.Sprintf("+%q", word))
	}
	for _, word := range negative {
		terms = append(terms, fmt.Sprintf("−%q", word))
	}
	return strings.Join(terms, " ")
}
