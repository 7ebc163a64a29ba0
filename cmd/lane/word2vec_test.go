package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// smallVectors trains in a moment.
var smallVectors = []string{"word2vec", "train", "--dim", "6", "--epochs", "2", "--min-count", "2"}

func trainVectors(t *testing.T, args ...string) call {
	t.Helper()
	return ok(t, append(smallVectors[:len(smallVectors):len(smallVectors)], args...)...)
}

// sampleVectors trains on the sample text and returns the file of the vectors.
func sampleVectors(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "vectors.bin")
	trainVectors(t, sampleFile(t), "-o", path)
	return path
}

func TestWord2vecTrain(t *testing.T) {
	text := sampleFile(t)
	for _, model := range []string{"skipgram", "cbow"} {
		for _, loss := range []string{"ns", "softmax", "hs"} {
			t.Run(model+" "+loss, func(t *testing.T) {
				out := filepath.Join(t.TempDir(), "v.vec")
				log := filepath.Join(t.TempDir(), "log.jsonl")
				c := trainVectors(t, text, "-o", out, "--model", model, "--loss", loss, "--json", "--loss-log", log)
				events := objects(t, c.out)
				last := len(events) - 1
				for _, e := range events[:last] {
					require.Equal(t, "progress", e["event"])
					require.ElementsMatch(t, []string{"event", "epoch", "words", "per_sec", "loss", "lr"}, keys(e))
				}
				require.Greater(t, last, 1, "an event an epoch at least")
				require.Equal(t, "done", events[last]["event"])
				require.ElementsMatch(t, []string{"event", "seconds", "words", "per_sec", "sha256"}, keys(events[last]))
				require.Equal(t, sum(t, out), events[last]["sha256"])
				require.Equal(t, c.out, read(t, log))
				require.Contains(t, c.err, "epoch 2: loss")
			})
		}
	}
}

func TestWord2vecTrainOptions(t *testing.T) {
	text, dir := sampleFile(t), t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }

	c := trainVectors(t, text, "-o", in("v.bin"), "--quiet", "--save-context", in("context.txt"), "--report", in("r.html"))
	require.Empty(t, c.out)
	require.Empty(t, c.err)
	header := func(path string) string { line, _, _ := strings.Cut(read(t, path), "\n"); return line }
	require.Equal(t, header(in("v.bin")), header(in("context.txt")))
	require.Contains(t, read(t, in("r.html")), "<svg")
	require.Contains(t, read(t, in("r.html")), "</html>")

	trainVectors(t, text, "-o", in("w.bin"), "--report", in("r.png"), "--private-negatives", "--max-vocab", "20", "--lowercase")
	require.True(t, strings.HasPrefix(read(t, in("r.png")), "\x89PNG"))
	require.Equal(t, "20 6", header(in("w.bin")))

	require.ElementsMatch(t, []string{"v.bin", "w.bin", "context.txt", "r.html", "r.png"}, names(t, dir), "nothing else is left")
}

func TestWord2vecTrainGoesOnWithNewText(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	old, more := file(t, "old", strings.Repeat("a b c a c b\n", 9)), file(t, "more", strings.Repeat("a new b new rare\n", 9))
	header := func(path string) string { line, _, _ := strings.Cut(read(t, path), "\n"); return line }
	trainVectors(t, old, "-o", in("v.vec"), "--save-context", in("c.vec"))

	again := []string{"word2vec", "train", more, "--init", in("v.vec"), "--init-context", in("c.vec"), "--epochs", "1", "-o", in("w.vec")}
	ok(t, append(again, "--min-count", "9")...)
	require.Equal(t, "4 6", header(in("w.vec")), "dim is that of the vectors")
	ok(t, append(again, "--min-count", "10", "--update-vocab")...)
	require.Equal(t, "4 6", header(in("w.vec")), "new is seen 18 times, and a, b and c stay")
	stays := func(path string) string {
		_, row, _ := strings.Cut(read(t, path), "\nc ")
		row, _, _ = strings.Cut(row, "\n")
		return row
	}
	require.Equal(t, stays(in("v.vec")), stays(in("w.vec")), "the text has no c")

	fails(t, exitUsage, append(again, "--dim", "7"), "dim is 7 and the vectors to begin with have 6: take dim 6")
	fails(t, exitUsage, []string{"word2vec", "train", more, "--update-vocab", "-o", in("x.vec")}, "add --init VECTORS")
	fails(t, exitFailed, []string{"word2vec", "train", more, "--init", in("none.vec"), "-o", in("x.vec")}, "none.vec")
	require.NoFileExists(t, in("x.vec"))
}

