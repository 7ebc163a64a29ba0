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
	Spearman float64 `json:"spearman"` // −1 to 1; NaN, in JSON null, if all scores or all cosines are equal or there are under two pairs
	Pairs    int     `json:"pairs"`
	Skipped  int     `json:"skipped"` // pairs with an unknown word
}

// MarshalJSON writes an undefined correlation as null.
func (r SimilarityResult) MarshalJSON() ([]byte, error) {
	type plain SimilarityResult
	if !math.IsNaN(r.Spearman) {
		return json.Marshal(plain(r))
	}
	return json.Marshal(struct {
		plain
		Spearman *float64 `json:"spearman"`
	}{plain: plain(r)})
}

// EvalSimilarity computes Spearman's rank correlation between the cosine of every pair of words in a file and the score
// that people gave it: Pearson's correlation of the ranks, equal values sharing the mean of their ranks.
//
// A line is two words and a score, and more fields don't matter; they are set apart by tabs, or else commas, or else spaces. Blank lines and
// lines that begin with # or // don't count, nor does a heading: a first line without a score. The words are lower-cased and the vocabulary is not. Pairs
// with an unknown word are skipped.
//
// The errors name the file (name) and the line: under three fields, a score that is no finite number, not UTF-8, no pair at all.
func (v *Vectors) EvalSimilarity(r io.Reader, name string) (SimilarityResult, error) {
	result := SimilarityResult{File: name, Spearman: math.NaN()}
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
		a, knowsA := v.index[strings.ToLower(fields[0])]
		b, knowsB := v.index[strings.ToLower(fields[1])]
		if !knowsA || !knowsB {
			result.Skipped++
			continue
		}
		scores = append(scores, score)
		cosines = append(cosines, cosine(v.Matrix.Row(int(a)), v.Matrix.Row(int(b))))
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
