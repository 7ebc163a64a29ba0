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

// isStandard reports whether a path is of what the program writes to anyway, be it a file.
func isStandard(path string) bool { return path == "/dev/stdout" || path == "/dev/stderr" }

// checkWritable refuses, before any work is done, files that could not be
// written after it. Empty names are passed over.
func checkWritable(paths ...string) error {
	for _, path := range paths {
		if path == "" || isStandard(path) {
			continue
		}
		if err := checkOpens(path); err != nil {
			return err
		}
		if err := checkReplaces(path); err != nil {
			return err
		}
	}
	return nil
}

// checkOpens refuses a file that is there and can't be written.
func checkOpens(path string) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return fmt.Errorf("cannot write %s: it is a directory; name a file in it", path)
	case err == nil && info.Mode().IsRegular():
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return fmt.Errorf("cannot write %s: %w; change the permissions, or name another", path, errors.Unwrap(err))
		}
		f.Close()
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	return nil
}

// checkReplaces refuses a file that can't be made beside the one of this name, whose place it takes. Of devices and pipes, writing shows.
func checkReplaces(path string) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil
	}
	probe, err := os.CreateTemp(filepath.Dir(place(path)), ".lane-*")
	if err != nil {
		mend := "make the directory"
		if errors.Is(err, fs.ErrPermission) {
			mend = "change the permissions of its directory"
		}
		return fmt.Errorf("cannot write %s: %w; %s, or name another", path, errors.Unwrap(err), mend)
	}
	probe.Close()
	return os.Remove(probe.Name())
}

// checkAppends refuses a file that could not be written where it is. An empty name is passed over.
func checkAppends(path string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return checkWritable(path)
	}
	return checkOpens(path)
}

// checkUnmixed refuses events and results in one stream.
func checkUnmixed(asJSON bool, out string) error {
	if asJSON && out == "/dev/stdout" {
		return usagef("--json and -o /dev/stdout: events and the result would be mixed: name a file, or write the events by --log or --loss-log")
	}
	return nil
}
