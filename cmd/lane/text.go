package main

import (
	"bufio"
	"fmt"
	"io"

	"github.com/lane-go/lane/models/corpus"
	"github.com/spf13/cobra"
)

// corpusHelp ends the help of commands that read a text.
const corpusHelp = "Files may be plain, .gz or .zst; - is standard input. Without a file the built-in corpus is read."

// openText returns the text of the files, or the built-in corpus if there are
// none. The caller closes it.
func openText(c *cobra.Command, o corpus.Options, paths []string) *corpus.Text {
	if len(paths) > 0 {
		return corpus.Files(o, paths...).WithContext(c.Context())
	}
	fmt.Fprintln(c.ErrOrStderr(), "no corpus named: reading the built-in one (see 'lane corpus')")
	return builtinText(o)
}

// writeText writes a text line by line, its tokens with spaces between.
func writeText(w io.Writer, text *corpus.Text) error {
	out := bufio.NewWriter(w)
	s := text.Scan()
	defer s.Close()
	for s.Next() {
		for i, token := range s.Tokens() {
			if i > 0 {
				out.WriteByte(' ')
			}
			out.Write(token)
		}
		if err := out.WriteByte('\n'); err != nil {
			return err
		}
	}
	if s.Err() != nil {
		return s.Err()
	}
	return out.Flush()
}
