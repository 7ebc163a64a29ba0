package atomicfile_test

import (
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/lane-go/lane/internal/atomicfile"
	"github.com/stretchr/testify/require"
)

// A disk that fills up in the middle of the file, played by a limit on the size of files.
func TestWriteRunsOutOfSpace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o666))

	var limit syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit))
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	low := limit
	low.Cur = 1 << 20
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &low))
	err := atomicfile.Write(path, func(w io.Writer) error {
		_, _ = w.Write(make([]byte, 4<<20)) // a callback that overlooks its error
		return nil
	})
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit))

	require.ErrorIs(t, err, syscall.EFBIG)
	require.NotContains(t, err.Error(), ".tmp", "only the user's own path is named")
	requireContent(t, path, "old")
	requireFiles(t, dir, "out")
}

func TestWriteToNamedPipe(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "pipe")
	require.NoError(t, syscall.Mkfifo(path, 0o666))
	received := make(chan string)
	go func() {
		got, _ := os.ReadFile(path)
		received <- string(got)
	}()
	require.NoError(t, atomicfile.Write(path, content("through the pipe")))
	require.Equal(t, "through the pipe", <-received)
	requireFiles(t, dir, "pipe")
}
