package wordvec

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/internal/packing"
)

func read(content string) (*Vectors, error) { return Read(strings.NewReader(content), "v") }

func floats(x ...float32) string { return string(appendFloats(nil, x)) }

func random(rows, dim int) *Vectors {
	rng := rand.New(rand.NewPCG(1, 2))
	m := lane.NewMatrix(rows, dim)
	for i := range m.Data {
		m.Data[i] = float32(rng.NormFloat64())
	}
	words := make([]string, rows)
	for i := range words {
		words[i] = fmt.Sprintf("w%d", i)
	}
	v, err := New(words, m)
	if err != nil {
		panic(err)
	}
	return v
}

func TestEveryFormatRoundTrips(t *testing.T) {
	m := lane.MatrixOf([]float32{1, -0.1, math.MaxFloat32, math.SmallestNonzeroFloat32, 0, float32(math.Copysign(0, -1)),
		1e-7, 16777217, 0.33333334, -1e20, 5e-324, 3, 1, 2, 3}, 5, 3)
	for _, name := range []string{"a.bin", "a.txt", "a.vec", "a.bin.gz", "a.vec.zst", "a.TXT.GZ", "a.npy", "a.tsv", "a.safetensors", "a.glove", "a.glove.gz"} {
		t.Run(name, func(t *testing.T) {
			v, err := New([]string{"the", "ünï", "", `"q"`, "nbsp\u00a0"}, m)
			require.NoError(t, err)
			path := filepath.Join(t.TempDir(), name)
			require.NoError(t, v.Save(path))
			back, err := Load(path)
			require.NoError(t, err)
			require.Equal(t, v.Words, back.Words)
			require.Equal(t, m.Data, back.Matrix.Data)
			require.True(t, math.Signbit(float64(back.Matrix.At(1, 2))), "−0 stays")
			require.Zero(t, back.Duplicates)
		})
	}
}

func TestSaveOfAViewWritesItsColumns(t *testing.T) {
	wide := random(6, 8).Matrix
	v, err := New([]string{"a", "b", "c", "d", "e", "f"}, wide.Slice(0, 6, 2, 5))
	require.NoError(t, err)
	for _, name := range []string{"a.bin", "a.safetensors"} {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, v.Save(path))
		back, err := Load(path)
		require.NoError(t, err)
		for i := range 6 {
			require.Equal(t, v.Matrix.Row(i), back.Matrix.Row(i))
		}
	}
}

// TestSaveIsDeterministic also guards packers that would write the time or depend on threads.
func TestSaveIsDeterministic(t *testing.T) {
	v := random(300, 20)
	for _, name := range []string{"a.bin", "a.txt.gz", "a.bin.zst"} {
		var content [2][]byte
		for i := range content {
			path := filepath.Join(t.TempDir(), name)
			require.NoError(t, v.Save(path))
			var err error
			content[i], err = os.ReadFile(path)
			require.NoError(t, err)
		}
		require.True(t, bytes.Equal(content[0], content[1]), name)
	}
}

func TestContentDecidesTheFormat(t *testing.T) {
	v := random(50, 5)
	var text, binary bytes.Buffer
	require.NoError(t, v.WriteText(&text))
	require.NoError(t, v.WriteBinary(&binary))
	for name, content := range map[string][]byte{"misnamed.bin": text.Bytes(), "misnamed.txt": binary.Bytes(), "noending": binary.Bytes()} {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(path, content, 0o666))
		back, err := Load(path)
		require.NoError(t, err, name)
		require.Equal(t, v.Words, back.Words, name)
		require.Equal(t, v.Matrix, back.Matrix, name)
	}
}

func TestBinaryVariants(t *testing.T) {
	for name, content := range map[string]string{
		"gensim, fastText: nothing after a vector": "2 2\na " + floats(1, 2) + "b " + floats(3, 4),
		"word2vec.c: a newline after every vector": "2 2\na " + floats(1, 2) + "\nb " + floats(3, 4) + "\n",
		"newlines before a word":                   "2 2\n\n\na " + floats(1, 2) + "\nb " + floats(3, 4),
	} {
		v, err := read(content)
		require.NoError(t, err, name)
		require.Equal(t, []string{"a", "b"}, v.Words, name)
		require.Equal(t, []float32{1, 2, 3, 4}, v.Matrix.Data, name)
	}
	for name, word := range map[string]string{"half a letter": "\xd1", "tab": "a\tb", "control": "\x01\x00", "empty": ""} {
		v, err := read("1 1\n" + word + " " + floats(1))
		require.NoError(t, err, name)
		require.Equal(t, []string{word}, v.Words, name)
	}
}

