// Package atomicfile writes files whole or not at all: whoever opens the path, at any moment and after any
// crash, finds either the complete old content or the complete new one.
package atomicfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
)

// bufferSize is the size of the buffer between the callback and the file, so that callbacks may write
// a few bytes at a time.
const bufferSize = 256 << 10

// Write replaces the content of the file at path by what the callback write produces.
//
// The content goes to a hidden temporary file in the same directory, which is flushed to the disk and then
// renamed onto path; the directory is flushed too. When the callback or any of these steps fails or panics, the
// temporary file is removed and an earlier file at path stays as it was. (Only if the very last
// flush, that of the directory, fails, the new content is already in place.)
//
// A new file gets the permissions 0666 less the umask, an existing one keeps those it has, and one that may not
// be written is not replaced. A symbolic link stays and the file that it names is replaced. What can't be replaced, such as
// /dev/stdout, a named pipe or a device, is written directly.
//
// Errors name the path and wrap their cause.
func Write(path string, write func(w io.Writer) error) error { return WriteAll(File{path, write}) }

// A File is a path and what produces the content of the file there.
type File struct {
	Path  string
	Write func(w io.Writer) error
}

// WriteAll is [Write] for files that belong together: none is replaced before all are written and flushed.
func WriteAll(files ...File) error {
	all := make([]draft, len(files))
	defer func() { // deferred, so that a panic in a callback cleans up as well
		for i := range all {
			all[i].discard()
		}
	}()
	for i, f := range files {
		if err := all[i].write(f); err != nil {
			return failed(f, err)
		}
	}
	drafts.Lock()
	defer drafts.Unlock()
	for i, f := range files {
		if err := all[i].publish(); err != nil {
			return failed(f, err)
		}
	}
	return nil
}

func failed(f File, err error) error {
	return fmt.Errorf("atomicfile: cannot write %q: %w", f.Path, err)
}

var (
	errNoName    = errors.New("the file name is empty")
	errDirectory = errors.New("it is a directory; name a file in it")
	errLinkLoop  = errors.New("too many symbolic links, one after the other")
)

// A draft is a written file that is not yet in its place. Its errors don't name the path.
type draft struct {
	temp *os.File // nil if there is nothing to put in place
	path string   // its place
}

// write writes the file beside its place, or directly what can't be replaced.
func (d *draft) write(f File) error {
	path := f.Path
	switch {
	case path == "":
		return errNoName
	case path == "/dev/stdout":
		// Opened anew, a redirected standard output would start over at its first byte.
		return buffered(os.Stdout, f.Write)
	case path == "/dev/stderr":
		return buffered(os.Stderr, f.Write)
	case os.IsPathSeparator(path[len(path)-1]):
		return errDirectory
	}

	old, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		old = nil
	case err != nil:
		return explain(err)
	case old.IsDir():
		return errDirectory
	case !old.Mode().IsRegular():
		return direct(path, f.Write)
	}

	if d.path, err = Target(path); err != nil {
		return explain(err)
	}
	if old != nil {
		if err := checkWritable(d.path); err != nil {
			return explain(err)
		}
	}
	if d.temp, err = createTemp(d.path); err != nil {
		return explain(err)
	}
	if old != nil {
		if err := d.temp.Chmod(old.Mode().Perm()); err != nil {
			return explain(err)
		}
	}
	if err := buffered(d.temp, f.Write); err != nil {
		return err
	}
	if err := d.temp.Sync(); err != nil {
		return explain(err)
	}
	return explain(d.temp.Close())
}

// publish puts the file in its place. The caller has the lock of drafts: what belongs together is published together.
func (d *draft) publish() error {
	if d.temp == nil {
		return nil
	}
	if err := os.Rename(d.temp.Name(), d.path); err != nil {
		return explain(err)
	}
	delete(drafts.files, d.temp)
	d.temp = nil
	return explain(syncDir(filepath.Dir(d.path)))
}

