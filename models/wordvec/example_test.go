package wordvec_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/models/wordvec"
)

// family returns vectors whose dimensions mean royal, male, female and young.
func family() *wordvec.Vectors {
	v, err := wordvec.New([]string{"king", "queen", "man", "woman", "prince", "girl"}, lane.MatrixOf([]float32{
		1, 1, 0, 0,
		1, 0, 1, 0,
		0, 1, 0, 0,
		0, 0, 1, 0,
		1, 1, 0, 1,
		0, 0, 1, 1,
	}, 6, 4))
	if err != nil {
		panic(err)
	}
	return v
}

func ExampleNew() {
	v, err := wordvec.New([]string{"up", "down", "up"}, lane.NewMatrix(3, 2))
	fmt.Println(v, err)
	// Output: <nil> wordvec: rows 1 and 3 have the same word "up": keep one of them
}

func ExampleVectors_Save() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "family.vec")
	if err := family().Save(path); err != nil {
		panic(err)
	}
	v, err := wordvec.Load(path)
	fmt.Println(v.Len(), v.Dim(), v.Words, err)
	// Output: 6 4 [king queen man woman prince girl] <nil>
}

func ExampleRead() {
	_, err := wordvec.Read(strings.NewReader("3 2\nup 0 1\ndown 0 -1\n"), "updown.txt")
	fmt.Println(err)
	// Output: wordvec: updown.txt is truncated: the header promises 3 words, the file ends in row 3, at byte 21: copy it again
}

func ExampleVectors_WriteText() {
	var text bytes.Buffer
	if err := family().WriteText(&text); err != nil {
		panic(err)
	}
	fmt.Print(text.String()[:17])
	// Output:
	// 6 4
	// king 1 1 0 0
}

func ExampleVectors_Similar() {
	matches, err := family().Similar([]string{"king"}, nil, 2)
	if err != nil {
		panic(err)
	}
	for _, m := range matches {
		fmt.Printf("%s %.3f\n", m.Word, m.Similarity)
	}
	// Output:
	// prince 0.816
	// man 0.707
}

func ExampleVectors_Analogy() {
	matches, err := family().Analogy("man", "king", "woman", 1)
	fmt.Println("man is to king as woman is to", matches[0].Word, err)
	// Output: man is to king as woman is to queen <nil>
}

func ExampleVectors_Odd() {
	fmt.Println(family().Odd("king", "queen", "prince", "girl"))
	// Output: girl <nil>
}

func ExampleUnknownWordError() {
	_, err := family().Similarity("kign", "queen")
	fmt.Println(err)
	var unknown *wordvec.UnknownWordError
	if errors.As(err, &unknown) {
		fmt.Println(unknown.Suggestions)
	}
	// Output:
	// wordvec: no vector for "kign": did you mean "king"?
	// [king]
}

func ExampleVectors_EvalAnalogies() {
	questions := strings.NewReader(": royal\nman king woman queen\nwoman queen man king\nman prince woman princess\n")
	result, err := family().EvalAnalogies(questions, "questions.txt", wordvec.DefaultTop)
	fmt.Printf("%.2f of %d, %d skipped, %v\n", result.Accuracy, result.Total, result.Skipped, err)
	// Output: 1.00 of 2, 1 skipped, <nil>
}

func ExampleVectors_EvalSimilarity() {
	pairs := strings.NewReader("king\tprince\t8.5\nking\tman\t6\nking\tqueen\t5\nking\tgirl\t1\n")
	result, err := family().EvalSimilarity(pairs, "pairs.tsv")
	fmt.Printf("%.2f over %d pairs, %v\n", result.Spearman, result.Pairs, err)
	// Output: 1.00 over 4 pairs, <nil>
}

// A file too large to be copied into memory is mapped: the numbers stay in it.
func ExampleReader() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "family.bin")
	if err := family().Save(path); err != nil {
		panic(err)
	}
	v, err := wordvec.Reader{Map: true, Limit: 4}.Load(path)
	if err != nil {
		panic(err)
	}
	defer v.Close()
	nearest, err := v.Similar([]string{"king"}, nil, 1)
	fmt.Println(v.Words, nearest[0].Word, err)
	// Output: [king queen man woman] man <nil>
}

func ExampleVectors_Ask() {
	answers, err := family().Ask(
		wordvec.Query{Positive: []string{"king", "woman"}, Negative: []string{"man"}, N: 1},
		wordvec.Query{Positive: []string{"king", "woman"}, Negative: []string{"man"}, N: 1, Multiply: true},
		wordvec.Query{Positive: []string{"girl"}, N: 1, Top: 2})
	if err != nil {
		panic(err)
	}
	for _, matches := range answers {
		fmt.Println(matches[0].Word)
	}
	// Output:
	// queen
	// queen
	// queen
}

// Letter case does not count, unless it is asked to.
func ExampleEvaluation() {
	const questions = "Man King Woman Queen\nman king woman queen\n"
	for _, e := range []wordvec.Evaluation{{}, {CaseSensitive: true}, {CaseSensitive: true, CountUnknown: true}} {
		result, err := e.Analogies(family(), strings.NewReader(questions), "questions.txt")
		fmt.Println(result.Correct, "of", result.Total, err)
	}
	// Output:
	// 2 of 2 <nil>
	// 1 of 1 <nil>
	// 1 of 2 <nil>
}
