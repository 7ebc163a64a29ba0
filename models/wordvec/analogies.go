package wordvec

import (
	"fmt"
	"io"
	"strings"

	"github.com/lane-go/lane"
)

// An AnalogyResult is how many analogy questions the vectors answer.
type AnalogyResult struct {
	File     string           `json:"file"`
	Accuracy float64          `json:"accuracy"` // Correct/Total, 0 to 1; 0 if Total is 0
	Correct  int              `json:"correct"`
	Total    int              `json:"total"`   // questions asked: all four words known
	Skipped  int              `json:"skipped"` // questions with an unknown word
	Sections []AnalogySection `json:"sections"`
}

// An AnalogySection is the result of the questions under one ": name" line.
type AnalogySection struct {
	Section  string  `json:"section"`
	Accuracy float64 `json:"accuracy"`
	Correct  int     `json:"correct"`
	Total    int     `json:"total"`
	Skipped  int     `json:"skipped"`
}

// DefaultTop is how many of the most frequent words evaluations of analogies are usually confined to.
const DefaultTop = 30000

// EvalAnalogies asks the questions of a file in questions-words format: lines of four words "a b c d", a is to b as c is
// to d, under section lines ": name". Blank lines and lines that begin with # or // don't count.
//
// Only the first top words exist, as if the vocabulary ended there (0: all of them); questions with other words are skipped. The words of the
// questions are lower-cased and the vocabulary is not. The answer is the word of the largest cosine to b − a + c of the unit vectors (3CosAdd),
// a, b and c excluded, the earlier one of equal ones; it is right or wrong, there is no second guess.
//
// The errors name the file (name) and the line: not four words, not UTF-8, no question at all.
func (v *Vectors) EvalAnalogies(r io.Reader, name string, top int) (AnalogyResult, error) {
	result := AnalogyResult{File: name, Sections: []AnalogySection{}}
	if top < 0 {
		return result, fmt.Errorf("wordvec: analogies among the first %d words: want 1 or more, or 0 for all", top)
	}
	if top == 0 || top > v.Len() {
		top = v.Len()
	}
	var questions []question
	lines := newLines(r, name)
	for lines.next() {
		text := strings.ToLower(lines.text)
		if strings.HasPrefix(text, ":") {
			section := strings.TrimSpace(lines.text[1:])
			result.Sections = append(result.Sections, AnalogySection{Section: section})
			continue
		}
		words := strings.Fields(text)
		if len(words) != 4 {
			return result, lines.errorf("%d words: want four, \"a b c d\", or a section \": name\"", len(words))
		}
		if len(result.Sections) == 0 {
			result.Sections = append(result.Sections, AnalogySection{})
		}
		q := question{section: len(result.Sections) - 1}
		if v.findQuestion(&q, words, top) {
			questions = append(questions, q)
		} else {
			result.Sections[q.section].Skipped++
		}
	}
	if lines.err != nil {
		return result, lines.err
	}
	v.answer(questions, top)
	for _, q := range questions {
		section := &result.Sections[q.section]
		section.Total++
		if q.answer == q.words[3] {
			section.Correct++
		}
	}
	for i := range result.Sections {
		section := &result.Sections[i]
		section.Accuracy = share(section.Correct, section.Total)
		result.Correct += section.Correct
		result.Total += section.Total
		result.Skipped += section.Skipped
	}
	if result.Total+result.Skipped == 0 {
		return result, fmt.Errorf("wordvec: %s holds no questions: want lines of four words, \"a b c d\"", name)
	}
	result.Accuracy = share(result.Correct, result.Total)
	return result, nil
}

// A question is the rows of a, b, c and d, and of the answer given.
type question struct {
	words   [4]int32
	answer  int32
	section int
}

// findQuestion looks up the words, and reports whether all are among the first top.
func (v *Vectors) findQuestion(q *question, words []string, top int) bool {
	for k, word := range words {
		id, known := v.index[word]
		if !known || int(id) >= top {
			return false
		}
		q.words[k] = id
	}
	return true
}

const (
	questionsAtATime = 64   // one product with the whole vocabulary
	candidates       = 8192 // words of that product kept at a time, so that the scores stay in the cache
)

// answer sets every question's answer: the best column of (Q, D)·(D, top), Q questions at a time.
func (v *Vectors) answer(questions []question, top int) {
	if len(questions) == 0 {
		return
	}
	units := v.unitRows(top)
	var blocks []*lane.Packed
	for lo := 0; lo < top; lo += candidates {
		blocks = append(blocks, lane.Pack(units.Slice(lo, min(lo+candidates, top), 0, v.Dim()).T()))
	}
	queries := lane.NewMatrix(questionsAtATime, v.Dim())
	scores := lane.NewMatrix(questionsAtATime, min(candidates, top))
	best := make([]float32, questionsAtATime)
	for start := 0; start < len(questions); start += questionsAtATime {
		batch := questions[start:min(start+questionsAtATime, len(questions))]
		for i, q := range batch {
			query := queries.Row(i)
			lane.Sub(query, units.Row(int(q.words[1])), units.Row(int(q.words[0])))
			lane.Add(query, query, units.Row(int(q.words[2])))
		}
		for k, block := range blocks {
			lo := k * candidates
			product := scores.Slice(0, len(batch), 0, min(candidates, top-lo))
			lane.GemmPacked(product, 0, 1, queries.Slice(0, len(batch), 0, v.Dim()), block)
			lane.Parallel(len(batch), 4, func(from, to int) {
				for i := from; i < to; i++ {
					batch[i].consider(product.Row(i), int32(lo), &best[i])
				}
			})
		}
	}
}

// consider updates the answer, and its score, by the scores of the words from lo on.
func (q *question) consider(scores []float32, lo int32, best *float32) {
	answer, bar := q.answer, *best
	if lo == 0 {
		answer, bar = -1, 0
	}
	for i, score := range scores {
		if id := lo + int32(i); (answer < 0 || score > bar) && id != q.words[0] && id != q.words[1] && id != q.words[2] {
			answer, bar = id, score
		}
	}
	q.answer, *best = answer, bar
}

// unitRows returns the first top rows divided by their lengths; zero rows stay zero.
func (v *Vectors) unitRows(top int) lane.Matrix {
	units := lane.NewMatrix(top, v.Dim())
	lane.Parallel(top, rowsAtATime, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			row := v.Matrix.Row(i)
			if length := norm64(row); length > 0 {
				for j, value := range row {
					units.Data[i*v.Dim()+j] = float32(float64(value) / length)
				}
			}
		}
	})
	return units
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
