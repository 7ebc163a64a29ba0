package wordvec

import (
	"fmt"
	"io"
	"strings"
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

// EvalAnalogies is [Evaluation.Analogies] among the first top words (0: all).
func (v *Vectors) EvalAnalogies(r io.Reader, name string, top int) (AnalogyResult, error) {
	return Evaluation{Top: top}.Analogies(v, r, name)
}

// Analogies asks the questions of a file in questions-words format: lines of four words "a b c d", a is to b as c is
// to d, under section lines ": name". Blank lines and lines that begin with # or // don't count.
//
// The answer is the word of the largest cosine to b − a + c of the unit vectors (3CosAdd; 3CosMul if Multiply), a, b and c excluded, the
// earlier one of equal ones; it is right or wrong, there is no second guess. Questions with an unknown word are skipped. The figures are those of
// gensim's evaluate_word_analogies.
//
// The errors name the file (name) and the line: not four words, not UTF-8, no question at all.
func (e Evaluation) Analogies(v *Vectors, r io.Reader, name string) (AnalogyResult, error) {
	result := AnalogyResult{File: name, Sections: []AnalogySection{}}
	words, err := e.lookUp(v)
	if err != nil {
		return result, err
	}
	var questions []question
	lines := newLines(r, name)
	for lines.next() {
		if section, is := strings.CutPrefix(lines.text, ":"); is {
			result.Sections = append(result.Sections, AnalogySection{Section: strings.TrimSpace(section)})
			continue
		}
		fields := strings.Fields(lines.text)
		if len(fields) != 4 {
			return result, lines.errorf("%d words: want four, \"a b c d\", or a section \": name\"", len(fields))
		}
		if len(result.Sections) == 0 {
			result.Sections = append(result.Sections, AnalogySection{})
		}
		q := question{section: len(result.Sections) - 1}
		section := &result.Sections[q.section]
		switch {
		case words.find(q.words[:], fields):
			section.Total++
			questions = append(questions, q)
		case e.CountUnknown:
			section.Total++
		default:
			section.Skipped++
		}
	}
	if lines.err != nil {
		return result, lines.err
	}
	e.answer(v, words, questions)
	for _, q := range questions {
		if q.right {
			result.Sections[q.section].Correct++
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

// A question is the rows of a, b, c and d.
type question struct {
	words   [4]int32
	section int
	right   bool
}

// answer says which questions are answered right.
func (e Evaluation) answer(v *Vectors, words *knownWords, questions []question) {
	searches := make([]*search, len(questions))
	for i, q := range questions {
		a, b, c := q.words[0], q.words[1], q.words[2]
		s := &search{asked: []int32{a, b, c}, classes: words.classes, top: words.top, best: newTopK(1)}
		if e.Multiply {
			s.multiply, s.positive = true, 2
			s.directions = [][]float32{v.direction(nil, b), v.direction(nil, c), v.direction(nil, a)}
		} else {
			s.directions = [][]float32{v.direction([]int32{a}, b, c)}
		}
		searches[i] = s
	}
	v.search(searches)
	for i, s := range searches {
		found := s.best.sorted()
		questions[i].right = len(found) > 0 && words.class(int32(found[0].id)) == questions[i].words[3]
	}
}

// direction returns the sum of the unit vectors of the positive rows, less those of the negative ones, as a unit vector, or zero.
func (v *Vectors) direction(negative []int32, positive ...int32) []float32 {
	sum := make([]float64, v.Dim())
	for _, id := range positive {
		addUnit(sum, 1, v.Row(int(id)))
	}
	for _, id := range negative {
		addUnit(sum, -1, v.Row(int(id)))
	}
	direction, _ := unit(sum)
	return direction
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
