package wordvec

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// golden is what gensim answers about testdata/toy.bin; testdata/gensim_golden.py made it.
type golden struct {
	Similar, Cosmul []struct {
		Positive, Negative []string
		Matches            []goldenMatch
	}
	Odd []struct {
		Words []string
		Odd   string
	}
	Similarity []struct {
		A, B   string
		Cosine float32
		Rank   int
	}
	Analogies struct {
		Accuracy float64
		Sections []struct {
			Section        string
			Correct, Total int
		}
	}
	Spearman float64
	Vectors  map[string][]float32
}

type goldenMatch struct {
	word  string
	score float32
}

func (m *goldenMatch) UnmarshalJSON(raw []byte) error {
	return json.Unmarshal(raw, &[]any{&m.word, &m.score})
}

func readGolden(t *testing.T) golden {
	raw, err := os.ReadFile("testdata/toy.json")
	require.NoError(t, err)
	var g golden
	require.NoError(t, json.Unmarshal(raw, &g))
	return g
}

func loadToy(t testing.TB) *Vectors {
	v, err := Load("testdata/toy.bin")
	require.NoError(t, err)
	return v
}

func TestGensimFilesLoad(t *testing.T) {
	binary := loadToy(t)
	text, err := Load("testdata/toy.txt")
	require.NoError(t, err)
	require.Equal(t, 80, binary.Len())
	require.Equal(t, 10, binary.Dim())
	require.Equal(t, binary.Words, text.Words)
	require.Equal(t, binary.Matrix, text.Matrix)
	vectors := readGolden(t).Vectors
	require.NotEmpty(t, vectors)
	for word, want := range vectors {
		got, err := binary.Vector(word)
		require.NoError(t, err)
		require.Equal(t, want, got, word)
	}
}

func TestFastTextFileLoads(t *testing.T) {
	v, err := Load("testdata/fasttext.vec")
	require.NoError(t, err)
	require.Equal(t, 4, v.Dim())
	require.Equal(t, []string{"the", "</s>"}, v.Words[:2])
	require.Equal(t, []float32{-0.029641, 0.027972, -0.022165, -0.0072851}, v.Matrix.Row(0))
}

func TestGensimBytes(t *testing.T) {
	want, err := os.ReadFile("testdata/toy.bin")
	require.NoError(t, err)
	var got bytes.Buffer
	require.NoError(t, loadToy(t).WriteBinary(&got))
	require.True(t, bytes.Equal(want, got.Bytes()), "the binary file is not gensim's, byte for byte")
}

func TestGensimNeighbours(t *testing.T) {
	v, g := loadToy(t), readGolden(t)
	check := func(want []goldenMatch, got []Match, err error) {
		require.NoError(t, err)
		require.Len(t, got, len(want))
		for i := range want {
			require.Equal(t, want[i].word, got[i].Word)
			require.InEpsilon(t, want[i].score, got[i].Similarity, 1e-5)
		}
	}
	require.NotEmpty(t, g.Similar)
	for _, q := range g.Similar {
		got, err := v.Similar(q.Positive, q.Negative, 12)
		check(q.Matches, got, err)
	}
	require.NotEmpty(t, g.Cosmul)
	for _, q := range g.Cosmul {
		got, err := v.SimilarCosMul(q.Positive, q.Negative, 12)
		check(q.Matches, got, err)
	}
}

func TestGensimOddAndSimilarity(t *testing.T) {
	v, g := loadToy(t), readGolden(t)
	require.NotEmpty(t, g.Odd)
	for _, q := range g.Odd {
		odd, err := v.Odd(q.Words...)
		require.NoError(t, err)
		require.Equal(t, q.Odd, odd)
	}
	require.NotEmpty(t, g.Similarity)
	for _, q := range g.Similarity {
		cosine, err := v.Similarity(q.A, q.B)
		require.NoError(t, err)
		require.InDelta(t, q.Cosine, cosine, 1e-6)
		rank, err := v.Rank(q.A, q.B)
		require.NoError(t, err)
		require.Equal(t, q.Rank, rank)
	}
}

func TestGensimEvaluation(t *testing.T) {
	v, g := loadToy(t), readGolden(t)
	analogies, err := v.EvalAnalogies(open(t, "testdata/toy.questions.txt"), "toy.questions.txt", 0)
	require.NoError(t, err)
	require.InDelta(t, g.Analogies.Accuracy, analogies.Accuracy, 1e-12)
	require.Equal(t, 60, analogies.Total)
	require.Equal(t, 3, analogies.Skipped)
	require.Len(t, analogies.Sections, len(g.Analogies.Sections))
	for i, want := range g.Analogies.Sections {
		require.Equal(t, want.Section, analogies.Sections[i].Section)
		require.Equal(t, want.Correct, analogies.Sections[i].Correct)
		require.Equal(t, want.Total, analogies.Sections[i].Total)
	}

	similarity, err := v.EvalSimilarity(open(t, "testdata/toy.pairs.tsv"), "toy.pairs.tsv")
	require.NoError(t, err)
	require.InDelta(t, g.Spearman, similarity.Spearman, 1e-9)
	require.Equal(t, 60, similarity.Pairs)
	require.Equal(t, 1, similarity.Skipped)
}

