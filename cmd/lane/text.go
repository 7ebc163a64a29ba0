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

// checkReadOnce refuses to read standard input for two things.
func checkReadOnce(paths []string) error {
	found := false
	for _, path := range paths {
		if path == "-" && found {
			return usagef("- is named twice, and standard input can be read only once: name a file")
		}
		found = found || path == "-"
	}
	return nil
}

// writeText writes a text line by line, its tokens with spaces between.
func writeText(w io.Writer, text *corpus.Text) error {
	out := bufio.NewWriter(w)
	options := text.Options()
	options.EOS = true // so that empty lines come too
	s := text.With(options).Scan()
	defer s.Close()
	inside := false // a line
	for s.Next() {
		tokens := s.Tokens()
		if s.EndsLine() {
			tokens = tokens[:len(tokens)-1]
		}
		for _, token := range tokens {
			if inside {
				out.WriteByte(' ')
			}
			out.Write(token)
			inside = true
		}
		if s.EndsLine() {
			inside = false
			if err := out.WriteByte('\n'); err != nil {
				return err
			}
		}
	}
	if s.Err() != nil {
		return s.Err()
	}
	return out.Flush()
}
