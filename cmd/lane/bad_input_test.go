package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lane-go/lane/models/wordvec"
	"github.com/stretchr/testify/require"
)

// trainings are the calls of each kind of training on a corpus, with an output
// in a directory that has to stay as it is.
func trainings(t *testing.T, corpora ...string) (dir string, calls [][]string) {
	t.Helper()
	dir = t.TempDir()
	words := append(append([]string{}, smallVectors...), "-o", filepath.Join(dir, "v.bin"), "--min-count", "1")
	model := append(append([]string{}, smallModel...), "-o", filepath.Join(dir, "m.safetensors"))
	return dir, [][]string{append(words, corpora...), append(model, corpora...)}
}

func TestBadCorpus(t *testing.T) {
	text := sampleText()
	packed, frame := gzipped(t, text), zstandard(t, text)
	lines := strings.SplitAfter(text, "\n")
	third := strings.Join(lines[:2], "") + "caf\xe9 au lait\n" + strings.Join(lines[2:], "")
	for name, c := range map[string]struct {
		path string
		says []string
	}{
		"missing":           {filepath.Join(t.TempDir(), "no.txt"), []string{"no.txt", "no such file"}},
		"directory":         {t.TempDir(), []string{"is a directory", "name the files in it"}},
		"empty":             {file(t, "t", ""), []string{"the text is empty"}},
		"no UTF-8":          {file(t, "t", third), []string{fmt.Sprintf("t:3: byte %d (0xe9) is not UTF-8", strings.Index(third, "\xe9")), "iconv"}},
		"UTF-16":            {file(t, "t", "\xff\xfea\x00 \x00b\x00"), []string{"UTF-16", "iconv"}},
		"gzip cut short":    {file(t, "t.gz", packed[:len(packed)*2/3]), []string{"t.gz", "cut short after", "copy or download"}},
		"gzip checksum cut": {file(t, "t.gz", packed[:len(packed)-3]), []string{"t.gz", "cut short after"}},
		"gzip altered":      {file(t, "t.gz", packed[:len(packed)-8]+"\x00\x00\x00\x00"+packed[len(packed)-4:]), []string{"t.gz", "damaged gzip data"}},
		"zstd cut short":    {file(t, "t.zst", frame[:len(frame)*2/3]), []string{"t.zst", "cut short after"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir, calls := trainings(t, c.path)
			for _, args := range calls {
				fails(t, exitFailed, args, append(c.says, c.path)...)
				require.Empty(t, names(t, dir))
			}
		})
	}
}

func TestEmptyLinesAreNoWords(t *testing.T) {
	blank := file(t, "t", " \n\n\t\n")
	fails(t, exitFailed, []string{"word2vec", "train", blank, "-o", filepath.Join(t.TempDir(), "v.bin")}, blank, "empty")
}

func TestTooLittleText(t *testing.T) {
	out := filepath.Join(t.TempDir(), "v.bin")
	one := file(t, "t", "word\n")
	same := file(t, "t", strings.Repeat("word ", 20)+"\n")
	for _, loss := range []string{"ns", "softmax", "hs"} {
		for _, path := range []string{one, same} {
			fails(t, exitFailed, []string{"word2vec", "train", path, "--min-count", "1", "--loss", loss, "-o", out}, path+": word2vec: ", "1 word", "give more text, lower min-count or raise max-vocab")
		}
	}
	rare := file(t, "t", "all words once\n")
	fails(t, exitFailed, []string{"word2vec", "train", rare, "-o", out}, rare, "no word is seen 5 times", "lower min-count")
	alone := file(t, "t", strings.Repeat("a\nb\n", 9))
	fails(t, exitFailed, []string{"word2vec", "train", alone, "-o", out}, alone, "no word has a neighbour")

	model := filepath.Join(t.TempDir(), "m.safetensors")
	fails(t, exitFailed, []string{"lm", "train", one, "--hidden", "4", "--embed", "4", "--layers", "1", "-o", model}, one, "shorter than one window of 35", "lower the batch or the bptt")
	text := sampleFile(t)
	fails(t, exitFailed, append(append([]string{}, smallModel...), text, "--valid", one, "-o", model), one, "the validation text has 1 tokens of the vocabulary", "nothing to predict")
	none := file(t, "none", "")
	fails(t, exitFailed, append(append([]string{}, smallModel...), text, "--valid", none, "-o", model), none, "0 tokens of the vocabulary")
	fails(t, exitUsage, append(append([]string{}, smallModel...), "-", "--valid", "-", "-o", model), "only once")
	foreign := file(t, "foreign", strings.Repeat("nowhere to be seen\n", 9))
	c := ok(t, append(append([]string{}, smallModel...), text, "--valid", foreign, "-o", model, "--quiet")...)
	require.Equal(t, foreign+": 36 tokens are not in the vocabulary: left out, as it has no <unk>; lm train --min-count 2 makes one\n", c.err)
	require.NoError(t, os.Remove(model))
	long := file(t, "long", strings.Repeat("x", 1<<16)+strings.Repeat(" a b c\n", 99))
	c = fails(t, exitFailed, []string{"word2vec", "train", long, "--min-count", "1", "-o", out}, out, "row 4", "has 65536 bytes", "use .safetensors")
	require.NotContains(t, c.err, "epoch", "it is known before")
	require.NoFileExists(t, out)
	require.NoFileExists(t, model)
}