// discard removes the file, if it is not in its place.
func (d *draft) discard() {
	if d.temp != nil {
		drafts.Lock()
		defer drafts.Unlock()
		d.temp.Close()
		os.Remove(d.temp.Name())
		delete(drafts.files, d.temp)
	}
}

// drafts are the temporary files that there are.
var drafts = struct {
	sync.Mutex
	files map[*os.File]bool
}{files: map[*os.File]bool{}}

// Abandon removes what is written of files that are not in their places yet, for a program that is about to end in the middle of
// writing. Nothing else is written or put in its place after it.
func Abandon() {
	drafts.Lock() // for good
	for f := range drafts.files {
		f.Close() // some systems remove no open file
		os.Remove(f.Name())
	}
}

// buffered runs the callback on a buffer before f. A failed write to f is reported even if the callback
// overlooks it; the callback's own errors pass unchanged.
func buffered(f *os.File, write func(w io.Writer) error) error {
	b := bufio.NewWriterSize(explainingWriter{f}, bufferSize)
	if err := write(b); err != nil {
		return err
	}
	return b.Flush()
}

type explainingWriter struct{ f *os.File }

func (w explainingWriter) Write(p []byte) (int, error) {
	n, err := w.f.Write(p)
	return n, explain(err)
}

// direct writes to a device or a pipe.
func direct(path string, write func(w io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return explain(err)
	}
	if err := buffered(f, write); err != nil {
		f.Close()
		return err
	}
	return explain(f.Close())
}

// Target returns the path of the file that Write replaces: what path names, through any number of symbolic links. That file
// itself need not exist.
func Target(path string) (string, error) {
	for range 40 { // Linux's own bound
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode()&fs.ModeSymlink == 0 {
			return path, nil
		}
		if err != nil {
			return "", err
		}
		target, err := os.Readlink(path)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(target) {
			// The target is relative to the directory that holds the link, and a ".." in it to the real one.
			dir, err := filepath.EvalSymlinks(filepath.Dir(path))
			if err != nil {
				return "", err
			}
			target = filepath.Join(dir, target)
		}
		path = target
	}
	return "", errLinkLoop
}

// checkWritable reports whether the file may be written. A rename asks only for the directory's permission and
// would replace a write-protected file.
func checkWritable(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return f.Close()
}

// createTemp creates a new hidden file beside path. os.CreateTemp would give it the permissions 0600 whatever the
// umask is.
func createTemp(path string) (*os.File, error) {
	dir, base := filepath.Split(path)
	drafts.Lock()
	defer drafts.Unlock()
	for {
		name := fmt.Sprintf("%s%s%0*x%s", dir, tempPrefix(base), tempDigits, rand.Uint32(), tempSuffix)
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err == nil {
			drafts.files[f] = true
		}
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

// The name of a temporary file is a prefix, hexadecimal digits, and a suffix.
const (
	tempBase   = 100 // bytes of the file's own name, at most, as names end at 255 bytes
	tempDigits = 8
	tempSuffix = ".tmp"
)

func tempPrefix(base string) string { return "." + base[:min(len(base), tempBase)] + "." }

// syncDir flushes a directory, so that a rename in it survives a crash. Where directories can't be opened or
// flushed, as on Windows, there is nothing to do.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // it would refuse
	}
	d, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer d.Close()
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		return nil
	}
	return err
}

// explain takes an error of package os, strips the operation and the path, often a temporary file's, since
// Write names the path that the user gave, and adds what the user can do about it.
func explain(err error) error {
	switch e := err.(type) {
	case nil:
		return nil
	case *fs.PathError:
		err = e.Err
	case *os.LinkError:
		err = e.Err
	}
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w; free some space or choose another output", err)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w; create its directory first or choose another output", err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w; change the permissions or choose another output", err)
	case errors.Is(err, syscall.ENAMETOOLONG):
		return fmt.Errorf("%w; choose a shorter one", err)
	case errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("%w; a file stands where a directory is needed: choose another output", err)
	}
	return err
}
