//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package wordvec

import (
	"os"

	"golang.org/x/sys/unix"
)

// mapFile maps the first size bytes of a file for reading, nil if that can't be done.
func mapFile(file *os.File, size int) []byte {
	data, err := unix.Mmap(int(file.Fd()), 0, size, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil
	}
	return data
}

func unmapFile(data []byte) error { return unix.Munmap(data) }