func TestBadVectors(t *testing.T) {
	vectors := sampleVectors(t)
	binary := read(t, vectors)
	ok(t, "word2vec", "convert", vectors, vectors+".vec")
	ok(t, "word2vec", "convert", vectors, vectors+".safetensors")
	text, tensors := read(t, vectors+".vec"), read(t, vectors+".safetensors")
	for name, c := range map[string]struct {
		path string
		says []string
	}{
		"missing":             {filepath.Join(t.TempDir(), "no.bin"), []string{"no such file", "check the path"}},
		"directory":           {t.TempDir(), []string{"is a directory"}},
		"empty":               {file(t, "v.bin", ""), []string{"is empty"}},
		"binary cut short":    {file(t, "v.bin", binary[:len(binary)/2]), []string{"truncated", "row ", "byte "}},
		"text cut short":      {file(t, "v.vec", text[:len(text)/2]), []string{"row "}},
		"rows missing":        {file(t, "v.vec", text[:strings.LastIndex(text[:len(text)/2], "\n")+1]), []string{"truncated", "row ", "byte "}},
		"not a number":        {file(t, "v.txt", "2 2\na 1 2\nb 1 nan\n"), []string{"row 2", "byte ", "finite"}},
		"no number":           {file(t, "v.txt", "2 2\na 1 2\nb 1 x\n"), []string{"row 2", "x"}},
		"short row":           {file(t, "v.txt", "2 2\na 1 2\nb 1\n"), []string{"row 2", "1 values, want 2"}},
		"more rows":           {file(t, "v.txt", "1 2\na 1 2\nb 1 2\n"), []string{"header promises 1 word", "byte "}},
		"prose":               {file(t, "v.txt", "It was a dark night.\n"), nil},
		"safetensors cut":     {file(t, "v.safetensors", tensors[:len(tensors)/2]), []string{"truncated"}},
		"packed and cut":      {file(t, "v.bin.gz", gzipped(t, binary)[:len(binary)/2]), []string{"truncated", "row ", "byte "}},
		"npy without its tsv": {file(t, "v.npy", "\x93NUMPY\x01\x00"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			fails(t, exitFailed, []string{"word2vec", "similar", c.path, "the"}, append(c.says, c.path)...)
			out := filepath.Join(t.TempDir(), "v.bin")
			fails(t, exitFailed, []string{"word2vec", "convert", c.path, out}, c.path)
			require.Empty(t, names(t, filepath.Dir(out)))
		})
	}
}

