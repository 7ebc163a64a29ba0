package wordvec

import (
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// canMap tells where files are mapped from where they are read into memory all the same.
var canMap = map[string]bool{"linux": true, "darwin": true, "freebsd": true, "netbsd": true, "openbsd": true, "dragonfly": true}[runtime.GOOS]

func mappedFrom(t *testing.T, path string) *Vectors {
	v, err := Reader{Map: true}.Load(path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, v.Close()) })
	return v
}

// TestMappedFilesAnswerAlike compares all that can be asked of a mapped file with the same file in memory, bit for bit.
func TestMappedFilesAnswerAlike(t *testing.T) {
	want := loadToy(t)
	for _, name := range []string{"v.bin", "v.npy", "v.safetensors", "v.txt", "v.bin.gz", "v.tsv"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			require.NoError(t, want.Save(path))
			v := mappedFrom(t, path)
			stays := canMap && (name == "v.bin" || name == "v.npy" || name == "v.safetensors")
			require.Equal(t, stays, v.Matrix.Rows == 0)
			require.Equal(t, want.Words, v.Words)
			require.Equal(t, want.Dim(), v.Dim())
			for i := range v.Len() {
				require.Equal(t, want.Row(i), v.Row(i))
			}
			ask := func(v *Vectors) []any {
				similar, err := v.Similar([]string{"bar", "tela"}, []string{"tel"}, 20)
				require.NoError(t, err)
				product, err := v.SimilarCosMul([]string{"bar", "tela"}, []string{"tel"}, 20)
				require.NoError(t, err)
				central, err := v.Central("bar", "bara", "yol")
				require.NoError(t, err)
				rank, err := v.Rank("bar", "yol")
				require.NoError(t, err)
				analogies, err := v.EvalAnalogies(open(t, "testdata/toy.questions.txt"), "q", 0)
				require.NoError(t, err)
				pairs, err := v.EvalSimilarity(open(t, "testdata/toy.pairs.tsv"), "p")
				require.NoError(t, err)
				plane, err := v.Plane(9)
				require.NoError(t, err)
				return []any{similar, product, central, rank, analogies, pairs, plane}
			}
			require.Equal(t, ask(want), ask(v))
			for _, copied := range []string{"c.bin", "c.vec", "c.npy", "c.safetensors", "c.tsv", "c.glove"} {
				path := filepath.Join(t.TempDir(), copied)
				require.NoError(t, v.Save(path))
				back, err := Load(path)
				require.NoError(t, err)
				require.Equal(t, want.Words, back.Words)
				require.Equal(t, want.Matrix, back.Matrix)
			}
		})
	}
}

// TestMappedVariants reads, mapped and not, what binary files may hold.
func TestMappedVariants(t *testing.T) {
	path := filepath.Join(t.TempDir(), "v.bin")
	for name, c := range map[string]struct {
		content string
		words   []string
		want    string // of the error
	}{
		"newlines":         {"2 2\na " + floats(1, 2) + "\nb " + floats(3, 4) + "\n", []string{"a", "b"}, ""},
		"bytes":            {"2 2\n\xd1 " + floats(1, 2) + "a\tb " + floats(3, 4), []string{"\xd1", "a\tb"}, ""},
		"duplicates":       {"4 2\na " + floats(1, 2) + "a " + floats(9, 9) + "b " + floats(3, 4) + "a " + floats(9, 9), []string{"a", "b"}, ""},
		"cut in a word":    {"3 2\na " + floats(1, 2) + "bcd", nil, "truncated: the header promises 3 words, the file ends in row 2, at byte 17"},
		"cut in a vector":  {"3 2\na " + floats(1, 2) + "b " + floats(3), nil, "the file ends in row 2, at byte 20"},
		"cut before a row": {"3 2\na " + floats(1, 2), nil, "the file ends in row 2, at byte 14"},
		"more":             {"1 2\na " + floats(1, 2) + "b " + floats(1, 2), nil, "but more follows at byte 14"},
		"NaN": {"3 2\na " + floats(1, 2) + "a " + floats(1, 2) + "b " + floats(1, float32(math.NaN())), nil,
			`value 2 is NaN: vectors must be finite`},
		"no word": {"1 5\n" + strings.Repeat("\x00", 2<<20), nil, "row 1 (byte 4): no word within 65536 bytes"},
	} {
		require.NoError(t, os.WriteFile(path, []byte(c.content), 0o666))
		for _, o := range []Reader{{}, {Map: true}} {
			v, err := o.Load(path)
			if c.want != "" {
				require.ErrorContains(t, err, c.want, name)
				require.ErrorContains(t, err, path, name)
				continue
			}
			require.NoError(t, err, name)
			require.Equal(t, c.words, v.Words, name)
			require.Equal(t, [][]float32{{1, 2}, {3, 4}}, [][]float32{v.Row(0), v.Row(1)}, name)
			require.NoError(t, v.Close())
			require.NoError(t, v.Close(), "closing again is nothing")
		}
	}
}

