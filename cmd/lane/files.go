package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/lane-go/lane/internal/atomicfile"
)

// checkDistinct refuses outputs that would overwrite each other or what is
// read. Empty names are passed over.
func checkDistinct(inputs []string, outputs ...string) error {
	for i, path := range outputs {
		for _, other := range append(inputs[:len(inputs):len(inputs)], outputs[:i]...) {
			if path != "" && other != "" && sameFile(path, other) {
				return usagef("%s is named twice, and would be overwritten: name another file to write", path)
			}
		}
	}
	return nil
}

// sameFile reports whether two names are of one regular file, that may be yet
// to be made.
func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	if errX == nil && errY == nil {
		return x.Mode().IsRegular() && os.SameFile(x, y)
	}
	return place(a) == place(b)
}

// place returns the path of the file that writing to path replaces, without symbolic links as far as there is such.
func place(path string) string {
	if target, err := atomicfile.Target(path); err == nil {
		path = target
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		path = filepath.Join(dir, filepath.Base(path))
	}
	if absolute, err := filepath.Abs(path); err == nil {
		return absolute
	}
	return filepath.Clean(path)
}

// checkWritable refuses, before any work is done, files that could not be
// written after it. Empty names are passed over.
func checkWritable(paths ...string) error {
	for _, path := range paths {
		if path == "" || path == "/dev/stdout" || path == "/dev/stderr" {
			continue
		}
		info, err := os.Stat(path)
		switch {
		case err == nil && info.IsDir():
			return fmt.Errorf("cannot write %s: it is a directory; name a file in it", path)
		case err == nil && !info.Mode().IsRegular():
			continue // a device or a pipe: writing shows
		case err == nil:
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				return fmt.Errorf("cannot write %s: %w; change the permissions, or name another", path, errors.Unwrap(err))
			}
			f.Close()
		case !errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("cannot write %s: %w", path, err)
		}
		probe, err := os.CreateTemp(filepath.Dir(place(path)), ".lane-*")
		if err != nil {
			return fmt.Errorf("cannot write %s: %w; make the directory, or name another", path, errors.Unwrap(err))
		}
		probe.Close()
		if err := os.Remove(probe.Name()); err != nil {
			return err
		}
	}
	return nil
}
