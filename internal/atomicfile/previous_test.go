package atomicfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func content(t *testing.T, path string) string {
	t.Helper()
	bytes, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(bytes)
}

func text(s string) func(w io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
}

func TestWriteKeepingPrevious(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "c")
	require.NoError(t, WriteKeepingPrevious(path, text("one")), "nothing to keep is no error")
	require.Empty(t, PreviousHint(path))
	require.NoError(t, WriteKeepingPrevious(os.DevNull, text("one")), "a device is not kept")
	require.NoFileExists(t, Previous(os.DevNull))

	for _, next := range []string{"two", "three"} {
		before := content(t, path)
		failure := errors.New("enough")
		kept := PreviousHint(path)
		require.ErrorIs(t, WriteKeepingPrevious(path, func(io.Writer) error { return failure }), failure)
		require.Equal(t, before, content(t, path))
		require.Equal(t, kept, PreviousHint(path), "nothing has changed")
		require.NoError(t, keepPrevious(path))
		require.Equal(t, before, content(t, path), "it keeps its own name")
		require.NoError(t, WriteKeepingPrevious(path, text(next)))
		require.Equal(t, next, content(t, path))
		require.Equal(t, before, content(t, Previous(path)))
		require.Equal(t, "; the one before it is "+Previous(path), PreviousHint(path))
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2, "nothing else is left")
}

func TestWriteKeepingPreviousThroughALink(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "c"), filepath.Join(dir, "link")
	require.NoError(t, Write(path, text("one")))
	require.NoError(t, os.Symlink(path, link))
	require.NoError(t, WriteKeepingPrevious(link, text("two")))
	require.Equal(t, "one", content(t, Previous(link)))
	require.Equal(t, "two", content(t, path))
}

func TestWriteKeepingPreviousWithoutLinks(t *testing.T) {
	defer func() { hardLink = os.Link }()
	hardLink = func(string, string) error { return errors.ErrUnsupported }
	path := filepath.Join(t.TempDir(), "c")
	require.NoError(t, Write(path, text("zero")))
	for _, names := range [][2]string{{"zero", "one"}, {"one", "two"}} {
		require.NoError(t, WriteKeepingPrevious(path, text(names[1])))
		require.Equal(t, names[1], content(t, path))
		require.Equal(t, names[0], content(t, Previous(path)))
	}
}

func TestWriteKeepingPreviousOfTheLongestName(t *testing.T) {
	dir := t.TempDir()
	longest := filepath.Join(dir, strings.Repeat("c", 255-len(second(""))))
	for range 2 {
		require.NoError(t, WriteKeepingPrevious(longest, text("one")))
	}
	require.ErrorContains(t, WriteKeepingPrevious(longest+"c", text("one")), "choose a shorter one")
	require.NoFileExists(t, longest+"c", "it would have failed the second time")
}

func TestKeepingPreviousFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c")
	require.NoError(t, Write(path, text("one")))
	require.NoError(t, os.MkdirAll(Previous(path)+".tmp/full", 0o700))
	require.ErrorContains(t, WriteKeepingPrevious(path, text("two")), path)
	require.Equal(t, "one", content(t, path))

	path = filepath.Join(t.TempDir(), "d")
	require.NoError(t, Write(path, text("one")))
	require.NoError(t, os.MkdirAll(Previous(path)+"/full", 0o700))
	require.ErrorContains(t, WriteKeepingPrevious(path, text("two")), path)
	require.Equal(t, "one", content(t, path))
	require.NoFileExists(t, second(path))
}
