package main

import (
	"bytes"
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
	typed    *typed
	terminal *term.Terminal
}

// A typed is what is typed, and whether Ctrl-C was among it. A raw terminal makes no signal of Ctrl-C.
type typed struct {
	io.Reader
	interrupted bool
}

func (t *typed) Read(p []byte) (int, error) {
	const ctrlC = 3
	n, err := t.Reader.Read(p)
	t.interrupted = t.interrupted || bytes.IndexByte(p[:n], ctrlC) >= 0
	return n, err
}

func newPrompt(v *wordvec.Vectors) *prompt {
	in := &typed{Reader: os.Stdin}
	terminal := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{in, os.Stderr}, "> ")
	terminal.AutoCompleteCallback = completion(v)
	return &prompt{int(os.Stdin.Fd()), in, terminal}
}

// line reads a line. After Ctrl-C it is canceled. The terminal is as it was before also when the program ends in the middle of it.
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
	line, err := p.terminal.ReadLine()
	if err == io.EOF && p.typed.interrupted {
		err = context.Canceled
	}
	return line, err
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
