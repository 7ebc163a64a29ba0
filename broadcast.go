package lane

import (
	"fmt"
	"slices"
)

// broadcastShapes returns the shape of an element-wise operation: shapes are
// aligned at their last axes, and an axis of length 1, or one that is missing, stretches
// to the length of the other.
func broadcastShapes(function string, a, b []int) []int {
	long, short := a, b
	if len(long) < len(short) {
		long, short = short, long
	}
	shape := slices.Clone(long)
	lead := len(long) - len(short)
	for i, n := range short {
		switch m := shape[lead+i]; {
		case m == 1:
			shape[lead+i] = n
		case n != 1 && n != m:
			panic(fmt.Sprintf("lane: %s: shapes %s and %s do not broadcast", function, shapeString(a), shapeString(b)))
		}
	}
	return shape
}

// BroadcastTo returns the view of t stretched to a shape: axes of length 1 and
// new leading axes repeat their elements. What repeats is the same element,
// so that writing it shows everywhere.
func (t Tensor) BroadcastTo(shape ...int) Tensor {
	elements("BroadcastTo", shape)
	if !slices.Equal(broadcastShapes("BroadcastTo", t.shape, shape), shape) {
		panic(fmt.Sprintf("lane: BroadcastTo: shapes %s and %s do not broadcast", shapeString(t.shape), shapeString(shape)))
	}
	return t.stretch(shape)
}

// stretch is BroadcastTo for a shape that is known to fit.
func (t Tensor) stretch(shape []int) Tensor {
	lead := len(shape) - len(t.shape)
	strides := make([]int, len(shape))
	for i, n := range t.shape {
		if n == shape[lead+i] {
			strides[lead+i] = t.strides[i]
		}
	}
	t.shape, t.strides = slices.Clone(shape), strides
	return t
}

// A reader reads a tensor row after row, a block at a time. Its axes are
// merged as far as strides allow, so that the runs it can copy are long.
type reader struct {
	data           []float32
	offset         int
	shape, strides []int // at least one axis
	scratch        []float32
}

// blockSize elements of three operands stay in L1.
const blockSize = 1024

// chunkSize elements are work enough for a thread.
const chunkSize = 64 * blockSize

func (t Tensor) reader() reader {
	r := reader{data: t.data, offset: t.offset}
	for i, n := range t.shape {
		last := len(r.shape) - 1
		switch {
		case n == 1:
		case last >= 0 && r.strides[last] == n*t.strides[i]:
			r.shape[last] *= n
			r.strides[last] = t.strides[i]
		default:
			r.shape, r.strides = append(r.shape, n), append(r.strides, t.strides[i])
		}
	}
	if len(r.shape) == 0 {
		r.shape, r.strides = []int{1}, []int{1}
	}
	return r
}

// block returns elements lo to hi: a piece of the tensor itself where they lie
// side by side, otherwise a copy that holds until the next call.
func (r *reader) block(lo, hi int) []float32 {
	last := len(r.shape) - 1
	n := r.shape[last]
	if row, col := lo/n, lo%n; r.strides[last] == 1 && col+hi-lo <= n {
		at := r.row(row) + col
		return r.data[at : at+hi-lo]
	}
	r.scratch = grow(r.scratch, hi-lo)
	r.read(r.scratch, lo)
	return r.scratch
}

// read copies the elements from lo on to dst.
func (r *reader) read(dst []float32, lo int) {
	if len(dst) == 0 {
		return // and there may be axes of length 0
	}
	last := len(r.shape) - 1
	n, stride := r.shape[last], r.strides[last]
	for row, col := lo/n, lo%n; len(dst) > 0; row, col = row+1, 0 {
		count := min(n-col, len(dst))
		readRun(dst[:count], r.data, r.row(row)+col*stride, stride)
		dst = dst[count:]
	}
}

// row returns where the given run along the last axis begins.
func (r *reader) row(row int) int {
	at := r.offset
	for i := len(r.shape) - 2; i > 0; i-- {
		at += row % r.shape[i] * r.strides[i]
		row /= r.shape[i]
	}
	return at + row*r.strides[0] // row is 0 if there is no other axis
}

func readRun(dst, data []float32, at, stride int) {
	switch stride {
	case 0:
		repeat(dst, data[at])
	case 1:
		copy(dst, data[at:])
	default:
		for i := range dst {
			dst[i] = data[at]
			at += stride
		}
	}
}

// repeat sets every element to v.
func repeat(dst []float32, v float32) {
	if len(dst) == 0 {
		return
	}
	dst[0] = v
	for filled := 1; filled < len(dst); filled *= 2 {
		copy(dst[filled:], dst[:filled])
	}
}