func TestBadModel(t *testing.T) {
	model, text := sampleModel(t)
	whole := read(t, model)
	vectors := sampleVectors(t)
	ok(t, "word2vec", "convert", vectors, vectors+".safetensors")
	for name, c := range map[string]struct {
		path string
		says []string
	}{
		"missing":        {filepath.Join(t.TempDir(), "no.safetensors"), []string{"no such file", "check the path"}},
		"directory":      {t.TempDir(), []string{"not a regular file"}},
		"empty":          {file(t, "m.safetensors", ""), []string{"truncated", "copy or save the file again"}},
		"cut short":      {file(t, "m.safetensors", whole[:len(whole)-5]), []string{"truncated", "copy or save the file again"}},
		"cut in header":  {file(t, "m.safetensors", whole[:40]), []string{"truncated"}},
		"longer":         {file(t, "m.safetensors", whole+"more"), []string{"altered or damaged"}},
		"name altered":   {file(t, "m.safetensors", strings.Replace(whole, "weight_hh_l0", "weight_xx_l0", 1)), []string{"weight_hh_l0", "missing"}},
		"NaN":            {file(t, "m.safetensors", whole[:len(whole)-4]+"\x00\x00\xc0\x7f"), []string{"NaN"}},
		"not its format": {text, nil},
		"packed":         {file(t, "m.safetensors.gz", gzipped(t, whole)), []string{"unpack it first"}},
		"word vectors":   {vectors + ".safetensors", []string{"lane.config"}},
	} {
		t.Run(name, func(t *testing.T) {
			fails(t, exitFailed, []string{"lm", "eval", c.path, text}, append(c.says, c.path)...)
			fails(t, exitFailed, []string{"lm", "generate", c.path}, c.path)
			fails(t, exitFailed, []string{"lm", "info", c.path}, c.path)
		})
	}
	fails(t, exitFailed, []string{"lm", "eval", model, text + "x"}, text+"x")
	fails(t, exitUsage, []string{"lm", "eval", "-", text}, "name its file")
}

// What is refused leaves the log of an earlier training as it is.
func TestRefusedTrainingsKeepTheLog(t *testing.T) {
	text, log := sampleFile(t), file(t, "log.jsonl", "{}\n")
	fails(t, exitFailed, append(smallModel[:len(smallModel):len(smallModel)], "--bptt", "10000", text, "-o", filepath.Join(t.TempDir(), "m.safetensors"), "--log", log), "10000")
	fails(t, exitFailed, append(smallVectors[:len(smallVectors):len(smallVectors)], "--sample", "1e-300", text, "-o", filepath.Join(t.TempDir(), "v.bin"), "--loss-log", log), "nothing to learn")
	require.Equal(t, "{}\n", read(t, log))
}

func TestBadFlags(t *testing.T) {
	fails(t, exitUsage, []string{"lm", "train", "--json", "-o", "/dev/stdout"}, "events and the result would be mixed")
	fails(t, exitUsage, []string{"lm", "train", "--adaptive", "9223372036854775807", "-o", "m.safetensors"}, "cutoff 9223372036854775807")
	word2vec := []string{"word2vec", "train", "-o", "v.bin"}
	lm := []string{"lm", "train", "-o", "m.safetensors"}
	for flag, values := range map[string][]string{
		"--dim": {"0", "-1", "x"}, "--window": {"0", "-1"}, "--negative": {"0", "-1"}, "--sample": {"-1", "NaN"}, "--min-count": {"0", "-1"}, "--epochs": {"0", "-1"},
		"--lr": {"-1", "NaN"}, "--min-lr": {"-1", "1"}, "--threads": {"-1"}, "--max-vocab": {"-1"}, "--checkpoint-every": {"0s", "-1s", "5", "5s"}, "--report": {"r.pdf", "r"},
	} {
		for _, value := range values {
			fails(t, exitUsage, append(word2vec, flag, value), strings.TrimPrefix(flag, "--"), value, "Run 'lane word2vec train --help'")
		}
	}
	for flag, values := range map[string][]string{
		"--embed": {"0", "-1"}, "--hidden": {"0", "-1"}, "--layers": {"0", "-1"}, "--dropout": {"-0.1", "1"}, "--batch": {"0", "-1"}, "--bptt": {"0", "-1"}, "--lr": {"-1", "NaN", "+Inf"},
		"--clip": {"-1", "NaN"}, "--dropout-warmup": {"-0.5", "1.5", "NaN"}, "--epochs": {"0", "-1"}, "--patience": {"-1"}, "--min-count": {"0", "-1"}, "--threads": {"-1"}, "--checkpoint-every": {"0s", "-1s", "5s"}, "--report": {"r.pdf"},
	} {
		for _, value := range values {
			fails(t, exitUsage, append(lm, flag, value), strings.TrimPrefix(flag, "--"), value, "Run 'lane lm train --help'")
		}
	}
	for _, c := range []struct {
		args []string
		says string
	}{
		{append(lm, "text", "--valid", ""), `--valid "": give it a value, or leave it out`},
		{append(word2vec, "text", "--resume", ""), `--resume ""`},
		{append(word2vec, "--model", "glove"), `take one of ["skipgram" "cbow"]`},
		{append(word2vec, "--loss", "mse"), `take one of ["ns" "softmax" "hs"]`},
		{append(lm, "--cell", "elman"), "take lstm, gru or rnn"},
		{append(lm, "--optimizer", "sdg"), "sgd, momentum, adagrad, adam, adamw"},
		{append(lm, "--schedule", "step"), "constant, plateau, cosine, onecycle"},
		{append(lm, "--vocab", "bytes"), "words or chars"},
		{append(lm, "--tied", "--embed", "3"), "make them equal"},
		{append(lm, "text", "--patience", "2"), "--valid"},
		{append(lm, "text", "--schedule", "plateau"), "--valid"},
		{append(word2vec, "--lr", "1e-5"), "lr is 1e-05 and min-lr is 0.0001"},
		{append(word2vec, "--save-context", "c.doc"), "c.doc"},
		{append(word2vec, "--loss", "hs", "--save-context", "c.bin"), "ns or softmax"},
		{[]string{"word2vec", "train"}, "-o vectors.bin"},
		{[]string{"lm", "train"}, "-o model.safetensors"},
		{[]string{"word2vec", "train", "-o", "v.doc"}, ".safetensors"},
		{[]string{"lm", "train", "-o", "m.bin"}, "ends in .safetensors"},
	} {
		fails(t, exitUsage, c.args, c.says, "--help")
	}
}

