package main

import (
	"context"
	"io"
	"os"
	"strings"

	"github.com/lane-go/lane/models/wordvec"
	"golang.org/x/term"
)

// A prompt reads lines from a terminal, which it lets be as it was between them.
type prompt struct {
	fd       int
	terminal *term.Terminal
}

func newPrompt(v *wordvec.Vectors) *prompt {
	terminal := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{os.Stdin, os.Stderr}, "> ")
	terminal.AutoCompleteCallback = completion(v)
	return &prompt{int(os.Stdin.Fd()), terminal}
}

// line reads a line. The terminal is as it was before also when the program ends in the middle of it.
func (p *prompt) line(ctx context.Context) (string, error) {
	before, err := term.MakeRaw(p.fd)
	if err != nil {
		return "", err
	}
	restore := func() { term.Restore(p.fd, before) }
	defer restore()
	defer context.AfterFunc(ctx, restore)()
	if width, height, err := term.GetSize(p.fd); err == nil && width > 0 {
		p.terminal.SetSize(width, height)
	}
	return p.terminal.ReadLine()
}

func completion(v *wordvec.Vectors) func(line string, at int, key rune) (string, int, bool) {
	return func(line string, at int, key rune) (string, int, bool) {
		if key != '\t' {
			return "", 0, false
		}
		return complete(v, line, at)
	}
}

// complete makes the word before the cursor the most frequent one that begins so.
func complete(v *wordvec.Vectors, line string, at int) (string, int, bool) {
	start := strings.LastIndexAny(line[:at], " \t") + 1
	beginning := line[start:at]
	if beginning == "" {
		return "", 0, false
	}
	for _, word := range v.Words {
		if strings.HasPrefix(word, beginning) && word != beginning {
			return line[:start] + word + line[at:], start + len(word), true
		}
	}
	return "", 0, false
}