// TestBinaryBytesThatResembleText puts bytes of text into the first vector.
func TestBinaryBytesThatResembleText(t *testing.T) {
	asFloat := func(s string) float32 { return math.Float32frombits(binary.LittleEndian.Uint32([]byte(s))) }
	for _, first := range []string{"\n1 2", " 1\n0", "0.1 ", "\n\n\n\n"} {
		v, err := read("2 3\na " + floats(asFloat(first), 0, 1) + "b " + floats(3, 4, 5))
		require.NoError(t, err, "%q", first)
		require.Equal(t, []float32{asFloat(first), 0, 1, 3, 4, 5}, v.Matrix.Data)
	}
}

func TestTextVariants(t *testing.T) {
	want := []float32{1, -2.5e-3, 3, 4}
	for name, content := range map[string]string{
		"gensim":                        "2 2\na 1 -2.5e-3\nb 3 4\n",
		"fastText: a space at the end":  "2 2\na 1 -0.0025 \nb 3 4 \n",
		"no newline at the end":         "2 2\na 1 -2.5E-03\nb 3 4",
		"Windows":                       "2 2\r\na 1 -0.0025\r\nb 3 4\r\n",
		"blank lines at the end":        "2 2\na 1 -.0025\nb +3 4.\n\n\n",
		"several spaces, tabs":          "2  2\na  1 \t-0.0025\nb 3   4\n",
		"byte order mark":               "\ufeff2 2\na 1 -0.0025\nb 3 4\n",
		"GloVe: no header":              "a 1 -0.0025\nb 3 4\n",
		"GloVe, blank lines at the end": "a 1 -0.0025\nb 3 4\n\n \r\n",
		"GloVe, byte order mark":        "\ufeffa 1 -0.0025\nb 3 4\n",
	} {
		v, err := read(content)
		require.NoError(t, err, name)
		require.Equal(t, []string{"a", "b"}, v.Words, name)
		require.Equal(t, want, v.Matrix.Data, name)
	}
}

func TestGloVeWordsWithSpaces(t *testing.T) {
	v, err := read("the 1 2\n. . . 3 4\nat name@domain.com 5 6\n7 8 9\n")
	require.NoError(t, err)
	require.Equal(t, []string{"the", ". . .", "at name@domain.com", "7"}, v.Words)
	require.Equal(t, []float32{1, 2, 3, 4, 5, 6, 8, 9}, v.Matrix.Data)
}

// TestGloVeRoundTrip writes words as GloVe's files have them, and refuses those that would be read otherwise.
func TestGloVeRoundTrip(t *testing.T) {
	words := []string{"the", ". . .", "at name@domain.com", "7", "\xff", "a\tb \u00a0c", "", "x\r"}
	v, err := New(words, random(len(words), 3).Matrix)
	require.NoError(t, err)
	var file bytes.Buffer
	require.NoError(t, v.WriteGloVe(&file))
	back, err := Read(&file, "v")
	require.NoError(t, err)
	require.Equal(t, words, back.Words)
	require.Equal(t, v.Matrix, back.Matrix)

	for word, want := range map[string]string{"b 1": "row 2", "b inf": "row 2", "b ": "row 2", "b  c": "row 2", "b\nc": "row 2"} {
		v, err := New([]string{"a", word}, random(2, 3).Matrix)
		require.NoError(t, err)
		require.ErrorContains(t, v.WriteGloVe(io.Discard), want)
	}
	require.ErrorContains(t, random(2, 1).WriteGloVe(io.Discard), "two dimensions or more")
	require.ErrorContains(t, CheckSave("v.glove", []string{"a"}, 1), "cannot write v.glove: GloVe's format takes two dimensions or more")
	require.NoError(t, CheckSave("v.glove", []string{"a"}, 2))
	long := slices.Repeat([]string{strings.Repeat("x", 1<<20)}, 96)
	require.ErrorContains(t, CheckSave("v.safetensors", long, 2), "use another format")
	require.NoError(t, CheckSave("v.safetensors", long[:90], 2))
}

func TestFirstOfDuplicateWordsStays(t *testing.T) {
	v, err := read("4 1\na 1\nb 2\na 3\nc 4\n")
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b", "c"}, v.Words)
	require.Equal(t, []float32{1, 2, 4}, v.Matrix.Data)
	require.Equal(t, 1, v.Duplicates)
	id, ok := v.ID("c")
	require.True(t, ok)
	require.Equal(t, 2, id)
}

