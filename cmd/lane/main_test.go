package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

// asLane makes the test's own program be lane, to be killed and interrupted.
const asLane = "LANE_TEST_AS_LANE"

func TestMain(m *testing.M) {
	if os.Getenv(asLane) != "" {
		main()
	}
	os.Exit(m.Run())
}

// A call is what came of calling lane.
type call struct {
	code     int
	out, err string
}

func invoke(args ...string) call { return invokeUntil(context.Background(), args...) }

func invokeUntil(ctx context.Context, args ...string) call {
	var out, err bytes.Buffer
	code := run(ctx, args, &out, &err)
	return call{code, out.String(), err.String()}
}

// invokeReading calls lane with a text as standard input.
func invokeReading(t *testing.T, text string, args ...string) call {
	t.Helper()
	stdin, err := os.Open(file(t, "stdin", text))
	require.NoError(t, err)
	defer stdin.Close()
	defer func(before *os.File) { os.Stdin = before }(os.Stdin)
	os.Stdin = stdin
	return invoke(args...)
}

// ok calls lane, which has to succeed, and returns what it printed.
func ok(t *testing.T, args ...string) call {
	t.Helper()
	c := invoke(args...)
	require.Equal(t, exitDone, c.code, "lane %s\n%s", strings.Join(args, " "), c.err)
	return c
}

// fails calls lane, which has to exit with the code and say all of the texts
// on standard error, and nothing on standard output.
func fails(t *testing.T, code int, args []string, says ...string) call {
	t.Helper()
	c := invoke(args...)
	require.Equal(t, code, c.code, "lane %s\n%s", strings.Join(args, " "), c.err)
	require.Empty(t, c.out)
	for _, text := range says {
		require.Contains(t, c.err, text, "lane %s", strings.Join(args, " "))
	}
	return c
}

// sampleText is some of the built-in corpus.
var sampleText = sync.OnceValue(func() string {
	return invoke("corpus", "--tokens", "1500").out
})

// file writes a file into a directory of the test's own and returns its path.
func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o666))
	return path
}

func sampleFile(t *testing.T) string { return file(t, "text.txt", sampleText()) }

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(content)
}

func sum(t *testing.T, path string) string {
	t.Helper()
	s := sha256.Sum256([]byte(read(t, path)))
	return hex.EncodeToString(s[:])
}

// names lists a directory.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

func zstandard(t *testing.T, text string) string {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	require.NoError(t, err)
	return string(w.EncodeAll([]byte(text), nil))
}

// object reads one JSON object, of which the line consists.
func object(t *testing.T, line string) map[string]any {
	t.Helper()
	var o map[string]any
	require.NoError(t, json.Unmarshal([]byte(line), &o), line)
	return o
}

func objects(t *testing.T, text string) []map[string]any {
	t.Helper()
	var list []map[string]any
	for line := range strings.Lines(text) {
		list = append(list, object(t, line))
	}
	return list
}

func keys(o map[string]any) []string {
	var list []string
	for key := range o {
		list = append(list, key)
	}
	return list
}

// everyCommand calls visit with each command and its path without "lane".
func everyCommand(visit func(path []string, c *cobra.Command)) {
	var walk func(path []string, c *cobra.Command)
	walk = func(path []string, c *cobra.Command) {
		visit(path, c)
		for _, sub := range c.Commands() {
			walk(append(path[:len(path):len(path)], sub.Name()), sub)
		}
	}
	walk(nil, newRoot(io.Discard, io.Discard))
}

func TestEveryCommandExplainsItself(t *testing.T) {
	everyCommand(func(path []string, c *cobra.Command) {
		name := strings.Join(path, " ")
		require.NotEmpty(t, c.Short, name)
		require.Contains(t, c.Example, "lane "+name, "an example of %q", name)
		help := ok(t, append(path, "--help")...)
		require.Contains(t, help.out, c.Example, name)
		require.Empty(t, help.err)
		require.Equal(t, help.out, ok(t, append([]string{"help"}, path...)...).out)
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			require.NotEmpty(t, f.Usage, "%s --%s", name, f.Name)
			require.Greater(t, len(f.Name), 1, "%s --%s", name, f.Name)
			require.Contains(t, help.out, "--"+f.Name, name)
		})
	})
}