func TestMappedRowsWithDuplicates(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "v.npy")
	require.NoError(t, os.WriteFile(path, []byte(npyFile("{'descr': '<f4', 'fortran_order': False, 'shape': (4, 1), }", floats(1, 2, 3, 4))), 0o666))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "v.tsv"), []byte("a\nb\na\nc\n"), 0o666))
	v := mappedFrom(t, path)
	require.Equal(t, []string{"a", "b", "c"}, v.Words)
	require.Equal(t, []float32{4}, v.Row(2))
	require.Equal(t, 1, v.Duplicates)
}

// TestLimit reads the first rows of every format, mapped or not, whatever the rest of it is like.
func TestLimit(t *testing.T) {
	v := random(50, 4)
	for _, name := range []string{"v.bin", "v.txt", "v.vec.gz", "v.bin.zst", "v.glove", "v.npy", "v.tsv", "v.safetensors"} {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, v.Save(path))
		for _, limit := range []int{1, 7, 50, 51} {
			for _, mapped := range []bool{false, true} {
				got, err := Reader{Limit: limit, Map: mapped}.Load(path)
				require.NoError(t, err, name)
				n := min(limit, 50)
				require.Equal(t, v.Words[:n], got.Words, name)
				require.Equal(t, v.Row(n-1), got.Row(n-1), name)
				require.NoError(t, got.Close())
			}
		}
		_, err := Reader{Limit: -1}.Load(path)
		require.ErrorContains(t, err, "wordvec: a limit of -1 rows: want 1 or more, or 0 for all")
	}
	got, err := Reader{Limit: 1}.Read(strings.NewReader("2 2\na 1 2\nb broken\n"), "v")
	require.NoError(t, err)
	require.Equal(t, []string{"a"}, got.Words)
	_, err = Reader{Limit: -1}.Read(strings.NewReader("1 1\na 1\n"), "v")
	require.ErrorContains(t, err, "limit of -1")
}

// TestPackedFilesDoNotGrow holds that the table of a packed file is taken at once, and not copied as it grows.
func TestPackedFilesDoNotGrow(t *testing.T) {
	v := random(20_000, 200)
	path := filepath.Join(t.TempDir(), "v.bin.gz")
	require.NoError(t, v.Save(path))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Load(path)
	require.NoError(t, err)
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(24<<20), "the table is 16 MB")
}

func FuzzMapped(f *testing.F) {
	for _, seed := range []string{"2 2\na " + floats(1, 2) + "\nb " + floats(3, 4), "2 1\na " + floats(1) + "a " + floats(2), "1 1\n\n\n \x00\x00\x00\x00", "9 9\na b"} {
		f.Add([]byte(seed), 0)
	}
	path := filepath.Join(f.TempDir(), "v.bin")
	f.Fuzz(func(t *testing.T, content []byte, limit int) {
		require.NoError(t, os.WriteFile(path, content, 0o666))
		requireAlike(t, path, limit)
	})
}