// The same text in any form, with any line ends, gives the same bytes.
func TestWord2vecReadsTextInAnyForm(t *testing.T) {
	text := sampleText()
	half := len(text) / 2
	half += strings.Index(text[half:], "\n") + 1
	forms := map[string][]string{
		"plain":            {file(t, "a.txt", text)},
		"gzip":             {file(t, "a.txt.gz", gzipped(t, text))},
		"zstandard":        {file(t, "a.txt.zst", zstandard(t, text))},
		"by content":       {file(t, "a.txt", gzipped(t, text))},
		"standard input":   {"-"},
		"two files":        {file(t, "a", text[:half]), file(t, "b.zst", zstandard(t, text[half:]))},
		"CRLF":             {file(t, "a", strings.ReplaceAll(text, "\n", "\r\n"))},
		"no last newline":  {file(t, "a", strings.TrimSuffix(text, "\n"))},
		"byte order mark":  {file(t, "a", "\ufeff"+text)},
		"tabs, more space": {file(t, "a", strings.ReplaceAll(text, " ", "\t  "))},
	}
	out := filepath.Join(t.TempDir(), "v.bin")
	trainVectors(t, forms["plain"][0], "-o", out)
	want := sum(t, out)
	for form, paths := range forms {
		args := append(smallVectors[:len(smallVectors):len(smallVectors)], paths...)
		c := invokeReading(t, text, append(args, "-o", out)...)
		require.Equal(t, exitDone, c.code, "%s: %s", form, c.err)
		require.Equal(t, want, sum(t, out), form)
	}
}

func TestWord2vecThreadsDoNotShow(t *testing.T) {
	text, out := sampleFile(t), filepath.Join(t.TempDir(), "v.bin")
	var sums []string
	for _, threads := range []string{"1", "2", "3"} {
		trainVectors(t, text, "-o", out, "--threads", threads)
		sums = append(sums, sum(t, out))
	}
	require.Equal(t, []string{sums[0], sums[0], sums[0]}, sums)
}

func TestWord2vecBuiltinCorpusIsNamed(t *testing.T) {
	c := fails(t, exitUsage, []string{"word2vec", "train", "--dim", "0", "-o", "v.bin"}, "dim is 0")
	require.NotContains(t, c.err, "built-in")
	if testing.Short() {
		return
	}
	out := filepath.Join(t.TempDir(), "v.bin")
	c = ok(t, "word2vec", "train", "--dim", "2", "--epochs", "1", "--window", "1", "--negative", "1", "-o", out)
	require.Contains(t, c.err, "built-in")
}