func TestUnknownCommandsAndFlags(t *testing.T) {
	for _, c := range []struct{ call, says string }{
		{"word2vc", `unknown command "word2vc" for "lane"; did you mean "word2vec"?`},
		{"word2vec trian", `did you mean "train"?`},
		{"lm evla", `unknown command "evla" for "lane lm"; did you mean "eval"?`},
		{"xyzzy", `unknown command "xyzzy"`},
		{"help word2vec xyzzy", `unknown command "xyzzy" for "lane word2vec"`},
		{"help xyzzy", `unknown command "xyzzy"`},
		{"completion tcsh", `unknown command "tcsh"`},
		{"completion bash more", "more"},
		{"word2vec train --epoch 3", "unknown flag: --epoch; did you mean --epochs?"},
		{"lm train --hiden 3", "did you mean --hidden?"},
		{"cpu --xyzzyplugh", "unknown flag: --xyzzyplugh"},
		{"cpu -x", "unknown shorthand flag"},
		{"version more", "more"},
		{"lm eval m.safetensors", "lane lm eval MODEL CORPUS"},
		{"lm train a b", "lane lm train [CORPUS] -o MODEL"},
	} {
		fails(t, exitUsage, strings.Fields(c.call), c.says, "Run 'lane")
	}
}

func TestUnwritableOutput(t *testing.T) {
	text, dir := sampleFile(t), t.TempDir()
	vectors := func(out string, more ...string) []string {
		return append(append(append([]string{}, smallVectors...), text, "-o", out), more...)
	}
	model := func(out string, more ...string) []string {
		return append(append(append([]string{}, smallModel...), text, "-o", out), more...)
	}
	in := func(name string) string { return filepath.Join(dir, name) }

	// What can be seen before the work is refused before it.
	lost := filepath.Join(dir, "no", "such")
	for _, args := range [][]string{
		vectors(lost + ".bin"), vectors(in("v.bin"), "--report", lost+".png"), vectors(in("v.bin"), "--loss-log", lost), vectors(in("v.bin"), "--checkpoint", lost), vectors(in("v.bin"), "--save-context", lost+".bin"),
		model(lost + ".safetensors"), model(in("m.safetensors"), "--report", lost+".png"), model(in("m.safetensors"), "--log", lost), model(in("m.safetensors"), "--checkpoint", lost),
		{"gradients", "--report", lost + ".png"},
	} {
		c := fails(t, exitFailed, args, lost, "make the directory")
		require.NotContains(t, c.err, "epoch")
	}
	folder := filepath.Join(dir, "folder.bin")
	require.NoError(t, os.Mkdir(folder, 0o777))
	fails(t, exitFailed, vectors(folder), folder, "is a directory")
	require.NoError(t, os.Remove(folder))
	require.Empty(t, names(t, dir))

	// Nor may outputs overwrite each other, or what is read.
	fails(t, exitUsage, vectors(in("v.bin"), "--save-context", in("v.bin")), in("v.bin"), "named twice")
	fails(t, exitUsage, vectors(in("v.bin"), "--loss-log", text), text, "named twice")
	fails(t, exitUsage, model(in("m.safetensors"), "--log", text), text, "named twice")
	require.Equal(t, sampleText(), read(t, text))
	t.Chdir(dir)
	fails(t, exitUsage, vectors(in("v.bin"), "--loss-log", "v.bin"), "v.bin", "named twice")
	fails(t, exitUsage, model(in("m.safetensors"), "--log", in("c.previous"), "--checkpoint", "c"), "c.previous", "named twice")

	require.NoError(t, os.Symlink("v.bin", in("link.bin")))
	fails(t, exitUsage, vectors(in("v.bin"), "--save-context", in("link.bin")), in("link.bin"), "named twice")
	require.NoError(t, os.Remove(in("link.bin")))
	require.NoError(t, os.Mkdir(in("c.previous"), 0o777))
	fails(t, exitFailed, vectors(in("v.bin"), "--checkpoint", in("c")), in("c.previous"), "is a directory")
	require.NoError(t, os.Remove(in("c.previous")))

	// Some outputs are two files.
	for _, more := range [][]string{{"--loss-log", in("v.tsv")}, {"--save-context", in("v.tsv")}} {
		fails(t, exitUsage, vectors(in("v.npy"), more...), in("v.tsv"), "named twice")
	}
	corpus := file(t, "t.tsv", sampleText())
	fails(t, exitUsage, []string{"word2vec", "train", corpus, "-o", strings.TrimSuffix(corpus, ".tsv") + ".npy"}, corpus, "named twice")
	require.NoError(t, os.Mkdir(in("v.metadata.tsv"), 0o777))
	fails(t, exitFailed, vectors(in("v.tsv")), in("v.metadata.tsv"), "is a directory")
	require.NoError(t, os.Remove(in("v.metadata.tsv")))

	t.Run("not writable", func(t *testing.T) {
		if os.Geteuid() == 0 {
			t.Skip("root may write anywhere")
		}
		closed := filepath.Join(dir, "closed")
		require.NoError(t, os.Mkdir(closed, 0o555))
		fails(t, exitFailed, vectors(filepath.Join(closed, "v.bin")), closed, "permission denied")
		require.NoError(t, os.Remove(closed))
		old := in("old.bin")
		require.NoError(t, os.WriteFile(old, nil, 0o444))
		c := fails(t, exitFailed, vectors(old), old, "permission denied", "change the permissions")
		require.NotContains(t, c.err, "epoch")
		require.NoError(t, os.Remove(old))
	})

	t.Run("full disk", func(t *testing.T) {
		if _, err := os.Stat("/dev/full"); err != nil {
			t.Skip("there is no full device here")
		}
		for link, args := range map[string][]string{
			in("full.bin"):         vectors(in("full.bin")),
			in("full.safetensors"): model(in("full.safetensors")),
			in("full.png"):         {"gradients", "--steps", "4", "--hidden", "4", "--report", in("full.png")},
		} {
			require.NoError(t, os.Symlink("/dev/full", link))
			fails(t, exitFailed, args, link, "no space left")
			require.NoError(t, os.Remove(link))
		}
		for _, args := range [][]string{vectors(in("v.bin"), "--loss-log", "/dev/full"), model(in("m.safetensors"), "--log", "/dev/full")} {
			fails(t, exitFailed, args, "is written, but not all events of the training", "/dev/full", "no space left")
		}
		require.NoError(t, os.Remove(in("v.bin")))
		require.NoError(t, os.Remove(in("m.safetensors")))
		fails(t, exitFailed, vectors(in("v.bin"), "--checkpoint", "/dev/full"), "/dev/full", "no space left")
		require.NoError(t, os.Remove(in("v.bin")), "what it learned has another place")
		fails(t, exitFailed, model(in("m.safetensors"), "--checkpoint", "/dev/full"), "/dev/full", "no space left")
	})
	require.Empty(t, names(t, dir))
}

