package main

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/models/rnnlm"
	"github.com/stretchr/testify/require"
)

// smallModel trains in a moment.
var smallModel = []string{"lm", "train", "--embed", "6", "--hidden", "6", "--layers", "1", "--dropout", "0.1", "--batch", "4", "--bptt", "8", "--epochs", "2"}

func trainModel(t *testing.T, args ...string) call {
	t.Helper()
	return ok(t, append(smallModel[:len(smallModel):len(smallModel)], args...)...)
}

// sampleModel trains on the sample text and returns the files of model and text.
func sampleModel(t *testing.T, args ...string) (model, text string) {
	t.Helper()
	model, text = filepath.Join(t.TempDir(), "m.safetensors"), sampleFile(t)
	trainModel(t, append(args, text, "-o", model)...)
	return model, text
}

func TestLMTrain(t *testing.T) {
	text := sampleFile(t)
	for _, cell := range []string{"lstm", "gru", "rnn"} {
		t.Run(cell, func(t *testing.T) {
			dir := t.TempDir()
			out, log, report := filepath.Join(dir, "m.safetensors"), filepath.Join(dir, "log.jsonl"), filepath.Join(dir, "r.png")
			c := trainModel(t, text, "--cell", cell, "--valid", text, "-o", out, "--log", log, "--report", report, "--json")
			events := objects(t, c.out)
			last := len(events) - 1
			require.Greater(t, last, 1, "an event an epoch at least")
			for _, e := range events[:last] {
				require.Equal(t, "progress", e["event"])
				require.Subset(t, keys(e), []string{"event", "epoch", "tokens", "per_sec", "loss", "lr"})
			}
			require.Equal(t, "done", events[last]["event"])
			require.ElementsMatch(t, []string{"event", "seconds", "tokens", "per_sec", "sha256"}, keys(events[last]))
			require.Equal(t, sum(t, out), events[last]["sha256"])
			require.Equal(t, c.out, read(t, log))
			require.True(t, strings.HasPrefix(read(t, report), "\x89PNG"))
			require.Contains(t, c.err, "validation perplexity")
			require.ElementsMatch(t, []string{"m.safetensors", "log.jsonl", "r.png"}, names(t, dir), "nothing else is left")

			require.Contains(t, ok(t, "lm", "info", out).out, cell+", 1 layer(s), embedding 6, hidden 6")
		})
	}
}

func TestLMTrainQuietly(t *testing.T) {
	out := filepath.Join(t.TempDir(), "m.safetensors")
	c := trainModel(t, sampleFile(t), "-o", out, "--quiet", "--tied", "--optimizer", "adam", "--schedule", "onecycle")
	require.Empty(t, c.out)
	require.Empty(t, c.err)
	require.NotContains(t, ok(t, "lm", "info", out).out, "decoder.weight")
}

// What a preset says holds unless a flag says otherwise, wherever it stands.
func TestLMPresets(t *testing.T) {
	text := file(t, "text", strings.Repeat("a b c d e f\n", 30))
	for _, preset := range rnnlm.Presets() {
		out := filepath.Join(t.TempDir(), "m.safetensors")
		ok(t, "lm", "train", text, "--hidden", "7", "--embed", "7", "--layers", "1", "--batch", "2", "--epochs", "1", "--preset", preset, "--schedule", "constant", "-o", out)
		info := ok(t, "lm", "info", out).out
		config, _, err := rnnlm.Preset(preset)
		require.NoError(t, err)
		require.Contains(t, info, string(config.Cell)+", 1 layer(s), embedding 7, hidden 7", preset)
		require.Equal(t, config.Tied, strings.Contains(info, "tied"), preset)
	}
	// Another optimizer than the preset's has its own rate.
	adam := []string{"lm", "train", text, "--preset", "book-lstm", "--optimizer", "adam", "--hidden", "4", "--embed", "4", "--batch", "2", "--epochs", "1", "--json", "-o", filepath.Join(t.TempDir(), "m.safetensors")}
	require.Equal(t, rnnlm.DefaultLR("adam"), objects(t, ok(t, adam...).out)[0]["lr"])
	require.Equal(t, 0.5, objects(t, ok(t, append(adam, "--lr", "0.5")...).out)[0]["lr"])
	fails(t, exitUsage, append(adam, "--lr", "0"), "--lr 0")

	fails(t, exitUsage, []string{"lm", "train", text, "--preset", "book", "-o", "m.safetensors"}, `"book"`, "book-rnn, book-lstm, book-better, best")
}

