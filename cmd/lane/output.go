package main

import (
	"bufio"
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/lane-go/lane/internal/atomicfile"
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

// An eventLog takes the events of a training: to standard output with --json,
// and to a file if there is one.
type eventLog struct {
	c      *cobra.Command
	asJSON bool
	file   *os.File // nil for none
	buffer *bufio.Writer
}

// newEventLog begins the file anew, or goes on with it if the training resumes.
func newEventLog(c *cobra.Command, path string, resumes, asJSON bool) (*eventLog, error) {
	l := &eventLog{c: c, asJSON: asJSON}
	if path == "" {
		return l, nil
	}
	how := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if resumes {
		how = os.O_WRONLY | os.O_CREATE | os.O_APPEND
	}
	var err error
	if l.file, err = os.OpenFile(path, how, 0o666); err != nil {
		return nil, err
	}
	l.buffer = bufio.NewWriter(l.file)
	return l, nil
}

func (l *eventLog) write(event any) error {
	if l.asJSON {
		if err := printJSON(l.c, event); err != nil {
			return err
		}
	}
	if l.file == nil {
		return nil
	}
	if err := encodeLine(l.buffer, event); err != nil {
		return err
	}
	return l.buffer.Flush() // whoever follows the file sees whole events
}

func (l *eventLog) close() {
	if l.file != nil {
		l.file.Close() // every event was flushed, and its error seen
	}
}

type doneEvent struct {
	Event     string  `json:"event"`
	Seconds   float64 `json:"seconds"`
	Words     int64   `json:"words,omitempty"`
	Tokens    int64   `json:"tokens,omitempty"`
	PerSecond float64 `json:"per_sec"`
	SHA256    string  `json:"sha256"`
}

// done ends the log of a training that wrote its result to path.
func (l *eventLog) done(p *progress, event doneEvent, path string) error {
	sum, err := fileSum(path)
	if err != nil {
		return err
	}
	event.SHA256 = sum
	p.say("%s written after %.1f s, sha256 %s", path, event.Seconds, sum)
	return l.write(event)
}

// fileSum returns the SHA-256 of a file, or "" of what is no regular file.
func fileSum(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// checkDistinct refuses outputs that would overwrite each other or what is
// read. Empty names are passed over.
func checkDistinct(inputs []string, outputs ...string) error {
	for i, path := range outputs {
		for _, other := range append(inputs[:len(inputs):len(inputs)], outputs[:i]...) {
			if path != "" && other != "" && sameFile(path, other) {
				return usagef("%s is named twice, and would be overwritten: name another file to write", path)
			}
		}
	}
	return nil
}

// sameFile reports whether two names are of one regular file, that may be yet
// to be made.
func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	if errX == nil && errY == nil {
		return x.Mode().IsRegular() && os.SameFile(x, y)
	}
	return place(a) == place(b)
}

// place returns the path of the file that writing to path replaces, without symbolic links as far as there is such.
func place(path string) string {
	if target, err := atomicfile.Target(path); err == nil {
		path = target
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		path = filepath.Join(dir, filepath.Base(path))
	}
	if absolute, err := filepath.Abs(path); err == nil {
		return absolute
	}
	return filepath.Clean(path)
}

// checkWritable refuses, before any work is done, files that could not be
// written after it. Empty names are passed over.
func checkWritable(paths ...string) error {
	for _, path := range paths {
		if path == "" || path == "/dev/stdout" || path == "/dev/stderr" {
			continue
		}
		info, err := os.Stat(path)
		switch {
		case err == nil && info.IsDir():
			return fmt.Errorf("cannot write %s: it is a directory; name a file in it", path)
		case err == nil && !info.Mode().IsRegular():
			continue // a device or a pipe: writing shows
		case err == nil:
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				return fmt.Errorf("cannot write %s: %w; change the permissions, or name another", path, errors.Unwrap(err))
			}
			f.Close()
		case !errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("cannot write %s: %w", path, err)
		}
		probe, err := os.CreateTemp(filepath.Dir(place(path)), ".lane-*")
		if err != nil {
			return fmt.Errorf("cannot write %s: %w; make the directory, or name another", path, errors.Unwrap(err))
		}
		probe.Close()
		if err := os.Remove(probe.Name()); err != nil {
			return err
		}
	}
	return nil
}
