package hugepages

import (
	"syscall"
	"unsafe"
)

// advise asks for huge pages where data lies, as far as it fills them.
func advise(data []float32) {
	bytes := unsafe.Slice((*byte)(unsafe.Pointer(&data[0])), 4*len(data))
	before := -uintptr(unsafe.Pointer(&bytes[0])) % size
	whole := (uintptr(len(bytes)) - before) / size * size
	syscall.Madvise(bytes[before:before+whole], syscall.MADV_HUGEPAGE) // what it fails with changes nothing
}
