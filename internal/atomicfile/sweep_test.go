package atomicfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSweep(t *testing.T) {
	for base, swept := range map[string]bool{"c": true, strings.Repeat("c", 100): true, strings.Repeat("c", 101): false} {
		dir := t.TempDir()
		path := filepath.Join(dir, base)
		for range 3 {
			f, err := createTemp(path) // as if killed
			require.NoError(t, err)
			require.NoError(t, f.Close())
			delete(drafts.files, f)
		}
		others := []string{base, ".c.0123456.tmp", ".c.0123456g.tmp", ".d.01234567.tmp", "c.01234567.tmp", ".c.01234567"}
		for _, name := range others {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
		}
		link := filepath.Join(t.TempDir(), "link")
		require.NoError(t, os.Symlink(path, link))
		Sweep(link)
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		left := len(others) // none is a temporary file of this one
		if !swept {
			left += 3
		}
		require.Len(t, entries, left)
	}
	Sweep(filepath.Join(t.TempDir(), "no", "directory"))
}
