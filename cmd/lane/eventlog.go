package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"

	"github.com/spf13/cobra"
)

// An eventLog takes the events of a training: to standard output with --json,
// and to a file if there is one.
type eventLog struct {
	c      *cobra.Command
	asJSON bool
	path   string // "" for no file
	how    int    // to open it
	file   *os.File
	buffer *bufio.Writer
}

// newEventLog begins the file anew, or goes on with it if the training resumes. Until the first event
// it is left alone: what is refused before has nothing to replace it by.
func newEventLog(c *cobra.Command, path string, resumes, asJSON bool) *eventLog {
	how := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if resumes {
		how = os.O_WRONLY | os.O_CREATE | os.O_APPEND
	}
	return &eventLog{c: c, asJSON: asJSON, path: path, how: how}
}

func (l *eventLog) write(event any) error {
	if l.asJSON {
		if err := printJSON(l.c, event); err != nil {
			return err
		}
	}
	if l.path == "" {
		return nil
	}
	if l.file == nil {
		var err error
		if l.file, err = os.OpenFile(l.path, l.how, 0o666); err != nil {
			return err
		}
		l.buffer = bufio.NewWriter(l.file)
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
