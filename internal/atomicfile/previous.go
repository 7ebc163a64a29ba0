package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// WriteKeepingPrevious is [Write] that leaves the file it replaces under a second name, [Previous](path). At any moment both names,
// where they exist, stand for whole files; where writing fails, path stands for what it was. A device or a pipe is not kept.
func WriteKeepingPrevious(path string, write func(w io.Writer) error) error {
	f := File{path, write}
	if _, err := os.Lstat(second(path)); errors.Is(err, syscall.ENAMETOOLONG) { // better now than when there is something to keep
		return failed(f, explain(err))
	}
	var d draft
	defer d.discard()
	if err := d.write(f); err != nil {
		return failed(f, err)
	}
	if d.temp == nil {
		return nil
	}
	if err := keepPrevious(path); err != nil {
		return fmt.Errorf("atomicfile: cannot keep %q: %w", path, err)
	}
	drafts.Lock()
	err := d.publish()
	drafts.Unlock()
	if err != nil {
		return failed(f, err)
	}
	return nil
}

// Previous returns the name under which WriteKeepingPrevious leaves the file at path: path with ".previous" added.
func Previous(path string) string { return path + ".previous" }

// PreviousHint ends a message of what is wrong with the file at path: with where the one before it is, or empty if there is none.
func PreviousHint(path string) string {
	if _, err := os.Stat(Previous(path)); err != nil {
		return ""
	}
	return "; the one before it is " + Previous(path)
}

// keepPrevious gives the file at path its second name, if there is one.
func keepPrevious(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if old, err := os.Stat(Previous(path)); err == nil && os.SameFile(old, info) {
		return nil // a program ended here; to rename one name of a file to the other does nothing
	}
	source, err := filepath.EvalSymlinks(path) // a second name of the link would follow it to the new file
	if err != nil {
		return err
	}
	by := second(path)
	if err := os.Remove(by); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	linked, err := link(source, by, Previous(path))
	if !linked { // some file systems know no links
		return copyFile(Previous(path), source)
	}
	return err
}

// second is the name by which a file comes to the name Previous(path).
func second(path string) string { return Previous(path) + ".tmp" }

var hardLink = os.Link // a variable for tests

// link gives a file the name previous, by way of another, in whose place there may be a file. It reports whether it could give it
// any second name.
func link(source, by, previous string) (linked bool, err error) {
	drafts.Lock()
	defer drafts.Unlock()
	if hardLink(source, by) != nil {
		return false, nil
	}
	if err := os.Rename(by, previous); err != nil {
		os.Remove(by)
		return true, err
	}
	return true, nil
}

func copyFile(dst, src string) error {
	return Write(dst, func(w io.Writer) error {
		f, err := os.Open(src)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.Copy(w, f)
		return err
	})
}
