// Package packing sees through gzip and Zstandard on the way in, by what a file's first bytes are, and packs on the way out, by how its
// name ends.
package packing

import (
	"bufio"
	"bytes"
	"io"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// MaxWindow bounds the memory that a Zstandard frame may ask for, as the zstd command does without --long.
const MaxWindow = 128 << 20

// Unpack returns the content of what r holds and its format: "gzip", "zstd", or "" for what is not packed, which is r itself. The
// content of a damaged header is an error. Closing the content leaves alone what is below r.
func Unpack(r *bufio.Reader) (content io.ReadCloser, format string, err error) {
	head, err := r.Peek(4)
	if err != nil && err != io.EOF {
		return nil, "", err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(r)
		return z, "gzip", err
	case bytes.Equal(head, []byte{0x28, 0xb5, 0x2f, 0xfd}), // a frame
		len(head) == 4 && head[0]&0xf0 == 0x50 && bytes.Equal(head[1:], []byte{0x2a, 0x4d, 0x18}): // a skippable one
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxWindow(MaxWindow))
		if err != nil {
			return nil, "zstd", err
		}
		return z.IOReadCloser(), "zstd", nil
	}
	return io.NopCloser(r), "", nil
}

// Ending returns ".gz" or ".zst" if the path ends so, and otherwise "".
func Ending(path string) string {
	switch ending := strings.ToLower(filepath.Ext(path)); ending {
	case ".gz", ".zst":
		return ending
	}
	return ""
}

// Pack returns what writes the same as write, packed as the path ends.
func Pack(path string, write func(io.Writer) error) func(io.Writer) error {
	pack := map[string]func(io.Writer) (io.WriteCloser, error){
		".gz": func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil },
		".zst": func(w io.Writer) (io.WriteCloser, error) {
			return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1)) // so that the bytes don't depend on the number of threads
		},
	}[Ending(path)]
	if pack == nil {
		return write
	}
	return func(w io.Writer) error {
		packed, err := pack(w)
		if err != nil {
			return err
		}
		if err := write(packed); err != nil {
			packed.Close()
			return err
		}
		return packed.Close()
	}
}