func TestLongRows(t *testing.T) {
	const dim = 150_000 // a line of more than the reader's buffer
	content := "2 150000\na" + strings.Repeat(" 0.123456", dim) + "\nb" + strings.Repeat(" 1", dim) + "\n"
	v, err := read(content)
	require.NoError(t, err)
	require.Equal(t, dim, v.Dim())
	require.Equal(t, float32(0.123456), v.Matrix.At(0, dim-1))
	require.Equal(t, float32(1), v.Matrix.At(1, dim-1))
}

func TestBadFiles(t *testing.T) {
	for _, c := range []struct{ name, content, want string }{
		{"empty", "", "v is empty: it holds no vectors"},
		{"header garbage", "hello\nworld\n", `header "hello": want two whole numbers, words and dimensions`},
		{"header of three", "1 2 x\n", `header "1 2 x": want two whole numbers`},
		{"fraction", "1.5 2\na 1 2\n", "want two whole numbers"},
		{"negative words", "-5 10\n", "-5 words: want 1 to 2147483647"},
		{"negative dimensions", "5 -10\n", "-10 dimensions: want 1 to 1048576"},
		{"no words", "0 10\n", "0 words: want 1"},
		{"no dimensions", "10 0\na\n", "0 dimensions: want 1"},
		{"huge words", "99999999999999999999 3\na 1 2 3\n", "99999999999999999999 words: want 1 to"},
		{"huge dimensions", "1 4000000000\na 1\n", "4000000000 dimensions: want 1 to"},
		{"promised too much", "2000000000 1000000\na 1 2 3\n", "value"},
		{"only a header", "3 2\n", "truncated: the header promises 3 words, the file ends in row 1, at byte 4: copy it again"},
		{"rows missing", "3 2\na 1 2\nb 3 4\n", "truncated: the header promises 3 words, the file ends in row 3, at byte 16"},
		{"cut in a row", "3 2\na 1 2\nb 3", "truncated: the header promises 3 words, the file ends in row 2, at byte 13"},
		{"binary cut in a vector", "3 2\na " + floats(1, 2) + "b " + floats(3),
			"truncated: the header promises 3 words, the file ends in row 2, at byte 20"},
		{"binary cut in a word", "3 2\na " + floats(1, 2) + "bcd", "the file ends in row 2, at byte 17"},
		{"too few values", "2 3\na 1 2 3\nb 1 2\n", `row 2 (byte 12, word "b"): 2 values, want 3: mend the row, or the dimensions in the header`},
		{"too many values", "2 3\na 1 2 3\nb 1 2 3 4\n", `row 2 (byte 12, word "b"): 4 values, want 3`},
		{"no value", "2 2\na 1 2\nb\n", "0 values, want 2"},
		{"not a number", "2 3\na 1 2 3\nb 1 x 3\n", `row 2 (byte 12, word "b"): value 2: "x" is not a number`},
		{"NaN", "1 3\na 1 2 nan\n", `value 3: "nan": vectors must be finite`},
		{"infinity", "1 3\na -inf 2 3\n", `value 1: "-inf": vectors must be finite`},
		{"beyond float32", "1 3\na 1 1e39 3\n", `value 2: "1e39" is beyond the range of float32`},
		{"binary NaN", "1 3\na " + floats(1, 0, float32(math.NaN())), `row 1 (byte 4, word "a"): value 3 is NaN: vectors must be finite`},
		{"more rows", "1 2\na 1 2\nb 3 4\n", "the header promises 1 words, but more follows at byte 10"},
		{"more binary rows", "1 2\na " + floats(1, 2) + "b " + floats(1, 2), "but more follows at byte 14"},
		{"GloVe row", "a 1 2\nb 1 x\n", `row 2 (byte 6, word "b"): value 2: "x" is not a number`},
		{"GloVe row too long", "a 1 2\nb 1 2 3\n", "3 values, want 2"},
		{"GloVe, a blank line between rows", "a 1 2\n\nb 1 2\n", `row 2 (byte 6, word ""): 0 values, want 2`},
		{"no space in sight", "1 5\n" + strings.Repeat("\x00", 2<<20), "no word within 65536 bytes"},
		{"one endless line", strings.Repeat("x", 3<<20), "no header in its first 1024 bytes"},
		{"fastText model", "\xba\x16\x4f\x2f\x0c\x00\x00\x00", "a fastText model: give its vectors, the .vec file"},
		{"gensim's save", "\x80\x04\x95 KeyedVectors", "save it with gensim's save_word2vec_format"},
		{"zip", "PK\x03\x04....", "a zip archive: unpack it"},
		{"truncated gzip", "\x1f\x8b\x08", "damaged gzip file"},
		{"truncated zstd", "\x28\xb5\x2f\xfd", "cut short"},
		{"safetensors in a stream", "\x10\x00\x00\x00\x00\x00\x00\x00{}", "can't be read from a stream"},
		{"array in a stream", "\x93NUMPY\x01\x00", "can't be read from a stream"},
	} {
		_, err := read(c.content)
		require.ErrorContains(t, err, c.want, c.name)
		require.ErrorContains(t, err, "wordvec: v", c.name)
	}
}

