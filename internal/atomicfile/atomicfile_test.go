package atomicfile_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/lane-go/lane/internal/atomicfile"
	"github.com/stretchr/testify/require"
)

func Example() {
	dir, _ := os.MkdirTemp("", "example")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "greeting.txt")

	err := atomicfile.Write(path, func(w io.Writer) error {
		_, err := fmt.Fprintln(w, "hello")
		return err
	})
	content, _ := os.ReadFile(path)
	fmt.Printf("%s%v\n", content, err)
	// Output:
	// hello
	// <nil>
}

// content returns a callback that writes s.
func content(s string) func(w io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// requireFiles checks that dir holds exactly the named files, hence no temporary one.
func requireFiles(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	got := []string{}
	for _, e := range entries {
		got = append(got, e.Name())
	}
	require.ElementsMatch(t, names, got)
}

func requireContent(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, want, string(got))
}

func TestWriteCreatesAndReplaces(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	require.NoError(t, atomicfile.Write(path, content("one")))
	requireContent(t, path, "one")
	require.NoError(t, atomicfile.Write(path, content("")))
	requireContent(t, path, "")
	long := strings.Repeat("0123456789", 200_000) // many times the buffer
	require.NoError(t, atomicfile.Write(path, content(long)))
	requireContent(t, path, long)
	requireFiles(t, dir, "out")
}

func TestWriteRelativePath(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, atomicfile.Write("out", content("one")))
	requireContent(t, "out", "one")
	requireFiles(t, ".", "out")
}

func TestWriteLongestName(t *testing.T) {
	dir := t.TempDir()
	name := strings.Repeat("n", 255)
	require.NoError(t, atomicfile.Write(filepath.Join(dir, name), content("one")))
	requireFiles(t, dir, name)
}

func TestWriteShowsNothingBeforeTheEnd(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o666))
	require.NoError(t, atomicfile.Write(path, func(w io.Writer) error {
		if _, err := w.Write(make([]byte, 1<<20)); err != nil {
			return err
		}
		requireContent(t, path, "old")
		return nil
	}))
	requireContent(t, path, strings.Repeat("\x00", 1<<20))
}

func TestWriteCallbackFails(t *testing.T) {
	failure := errors.New("the corpus ended early")
	for _, existing := range []bool{false, true} {
		dir := t.TempDir()
		path := filepath.Join(dir, "out")
		want := []string{}
		if existing {
			require.NoError(t, os.WriteFile(path, []byte("old"), 0o666))
			want = append(want, "out")
		}
		err := atomicfile.Write(path, func(w io.Writer) error {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				return err
			}
			return failure
		})
		require.ErrorIs(t, err, failure)
		require.EqualError(t, err, fmt.Sprintf("atomicfile: cannot write %q: the corpus ended early", path))
		requireFiles(t, dir, want...)
		if existing {
			requireContent(t, path, "old")
		}
	}
}

// The callback may read files of its own; what went wrong with them must not be mistaken for trouble with
// the output.
func TestWriteKeepsTheCallbacksErrors(t *testing.T) {
	dir := t.TempDir()
	err := atomicfile.Write(filepath.Join(dir, "out"), func(io.Writer) error {
		_, err := os.Open(filepath.Join(dir, "corpus.txt"))
		return err
	})
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "corpus.txt")
	require.NotContains(t, err.Error(), "create its directory")
}

func TestWriteCallbackPanics(t *testing.T) {
	dir := t.TempDir()
	require.PanicsWithValue(t, "broken", func() {
		_ = atomicfile.Write(filepath.Join(dir, "out"), func(io.Writer) error { panic("broken") })
	})
	requireFiles(t, dir)
}

func TestWriteAllReplacesAllOrNone(t *testing.T) {
	dir := t.TempDir()
	first, second := filepath.Join(dir, "first"), filepath.Join(dir, "second")
	require.NoError(t, os.WriteFile(first, []byte("old"), 0o666))
	failure := errors.New("the disk is full")
	err := atomicfile.WriteAll(atomicfile.File{Path: first, Write: content("new")}, atomicfile.File{Path: second, Write: func(io.Writer) error { return failure }})
	require.EqualError(t, err, fmt.Sprintf("atomicfile: cannot write %q: the disk is full", second))
	requireContent(t, first, "old")
	requireFiles(t, dir, "first")

	require.NoError(t, atomicfile.WriteAll(atomicfile.File{Path: first, Write: content("new")}, atomicfile.File{Path: second, Write: content("too")}))
	requireContent(t, first, "new")
	requireContent(t, second, "too")
	requireFiles(t, dir, "first", "second")
}

func TestWritePermissions(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out")

	// A new file gets what any other new file gets here.
	require.NoError(t, os.WriteFile(filepath.Join(dir, "usual"), nil, 0o666))
	usual, err := os.Stat(filepath.Join(dir, "usual"))
	require.NoError(t, err)
	require.NoError(t, atomicfile.Write(path, content("one")))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, usual.Mode(), info.Mode())

	for _, mode := range []fs.FileMode{0o600, 0o664, 0o777} {
		require.NoError(t, os.Chmod(path, mode))
		require.NoError(t, atomicfile.Write(path, content("two")))
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, mode, info.Mode())
	}
}

