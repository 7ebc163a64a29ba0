package main

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/lane-go/lane/models/wordvec"
	"github.com/stretchr/testify/require"
	"golang.org/x/term"
)

// royals are two opposite directions, one between, and a word that resembles a command.
const royals = "6 2\nking 1 0.1\nqueen 1 0.2\nman 0.1 1\nwoman 0.2 1\nkind -1 0\n:) 1 1\n"

func explore(t *testing.T, lines string, args ...string) call {
	t.Helper()
	return invokeReading(t, lines, append([]string{"word2vec", "explore", file(t, "v.txt", royals)}, args...)...)
}

func TestExplore(t *testing.T) {
	c := explore(t, ":n 1\nking\n\nking - man + woman\nking -man +woman\nman : king :: woman\nking woman\n:odd king queen kind\n:distance king king\n:rank king queen\n"+
		":)\n:top 2\n:cosmul\nman\n:cosadd\nman\n:quit\nnothing after it counts\n")
	require.Equal(t, exitDone, c.code, c.err)
	require.Empty(t, c.err)
	var words []string
	for line := range strings.Lines(c.out) {
		words = append(words, strings.Fields(line)[0])
	}
	require.Equal(t, []string{"queen", "queen", "queen", "queen", ":)", "kind", "0.0000", "1", "queen", "queen", "queen"}, words)
	require.Contains(t, explore(t, ":help\n").err, ":odd WORD")
}

func TestExploreFailures(t *testing.T) {
	c := explore(t, "kimg\nking\n:odd king\n:what\n:n 0\n:n many\nking -\n:rank king\n")
	require.Equal(t, exitFailed, c.code)
	for _, text := range []string{`line 1: wordvec: no vector for "kimg": did you mean "king"`, "line 3: :odd wants three words or more", "line 4: unknown command :what",
		`line 5: "0": want 1 or more`, `line 6: "many"`, "line 7: no word follows the last -", "line 8: :rank wants two words", "7 of 8 lines have no answer"} {
		require.Contains(t, c.err, text)
	}
	require.Contains(t, c.out, "queen")

	c = explore(t, "king\nkimg\n:distance king queen\n:rank king queen\n:odd king queen kind\n", "--json", "-n", "1")
	require.Equal(t, exitFailed, c.code)
	lines := strings.Split(c.out, "\n")
	require.Len(t, lines, 6)
	require.Regexp(t, `^\[\{"word":"queen","similarity":[\d.]+\}\]$`, lines[0])
	require.Contains(t, object(t, lines[1])["error"], "did you mean")
	require.ElementsMatch(t, []string{"distance", "similarity"}, keys(object(t, lines[2])))
	require.Equal(t, map[string]any{"rank": 1.0}, object(t, lines[3]))
	require.Equal(t, "kind", object(t, lines[4])["odd"])

	c = explore(t, "\ufeffking\n"+strings.Repeat("king ", maxLine)+"\nking")
	require.Equal(t, exitFailed, c.code)
	require.Equal(t, strings.Repeat(explore(t, "king\n").out, 2), c.out, "the lines around one that is too long are answered")
	require.Contains(t, c.err, "line 2: the line is longer than 65536 bytes")

	fails(t, exitUsage, []string{"word2vec", "explore", "-"}, "standard input gives the questions")
	fails(t, exitUsage, []string{"word2vec", "explore", "v.bin", "-n", "0"}, "-n 0")
	fails(t, exitUsage, []string{"word2vec", "explore", "v.bin", "--limit", "-1"}, "--limit -1")
}

func TestCompletion(t *testing.T) {
	v, err := wordvec.Read(strings.NewReader(royals), "v")
	require.NoError(t, err)
	for _, c := range []struct {
		line string
		at   int
		want string
	}{{"ki", 2, "king"}, {"man qu + x", 6, "man queen + x"}, {"king", 4, ""}, {"", 0, ""}, {"man ", 4, ""}, {"zebra", 5, ""}} {
		line, at, ok := complete(v, c.line, c.at)
		require.Equal(t, c.want, line)
		require.Equal(t, c.want != "", ok)
		if ok {
			require.True(t, strings.HasPrefix(line[at:], c.line[c.at:]))
		}
	}
	// As a terminal calls it.
	terminal := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{strings.NewReader("que\t\r"), new(bytes.Buffer)}, "> ")
	terminal.AutoCompleteCallback = completion(v)
	line, err := terminal.ReadLine()
	require.NoError(t, err)
	require.Equal(t, "queen", line)
}

func TestTypedTellsCtrlC(t *testing.T) {
	for keys, interrupted := range map[string]bool{"king\x04": false, "ki\x03": true, "": false} {
		in := &typed{Reader: strings.NewReader(keys)}
		terminal := term.NewTerminal(struct {
			io.Reader
			io.Writer
		}{in, io.Discard}, "")
		_, err := terminal.ReadLine()
		require.Equal(t, io.EOF, err, "%q", keys)
		require.Equal(t, interrupted, in.interrupted, "%q", keys)
	}
}