func TestTruncatedGzip(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	require.NoError(t, random(500, 20).WriteText(w))
	require.NoError(t, w.Close())
	_, err := Read(bytes.NewReader(packed.Bytes()[:packed.Len()/2]), "v.txt.gz")
	require.ErrorContains(t, err, "v.txt.gz")
	require.ErrorContains(t, err, "copy it again")
}

func TestDamagedGzip(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	require.NoError(t, random(5, 2).WriteText(w))
	require.NoError(t, w.Close())
	packed.Bytes()[packed.Len()-8] ^= 1 // in the checksum
	_, err := Read(&packed, "v.txt.gz")
	require.ErrorIs(t, err, gzip.ErrChecksum)
	require.ErrorContains(t, err, "wordvec: v.txt.gz: cannot read on after byte")
}

func TestReaderThatFails(t *testing.T) {
	broken := errors.New("broken disk")
	for _, content := range []string{"", "3 2\na 1 2\n", "3 2\na 1 2\nb", "3 2\na " + floats(1, 2) + "b", "1 2\na 1 2\n"} {
		_, err := Read(io.MultiReader(strings.NewReader(content), iotest.ErrReader(broken)), "v")
		require.ErrorIs(t, err, broken, "%q", content)
		require.ErrorContains(t, err, "wordvec: v: cannot read on after byte")
	}
}

func TestLoadFromStandardInput(t *testing.T) {
	stdin := os.Stdin
	defer func() { os.Stdin = stdin }()
	os.Stdin = open(t, "testdata/toy.bin")
	v, err := Load("-")
	require.NoError(t, err)
	require.Equal(t, loadToy(t).Matrix, v.Matrix)
	os.Stdin = open(t, os.DevNull)
	_, err = Load("-")
	require.ErrorContains(t, err, "wordvec: standard input is empty")
}

// TestEveryTruncationIsRefused cuts files at every byte. A text can lose the end of its last number unnoticed, so there the cuts stop
// before the last value.
func TestEveryTruncationIsRefused(t *testing.T) {
	v := random(4, 3)
	var text, binary bytes.Buffer
	require.NoError(t, v.WriteText(&text))
	require.NoError(t, v.WriteBinary(&binary))
	for end := range bytes.LastIndexByte(text.Bytes(), ' ') + 1 {
		_, err := Read(bytes.NewReader(text.Bytes()[:end]), "v.txt")
		require.Error(t, err, end)
	}
	for end := range binary.Len() {
		_, err := Read(bytes.NewReader(binary.Bytes()[:end]), "v.bin")
		require.Error(t, err, end)
	}
}

// TestPromisesTakeNoMemory opens small files with headers that promise terabytes.
func TestPromisesTakeNoMemory(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"a.bin": "2000000000 1000000\na " + floats(1, 2, 3),
		"a.txt": "2000000000 100\na 1",
		"a.npy": npyFile("{'descr': '<f4', 'fortran_order': False, 'shape': (2000000000, 1000), }", "1234"),
	} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o666))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Load(path)
		runtime.ReadMemStats(&after)
		require.ErrorContains(t, err, "truncated", name)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(16<<20), name)
	}
}

func npyFile(header, data string) string {
	return "\x93NUMPY\x01\x00" + string(binary.LittleEndian.AppendUint16(nil, uint16(len(header)+1))) + header + "\n" + data
}

