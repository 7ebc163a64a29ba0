package wordvec

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lane-go/lane"
)

// A Match is a word that answers a query, and its score.
type Match struct {
	Word       string  `json:"word"`
	Similarity float32 `json:"similarity"`
}

// A Query asks for the words that are most like what the positive words have and the negative words lack.
type Query struct {
	Positive, Negative []string

	N   int // how many words to name, at least 1
	Top int // only the first Top words, the most frequent ones, can be the answer; 0: all

	// Multiply ranks words w by Π (1+cos(w, p))/2 over the positive p, divided by Π (1+cos(w, n))/2 + 10⁻⁶ over the negative n
	// (3CosMul, Levy and Goldberg 2014, equation 4; gensim's most_similar_cosmul), where at least one word must be positive. Else it is
	// by the cosine to the mean of the unit vectors, the negative ones' taken with a minus (3CosAdd, Mikolov et al. 2013;
	// gensim's most_similar).
	Multiply bool
}

// Ask answers queries, many of them much faster together than one after the other, in the same way: the n best words, best first,
// those asked about left out. The search is exact; equal words come in the order of their rows.
//
// The errors are those of the first query that has one: no word, N below 1, Top below 0, an unknown word ([UnknownWordError]), words whose
// vectors cancel out.
func (v *Vectors) Ask(queries ...Query) ([][]Match, error) {
	searches := make([]*search, len(queries))
	for i, q := range queries {
		var err error
		if searches[i], err = v.newSearch(q); err != nil {
			return nil, err
		}
	}
	v.search(searches)
	answers := make([][]Match, len(queries))
	for i, s := range searches {
		answers[i] = v.matches(s.best)
	}
	return answers, nil
}

// Similar is [Vectors.Ask] for the n words nearest to what positive words have and negative words lack, by 3CosAdd, among all words.
func (v *Vectors) Similar(positive, negative []string, n int) ([]Match, error) {
	return v.askOne(Query{Positive: positive, Negative: negative, N: n})
}

// SimilarCosMul is [Vectors.Similar] by 3CosMul.
func (v *Vectors) SimilarCosMul(positive, negative []string, n int) ([]Match, error) {
	return v.askOne(Query{Positive: positive, Negative: negative, N: n, Multiply: true})
}

// Analogy answers "a is to b as c is to …" with the n best words: Similar to b and c, but not a.
func (v *Vectors) Analogy(a, b, c string, n int) ([]Match, error) {
	return v.Similar([]string{b, c}, []string{a}, n)
}

func (v *Vectors) askOne(q Query) ([]Match, error) {
	answers, err := v.Ask(q)
	if err != nil {
		return nil, err
	}
	return answers[0], nil
}

// newSearch looks the words of a query up.
func (v *Vectors) newSearch(q Query) (*search, error) {
	if len(q.Positive)+len(q.Negative) == 0 {
		return nil, errors.New("wordvec: no word to look for: name at least one")
	}
	if q.N < 1 {
		return nil, errTooFew(q.N)
	}
	ids, err := v.findAll(slices.Concat(q.Positive, q.Negative))
	if err != nil {
		return nil, err
	}
	if q.Multiply && len(q.Positive) == 0 {
		return nil, errors.New("wordvec: a product of similarities needs at least one positive word")
	}
	top, err := v.confined(q.Top)
	if err != nil {
		return nil, err
	}
	s := &search{multiply: q.Multiply, positive: len(q.Positive), top: top, best: newTopK(min(q.N, top))}
	sum := make([]float64, v.Dim())
	for at, id := range ids {
		s.asked = append(s.asked, int32(id))
		sign := 1.0
		if !q.Multiply && at >= len(q.Positive) {
			sign = -1
		}
		addUnit(sum, sign, v.Row(id))
		if q.Multiply {
			direction, _ := unit(sum)
			s.directions = append(s.directions, direction)
			clear(sum)
		}
	}
	if q.Multiply {
		return s, nil
	}
	direction, ok := unit(sum)
	if !ok {
		return nil, fmt.Errorf("wordvec: the vectors of %s cancel out: nothing is near the zero vector; ask about other words",
			describe(q.Positive, q.Negative))
	}
	s.directions = [][]float32{direction}
	return s, nil
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
	if j := lane.IndexNonFinite(query); j >= 0 {
		return nil, fmt.Errorf("wordvec: value %d of the query is %v: it must be finite", j+1, query[j])
	}
	sum := make([]float64, v.Dim())
	addUnit(sum, 1, query)
	direction, ok := unit(sum)
	if !ok {
		return nil, errors.New("wordvec: the query is the zero vector: it has no direction")
	}
	s := &search{directions: [][]float32{direction}, top: v.Len(), best: newTopK(min(n, v.Len()))}
	v.search([]*search{s})
	return v.matches(s.best), nil
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
	asked, err := v.findAll([]string{a, b})
	if err != nil {
		return 0, err
	}
	sum := make([]float64, v.Dim())
	addUnit(sum, 1, v.Row(asked[0]))
	direction, ok := unit(sum)
	if !ok {
		return 0, fmt.Errorf("wordvec: the vector of %q is zero: it has no neighbours", a)
	}
	scores := v.cosines(direction)
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
	asked, err := v.findAll(words)
	if err != nil {
		return nil, err
	}
	mean := make([]float64, v.Dim())
	for _, id := range asked {
		addUnit(mean, 1, v.Row(id))
	}
	direction, ok := unit(mean)
	if !ok {
		return nil, fmt.Errorf("wordvec: the vectors of %s cancel out: they have no middle", describe(words, nil))
	}
	ranked := make([]Match, len(words))
	for i, id := range asked {
		ranked[i] = Match{words[i], float32(cosine(v.Row(id), direction))}
	}
	slices.SortFunc(ranked, func(a, b Match) int {
		return cmp.Or(cmp.Compare(b.Similarity, a.Similarity), cmp.Compare(b.Word, a.Word))
	})
	return ranked, nil
}

// findAll returns the rows of the words.
func (v *Vectors) findAll(words []string) ([]int, error) {
	ids := make([]int, 0, len(words))
	for _, word := range words {
		id, err := v.find(word)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// confined returns how many rows the first top words are; 0 stands for all.
func (v *Vectors) confined(top int) (int, error) {
	if top < 0 {
		return 0, fmt.Errorf("wordvec: the first %d words: want 1 or more, or 0 for all", top)
	}
	if top == 0 {
		return v.Len(), nil
	}
	return min(top, v.Len()), nil
}

func errTooFew(n int) error {
	return fmt.Errorf("wordvec: %d words asked for: ask for at least 1", n)
}

// matches names the words that were found.
func (v *Vectors) matches(best *topK) []Match {
	found := best.sorted()
	matches := make([]Match, len(found))
	for i, c := range found {
		matches[i] = Match{v.Words[c.id], c.score}
	}
	return matches
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
