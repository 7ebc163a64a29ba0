package corpus

import (
	"fmt"
	"io"
	"io/fs"
	"os"
)

// spool keeps what is written to it readable at any offset: in memory up to limit bytes, beyond that in a
// temporary file. It is written once, by one goroutine, and then read by any number of them.
type spool struct {
	limit int
	mem   []byte
	file  *tempFile
	size  int64

	closed bool
}

func (s *spool) Write(p []byte) (int, error) {
	if s.file == nil && len(s.mem)+len(p) > s.limit {
		file, err := newTempFile()
		if err != nil {
			return 0, err
		}
		s.file = file
		if _, err := file.Write(s.mem); err != nil {
			return 0, file.explain(err)
		}
		s.mem = nil
	}
	if s.file == nil {
		s.mem = append(s.mem, p...)
	} else if _, err := s.file.Write(p); err != nil {
		return 0, s.file.explain(err)
	}
	s.size += int64(len(p))
	return len(p), nil
}

func (s *spool) ReadAt(p []byte, off int64) (int, error) {
	if s.closed {
		return 0, fs.ErrClosed
	}
	if s.file != nil {
		return s.file.ReadAt(p, off)
	}
	if off >= int64(len(s.mem)) {
		return 0, io.EOF
	}
	n := copy(p, s.mem[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (s *spool) Close() error {
	if s.closed {
		return nil
	}
	s.closed, s.mem = true, nil
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}

// tempFile is a file that nobody else sees: its name is removed at once where the system allows that of an open
// file, so that even a killed process leaves nothing behind, and on closing elsewhere.
type tempFile struct {
	*os.File
	unlinked bool
}

func newTempFile() (*tempFile, error) {
	f, err := os.CreateTemp("", "lane-corpus-*")
	if err != nil {
		return nil, fmt.Errorf("corpus: cannot spool to a temporary file (set TMPDIR to a writable directory): %w", err)
	}
	return &tempFile{File: f, unlinked: os.Remove(f.Name()) == nil}, nil
}

func (f *tempFile) explain(err error) error {
	return fmt.Errorf("corpus: spooling to a temporary file (set TMPDIR to a directory with room): %w", err)
}

func (f *tempFile) Close() error {
	err := f.File.Close()
	if !f.unlinked {
		os.Remove(f.Name())
	}
	return err
}
