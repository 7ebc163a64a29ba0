//go:build !linux

package hugepages

// advise does nothing here.
func advise([]float32) {}
