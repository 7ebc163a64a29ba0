package wordvec

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/lane-go/lane/internal/packing"
)

const (
	unknownSize = -1
	bufferSize  = 1 << 20
)

// A source is a buffered stream that knows its name, where it stands, and how many bytes it can still give at most, so that a header's
// promises are checked before memory is taken for them.
type source struct {
	Reader
	name   string
	in     io.Reader
	r      *bufio.Reader
	offset int64 // bytes consumed
	size   int64 // or unknownSize
	packed int64 // bytes of the packed file that this is the content of, or unknownSize
	close  func()

	long    []byte // a line longer than the buffer
	unended bool   // the last line had no newline: the file may be cut there
}

func newSource(r io.Reader, name string, size int64) *source {
	return &source{name: name, in: r, r: bufio.NewReaderSize(r, bufferSize), size: size, packed: unknownSize, close: func() {}}
}

// unpack sees through gzip and zstd.
func (s *source) unpack() (*source, error) {
	content, format, err := packing.Unpack(s.r)
	switch {
	case err != nil && format != "":
		return nil, fmt.Errorf("wordvec: %s: damaged %s file: %w", s.name, format, err)
	case err != nil:
		return nil, s.failed(err)
	case format == "":
		return s, nil
	}
	inner := newSource(content, s.name, unknownSize)
	inner.Reader, inner.packed, inner.close = s.Reader, s.size, func() { content.Close() }
	return inner, nil
}

// peek returns the next n bytes, or fewer at the end.
func (s *source) peek(n int) []byte {
	head, _ := s.r.Peek(n)
	return head
}

// byteOrderMark is what some editors put before a text.
const byteOrderMark = "\ufeff"

func (s *source) skipMark() {
	if bytes.HasPrefix(s.peek(len(byteOrderMark)), []byte(byteOrderMark)) {
		s.r.Discard(len(byteOrderMark))
		s.offset += int64(len(byteOrderMark))
	}
}

// peekError returns why the source gives nothing more, nil at its proper end.
func (s *source) peekError() error {
	if _, err := s.r.Peek(1); err != io.EOF {
		return err
	}
	return nil
}

// remaining returns the most bytes that can still come.
func (s *source) remaining() (n int64, known bool) {
	return s.size - s.offset, s.size >= 0
}

// rowsToReserve returns how many of the promised rows to take memory for at once, if each takes at least so many bytes in
// the source.
func (s *source) rowsToReserve(promised, rowBytes int) int {
	promised = s.limited(promised)
	if n, known := s.remaining(); known {
		return int(min(int64(promised), n/int64(rowBytes)+1))
	}
	// Vectors shrink little when packed: what is believed of a large file keeps its table from being copied as it grows.
	const packs = 4
	return min(promised, int(max(bufferSize, packs*s.packed)/int64(rowBytes))+1)
}

var errLongLine = errors.New("line too long")

// line returns the next line without its end, valid until the next call, or io.EOF. A line longer than limit bytes is an error.
func (s *source) line(limit int) ([]byte, error) {
	s.long = s.long[:0]
	for {
		part, err := s.r.ReadSlice('\n')
		s.offset += int64(len(part))
		if len(s.long)+len(part) > limit {
			return nil, errLongLine
		}
		if err == bufio.ErrBufferFull {
			s.long = append(s.long, part...)
			continue
		}
		if len(s.long) > 0 {
			s.long = append(s.long, part...)
			part = s.long
		}
		s.unended = err == io.EOF
		if err == io.EOF && len(part) > 0 {
			err = nil
		}
		if err != nil {
			return nil, err
		}
		return bytes.TrimRight(part, "\r\n"), nil
	}
}

// failed wraps an error of the reader below.
func (s *source) failed(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("wordvec: %s: the packed file is cut short after byte %d of its content: copy it again", s.name, s.offset)
	}
	return fmt.Errorf("wordvec: %s: cannot read on after byte %d: %w", s.name, s.offset, err)
}
