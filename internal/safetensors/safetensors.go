// Package safetensors reads and writes the safetensors format: named tensors behind a JSON header, with
// nothing in the file that could be executed.
//
// A file is eight bytes with the length N of the header, little-endian; N bytes of JSON that map each
// tensor's name to its dtype, its shape and the range of its bytes in what follows; and those bytes, without gaps
// or overlaps, row after row and little-endian. The key __metadata__ maps strings to strings.
// See https://github.com/huggingface/safetensors#format.
package safetensors

import (
	"fmt"
	"iter"
	"math"
	"math/bits"
)

// Tensor is a named n-dimensional array of float32, row after row. An empty Shape is a scalar, with
// one element.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32
	Parts iter.Seq[[]float32] // for Write: the data piece by piece, in place of Data
}

// A Place is where a tensor lies in a file.
type Place struct {
	Name   string
	Shape  []int
	Offset int64 // of its first byte

	dtype dtype
}

// DType returns "F32", "F16", "BF16" or "F64".
func (p Place) DType() string { return p.dtype.name }

// Elements returns how many there are.
func (p Place) Elements() int {
	n, _ := elements(p.Shape) // checked when the header was read
	return n
}

const (
	lengthSize  = 8           // bytes that hold the header's length
	maxHeader   = 100_000_000 // bytes; the format's own bound
	metadataKey = "__metadata__"
)

// elements returns the product of a shape, or an error when it is negative or can't be indexed.
func elements(shape []int) (int, error) {
	n := uint64(1)
	for _, d := range shape {
		if d < 0 {
			return 0, fmt.Errorf("shape %v has a negative size", shape)
		}
		hi, lo := bits.Mul64(n, uint64(d))
		if hi != 0 || lo > math.MaxInt/8 { // at most 8 bytes an element
			return 0, fmt.Errorf("shape %v is too large to be indexed", shape)
		}
		n = lo
	}
	return int(n), nil
}
