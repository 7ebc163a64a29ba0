package wordvec

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/stat"
)

// A SimilarityResult is how well cosines agree with people's scores of the same pairs of words.
type SimilarityResult struct {
	File     string  `json:"file"`
	Spearman float64 `json:"spearman"` // of the ranks, −1 to 1; NaN, in JSON null, if all scores or all cosines are equal or there are under two pairs
	Pearson  float64 `json:"pearson"`  // of the values, the same
	Pairs    int     `json:"pairs"`
	Skipped  int     `json:"skipped"` // pairs with an unknown word
}

// MarshalJSON writes an undefined correlation as null.
func (r SimilarityResult) MarshalJSON() ([]byte, error) {
	type plain SimilarityResult
	return json.Marshal(struct {
		plain
		Spearman *float64 `json:"spearman"`
		Pearson  *float64 `json:"pearson"`
	}{plain(r), defined(r.Spearman), defined(r.Pearson)})
}

func defined(x float64) *float64 {
	if math.IsNaN(x) {
		return nil
	}
	return &x
}

// EvalSimilarity is [Evaluation.Similarity] among all words.
func (v *Vectors) EvalSimilarity(r io.Reader, name string) (SimilarityResult, error) {
	return Evaluation{}.Similarity(v, r, name)
}

// Similarity computes Spearman's rank correlation between the cosine of every pair of words in a file and the score
// that people gave it: Pearson's correlation of the ranks, equal values sharing the mean of their ranks; and Pearson's of the values
// themselves. The figures are those of gensim's evaluate_word_pairs.
//
// A line is two words and a score, and more fields don't matter; they are set apart by tabs, or else commas, or else spaces. Blank lines and
// lines that begin with # or // don't count, nor does a heading: a first line without a score. Pairs with an unknown word are skipped.
//
// The errors name the file (name) and the line: under three fields, a score that is no finite number, not UTF-8, no pair at all.
func (e Evaluation) Similarity(v *Vectors, r io.Reader, name string) (SimilarityResult, error) {
	result := SimilarityResult{File: name, Spearman: math.NaN(), Pearson: math.NaN()}
	words, err := e.lookUp(v)
	if err != nil {
		return result, err
	}
	var scores, cosines []float64
	lines := newLines(r, name)
	for first := true; lines.next(); first = false {
		fields := splitPair(lines.text)
		if len(fields) < 3 {
			return result, lines.errorf("%d fields: want two words and a score, with tabs, commas or spaces between", len(fields))
		}
		score, err := strconv.ParseFloat(fields[2], 64)
		if err != nil && first {
			continue
		}
		if err != nil || math.IsNaN(score) || math.IsInf(score, 0) {
			return result, lines.errorf("score %.40q: want a finite number", fields[2])
		}
		var pair [2]int32
		alike := 0.0
		if words.find(pair[:], fields[:2]) {
			alike = cosine(v.Row(int(pair[0])), v.Row(int(pair[1])))
		} else if !e.CountUnknown {
			result.Skipped++
			continue
		}
		scores = append(scores, score)
		cosines = append(cosines, alike)
	}
	if lines.err != nil {
		return result, lines.err
	}
	result.Pairs = len(scores)
	if result.Pairs+result.Skipped == 0 {
		return result, fmt.Errorf("wordvec: %s holds no pairs: want lines of two words and a score", name)
	}
	if result.Pairs >= 2 {
		result.Spearman = stat.Correlation(ranks(scores), ranks(cosines), nil)
		result.Pearson = stat.Correlation(scores, cosines, nil)
	}
	return result, nil
}

// splitPair splits at tabs, or else commas, or else spaces.
func splitPair(line string) []string {
	for _, separator := range []string{"\t", ","} {
		if strings.Contains(line, separator) {
			fields := strings.Split(line, separator)
			for i := range fields {
				fields[i] = strings.TrimSpace(fields[i])
			}
			return fields
		}
	}
	return strings.Fields(line)
}

// ranks returns the rank of every value, from 1, equal values sharing the mean of theirs.
func ranks(x []float64) []float64 {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(x[a], x[b]) })
	ranked := make([]float64, len(x))
	for lo := 0; lo < len(x); {
		hi := lo + 1
		for hi < len(x) && x[order[hi]] == x[order[lo]] {
			hi++
		}
		for _, i := range order[lo:hi] {
			ranked[i] = float64(lo+hi+1) / 2
		}
		lo = hi
	}
	return ranked
}
