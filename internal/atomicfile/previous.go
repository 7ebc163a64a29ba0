package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// KeepPrevious gives the file at path a second name, Previous(path), under which it stays when Write replaces it. At any
// moment both names, where they exist, stand for whole files. If there is no file, or only a device or a pipe, nothing is done.
//
// Errors name the path and wrap their cause.
func KeepPrevious(path string) error {
	if err := keepPrevious(path); err != nil {
		return fmt.Errorf("atomicfile: cannot keep %q: %w", path, err)
	}
	return nil
}

// Previous returns the name that KeepPrevious gives the file at path: path with ".previous" added.
func Previous(path string) string { return path + ".previous" }

func keepPrevious(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && !info.Mode().IsRegular():
		return nil
	case err != nil:
		return err
	}
	source, err := filepath.EvalSymlinks(path) // a second name of the link would follow it to the new file
	if err != nil {
		return err
	}
	second := Previous(path) + ".tmp"
	if err := os.Remove(second); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Link(source, second); err != nil { // some file systems know no links
		return copyFile(Previous(path), source)
	}
	return os.Rename(second, Previous(path))
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
