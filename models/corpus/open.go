package corpus

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/klauspost/compress/zstd"
	"github.com/lane-go/lane/internal/packing"
)

// Files is the text of the files, one after the other; a file's last line ends with the file, newline or not. "-" is
// standard input. A file is taken for gzip or Zstandard by its first bytes, whatever its name. Pipes and standard
// input are spooled as in [FromReader]. Nothing is opened before the first scan. Files panics without a path.
func Files(opts Options, paths ...string) *Text {
	if len(paths) == 0 {
		panic("corpus: Files: no paths")
	}
	t := &Text{options: opts}
	for _, path := range paths {
		if path == "-" {
			t.sources = append(t.sources, readOnce("standard input", func() (io.ReadCloser, error) { return io.NopCloser(os.Stdin), nil }))
		} else {
			t.sources = append(t.sources, fileSource(path))
		}
	}
	return t
}

// Open opens a file, or standard input if the path is "-", to be read once: plain, or unpacked if it is gzip or Zstandard. It is for
// what is no running text, such as questions; errors are those of [Files].
func Open(path string) (io.ReadCloser, error) {
	if path == "-" {
		return decompress("standard input", io.NopCloser(os.Stdin))
	}
	if info, err := os.Stat(path); err != nil || info.Mode().IsRegular() || info.IsDir() {
		return fileSource(path).open()
	}
	f, err := openFile(path) // a pipe, of which nothing need be kept
	if err != nil {
		return nil, err
	}
	return decompress(path, f)
}

// fileSource reads a regular file anew each time; a pipe gives its bytes only once and is spooled.
func fileSource(path string) *source {
	pipe := readOnce(path, func() (io.ReadCloser, error) { return openFile(path) })
	open := func() (io.ReadCloser, error) {
		info, err := os.Stat(path)
		switch {
		case err != nil:
			return nil, cannotOpen(path, err)
		case info.IsDir():
			return nil, fmt.Errorf("corpus: %s is a directory: name the files in it", path)
		case !info.Mode().IsRegular():
			return pipe.open()
		}
		f, err := openFile(path)
		if err != nil {
			return nil, err
		}
		return decompress(path, f)
	}
	return &source{name: path, path: path, open: open, close: pipe.close}
}

func openFile(path string) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, cannotOpen(path, err)
	}
	return f, nil
}

// cannotOpen is the error of opening a file, without the system call that met it.
func cannotOpen(path string, err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	mend := ""
	if errors.Is(err, fs.ErrNotExist) {
		mend = "; check the path, or name - for standard input"
	}
	return fmt.Errorf("corpus: cannot open %s: %w%s", path, err, mend)
}

// decompress sniffs the format of r's bytes and reads them as plain text. Closing the result closes r.
func decompress(name string, r io.ReadCloser) (io.ReadCloser, error) {
	content, format, err := packing.Unpack(bufio.NewReaderSize(r, 64<<10))
	switch {
	case err == nil && format == "":
		return &plain{Reader: content, Closer: r}, nil
	case err == nil:
		return &unpacked{name: name, format: format, r: content, raw: r}, nil
	}
	r.Close()
	if format == "" {
		return nil, fmt.Errorf("corpus: %s: %w", name, err)
	}
	return nil, damaged(name, format, 0, err)
}

type plain struct {
	io.Reader
	io.Closer
}

// unpacked reads decompressed bytes and says what is wrong with the compressed ones.
type unpacked struct {
	name, format string
	r            io.ReadCloser
	raw          io.Closer
	n            int64
}

func (u *unpacked) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	u.n += int64(n)
	if err != nil && err != io.EOF {
		err = damaged(u.name, u.format, u.n, err)
	}
	return n, err
}

func (u *unpacked) Close() error {
	u.r.Close()
	return u.raw.Close()
}

func damaged(name, format string, after int64, err error) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("corpus: %s: the %s data is cut short after %d bytes of text: copy or download the file again", name, format, after)
	case errors.Is(err, zstd.ErrWindowSizeExceeded):
		return fmt.Errorf("corpus: %s: the zstd window is larger than %d MiB: compress the file again without --long", name, packing.MaxWindow>>20)
	}
	return fmt.Errorf("corpus: %s: damaged %s data after %d bytes of text: copy or download the file again: %w", name, format, after, err)
}
