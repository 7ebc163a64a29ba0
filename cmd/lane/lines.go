package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
)

const maxLine = 64 << 10 // bytes

var errLongLine = fmt.Errorf("the line is longer than %d bytes: ask less at once", maxLine)

type inputLine struct {
	text string
	err  error
}

// scanLines reads lines beside the caller, who can so be interrupted while none comes.
func scanLines(ctx context.Context, r io.Reader) <-chan inputLine {
	lines := make(chan inputLine)
	go func() {
		defer close(lines)
		send := func(l inputLine) bool {
			select {
			case lines <- l:
				return true
			case <-ctx.Done():
				return false
			}
		}
		in := bufio.NewReaderSize(r, maxLine)
		for first := true; ; first = false {
			line, err := in.ReadSlice('\n')
			l := inputLine{text: strings.TrimRight(string(line), "\r\n")}
			if first {
				l.text = strings.TrimPrefix(l.text, "\ufeff") // which some editors put before a text
			}
			if err == bufio.ErrBufferFull {
				l = inputLine{err: errLongLine}
				for err == bufio.ErrBufferFull {
					_, err = in.ReadSlice('\n')
				}
			}
			if (len(line) > 0 || err == nil) && !send(l) {
				return
			}
			if err != nil {
				if err != io.EOF {
					send(inputLine{err: err})
				}
				return
			}
		}
	}()
	return lines
}