func TestWord2vecQueries(t *testing.T) {
	// Two opposite directions and one between.
	path := file(t, "v.txt", "5 2\nking 1 0.1\nqueen 1 0.2\nman 0.1 1\nwoman 0.2 1\nkind -1 0\n")

	similar := ok(t, "word2vec", "similar", path, "king", "-n", "2")
	require.Regexp(t, `^queen +0\.99\d\d\nwoman +`, similar.out)
	require.Empty(t, similar.err)
	require.Regexp(t, `^\[\{"word":"queen","similarity":0\.99\d+\}\]\n$`, ok(t, "word2vec", "similar", path, "king", "-n", "1", "--json").out)
	require.Regexp(t, `^\[\{"word":"woman","similarity":[\d.]+\}\]\n$`, ok(t, "word2vec", "analogy", path, "king", "man", "queen", "-n", "1", "--json").out)
	require.Regexp(t, `^woman `, ok(t, "word2vec", "analogy", path, "king", "man", "queen").out)
	require.Equal(t, "kind\n", ok(t, "word2vec", "odd", path, "king", "queen", "kind").out)

	c := invokeReading(t, read(t, path), "word2vec", "similar", "-", "king")
	require.Equal(t, exitDone, c.code, c.err)
	require.Contains(t, c.out, "queen")

	fails(t, exitFailed, []string{"word2vec", "similar", path, "kimg"}, `"kimg"`, "did you mean", `"king"`)
	fails(t, exitFailed, []string{"word2vec", "analogy", path, "man", "king", "womam"}, `did you mean "woman"`)
	fails(t, exitFailed, []string{"word2vec", "odd", path, "king", "queen", "mann"}, `did you mean "man"`)
	fails(t, exitUsage, []string{"word2vec", "odd", path, "king", "queen"}, "fewer than three")
	for _, n := range []string{"0", "-1"} {
		fails(t, exitUsage, []string{"word2vec", "similar", path, "king", "-n", n}, "-n "+n)
		fails(t, exitUsage, []string{"word2vec", "analogy", path, "king", "man", "queen", "-n", n}, "-n "+n)
	}
	require.Regexp(t, `^woman `, ok(t, "word2vec", "similar", path, "queen", "man", "--negative", "king").out)
	require.Contains(t, ok(t, "word2vec", "similar", path, "queen", "man", "--negative", "king", "--cosmul").out, "woman")
	require.Regexp(t, `^queen .*\n$`, ok(t, "word2vec", "similar", path, "woman", "--top", "2", "-n", "1").out)
	require.Equal(t, 1, strings.Count(ok(t, "word2vec", "similar", path, "king", "--limit", "2").out, "\n"))
	require.Equal(t, "1\n", ok(t, "word2vec", "rank", path, "king", "queen").out)
	require.Equal(t, map[string]any{"rank": 4.0}, object(t, ok(t, "word2vec", "rank", path, "king", "kind", "--json").out))
	require.Equal(t, "0.0000\n", ok(t, "word2vec", "distance", path, "king", "king").out)
	require.Equal(t, map[string]any{"distance": 0.0, "similarity": 1.0}, object(t, ok(t, "word2vec", "distance", path, "man", "man", "--json").out))
	require.Equal(t, "kind", object(t, ok(t, "word2vec", "odd", path, "king", "queen", "kind", "--json").out)["odd"])
	fails(t, exitFailed, []string{"word2vec", "similar", path, "man", "--limit", "2"}, `no vector for "man"`)
	for _, flag := range []string{"--limit", "--top"} {
		fails(t, exitUsage, []string{"word2vec", "similar", path, "king", flag, "-1"}, flag+" -1")
	}
	fails(t, exitUsage, []string{"word2vec", "rank", path, "king"}, "lane word2vec rank VECTORS A B")

	fails(t, exitUsage, []string{"word2vec", "similar", path}, "lane word2vec similar VECTORS WORD")
}

func TestWord2vecWarnsOfDuplicates(t *testing.T) {
	path := file(t, "v.txt", "4 2\na 1 0\nb 0 1\na 0 1\nc 1 1\n")
	for _, args := range [][]string{{"similar", path, "a"}, {"odd", path, "a", "b", "c"}, {"convert", path, filepath.Join(t.TempDir(), "v.bin")}} {
		c := ok(t, append([]string{"word2vec"}, args...)...)
		require.Contains(t, c.err, path+": left out 1 row", args)
	}
}