func TestNPY(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.npy")
	write := func(npy, words string) {
		require.NoError(t, os.WriteFile(path, []byte(npy), 0o666))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "a.tsv"), []byte(words), 0o666))
	}
	f4 := "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }"

	half := string(binary.LittleEndian.AppendUint64(nil, math.Float64bits(0.5)))
	write(npyFile(strings.Replace(f4, "f4", "f8", 1), half+strings.Repeat("\x00", 24)), "a\r\nb\r\n")
	v, err := Load(path)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, v.Words)
	require.Equal(t, []float32{0.5, 0, 0, 0}, v.Matrix.Data)

	for _, c := range []struct{ npy, words, want string }{
		{npyFile(f4, floats(1, 2, 3)), "a\nb\n", "truncated: the header promises 2 words, the file ends in row 2"},
		{npyFile(f4, floats(1, 2, 3, 4, 5)), "a\nb\n", "more follows"},
		{npyFile(f4, floats(1, 2, 3, 4)), "a\n", "has 1 lines for the 2 vectors"},
		{npyFile(f4, floats(1, 2, 3, 4)), "a\t1\nb\t2\n", "has 1 lines for the 2 vectors"},
		{npyFile(f4, floats(1, 2, 3, 4)), "a\nb\t2\n", "line 2 has 2 columns, want 1"},
		{npyFile(f4, floats(1, 2, 3, 4)), strings.Repeat("x", 1e5), "a.tsv, for the vectors of"},
		{npyFile(f4, floats(1, 2, 3, float32(math.Inf(1)))), "a\nb\n", "value 2 is +Inf"},
		{npyFile(strings.Replace(f4, "(2, 2)", "(2,)", 1), ""), "a\nb\n", "want a two-dimensional array"},
		{npyFile(strings.Replace(f4, "(2, 2)", "(2, 0)", 1), ""), "a\nb\n", "0 dimensions"},
		{npyFile(strings.Replace(f4, "False", "True", 1), floats(1, 2, 3, 4)), "a\nb\n", "ascontiguousarray"},
		{npyFile(strings.Replace(f4, "<f4", "<i4", 1), floats(1, 2, 3, 4)), "a\nb\n", "astype(numpy.float32)"},
		{"\x93NUMPY\x01\x00\xff", "", "cut short"},
		{"\x93NUMPY\x01\x00\xff\x00{", "", "cut short"},
		{"\x93NUMPY\x02\x00\xff\xff\xff\xff{", "", "no array of numbers"},
	} {
		write(c.npy, c.words)
		_, err := Load(path)
		require.ErrorContains(t, err, c.want)
		require.ErrorContains(t, err, "a.npy")
	}
	require.NoError(t, os.Remove(filepath.Join(dir, "a.tsv")))
	write(npyFile(f4, floats(1, 2, 3, 4)), "")
	require.NoError(t, os.Remove(filepath.Join(dir, "a.tsv")))
	_, err = Load(path)
	require.ErrorContains(t, err, "put the words, one a line, into "+filepath.Join(dir, "a.tsv"))
}

func TestProjectorPair(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "vectors.tsv")
	v, err := New([]string{"the", "ünï"}, lane.MatrixOf([]float32{1, 0.1, -2, 3e-9}, 2, 2))
	require.NoError(t, err)
	require.NoError(t, v.Save(path))
	table, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "1\t0.1\n-2\t3e-09\n", string(table))
	metadata, err := os.ReadFile(filepath.Join(dir, "vectors.metadata.tsv"))
	require.NoError(t, err)
	require.Equal(t, "the\nünï\n", string(metadata))

	// Others name the metadata otherwise, and may have a heading and more columns.
	for ending, blank := range map[string]bool{"\n": true, " \r\n\n": true, "\n1\t2\n": false} {
		longer := filepath.Join(dir, "longer.tsv")
		require.NoError(t, os.WriteFile(longer, []byte(string(table)+ending), 0o666))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "longer.metadata.tsv"), metadata, 0o666))
		_, err = Load(longer)
		if blank {
			require.NoError(t, err, "%q", ending)
		} else {
			require.ErrorContains(t, err, "0 values", "%q", ending)
		}
	}
	require.NoError(t, os.Remove(filepath.Join(dir, "vectors.metadata.tsv")))
	for name, other := range map[string]struct{ table, metadata string }{
		"vectors.tsv":   {"metadata.tsv", "the\nünï\n"},
		"x_tensor.tsv":  {"x_metadata.tsv", "the\nünï\n"},
		"y.tensors.tsv": {"y.metadata.tsv", "count\tWord\n7\tthe\n5\tünï\n"},
		"z.tsv":         {"z.metadata.tsv", "term\tcount\nthe\t7\nünï\t5\n"},
		"words.tsv":     {"words.metadata.tsv", "count\twords\n7\tthe\n5\tünï\n"},
		"label.tsv":     {"label.metadata.tsv", "count\tlabel\n7\tthe\n5\tünï\n"},
		"name.tsv":      {"name.metadata.tsv", "count\tname\n7\tthe\n5\tünï\n"},
		"mark.tsv":      {"mark.metadata.tsv", "\ufeffthe\nünï\n"},
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), table, 0o666))
		require.NoError(t, os.WriteFile(filepath.Join(dir, other.table), []byte(other.metadata), 0o666))
		got, err := Load(filepath.Join(dir, name))
		require.NoError(t, err, name)
		require.Equal(t, v.Words, got.Words, name)
	}

	require.NoError(t, os.WriteFile(filepath.Join(dir, "p.metadata.tsv"), metadata, 0o666))
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err = w.Write(table)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "p.tsv.gz"), packed.Bytes(), 0o666))
	unpacked, err := Load(filepath.Join(dir, "p.tsv.gz"))
	require.NoError(t, err)
	require.Equal(t, v.Matrix, unpacked.Matrix)

	require.NoError(t, os.WriteFile(path, append([]byte("\ufeff"), table...), 0o666))
	marked, err := Load(path)
	require.NoError(t, err)
	require.Equal(t, v.Matrix, marked.Matrix)
	odd, err := New([]string{"\ufeffthe"}, lane.MatrixOf([]float32{1, 2}, 1, 2))
	require.NoError(t, err)
	require.ErrorContains(t, odd.Save(path), "byte order mark")
	require.ErrorContains(t, odd.WriteGloVe(io.Discard), "byte order mark")
	for _, word := range []string{"a\tb", "a\nb", "a\rb"} {
		require.ErrorContains(t, CheckSave(path, []string{word}, 2), "has a tab or a line's end", "%q", word)
	}
	heading, err := New([]string{"word", "label"}, v.Matrix)
	require.NoError(t, err)
	require.NoError(t, heading.Save(path))
	words, err := Load(path)
	require.NoError(t, err)
	require.Equal(t, heading.Words, words.Words, "one column has no heading")

	for content, want := range map[string]string{
		"":              "is empty",
		"\n":            "row 1 has no values",
		"1\t2\n1\n":     "1 values, want 2",
		"1\t2\nx\t1\n":  `"x" is not a number`,
		"1\t2\n1\t1e39": "beyond the range of float32",
	} {
		require.NoError(t, os.WriteFile(path, []byte(content), 0o666))
		_, err := Load(path)
		require.ErrorContains(t, err, want)
	}
}

