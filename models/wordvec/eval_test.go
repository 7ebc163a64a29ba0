package wordvec

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/lane-go/lane"
)

// grid returns words whose analogies are exact, and a zero vector.
func grid(t testing.TB) *Vectors {
	v, err := New([]string{"king", "queen", "man", "woman", "boy", "girl", "zero"}, lane.MatrixOf([]float32{
		1, 0, 0, 0.1,
		1, 0, 0, 1,
		0, 1, 0, 0.1,
		0, 1, 0, 1,
		0, 0, 1, 0.1,
		0, 0, 1, 1,
		0, 0, 0, 0}, 7, 4))
	require.NoError(t, err)
	return v
}

func TestEvalAnalogies(t *testing.T) {
	v := grid(t)
	const questions = `// a licence
: royal

king queen Man WOMAN
man woman king queen
king queen man girl
# a comment
king queen emperor empress
: young ones
boy girl man woman
zero zero zero king
boy girl zero woman
: nothing
`
	got, err := v.EvalAnalogies(strings.NewReader(questions), "q", DefaultTop)
	require.NoError(t, err)
	require.Equal(t, []AnalogySection{
		{Section: "royal", Accuracy: 2.0 / 3, Correct: 2, Total: 3, Skipped: 1},
		{Section: "young ones", Accuracy: got.Sections[1].Accuracy, Correct: got.Sections[1].Correct, Total: 3},
		{Section: "nothing"},
	}, got.Sections)
	require.Equal(t, 6, got.Total)
	require.Equal(t, 1, got.Skipped)
	require.Equal(t, got.Sections[0].Correct+got.Sections[1].Correct, got.Correct)
	require.InDelta(t, float64(got.Correct)/6, got.Accuracy, 1e-15)

	raw, err := json.Marshal(AnalogyResult{File: "q", Sections: []AnalogySection{{Section: "s"}}})
	require.NoError(t, err)
	require.JSONEq(t, `{"file":"q","accuracy":0,"correct":0,"total":0,"skipped":0,
		"sections":[{"section":"s","accuracy":0,"correct":0,"total":0,"skipped":0}]}`, string(raw))
}

func TestTopConfinesQuestionsAndAnswers(t *testing.T) {
	v := grid(t)
	got, err := v.EvalAnalogies(strings.NewReader("king queen man woman\nboy girl man woman\n"), "q", 4)
	require.NoError(t, err)
	require.Equal(t, 1, got.Total)
	require.Equal(t, 1, got.Correct)
	require.Equal(t, 1, got.Skipped)
	require.Equal(t, "", got.Sections[0].Section, "questions before any section")

	got, err = v.EvalAnalogies(strings.NewReader("king queen man woman\n"), "q", 3)
	require.NoError(t, err)
	require.Zero(t, got.Total)
	require.Zero(t, got.Accuracy)

	got, err = v.EvalAnalogies(strings.NewReader("king queen man man\n"), "q", 3)
	require.NoError(t, err)
	require.Equal(t, 1, got.Total, "no candidate is left, and the answer is wrong")
	require.Zero(t, got.Correct)
}

// TestAnswersAreTheBestOfAll compares with single queries.
func TestAnswersAreTheBestOfAll(t *testing.T) {
	v := random(3000, 6)
	var file strings.Builder
	for i := range 200 {
		a, b, c := v.Words[i*11], v.Words[i*7+5], v.Words[2000+i]
		answer, err := v.Analogy(a, b, c, 1)
		require.NoError(t, err)
		product, err := v.Ask(Query{Positive: []string{b, c}, Negative: []string{a}, N: 1, Multiply: true})
		require.NoError(t, err)
		fmt.Fprintf(&file, ": add\n%s %s %s %s\n: multiply\n%s %s %s %s\n", a, b, c, answer[0].Word, a, b, c, product[0][0].Word)
	}
	for section, e := range []Evaluation{{}, {Multiply: true}} {
		got, err := e.Analogies(v, strings.NewReader(file.String()), "q")
		require.NoError(t, err)
		for i, s := range got.Sections {
			if i%2 == section {
				require.Equal(t, 1, s.Correct, i)
			}
		}
	}
}

func TestEvalAnalogiesRefuses(t *testing.T) {
	v := grid(t)
	for content, want := range map[string]string{
		"":                                     "wordvec: q holds no questions",
		": royal\n\n":                          "wordvec: q holds no questions",
		": royal\nking queen man\n":            "wordvec: q: line 2: 3 words: want four",
		"king queen man woman boy\n":           "wordvec: q: line 1: 5 words",
		"\n\nking \xff man woman\n":            "wordvec: q: line 3: not UTF-8",
		"a b c d\n" + strings.Repeat("x", 1e5): "wordvec: q: line 2: longer than 65536 bytes",
		"\ufeff: royal\nking queen man\n":      "line 2: 3 words",
	} {
		_, err := v.EvalAnalogies(strings.NewReader(content), "q", 0)
		require.ErrorContains(t, err, want)
	}
	_, err := v.EvalAnalogies(strings.NewReader("king queen man woman"), "q", -1)
	require.ErrorContains(t, err, "want 1 or more, or 0 for all")
	_, err = v.EvalAnalogies(iotest.ErrReader(errors.New("broken disk")), "q", 0)
	require.ErrorContains(t, err, "wordvec: q: cannot read on after line 0: broken disk")
}

