package packing_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
	"github.com/lane-go/lane/internal/packing"
	"github.com/stretchr/testify/require"
)

func Example() {
	var file bytes.Buffer
	write := packing.Pack("poem.txt.zst", func(w io.Writer) error {
		_, err := fmt.Fprint(w, "an engine called lane")
		return err
	})
	fmt.Println(write(&file))

	content, format, _ := packing.Unpack(bufio.NewReader(&file))
	text, err := io.ReadAll(content)
	fmt.Printf("%s %q %v\n", format, text, err)
	// Output:
	// <nil>
	// zstd "an engine called lane" <nil>
}

func TestRoundTrip(t *testing.T) {
	text := strings.Repeat("words and words\n", 10_000)
	for path, format := range map[string]string{"a.gz": "gzip", "A.GZ": "gzip", "a.zst": "zstd", "a.txt": "", "zst": "", "": ""} {
		var file bytes.Buffer
		require.NoError(t, packing.Pack(path, func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return err
		})(&file))
		if format != "" {
			require.Less(t, file.Len(), len(text)/10, path)
			frame := []byte{0x53, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 'h', 'i'} // that readers skip
			if format == "zstd" {
				file = *bytes.NewBuffer(append(frame, file.Bytes()...))
			}
		}
		content, got, err := packing.Unpack(bufio.NewReader(&file))
		require.NoError(t, err)
		require.Equal(t, format, got, path)
		read, err := io.ReadAll(content)
		require.NoError(t, err)
		require.NoError(t, content.Close())
		require.Equal(t, text, string(read), path)
	}
}

func gzipped(text string) string {
	var file bytes.Buffer
	z := gzip.NewWriter(&file)
	io.WriteString(z, text)
	z.Close()
	return file.String()
}

// What is behind the packed data is told from zeros, which are passed over, and from more of it.
func TestGzipMembers(t *testing.T) {
	one, two := gzipped(strings.Repeat("one\n", 50_000)), gzipped("two\n")
	text := strings.Repeat("one\n", 50_000) + "two\n"
	for _, c := range []struct{ file, fails string }{
		{one + two, ""},
		{one + two + strings.Repeat("\x00", 512), ""},
		{one + "\x00\x00" + gzipped("") + two + "\x00", ""},
		{one + two + "more", "something follows the packed data"},
		{one + two + "\x00x", "something follows the packed data"},
		{one + two[:len(two)-3], "unexpected EOF"},
		{one + two + two[:5], "unexpected EOF"},
	} {
		content, _, err := packing.Unpack(bufio.NewReader(strings.NewReader(c.file)))
		require.NoError(t, err)
		read, err := io.ReadAll(iotest.OneByteReader(content))
		if c.fails != "" {
			require.ErrorContains(t, err, c.fails)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, text, string(read))

		content, _, err = packing.Unpack(bufio.NewReader(strings.NewReader(c.file)))
		require.NoError(t, err)
		var copied strings.Builder
		_, err = io.Copy(&copied, content) // which asks readers whether they would rather write
		require.NoError(t, err)
		require.Equal(t, text, copied.String())
	}
}

func TestForeign(t *testing.T) {
	require.Equal(t, "packed by xz: unpack it first", packing.Foreign([]byte("\xfd7zXZ\x00more")))
	require.Equal(t, "packed by bzip2: unpack it first", packing.Foreign([]byte("BZh91AY&SY")))
	require.Contains(t, packing.Foreign([]byte("PK\x03\x04")), "a zip archive")
	for _, text := range []string{"", "BZh is no word", "PK", "\x1f\x8b"} {
		require.Empty(t, packing.Foreign([]byte(text)))
	}
}

func TestErrorsPass(t *testing.T) {
	failure := errors.New("no more")
	for _, path := range []string{"a", "a.gz", "a.zst"} {
		require.ErrorIs(t, packing.Pack(path, func(io.Writer) error { return failure })(io.Discard), failure)
	}
	_, _, err := packing.Unpack(bufio.NewReader(io.MultiReader(strings.NewReader("ab"), failing{failure})))
	require.ErrorIs(t, err, failure)
	_, format, err := packing.Unpack(bufio.NewReader(strings.NewReader("\x1f\x8b\xff\xff")))
	require.Error(t, err)
	require.Equal(t, "gzip", format)
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