// TestGensimEvaluationOfCases compares every way to judge vectors whose words differ in case; testdata/gensim_evaluation.py made the answers.
func TestGensimEvaluationOfCases(t *testing.T) {
	v, err := Load("testdata/cased.txt")
	require.NoError(t, err)
	raw, err := os.ReadFile("testdata/cased.json")
	require.NoError(t, err)
	var hows []struct {
		Evaluation
		Analogies AnalogyResult
		Pairs     struct{ Pearson, Spearman, OOV float64 }
	}
	require.NoError(t, json.Unmarshal(raw, &hows))
	require.Len(t, hows, 5)
	require.True(t, hows[1].CaseSensitive)
	for _, want := range hows {
		got, err := want.Evaluation.Analogies(v, open(t, "testdata/cased.questions.txt"), "q")
		require.NoError(t, err)
		require.InDelta(t, want.Analogies.Accuracy, got.Accuracy, 1e-12, "%+v", want.Evaluation)
		require.Len(t, got.Sections, len(want.Analogies.Sections))
		for i, section := range want.Analogies.Sections {
			require.Equal(t, section.Section, got.Sections[i].Section)
			require.Equal(t, []int{section.Correct, section.Total}, []int{got.Sections[i].Correct, got.Sections[i].Total}, "%+v", want.Evaluation)
		}
		pairs, err := want.Similarity(v, open(t, "testdata/cased.pairs.tsv"), "p")
		require.NoError(t, err)
		require.InDelta(t, want.Pairs.Spearman, pairs.Spearman, 1e-9, "%+v", want.Evaluation)
		require.InDelta(t, want.Pairs.Pearson, pairs.Pearson, 1e-6, "%+v", want.Evaluation)
		if want.CountUnknown {
			require.Zero(t, pairs.Skipped, "unknown pairs are counted")
			continue
		}
		require.InDelta(t, want.Pairs.OOV, 100*float64(pairs.Skipped)/float64(pairs.Pairs+pairs.Skipped), 1e-9)
	}
	_, err = Evaluation{Top: -1}.Similarity(v, strings.NewReader("a b 1"), "p")
	require.ErrorContains(t, err, "want 1 or more, or 0 for all")
}

func open(t *testing.T, path string) *os.File {
	file, err := os.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { file.Close() })
	return file
}

// missing skips a test for want of another program, or fails it where LANE_REQUIRE_PEERS says that all are there.
func missing(t *testing.T, program string) {
	t.Helper()
	if os.Getenv("LANE_REQUIRE_PEERS") != "" {
		t.Fatalf("LANE_REQUIRE_PEERS: no %s", program)
	}
	t.Skipf("no %s", program)
}

// TestGensimLoadsOurs has gensim read every format that it knows, where Debian's python3-gensim is installed.
func TestGensimLoadsOurs(t *testing.T) {
	const python = "/usr/bin/python3"
	if exec.Command(python, "-c", "import gensim").Run() != nil {
		missing(t, "gensim")
	}
	v := loadToy(t)
	dir := t.TempDir()
	for _, name := range []string{"v.bin", "v.txt", "v.vec", "v.bin.gz", "v.txt.gz", "v.npy", "v.glove"} {
		require.NoError(t, v.Save(filepath.Join(dir, name)))
	}
	script := `
import sys, numpy as np
from gensim.models import KeyedVectors
load = KeyedVectors.load_word2vec_format
want = load("testdata/toy.bin", binary=True)
for name in ["v.bin", "v.txt", "v.vec", "v.bin.gz", "v.txt.gz"]:
    got = load(sys.argv[1] + "/" + name, binary=".bin" in name)
    assert got.index_to_key == want.index_to_key, name
    assert (got.vectors == want.vectors).all(), name
got = load(sys.argv[1] + "/v.glove", binary=False, no_header=True)
assert got.index_to_key == want.index_to_key and (got.vectors == want.vectors).all()
array = np.load(sys.argv[1] + "/v.npy")
assert array.dtype == np.float32 and (array == want.vectors).all()
print("equal")
`
	out, err := exec.Command(python, "-c", script, dir).CombinedOutput()
	require.NoError(t, err, string(out))
	require.Equal(t, "equal", strings.TrimSpace(string(out)))
}

// TestFastTextLoadsOurs starts a fastText classifier from our .vec, where fastText is installed.
func TestFastTextLoadsOurs(t *testing.T) {
	fasttext, err := exec.LookPath("fasttext")
	if err != nil {
		missing(t, "fastText")
	}
	dir := t.TempDir()
	vectors, text, model := filepath.Join(dir, "v.vec"), filepath.Join(dir, "text"), filepath.Join(dir, "model")
	require.NoError(t, loadToy(t).Save(vectors))
	require.NoError(t, os.WriteFile(text, []byte("__label__x bar tel\n__label__y mon хлеб\n"), 0o666))
	out, err := exec.Command(fasttext, "supervised", "-input", text, "-output", model, "-dim", "10", "-pretrainedVectors", vectors,
		"-epoch", "1", "-lr", "0", "-thread", "1").CombinedOutput()
	require.NoError(t, err, string(out))
	started, err := Load(model + ".vec")
	require.NoError(t, err)
	want, err := loadToy(t).Vector("хлеб")
	require.NoError(t, err)
	got, err := started.Vector("хлеб")
	require.NoError(t, err)
	require.InDeltaSlice(t, want, got, 1e-4, "fastText prints five digits")
}
