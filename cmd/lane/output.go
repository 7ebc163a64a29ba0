package main

import (
	"encoding"
	"encoding/json"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func jsonFlag(c *cobra.Command, v *bool) {
	c.Flags().BoolVar(v, "json", false, "print JSON, one object a line, to standard output")
}

// textFlag is a flag whose value writes and reads itself as text.
func textFlag[T any, P interface {
	*T
	encoding.TextMarshaler
	encoding.TextUnmarshaler
}](f *pflag.FlagSet, v P, name, usage string) {
	byDefault := P(new(T))
	*byDefault = *v
	f.TextVar(v, name, byDefault, usage)
}

// printJSON prints one result as one line.
func printJSON(c *cobra.Command, v any) error { return encodeLine(c.OutOrStdout(), v) }

func encodeLine(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

// An output remembers that writing to it failed, so that printing need not look.
type output struct {
	io.Writer
	err error // the first
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.Writer.Write(p)
	if err != nil && o.err == nil {
		o.err = err
	}
	return n, err
}
