package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/spf13/cobra"
)

// An eventLog takes the events of a training: to standard output with --json,
// and to a file if there is one.
type eventLog struct {
	c       *cobra.Command
	asJSON  bool
	path    string // "" for no file
	resumes bool   // goes on with the file that is there
	file    *os.File
	buffer  *bufio.Writer
	err     error // why it is not complete
}

// newEventLog begins the file anew, or goes on with it if the training resumes. Until the first event
// it is left alone: what is refused before has nothing to replace it by.
func newEventLog(c *cobra.Command, path string, resumes, asJSON bool) *eventLog {
	return &eventLog{c: c, asJSON: asJSON, path: path, resumes: resumes}
}

// write writes an event of a training that has come to a position: a step, or a word of the text. Those of the file that say what came then or later,
// before the training was resumed, give way. What can't be written is no reason to lose what is learned: there are no events after it,
// and done fails.
func (l *eventLog) write(event any, position int64) {
	if l.err == nil {
		l.err = l.put(event, position)
	}
}

func (l *eventLog) put(event any, position int64) error {
	if l.asJSON {
		if err := printJSON(l.c, event); err != nil {
			return err
		}
	}
	if l.path == "" {
		return nil
	}
	if l.file == nil {
		if err := l.open(position); err != nil {
			return err
		}
		l.buffer = bufio.NewWriter(l.file)
	}
	if err := encodeLine(l.buffer, event); err != nil {
		return err
	}
	return l.buffer.Flush() // whoever follows the file sees whole events
}

func (l *eventLog) open(position int64) (err error) {
	if !l.resumes {
		l.file, err = os.OpenFile(l.path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666) // which may be a pipe
		return err
	}
	if l.file, err = os.OpenFile(l.path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o666); err != nil {
		return err
	}
	info, err := l.file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	keep, err := lengthBefore(l.file, position)
	if err != nil || keep == info.Size() {
		return err
	}
	return l.file.Truncate(keep)
}

// lengthBefore returns how many bytes of a log there are before the first event at a position or after it, or before a line that is not whole.
func lengthBefore(log io.Reader, position int64) (length int64, err error) {
	for r := bufio.NewReader(log); ; {
		line, err := r.ReadBytes('\n')
		if err == io.EOF {
			return length, nil
		}
		if err != nil {
			return 0, err
		}
		var event struct {
			Event       string
			Step, Words int64 // one of them
		}
		if json.Unmarshal(line, &event) == nil && event.Event == "progress" && max(event.Step, event.Words) >= position {
			return length, nil
		}
		length += int64(len(line))
	}
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
	if l.write(event, math.MaxInt64); l.err != nil {
		return fmt.Errorf("%s is written, but not all events of the training: %w", path, l.err)
	}
	return nil
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