func TestSafetensorsOfAnotherKind(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.safetensors")
	const w, b = `"w":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}`, `"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}`
	for _, c := range []struct{ header, data, want string }{
		{`{"__metadata__":{"lane.words":"[\"a\",\"b\"]"},` + w + `}`, floats(1, 2), ""},
		{`{` + w + `}`, floats(1, 2), `no JSON array of words under "lane.words"`},
		{`{"__metadata__":{"lane.words":"[\"a\"]"},` + w + `}`, floats(1, 2), "1 words for a tensor of 2×1"},
		{`{"__metadata__":{"lane.words":"[\"a\",\"b\"]"},` + w + `}`, floats(1, float32(math.NaN())), `row 2 (byte 114, word "b"): value 1 is NaN`},
		{`{` + w + `,` + b + `}`, floats(1, 2, 3), "holds 2 tensors: want one"},
		{`{` + w + `}`, floats(1), "safetensors"},
	} {
		content := append(binary.LittleEndian.AppendUint64(nil, uint64(len(c.header))), c.header+c.data...)
		require.NoError(t, os.WriteFile(path, content, 0o666))
		v, err := Load(path)
		if c.want == "" {
			require.NoError(t, err)
			require.Equal(t, []string{"a", "b"}, v.Words)
			continue
		}
		require.ErrorContains(t, err, c.want)
		require.ErrorContains(t, err, "a.safetensors")
	}
}

func TestLoadOfWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	_, err := Load(filepath.Join(dir, "missing.bin"))
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "missing.bin")
	_, err = Load(dir)
	require.ErrorContains(t, err, "is a directory")
}

func TestSaveRefuses(t *testing.T) {
	dir := t.TempDir()
	one := func(word string) *Vectors {
		v, err := New([]string{word}, lane.NewMatrix(1, 2))
		require.NoError(t, err)
		return v
	}
	for _, c := range []struct{ word, file, want string }{
		{"a", "a.pdf", "end it with .bin, .txt, .vec, .glove, .npy, .tsv or .safetensors"},
		{"a", "a", "end it with"},
		{"a", "a.npy.gz", "leave out .gz"},
		{"New York", "a.bin", `row 1: word "New York" has a space`},
		{"two\nlines", "a.txt", "newline"},
		{"a\tb", "a.tsv", "tab"},
		{"a\rb", "a.npy", "line's end"},
		{"\xff", "a.safetensors", "not UTF-8"},
		{"a b", "a.glove", "the first word of a GloVe file can't have"},
		{"a", "missing/a.bin", "missing/a.bin"},
	} {
		path := filepath.Join(dir, c.file)
		err := one(c.word).Save(path)
		require.ErrorContains(t, err, c.want)
		require.ErrorContains(t, err, "wordvec: ")
		require.NoFileExists(t, path)
	}
	require.ErrorContains(t, one("a b").WriteBinary(&bytes.Buffer{}), "has a space")
}