func TestLMAdaptive(t *testing.T) {
	model, text := sampleModel(t, "--hidden", "16", "--adaptive", "5, 12")
	info := ok(t, "lm", "info", model).out
	require.Contains(t, info, "hidden 16, adaptive 5,12")
	require.Contains(t, info, "decoder.tail.1.0.weight")
	require.Greater(t, object(t, ok(t, "lm", "eval", model, text, "--json").out)["perplexity"], 1.0)
	require.NotEmpty(t, strings.TrimSpace(ok(t, "lm", "generate", model, "-n", "20").out))
	require.Len(t, objects(t, invokeReading(t, "the\n", "lm", "score", model, "-", "--json").out), 1)

	out := filepath.Join(t.TempDir(), "m.safetensors")
	trainModel(t, text, "--preset", "book-lstm", "--hidden", "16", "--adaptive", "5,12", "--schedule", "constant", "-o", out)
	require.Contains(t, ok(t, "lm", "info", out).out, "adaptive 5,12", "a flag beside a preset")

	train := func(args ...string) []string { return append([]string{"lm", "train", text, "-o", out}, args...) }
	for wrong, says := range map[string]string{
		"":        "is no id: give numbers",
		"5,x":     `"x" is no id: give numbers`,
		"0,5":     "cutoff 0: take 1 or more",
		"5,5":     "cutoff 5 after 5: take rising ones",
		"1,2,3,4": "take fewer cutoffs, or more inputs",
	} {
		fails(t, exitUsage, train("--hidden", "16", "--adaptive", wrong), says)
	}
	trainModel(t, text, "--hidden", "16", "--embed", "16", "--tied", "--adaptive", "5,12", "-o", out)
	info = ok(t, "lm", "info", out).out
	require.Contains(t, info, "tied, adaptive 5,12")
	require.Contains(t, info, "decoder.clusters.weight")
	require.Greater(t, object(t, ok(t, "lm", "eval", out, text, "--json").out)["perplexity"], 1.0)

	trainModel(t, text, "--preset", "book-lstm", "--hidden", "16", "--adaptive", "0", "--schedule", "constant", "-o", out)
	require.NotContains(t, ok(t, "lm", "info", out).out, "adaptive")

	few := ok(t, train("--hidden", "16", "--batch", "2", "--epochs", "1", "--adaptive", "5,999999")...)
	require.Contains(t, few.err, "the cutoffs beyond them are left out")
	require.Contains(t, few.err, "adaptive 5:")
}

func TestLMPrecision(t *testing.T) {
	text, dir := sampleFile(t), t.TempDir()
	said := map[string]string{}
	for _, precision := range []string{"float32", "bfloat16"} {
		out := filepath.Join(dir, precision+".safetensors")
		said[precision] = trainModel(t, text, "--precision", precision, "-o", out).err
		require.Greater(t, object(t, ok(t, "lm", "eval", out, text, "--json").out)["perplexity"], 1.0)
	}
	require.NotEqual(t, read(t, filepath.Join(dir, "float32.safetensors")), read(t, filepath.Join(dir, "bfloat16.safetensors")))
	require.NotContains(t, said["float32"], "no instructions")
	require.Equal(t, !lane.BFloat16.Native(), strings.Contains(said["bfloat16"], "no instructions for bfloat16: training takes"))
	fails(t, exitUsage, []string{"lm", "train", text, "--precision", "fp16", "-o", "m.safetensors"}, `"fp16"`, "take float32 or bfloat16")
}

func TestLMOfCharacters(t *testing.T) {
	model, text := sampleModel(t, "--vocab", "chars", "--lowercase")
	require.Contains(t, ok(t, "lm", "info", model).out, "chars")
	spoken := ok(t, "lm", "generate", model, "--prompt", "the ", "-n", "20").out
	require.True(t, strings.HasPrefix(spoken, "the "), spoken)
	require.Zero(t, object(t, ok(t, "lm", "eval", model, text, "--json").out)["oov"])
}

func TestLMEval(t *testing.T) {
	model, text := sampleModel(t)
	o := object(t, ok(t, "lm", "eval", model, text, "--json").out)
	require.ElementsMatch(t, []string{"perplexity", "tokens", "oov"}, keys(o))
	require.Greater(t, o["perplexity"], 1.0)

	// One stream judges every token but the first; the window's length is nothing to the result.
	whole := object(t, ok(t, "lm", "eval", model, text, "--batch", "1", "--json").out)
	words := len(strings.Fields(sampleText())) + strings.Count(sampleText(), "\n")
	require.EqualValues(t, words-1, whole["tokens"])
	other := object(t, ok(t, "lm", "eval", model, text, "--batch", "1", "--bptt", "11", "--json").out)
	require.InEpsilon(t, whole["perplexity"], other["perplexity"], 1e-5)

	unknown := file(t, "t", sampleText()+"xyzzy plugh\n")
	require.EqualValues(t, 2, object(t, ok(t, "lm", "eval", model, unknown, "--json").out)["oov"])
	c := ok(t, "lm", "eval", model, unknown)
	require.Contains(t, c.out, "2 out of vocabulary")
	require.Contains(t, c.err, unknown+": 2 tokens are not in the vocabulary: left out")

	c = invokeReading(t, sampleText(), "lm", "eval", model, "-", "--json")
	require.Equal(t, exitDone, c.code, c.err)
	require.Equal(t, o, object(t, c.out))

	for _, flag := range []string{"--batch", "--bptt"} {
		for _, n := range []string{"0", "-1"} {
			fails(t, exitUsage, []string{"lm", "eval", model, text, flag, n}, flag+" "+n)
		}
	}
	fails(t, exitUsage, []string{"lm", "eval", model, text, "--threads", "-1"}, "--threads -1")
	short := file(t, "short", "the\n")
	fails(t, exitFailed, []string{"lm", "eval", model, short}, short, "lower the batch or the bptt")
}