func TestEvalSimilarity(t *testing.T) {
	v := compass(t)
	for name, content := range map[string]string{
		"tabs":            "# comment\neast\tnortheast\t9\neast\tnorth\t5.5\n\nEAST\tWEST\t0.1\neast\tsouth\t3\n",
		"commas, heading": "Word 1,Word 2,Human (mean)\neast,northeast,9\neast, north, 5.5\nEAST,WEST,0.1\neast,south,3\n",
		"spaces, more":    "east northeast 9 x\neast  north 5.5 y\nEAST WEST 0.1 z\neast south 3 w\n",
		"Windows":         "east\tnortheast\t9\r\neast\tnorth\t5.5\r\nEAST\tWEST\t0.1\r\neast\tsouth\t3\r\n",
	} {
		got, err := v.EvalSimilarity(strings.NewReader(content), "s")
		require.NoError(t, err, name)
		require.InDelta(t, 1, got.Spearman, 1e-12, name)
		require.Equal(t, []int{3, 1}, []int{got.Pairs, got.Skipped}, name)
	}
	// Ranks of the cosines: √½ and √½ share 3.5, 0 and 0 share 1.5; those of the scores are 4, 2, 3, 1.
	got, err := v.EvalSimilarity(strings.NewReader("east northeast 9\nnorth northeast 5\neast north 6\nnorth west 2\n"), "s")
	require.NoError(t, err)
	require.InDelta(t, 2/math.Sqrt(20), got.Spearman, 1e-12)
}

func TestUndefinedCorrelation(t *testing.T) {
	v := compass(t)
	for _, content := range []string{"east north 3", "south pole 3", "east north 3\neast west 3", "east north 3\nnorth west 4"} {
		got, err := v.EvalSimilarity(strings.NewReader(content), "s")
		require.NoError(t, err)
		require.True(t, math.IsNaN(got.Spearman), content)
		require.True(t, math.IsNaN(got.Pearson), content)
	}
	raw, err := json.Marshal([]SimilarityResult{{"s", math.NaN(), math.NaN(), 1, 2}, {"t", 0.5, 0.25, 3, 4}})
	require.NoError(t, err)
	require.JSONEq(t, `[{"file":"s","spearman":null,"pearson":null,"pairs":1,"skipped":2},
		{"file":"t","spearman":0.5,"pearson":0.25,"pairs":3,"skipped":4}]`, string(raw))
}

func TestEvalSimilarityRefuses(t *testing.T) {
	v := compass(t)
	for content, want := range map[string]string{
		"":                               "wordvec: s holds no pairs",
		"word1 word2 score\n":            "wordvec: s holds no pairs",
		"east north 3\neast north\n":     "wordvec: s: line 2: 2 fields",
		"east north 3\neast north x\n":   `wordvec: s: line 2: score "x": want a finite number`,
		"east north nan\n":               `wordvec: s: line 1: score "nan": want a finite number`,
		"# c\neast north 3\neast \xff 1": "wordvec: s: line 3: not UTF-8",
	} {
		_, err := v.EvalSimilarity(strings.NewReader(content), "s")
		require.ErrorContains(t, err, want)
	}
}

func TestRanks(t *testing.T) {
	require.Equal(t, []float64{4, 1.5, 1.5, 3, 6, 6, 6}, ranks([]float64{3, -1, -1, 0, 9, 9, 9}))
	require.Empty(t, ranks(nil))
}

func FuzzEvaluation(f *testing.F) {
	f.Add(": royal\nking queen man woman\n", 0)
	f.Add("king\tqueen\t3\nman,boy,2\n", 4)
	f.Add("\ufeff# x\nzero zero zero zero\nzero king 1 2\n", 1)
	v := grid(f)
	f.Fuzz(func(t *testing.T, content string, top int) {
		analogies, err := v.EvalAnalogies(strings.NewReader(content), "q", top)
		if err != nil {
			require.ErrorContains(t, err, "wordvec: ")
		} else {
			require.LessOrEqual(t, analogies.Correct, analogies.Total)
			require.Positive(t, analogies.Total+analogies.Skipped)
		}
		similarity, err := v.EvalSimilarity(strings.NewReader(content), "s")
		if err != nil {
			require.ErrorContains(t, err, "wordvec: s")
		} else {
			require.Positive(t, similarity.Pairs+similarity.Skipped)
			require.False(t, math.Abs(similarity.Spearman) > 1+1e-9)
		}
	})
}
