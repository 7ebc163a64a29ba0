package corpus

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
)

// Units says what a token is.
type Units int

const (
	Words Units = iota // runs of anything but white space
	Chars              // Unicode code points; white space counts, line ends don't
)

// EOS is the token that marks the end of a line when [Options.EOS] asks for it.
const EOS = "<eos>"

// Unknown is the token that stands for every word a vocabulary doesn't hold.
const Unknown = "<unk>"

// String returns "words" or "chars", and the number of anything else, as "Units(7)".
func (u Units) String() string {
	switch u {
	case Words:
		return "words"
	case Chars:
		return "chars"
	}
	return fmt.Sprintf("Units(%d)", int(u))
}

// MarshalText writes "words" or "chars", in JSON too.
func (u Units) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText reads "words" or "chars"; anything else is an error.
func (u *Units) UnmarshalText(text []byte) error {
	switch string(text) {
	case "words":
		*u = Words
	case "chars":
		*u = Chars
	default:
		return fmt.Errorf("corpus: unknown units %q: take words or chars", text)
	}
	return nil
}

// Join writes tokens as a reader would: words with spaces between, characters without, and a line end for every [EOS].
func (u Units) Join(tokens []string) string {
	var b strings.Builder
	atStart := true
	for _, token := range tokens {
		if token == EOS {
			b.WriteByte('\n')
			atStart = true
			continue
		}
		if u == Words && !atStart {
			b.WriteByte(' ')
		}
		b.WriteString(token)
		atStart = false
	}
	return b.String()
}

// Options say how text becomes tokens. The zero value splits lines into words and changes nothing.
type Options struct {
	Units     Units `json:"units"`               // Words or Chars
	Lowercase bool  `json:"lowercase,omitempty"` // maps every code point with [unicode.ToLower]
	EOS       bool  `json:"eos"`                 // ends every line, an empty one too, with the token [EOS]
}

// Text is text that can be read again and again, in bounded memory: files, standard input (spooled at the first
// reading), a string, or the built-in corpus. Any number of goroutines may scan one Text.
type Text struct {
	options Options
	sources []*source
	phrases []*Phrases
	ctx     context.Context
}

// source is one part of a text: a name for errors and a way to read its (decompressed) bytes from the start.
type source struct {
	name  string
	path  string // "" if it is no file
	open  func() (io.ReadCloser, error)
	close func() error
}

// FromString is the text s; errors call it name.
func FromString(opts Options, name, s string) *Text {
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(s)), nil }
	return &Text{options: opts, sources: []*source{{name: name, open: open}}}
}

// FromReader is the text that r yields, plain or compressed as in [Files]; errors call it name. The first scan reads
// r to its end, keeping up to 64 MiB in memory and more than that in a temporary file, which [Text.Close] removes.
func FromReader(opts Options, name string, r io.Reader) *Text {
	return &Text{options: opts, sources: []*source{readOnce(name, func() (io.ReadCloser, error) { return io.NopCloser(r), nil })}}
}

// readOnce is a source whose bytes can be had only once: they are spooled at the first opening.
func readOnce(name string, raw func() (io.ReadCloser, error)) *source {
	kept := &spool{limit: 64 << 20}
	read := sync.OnceValue(func() error {
		r, err := raw()
		if err != nil {
			return err
		}
		defer r.Close()
		_, err = io.Copy(kept, r)
		return err
	})
	open := func() (io.ReadCloser, error) {
		if err := read(); err != nil {
			return nil, err
		}
		return decompress(name, io.NopCloser(io.NewSectionReader(kept, 0, kept.size)))
	}
	return &source{name: name, open: open, close: kept.Close}
}

// Options are those the text was made with.
func (t *Text) Options() Options { return t.options }

// With is the same text under other options.
func (t *Text) With(opts Options) *Text {
	c := *t
	c.options = opts
	return &c
}

// WithContext is the same text whose scanners stop with ctx's error soon after ctx is done (they look once a MiB).
func (t *Text) WithContext(ctx context.Context) *Text {
	c := *t
	c.ctx = ctx
	return &c
}

// Name names the text's sources, for messages.
func (t *Text) Name() string {
	names := make([]string, len(t.sources))
	for i, s := range t.sources {
		names[i] = s.name
	}
	return strings.Join(names, ", ")
}

// Close frees what was spooled. The text and everything made from it by With can't be scanned after it.
func (t *Text) Close() error {
	var first error
	for _, s := range t.sources {
		if s.close == nil {
			continue
		}
		if err := s.close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}
