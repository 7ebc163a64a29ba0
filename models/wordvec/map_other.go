//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package wordvec

import "os"

// mapFile maps nothing here: files are read into memory.
func mapFile(*os.File, int) []byte { return nil }

func unmapFile([]byte) error { return nil }