// A result that can't be printed is a failure, of commands that print text too.
func TestStandardOutputIsFull(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no full device here")
	}
	defer full.Close()
	path := sampleVectors(t)
	vectors, err := wordvec.Load(path)
	require.NoError(t, err)
	for _, args := range [][]string{
		{"version"}, {"cpu"}, {"help"}, {"corpus", "--entropy"}, {"corpus", "--tokens", "10"}, {"gradients", "--steps", "4"},
		{"word2vec", "similar", path, vectors.Words[0]},
	} {
		var said bytes.Buffer
		require.Equal(t, exitFailed, run(context.Background(), args, full, &said), args)
		require.Contains(t, said.String(), "no space left", args)
	}
}

// A call that fails leaves the file of an earlier one as it was.
func TestFailureKeepsTheOldFile(t *testing.T) {
	out := sampleVectors(t)
	before := sum(t, out)
	text := sampleFile(t)
	fails(t, exitFailed, append(append([]string{}, smallVectors...), text, "-o", out, "--lr", "100000", "--epochs", "20"), "diverged", "step", "learning rate", "lower lr")
	require.Equal(t, before, sum(t, out))
	require.Equal(t, []string{filepath.Base(out)}, names(t, filepath.Dir(out)))

	model, text := sampleModel(t)
	before = sum(t, model)
	fails(t, exitFailed, append(append([]string{}, smallModel...), text, "-o", model, "--lr", "1e6", "--clip", "0"), "diverged", "step", "rate", "lower the rate")
	require.Equal(t, before, sum(t, model))
}

