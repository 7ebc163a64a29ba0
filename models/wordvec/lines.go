package wordvec

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// lines are those of an evaluation file that say something: not blank, no comment.
type lines struct {
	scanner *bufio.Scanner
	name    string
	number  int
	text    string
	err     error
}

func newLines(r io.Reader, name string) *lines {
	return &lines{scanner: bufio.NewScanner(r), name: name}
}

func (l *lines) next() bool {
	for l.scanner.Scan() {
		l.number++
		text := l.scanner.Text()
		if l.number == 1 {
			text = strings.TrimPrefix(text, "\ufeff")
		}
		if !utf8.ValidString(text) {
			l.err = l.errorf("not UTF-8: %.40q; convert the file, for instance with iconv -t UTF-8", text)
			return false
		}
		if text = strings.TrimSpace(text); text == "" || text[0] == '#' || strings.HasPrefix(text, "//") {
			continue
		}
		l.text = text
		return true
	}
	if err := l.scanner.Err(); errors.Is(err, bufio.ErrTooLong) {
		l.number++
		l.err = l.errorf("longer than %d bytes: is this a file of words?", bufio.MaxScanTokenSize)
	} else if err != nil {
		l.err = fmt.Errorf("wordvec: %s: cannot read on after line %d: %w", l.name, l.number, err)
	}
	return false
}

func (l *lines) errorf(format string, args ...any) error {
	return fmt.Errorf("wordvec: %s: line %d: %w", l.name, l.number, fmt.Errorf(format, args...))
}