func TestWriteThroughLinks(t *testing.T) {
	for _, existing := range []bool{true, false} {
		dir := t.TempDir()
		store := filepath.Join(dir, "store")
		links := filepath.Join(dir, "links")
		require.NoError(t, os.MkdirAll(filepath.Join(store, "sub"), 0o777))
		require.NoError(t, os.Mkdir(links, 0o777))
		if existing {
			require.NoError(t, os.WriteFile(filepath.Join(store, "model"), []byte("old"), 0o666))
		}
		// links/dir is store/sub, and the link in it goes up from there, not from links.
		require.NoError(t, os.Symlink(filepath.Join(store, "sub"), filepath.Join(links, "dir")))
		require.NoError(t, os.Symlink("../model", filepath.Join(store, "sub", "relative")))
		require.NoError(t, os.Symlink(filepath.Join(links, "dir", "relative"), filepath.Join(links, "out")))

		require.NoError(t, atomicfile.Write(filepath.Join(links, "out"), content("new")))
		requireContent(t, filepath.Join(store, "model"), "new")
		requireFiles(t, links, "dir", "out")
		requireFiles(t, store, "sub", "model")
		info, err := os.Lstat(filepath.Join(links, "out"))
		require.NoError(t, err)
		require.NotZero(t, info.Mode()&fs.ModeSymlink, "the link itself stays")
	}
}

func TestWriteLinkLoop(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	require.NoError(t, os.Symlink("out", path))
	require.ErrorContains(t, atomicfile.Write(path, content("x")), "symbolic links")
	requireFiles(t, dir, "out")
}

func TestWriteBadPaths(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, []byte("old"), 0o666))
	for _, c := range []struct {
		name, path, want string
	}{
		{"empty", "", "the file name is empty"},
		{"directory", dir, "it is a directory; name a file in it"},
		{"trailing slash", filepath.Join(dir, "new") + "/", "it is a directory; name a file in it"},
		{"missing directory", filepath.Join(dir, "no", "out"), "create its directory first"},
		{"file as directory", filepath.Join(file, "out"), "a file stands where a directory is needed"},
		{"name too long", filepath.Join(dir, strings.Repeat("n", 300)), "too long"},
		{"zero byte", filepath.Join(dir, "a\x00b"), "invalid argument"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := atomicfile.Write(c.path, func(io.Writer) error {
				t.Error("there is nothing to write to")
				return nil
			})
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, fmt.Sprintf("atomicfile: cannot write %q: ", c.path))
			requireFiles(t, dir, "file")
			requireContent(t, file, "old")
		})
	}
}

func TestWriteProtected(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("permissions don't bind the superuser")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o444))
	err := atomicfile.Write(path, content("new"))
	require.ErrorIs(t, err, fs.ErrPermission)
	require.ErrorContains(t, err, "change the permissions or choose another output")
	requireContent(t, path, "old")

	require.NoError(t, os.Chmod(path, 0o666))
	require.NoError(t, os.Chmod(dir, 0o555))
	defer os.Chmod(dir, 0o777)
	err = atomicfile.Write(path, content("new"))
	require.ErrorIs(t, err, fs.ErrPermission)
	requireContent(t, path, "old")
	requireFiles(t, dir, "out")
}

func TestWriteToFullDevice(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full on this system")
	}
	for _, size := range []int{1, 1 << 20} { // the error comes from the last flush, or earlier
		err := atomicfile.Write("/dev/full", func(w io.Writer) error {
			_, _ = w.Write(make([]byte, size)) // a callback that overlooks its error
			return nil
		})
		require.ErrorIs(t, err, syscall.ENOSPC)
		require.EqualError(t, err,
			`atomicfile: cannot write "/dev/full": no space left on device; free some space or choose another output`)
	}
}

func TestWriteToDevice(t *testing.T) {
	if _, err := os.Stat("/dev/null"); err != nil {
		t.Skip("no /dev/null on this system")
	}
	require.NoError(t, atomicfile.Write("/dev/null", content("x")))
	info, err := os.Stat("/dev/null")
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&fs.ModeDevice, "the device must not become a file")
}

func TestWriteToStandardOutput(t *testing.T) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	stdout, stderr := os.Stdout, os.Stderr
	os.Stdout, os.Stderr = w, w
	errOut := atomicfile.Write("/dev/stdout", content("out,"))
	errErr := atomicfile.Write("/dev/stderr", content("err"))
	os.Stdout, os.Stderr = stdout, stderr
	require.NoError(t, w.Close())

	require.NoError(t, errOut)
	require.NoError(t, errErr)
	got, err := io.ReadAll(r)
	require.NoError(t, err)
	require.Equal(t, "out,err", string(bytes.TrimSpace(got)))
}

// abandoning makes the test's own program be one that ends in the middle of writing to this path.
const abandoning = "LANE_TEST_ABANDON"

func TestMain(m *testing.M) {
	if path := os.Getenv(abandoning); path != "" {
		_ = atomicfile.WriteAll(atomicfile.File{Path: path, Write: content("new")}, atomicfile.File{Path: path + "2", Write: func(w io.Writer) error {
			_, _ = w.Write(make([]byte, 1<<20))
			atomicfile.Abandon()
			os.Exit(0)
			return nil
		}})
	}
	os.Exit(m.Run())
}

func TestAbandonLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o666))
	program := exec.Command(os.Args[0])
	program.Env = append(os.Environ(), abandoning+"="+path)
	if err := program.Start(); err != nil {
		t.Skipf("this program can't start itself: %v", err) // as under an emulator
	}
	require.NoError(t, program.Wait())
	requireContent(t, path, "old")
	requireFiles(t, dir, "out")
}