// Asking for more memory than there is is an error, not a crash.
func TestTooMuchMemory(t *testing.T) {
	if totalMemory() == 0 {
		t.Skip("this machine's memory is unknown")
	}
	require.NoError(t, checkMemory("it", totalMemory(), "mend"))
	require.ErrorContains(t, checkMemory("it", totalMemory()+1, "mend it"), "mend it")

	out := filepath.Join(t.TempDir(), "m.safetensors")
	// A model of 64 layers of 65536 units is beyond any machine.
	fails(t, exitFailed, []string{"lm", "train", sampleFile(t), "--hidden", "65536", "--layers", "64", "-o", out}, "this machine has", "lower --hidden")

	// Nor may a checkpoint made on a larger machine ask for more than this one has.
	checkpoint := filepath.Join(t.TempDir(), "checkpoint")
	text := sampleFile(t)
	trainModel(t, text, "-o", out, "--checkpoint", checkpoint)
	before := sum(t, out)
	enlarge(t, checkpoint)
	fails(t, exitFailed, []string{"lm", "train", text, "-o", out, "--resume", checkpoint}, "this machine has", "resume where there is more")
	require.Equal(t, before, sum(t, out))
}

// enlarge raises batch and bptt in a language model's checkpoint from those of smallModel to the most there may be.
func enlarge(t *testing.T, checkpoint string) {
	t.Helper()
	content := read(t, checkpoint)
	content = content[:len(content)-sha256.Size]
	grown := strings.Replace(content, `\"batch\":4,`, `\"batch\":65536,`, 1)
	grown = strings.Replace(grown, `\"bptt\":8,`, `\"bptt\":65536,`, 1)
	require.Len(t, grown, len(content)+8)
	patched := []byte(grown)
	length := patched[strings.IndexByte(grown, '\n')+1:] // of the header, after the line that names the format
	binary.LittleEndian.PutUint64(length, binary.LittleEndian.Uint64(length)+8)
	hash := sha256.Sum256(patched)
	require.NoError(t, os.WriteFile(checkpoint, append(patched, hash[:]...), 0o666))
}
