package atomicfile

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func put(t *testing.T, path, content string) {
	t.Helper()
	require.NoError(t, Write(path, func(w io.Writer) error { _, err := io.WriteString(w, content); return err }))
}

func content(t *testing.T, path string) string {
	t.Helper()
	bytes, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(bytes)
}

func TestKeepPrevious(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "c")
	require.NoError(t, KeepPrevious(path), "nothing to keep is no error")
	require.NoError(t, KeepPrevious(os.DevNull), "a device is not kept")
	require.NoFileExists(t, Previous(os.DevNull))

	put(t, path, "one")
	for _, next := range []string{"two", "three"} {
		before := content(t, path)
		require.NoError(t, KeepPrevious(path))
		require.Equal(t, before, content(t, path), "it keeps its own name")
		put(t, path, next)
		require.Equal(t, before, content(t, Previous(path)))
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2, "nothing else is left")
}

func TestKeepPreviousThroughALink(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "c"), filepath.Join(dir, "link")
	put(t, path, "one")
	require.NoError(t, os.Symlink(path, link))
	require.NoError(t, KeepPrevious(link))
	put(t, link, "two")
	require.Equal(t, "one", content(t, Previous(link)))
	require.Equal(t, "two", content(t, path))
}

// What is done where files can't have two names.
func TestCopyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c")
	for _, text := range []string{"one", "two"} {
		put(t, path, text)
		require.NoError(t, copyFile(Previous(path), path))
		require.Equal(t, text, content(t, Previous(path)))
	}
}

func TestKeepPreviousFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c")
	put(t, path, "one")
	require.NoError(t, os.MkdirAll(Previous(path)+".tmp/full", 0o700))
	require.ErrorContains(t, KeepPrevious(path), path)
	require.Equal(t, "one", content(t, path))
}