func TestEveryExampleIsACall(t *testing.T) {
	everyCommand(func(_ []string, c *cobra.Command) {
		for line := range strings.Lines(c.Example) {
			_, line, found := strings.Cut(line, "lane ")
			require.True(t, found, c.Example)
			line, _, _ = strings.Cut(line, " > ")
			var args []string
			for i, part := range strings.Split(strings.TrimSpace(line), "'") { // only quotes of this kind are used
				if i%2 == 1 {
					args = append(args, part)
				} else {
					args = append(args, strings.Fields(part)...)
				}
			}
			called, rest, err := newRoot(io.Discard, io.Discard).Find(args)
			require.NoError(t, err, line)
			require.NoError(t, called.ParseFlags(rest), line)
			require.NoError(t, called.ValidateArgs(called.Flags().Args()), line)
		}
	})
}

func TestShellCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		require.Contains(t, ok(t, "completion", shell).out, "lane", shell)
	}
	require.Contains(t, ok(t, "__complete", "word2vec", "").out, "train")
	require.Contains(t, ok(t, "__complete", "lm", "train", "--pres").out, "--preset")
	require.Contains(t, ok(t, "__complete", "help", "lm", "").out, "generate")
}

func TestVersion(t *testing.T) {
	require.Regexp(t, `^lane \S+ go\S+ \S+/\S+\n$`, ok(t, "version").out)
	require.Contains(t, ok(t, "--version").out, version())
}

func TestCPU(t *testing.T) {
	o := object(t, ok(t, "cpu", "--json").out)
	require.ElementsMatch(t, []string{"cpu", "features", "set", "why", "sets", "l1_bytes", "l2_bytes", "l3_bytes", "cores", "threads"}, keys(o))
	require.Contains(t, o["sets"], o["set"])
	require.Contains(t, ok(t, "cpu").out, fmt.Sprintf("kernel set  %s: ", o["set"]))
}

func TestCorpus(t *testing.T) {
	text := ok(t, "corpus", "--tokens", "200").out
	require.GreaterOrEqual(t, len(strings.Fields(text)), 180)
	require.Equal(t, text, ok(t, "corpus", "--tokens", "200", "--seed", "1").out)
	require.NotEqual(t, text, ok(t, "corpus", "--tokens", "200", "--seed", "2").out)

	o := object(t, ok(t, "corpus", "--entropy", "--json").out)
	require.ElementsMatch(t, []string{"entropy", "bits", "floor", "types"}, keys(o))
	require.Contains(t, ok(t, "corpus", "--entropy").out, fmt.Sprintf("%.3f", o["floor"]))

	require.Regexp(t, `^: \S+\n(\S+ ){3}\S+\n`, ok(t, "corpus", "--analogies").out)
	require.Regexp(t, `^\S+: \S+ `, ok(t, "corpus", "--groups").out)

	fails(t, exitUsage, []string{"corpus", "--entropy", "--groups"}, "--entropy", "name one")
	fails(t, exitUsage, []string{"corpus", "--json"}, "--json is for --entropy")
	fails(t, exitUsage, []string{"corpus", "--tokens", "0"}, "--tokens 0", "at least 1")
	fails(t, exitUsage, []string{"corpus", "--people", "-1"}, "-1")
	fails(t, exitUsage, []string{"corpus", "--noise", "2"}, "noise 2")
}

func TestGradients(t *testing.T) {
	small := []string{"gradients", "--steps", "12", "--hidden", "8"}
	for _, cell := range []string{"rnn", "lstm", "gru"} {
		report := filepath.Join(t.TempDir(), "g.png")
		table := ok(t, append(small, "--cell", cell, "--report", report)...)
		require.Contains(t, table.out, "scale 1.3")
		require.True(t, strings.HasPrefix(read(t, report), "\x89PNG"))
	}
	flows := objects(t, ok(t, append(small, "--json")...).out)
	require.Len(t, flows, 5)
	first := func(o map[string]any) float64 { return o["norms"].([]any)[0].(float64) }
	require.Less(t, first(flows[0]), first(flows[2]), "small weights make the gradient vanish")
	require.Less(t, first(flows[2]), first(flows[4]), "large weights make it explode")
	require.Len(t, objects(t, ok(t, append(small, "--json", "--scale", "2", "--clip", "0")...).out), 1)

	for _, wrong := range [][]string{{"--steps", "0"}, {"--hidden", "-3"}, {"--scale", "-1"}, {"--clip", "-1"}, {"--cell", "elman"}, {"--report", "g.pdf"}} {
		fails(t, exitUsage, append([]string{"gradients"}, wrong...), wrong[1], "Run 'lane gradients --help'")
	}
}