func TestFailedWrites(t *testing.T) {
	v := random(3, 4)
	for _, write := range []func(io.Writer) error{v.WriteText, v.WriteBinary, v.writeNPY, v.writeTable, v.writeWords, v.writeSafetensors} {
		require.ErrorIs(t, write(full{}), io.ErrShortWrite)
	}
	for _, path := range []string{"/dev/full", t.TempDir() + "/no/dir.bin.gz", t.TempDir() + "/no/dir.bin.zst"} {
		if path == "/dev/full" {
			if _, err := os.Stat(path); err != nil {
				continue
			}
			link := filepath.Join(t.TempDir(), "full.npy")
			require.NoError(t, os.Symlink(path, link))
			path = link
		}
		require.ErrorContains(t, v.Save(path), filepath.Base(path))
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

// TestReadingAllocatesByTheRow holds that values cost no allocation.
func TestReadingAllocatesByTheRow(t *testing.T) {
	var text bytes.Buffer
	require.NoError(t, random(100, 50).WriteText(&text))
	few := testing.AllocsPerRun(3, func() { Read(bytes.NewReader(text.Bytes()), "v") })
	require.Less(t, few, 300.0, "5000 values in 100 rows")
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{"2 2\na 1 -2.5e-3\nb 3 4\n", "2 2\na " + floats(1, 2) + "\nb " + floats(3, 4), "a 1 2\n. . 3 4\n",
		"99999999 1000000\na", "1 1\n\n 5", "-1 5\n", "1 1\na nan\n", "\x1f\x8b\x08", "\x28\xb5\x2f\xfd", "1 2\na 0x1p-2 1_0\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		v, err := Read(bytes.NewReader(content), "v")
		if err != nil {
			require.ErrorContains(t, err, "wordvec: v")
			return
		}
		require.Len(t, v.Words, v.Matrix.Rows)
		require.NotZero(t, v.Len()*v.Dim())
		require.Equal(t, -1, lane.IndexNonFinite(v.Matrix.Data))
		for _, word := range v.Words {
			if noSpace(word, false) != nil {
				return // one of GloVe's
			}
		}
		var text, binary bytes.Buffer
		require.NoError(t, v.WriteText(&text))
		require.NoError(t, v.WriteBinary(&binary))
		for name, content := range map[string][]byte{"v.txt": text.Bytes(), "v.bin": binary.Bytes()} {
			back, err := Read(bytes.NewReader(content), name)
			require.NoError(t, err)
			require.Equal(t, v.Words, back.Words)
			require.Equal(t, v.Matrix, back.Matrix)
		}
	})
}

func FuzzNPYHeader(f *testing.F) {
	f.Add([]byte(npyFile("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }", floats(1, 2))))
	f.Fuzz(func(t *testing.T, content []byte) {
		if !bytes.HasPrefix(content, npyMagic) {
			return
		}
		shape, err := newSource(bytes.NewReader(content), "v", int64(len(content))).npyHeader()
		if err == nil {
			require.Positive(t, shape.rows)
			require.Positive(t, shape.dim)
			require.Contains(t, []int{4, 8}, shape.itemBytes)
		}
	})
}

// FuzzTables reads .npy and the projector's .tsv, each with the words beside it, in memory and mapped.
func FuzzTables(f *testing.F) {
	f.Add([]byte(npyFile("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }", floats(1, 2))), []byte("a\nb\n"), 0)
	f.Add([]byte(npyFile("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1), }", "12345678")), []byte("n\tword\n7\ta\n"), 1)
	f.Add([]byte("1\t2\n-3\t1e-9\n"), []byte("a\na\n"), 0)
	f.Add([]byte("1\t2\n"), []byte("a"), 2)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, table, words []byte, limit int) {
		path, beside := filepath.Join(dir, "v.tsv"), filepath.Join(dir, "v.metadata.tsv")
		if bytes.HasPrefix(table, npyMagic) {
			path, beside = filepath.Join(dir, "v.npy"), filepath.Join(dir, "v.tsv")
		}
		require.NoError(t, os.WriteFile(path, table, 0o666))
		require.NoError(t, os.WriteFile(beside, words, 0o666))
		requireAlike(t, path, limit)
	})
}

