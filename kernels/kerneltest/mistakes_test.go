package kerneltest

import "unsafe"

// beyond reads, and setBeyond writes, the element behind the end of s, as only
// assembly can by mistake; before reads the one before the start.
func beyond(s []float32) float32 { return *end(s) }
func setBeyond(s []float32)      { *end(s) = 1 }

func before(s []float32) float32 {
	return *(*float32)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(s)), -4))
}

func end(s []float32) *float32 {
	return (*float32)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(s)), 4*len(s)))
}