func TestWord2vecEval(t *testing.T) {
	path := file(t, "v.txt", "4 2\nking 1 0\nqueen 0.9 0.1\nman 0 1\nwoman 0.1 0.9\n")
	pairs := file(t, "pairs.tsv", "king\tqueen\t9\nking\tman\t1\nking\twoman\t2\nking\tcabbage\t3\n")
	questions := file(t, "questions.txt", ": people\nking man queen woman\nking man queen cabbage\n")

	o := object(t, ok(t, "word2vec", "eval", path, "--similarity", pairs, "--similarity", pairs, "--analogies", questions, "--json").out)
	require.ElementsMatch(t, []string{"similarity", "analogies"}, keys(o))
	similarity := o["similarity"].([]any)
	require.Len(t, similarity, 2)
	require.Equal(t, map[string]any{"file": pairs, "spearman": 1.0, "pearson": similarity[0].(map[string]any)["pearson"], "pairs": 3.0, "skipped": 1.0}, similarity[0])
	analogies := o["analogies"].(map[string]any)
	for _, key := range []string{"file", "accuracy", "total", "skipped", "sections"} {
		require.Contains(t, analogies, key)
	}
	require.Equal(t, []any{1.0, 1.0, 1.0}, []any{analogies["accuracy"], analogies["total"], analogies["skipped"]})

	c := ok(t, "word2vec", "eval", path, "--similarity", pairs, "--analogies", questions)
	require.Contains(t, c.out, "over 3 pairs, 1 skipped")
	require.Contains(t, c.out, "people")

	capitals := file(t, "capitals.txt", "King\tQUEEN\t9\nking\tman\t1\n")
	count := func(args ...string) any {
		o := object(t, ok(t, append([]string{"word2vec", "eval", path, "--similarity", capitals, "--json"}, args...)...).out)
		return o["similarity"].([]any)[0].(map[string]any)["pairs"]
	}
	require.Equal(t, 2.0, count())
	require.Equal(t, 1.0, count("--case-sensitive"))
	require.Equal(t, 2.0, count("--case-sensitive", "--count-unknown"))
	require.Equal(t, 1.0, count("--limit", "2"))
	ok(t, "word2vec", "eval", path, "--analogies", questions, "--cosmul")

	// Questions may be packed, or come by standard input.
	packed := file(t, "pairs.gz", gzipped(t, read(t, pairs)))
	require.Equal(t, strings.ReplaceAll(c.out, pairs, packed), ok(t, "word2vec", "eval", path, "--similarity", packed, "--analogies", questions).out)
	piped := invokeReading(t, read(t, questions), "word2vec", "eval", path, "--similarity", pairs, "--analogies", "-")
	require.Equal(t, strings.ReplaceAll(c.out, questions, "-"), piped.out)
	fails(t, exitUsage, []string{"word2vec", "eval", path, "--similarity", "-", "--analogies", "-"}, "named twice", "only once")

	fails(t, exitUsage, []string{"word2vec", "eval", path}, "--analogies or --similarity")
	fails(t, exitUsage, []string{"word2vec", "eval", path, "--similarity", pairs, "--top", "0"}, "--top 0")
	fails(t, exitFailed, []string{"word2vec", "eval", path, "--similarity", pairs + "x"}, pairs+"x")
	wrong := file(t, "wrong.tsv", "king\tqueen\t9\nking queen\n")
	fails(t, exitFailed, []string{"word2vec", "eval", path, "--similarity", wrong}, wrong, "line 2")
	wrong = file(t, "wrong.txt", ": people\nking man queen\n")
	fails(t, exitFailed, []string{"word2vec", "eval", path, "--analogies", wrong}, wrong, "line 2")
}

// Through every format and back the bytes are the same.
func TestWord2vecConvert(t *testing.T) {
	vectors := sampleVectors(t)
	dir := t.TempDir()
	for _, ending := range []string{".bin", ".vec", ".txt", ".npy", ".safetensors", ".tsv", ".glove", ".bin.gz", ".vec.zst"} {
		there, back := filepath.Join(dir, "there"+ending), filepath.Join(dir, "back.bin")
		ok(t, "word2vec", "convert", vectors, there)
		ok(t, "word2vec", "convert", there, back)
		require.Equal(t, sum(t, vectors), sum(t, back), ending)
		require.NoError(t, os.Remove(back))
	}
	fails(t, exitUsage, []string{"word2vec", "convert", vectors, filepath.Join(dir, "v.doc")}, "v.doc", ".safetensors")
	fails(t, exitUsage, []string{"word2vec", "convert", vectors, vectors}, vectors, "named twice")
	tensors, metadata := filepath.Join(dir, "q.tensors.tsv"), filepath.Join(dir, "q.metadata.tsv")
	ok(t, "word2vec", "convert", vectors, tensors)
	require.NoError(t, os.Rename(filepath.Join(dir, "q.tensors.metadata.tsv"), metadata))
	fails(t, exitUsage, []string{"word2vec", "convert", tensors, filepath.Join(dir, "q.tsv")}, metadata, "named twice")
	array, table := filepath.Join(dir, "pair.npy"), filepath.Join(dir, "pair.tsv")
	ok(t, "word2vec", "convert", vectors, array)
	fails(t, exitUsage, []string{"word2vec", "convert", array, table}, table, "named twice")
	fails(t, exitFailed, []string{"word2vec", "convert", vectors, filepath.Join(dir, "no", "v.bin")}, filepath.Join(dir, "no", "v.bin"), "make the directory")
}

