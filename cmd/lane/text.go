package main

import (
	"fmt"

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
