package atomicfile

import (
	"os"
	"path/filepath"
	"strings"
)

// Sweep removes what programs left beside the file at path that were killed while they wrote it. None may be writing it now. What can't be
// removed stays, and so does what a file with a name of more than 100 bytes has left, as it may be another's.
func Sweep(path string) {
	target, err := Target(path)
	if err != nil {
		return
	}
	dir, base := filepath.Split(target)
	if len(base) > tempBase {
		return
	}
	entries, err := os.ReadDir(filepath.Clean(dir))
	if err != nil {
		return
	}
	for _, e := range entries {
		if isTemp(e.Name(), base) && e.Type().IsRegular() {
			os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}

// isTemp reports whether name is one that createTemp gives to what becomes base.
func isTemp(name, base string) bool {
	middle, ok := strings.CutPrefix(name, tempPrefix(base))
	middle, ends := strings.CutSuffix(middle, tempSuffix)
	return ok && ends && len(middle) == tempDigits && strings.Trim(middle, "0123456789abcdef") == ""
}