// phrased is a text where "new" is followed by "york", and "york" often by "times".
var phrased = strings.Repeat("the new york times is read\nnew york times\nthe man in the house\na house in new york\n", 10) +
	strings.Repeat("other words make the score of those higher than it is alone\n", 400)

func TestWord2vecPhrases(t *testing.T) {
	text := file(t, "t.txt", phrased)
	out := filepath.Join(t.TempDir(), "joined.txt")
	c := ok(t, "word2vec", "phrases", text, "--threshold", "50", "-o", out)
	require.Contains(t, c.err, "phrases, pass 1: ")
	require.Empty(t, c.out)
	require.Contains(t, read(t, out), "the new_york times is")
	require.Equal(t, strings.Count(phrased, "\n"), strings.Count(read(t, out), "\n"))
	require.Equal(t, read(t, out), ok(t, "word2vec", "phrases", text, "--threshold", "50", "--quiet").out)
	require.Contains(t, ok(t, "word2vec", "phrases", text, "--threshold", "50", "--passes", "2").out, "new_york_times")

	require.Regexp(t, `(?m)^new_york +30 +[\d.]+$`, ok(t, "word2vec", "phrases", text, "--threshold", "50", "--list").out)
	list := objects(t, ok(t, "word2vec", "phrases", text, "--score", "npmi", "--english", "--list", "--json").out)
	require.ElementsMatch(t, []string{"words", "count", "score"}, keys(list[0]))

	// A threshold of 0 is no default: every pair that comes together more often than by chance is a phrase.
	every := objects(t, ok(t, "word2vec", "phrases", text, "--score", "npmi", "--threshold", "0", "--list", "--json").out)
	require.Equal(t, every, objects(t, ok(t, "word2vec", "phrases", text, "--score", "npmi", "--threshold", "1e-9", "--list", "--json").out))
	require.Greater(t, len(every), len(list))

	// Lines stay lines, empty and long ones too.
	odd := "a b\n\n\n" + strings.Repeat("x ", 25_000) + "\nc <eos>\n<eos>\n\n"
	require.Equal(t, strings.ReplaceAll(odd, " \n", "\n"), ok(t, "word2vec", "phrases", file(t, "odd.txt", odd), "--threshold", "1e9").out)
	packed := filepath.Join(t.TempDir(), "joined.txt.gz")
	ok(t, "word2vec", "phrases", text, "--threshold", "50", "-o", packed)
	require.True(t, strings.HasPrefix(read(t, packed), "\x1f\x8b"))
	require.Equal(t, read(t, out), ok(t, "word2vec", "phrases", packed, "--threshold", "1e9").out)

	fails(t, exitUsage, []string{"word2vec", "phrases", text, "--passes", "0"}, "--passes 0")
	fails(t, exitUsage, []string{"word2vec", "phrases", text, "--min-count", "0"}, "--min-count 0")
	fails(t, exitUsage, []string{"word2vec", "phrases", text, "--json"}, "--json is for --list")
	fails(t, exitUsage, []string{"word2vec", "phrases", text, "--list", "-o", out}, "leave out -o")
	fails(t, exitUsage, []string{"word2vec", "phrases", text, "--score", "pmi"}, `take one of ["word2phrase" "npmi"]`)
	fails(t, exitUsage, []string{"word2vec", "phrases", text, "--score", "npmi", "--threshold", "50"}, "from −1 to 1")
	fails(t, exitUsage, []string{"word2vec", "phrases", text, "-o", text}, "named twice")
	fails(t, exitFailed, []string{"word2vec", "phrases", text + "x"}, text+"x", "no such file")
}

func TestWord2vecTrainsPhrases(t *testing.T) {
	text := file(t, "t.txt", phrased)
	out := filepath.Join(t.TempDir(), "v.vec")
	c := trainVectors(t, text, "-o", out)
	require.NotContains(t, read(t, out), "_")
	c = trainVectors(t, text, "-o", out, "--phrases", "2")
	require.Contains(t, c.err, "phrases, pass 2: ")
	require.Contains(t, read(t, out), "_")
	fails(t, exitUsage, append(smallVectors[:len(smallVectors):len(smallVectors)], text, "-o", out, "--phrases", "-1"), "--phrases -1")
}