func TestLMScore(t *testing.T) {
	model, _ := sampleModel(t)
	lines := file(t, "lines", "the\n\nthe xyzzy the\n")
	c := invoke("lm", "score", model, lines)
	require.Equal(t, exitFailed, c.code)
	require.Contains(t, c.err, lines+`:3: "xyzzy"`)
	require.Equal(t, 2, strings.Count(c.out, "\n"), "what came before the error")

	lines = file(t, "lines", "the\n\nthe the the\n")
	scores := objects(t, ok(t, "lm", "score", model, lines, "--json").out)
	require.Len(t, scores, 3)
	for i, s := range scores {
		require.ElementsMatch(t, []string{"line", "logprob", "perplexity", "tokens", "oov"}, keys(s))
		require.EqualValues(t, i+1, s["line"])
		require.EqualValues(t, []int{2, 1, 4}[i], s["tokens"])
		require.InEpsilon(t, math.Exp(-s["logprob"].(float64)/s["tokens"].(float64)), s["perplexity"], 1e-9)
	}
	c = invokeReading(t, "the\n\nthe the the\n", "lm", "score", model, "-")
	require.Equal(t, exitDone, c.code, c.err)
	rows := strings.Split(strings.TrimSpace(c.out), "\n")
	require.Len(t, rows, 3)
	require.Equal(t, fmt.Sprintf("1\t%.4f\t%.2f\t2", scores[0]["logprob"], scores[0]["perplexity"]), rows[0])
	fails(t, exitUsage, []string{"lm", "score", model}, "arg")
}

func TestLMGenerate(t *testing.T) {
	model, _ := sampleModel(t)
	generate := func(args ...string) string {
		return ok(t, append([]string{"lm", "generate", model, "-n", "30"}, args...)...).out
	}
	first := generate("--seed", "5")
	require.NotEmpty(t, strings.TrimSpace(first))
	require.Equal(t, first, generate("--seed", "5"))
	require.NotEqual(t, first, generate("--seed", "6"))
	require.Equal(t, generate("--temperature", "0"), generate("--top-k", "1"))
	require.True(t, strings.HasPrefix(generate("--prompt", "the"), "the "))
	require.Equal(t, "the\n", ok(t, "lm", "generate", model, "-n", "0", "--prompt", "the").out)

	require.False(t, strings.HasPrefix(generate("--prompt", "the "), "the  "))
	require.Equal(t, "the \n", ok(t, "lm", "generate", model, "-n", "0", "--prompt", "the ").out)
	require.False(t, strings.HasPrefix(generate("--prompt", "the\n"), "the\n "))

	fails(t, exitUsage, []string{"lm", "generate", model, "--top-p", "0"}, "--top-p 0")
	fails(t, exitFailed, []string{"lm", "generate", model, "--prompt", "the xyzzy"}, `"xyzzy"`)
	for _, wrong := range [][]string{{"-n", "-1"}, {"--temperature", "-1"}, {"--top-k", "-1"}, {"--top-p", "2"}, {"--threads", "-1"}} {
		fails(t, exitUsage, append([]string{"lm", "generate", model}, wrong...), wrong[1])
	}
}

func TestLMThreadsDoNotShow(t *testing.T) {
	text, out := sampleFile(t), filepath.Join(t.TempDir(), "m.safetensors")
	var sums []string
	for _, threads := range []string{"1", "2", "3"} {
		trainModel(t, text, "-o", out, "--threads", threads)
		sums = append(sums, sum(t, out))
	}
	require.Equal(t, []string{sums[0], sums[0], sums[0]}, sums)
}

func TestLMReplacesRareWords(t *testing.T) {
	text := file(t, "t", strings.Repeat("a b c\n", 40)+"rare\n")
	out := filepath.Join(t.TempDir(), "m.safetensors")
	c := trainModel(t, text, "--min-count", "2", "-o", out)
	require.Contains(t, c.err, "1 tokens are not in the vocabulary: read as <unk>")
	require.Contains(t, ok(t, "lm", "generate", out, "--prompt", "a rare", "-n", "2").out, "a rare")
}
