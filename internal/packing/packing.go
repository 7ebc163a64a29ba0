// Package packing sees through gzip and Zstandard on the way in, by what a file's first bytes are, and packs on the way out, by how its
// name ends.
package packing

import (
	"bufio"
	"bytes"
	"errors"
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
		return &members{z, r}, "gzip", err
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

// members are those of a gzip file, one after the other. The zeros that tapes, and programs in their manner, add behind the last are passed over.
type members struct {
	member *gzip.Reader // under way
	in     *bufio.Reader
}

func (m *members) Read(p []byte) (n int, err error) {
	for n == 0 && err == nil && len(p) > 0 {
		m.member.Multistream(false) // which each member forgets
		if n, err = m.member.Read(p); err == io.EOF {
			if n > 0 {
				return n, nil
			}
			err = m.next()
		}
	}
	return n, err
}

// next goes on to the next member, if there is one.
func (m *members) next() error {
	for {
		b, err := m.in.ReadByte()
		if err != nil {
			return err
		}
		if b != 0 {
			break
		}
	}
	if err := m.in.UnreadByte(); err != nil {
		return err
	}
	if head, err := m.in.Peek(2); err != nil || !bytes.Equal(head, []byte{0x1f, 0x8b}) {
		return errors.New("something follows the packed data that is not: cut it off")
	}
	return m.member.Reset(m.in)
}

func (m *members) Close() error { return m.member.Close() }

// Foreign returns what a file that begins so is packed by, and the mend, if it is by something that Unpack sees not through.
func Foreign(head []byte) string {
	begins := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	switch {
	case begins("PK\x03\x04"):
		return "a zip archive: unpack it, and name the file in it"
	case begins("7z\xbc\xaf\x27\x1c"):
		return "a 7z archive: unpack it, and name the file in it"
	case begins("\xfd7zXZ\x00"):
		return "packed by xz: unpack it first"
	case begins("BZh") && len(head) > 4 && bytes.HasPrefix(head[4:], []byte("1AY&SY")):
		return "packed by bzip2: unpack it first"
	}
	return ""
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
