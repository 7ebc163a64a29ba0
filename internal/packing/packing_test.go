package packing_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

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
