// Package hugepages allocates large slices on large pages, of which the processor needs to know few: a table
// whose rows are read here and there takes an address translation for almost every row otherwise, and blocks of a large product
// one for each few rows.
package hugepages

const size = 2 << 20 // bytes of a huge page on amd64, and on arm64 with pages of 4 KiB

// Floats returns n zeros, on huge pages where they fill some. A system that has none, or wants to give none, gives others.
func Floats(n int) []float32 {
	s := make([]float32, n)
	if n*4 >= 2*size {
		advise(s)
	}
	return s
}
