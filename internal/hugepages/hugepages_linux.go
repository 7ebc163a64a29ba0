// Package hugepages asks the operating system for large pages, of which the processor needs to know few: a table
// whose rows are read here and there takes an address translation for almost every row otherwise.
package hugepages

import (
	"syscall"
	"unsafe"
)

const (
	size   = 2 << 20 // of a huge page on amd64, and on arm64 with pages of 4 KiB
	advice = 14      // MADV_HUGEPAGE
)

// Use asks for huge pages where data lies, as far as it fills them. What nothing was written to yet gets them when it is;
// the rest may get them in time. A system that has none, or wants to give none, leaves everything as it is.
func Use(data []float32) {
	if len(data)*4 < 2*size {
		return
	}
	bytes := unsafe.Slice((*byte)(unsafe.Pointer(&data[0])), 4*len(data))
	before := -uintptr(unsafe.Pointer(&bytes[0])) % size
	whole := (uintptr(len(bytes)) - before) / size * size
	syscall.Madvise(bytes[before:before+whole], advice) // what it fails with changes nothing
}