// FuzzSafetensors reads what a header says of words and vectors.
func FuzzSafetensors(f *testing.F) {
	var file bytes.Buffer
	v := random(3, 2)
	require.NoError(f, v.writeSafetensors(&file))
	f.Add(file.Bytes(), 0)
	for _, header := range []string{`{"w":{"dtype":"BF16","shape":[1,2],"data_offsets":[0,4]},"__metadata__":{"lane.words":"[\"a\"]"}}`,
		`{"w":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},"__metadata__":{"lane.words":"[\"\"]"}}`} {
		f.Add(append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header+floats(1)...), 1)
	}
	path := filepath.Join(f.TempDir(), "v.safetensors")
	f.Fuzz(func(t *testing.T, content []byte, limit int) {
		if !looksLikeSafetensors(content[:min(len(content), 16)]) {
			return
		}
		require.NoError(t, os.WriteFile(path, content, 0o666))
		requireAlike(t, path, limit)
	})
}

// requireAlike reads a file in memory and mapped: the same vectors or an error, and what is read can be written and read again.
func requireAlike(t *testing.T, path string, limit int) {
	want, wantErr := Reader{Limit: limit}.Load(path)
	got, err := Reader{Limit: limit, Map: true}.Load(path)
	if err != nil { // of several mistakes each tells the first that it meets
		require.ErrorContains(t, err, "wordvec: ")
		require.ErrorContains(t, wantErr, "wordvec: ")
		return
	}
	require.NoError(t, wantErr)
	defer got.Close()
	require.Equal(t, want.Words, got.Words)
	require.Equal(t, want.Duplicates, got.Duplicates)
	for i := range want.Len() {
		require.Equal(t, want.Row(i), got.Row(i))
		require.Equal(t, -1, lane.IndexNonFinite(want.Row(i)))
	}
	copied := filepath.Join(t.TempDir(), "v.npy")
	if err := got.Save(copied); err != nil {
		return // a word that no file of words can hold
	}
	back, err := Load(copied)
	require.NoError(t, err)
	require.Equal(t, want.Words, back.Words)
	require.Equal(t, want.Matrix, back.Matrix)
}

// FuzzGloVe writes any words in GloVe's format, and reads those that it does not refuse.
func FuzzGloVe(f *testing.F) {
	f.Add("the", ". . .", 2)
	f.Add("", "a\u00a0 b\t c", 3)
	f.Add("1", "1 2", 2)
	f.Fuzz(func(t *testing.T, first, second string, dim int) {
		if dim < 1 || dim > 5 || first == second {
			return
		}
		v, err := New([]string{first, second}, random(2, dim).Matrix)
		require.NoError(t, err)
		var file bytes.Buffer
		if v.WriteGloVe(&file) != nil || len(first)+len(second) > maxWordBytes {
			return
		}
		for _, other := range foreign {
			if bytes.HasPrefix(file.Bytes(), []byte(other.magic)) {
				return
			}
		}
		_, format, err := packing.Unpack(bufio.NewReader(bytes.NewReader(file.Bytes())))
		if head := file.Bytes()[:min(file.Len(), 16)]; looksLikeSafetensors(head) || format != "" || err != nil {
			return
		}
		back, err := Read(&file, "v")
		require.NoError(t, err)
		require.Equal(t, v.Words, back.Words)
		require.Equal(t, v.Matrix, back.Matrix)
	})
}

// What would not be read again is not written, but in .safetensors.
func TestLongWords(t *testing.T) {
	v, err := New([]string{"a", strings.Repeat("b", maxWordBytes)}, random(2, 3).Matrix)
	require.NoError(t, err)
	for _, ending := range []string{".bin", ".txt", ".vec", ".glove", ".npy", ".tsv"} {
		path := filepath.Join(t.TempDir(), "v"+ending)
		require.ErrorContains(t, v.Save(path), "wordvec: cannot write "+path+": row 2: word \"bbbbbbbbbbbbbbbbbbbb\"… has 65536 bytes", ending)
		require.NoFileExists(t, path)
	}
	path := filepath.Join(t.TempDir(), "v.safetensors")
	require.NoError(t, v.Save(path))
	back, err := Load(path)
	require.NoError(t, err)
	require.Equal(t, v.Words, back.Words)

	longest, err := New([]string{strings.Repeat("b", maxWordBytes-1)}, random(1, 3).Matrix)
	require.NoError(t, err)
	for _, ending := range []string{".bin", ".txt", ".npy", ".tsv"} {
		path := filepath.Join(t.TempDir(), "v"+ending)
		require.NoError(t, longest.Save(path))
		back, err := Load(path)
		require.NoError(t, err, ending)
		require.Equal(t, longest.Words, back.Words, ending)
	}
}
