package lane

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// A Tensor is an n-d array of float32s with NumPy's rules: shapes, views,
// broadcasting, reductions and printing are those of np.ndarray.
//
// A Tensor is a view of its data: copying the struct, slicing, transposing and
// (where the elements allow it) reshaping share the elements, and writing through
// one view shows in the others. Arithmetic returns a new Tensor, laid out
// row after row. Make one with [NewTensor], [TensorOf], [Zeros] and their like;
// the zero Tensor has no data and can't be used.
//
// Axes and indices may be negative, counting from the end.
type Tensor struct {
	data    []float32
	offset  int // of the element whose indices are all 0
	shape   []int
	strides []int // in elements; negative for reversed axes, 0 for broadcast ones
}

// newTensor returns a row-major tensor of zeros. It keeps shape.
func newTensor(function string, shape []int) Tensor {
	size := elements(function, shape)
	return Tensor{data: make([]float32, size), shape: shape, strides: rowMajor(shape)}
}

// elements returns the number of elements of a shape.
func elements(function string, shape []int) int {
	size := 1 // of the axes that are not empty
	for _, n := range shape {
		if n < 0 {
			panic(fmt.Sprintf("lane: %s: negative size in shape %s", function, shapeString(shape)))
		}
		if n > 0 && size > maxElements/n {
			panic(fmt.Sprintf("lane: %s: shape %s has more elements than memory can hold", function, shapeString(shape)))
		}
		size *= max(n, 1)
	}
	if slices.Contains(shape, 0) {
		return 0
	}
	return size
}

// maxElements is what a slice of float32s may hold: 256 TiB on CPUs of 64 bits, all addresses on others.
const maxElements = math.MaxInt / 4 & (1<<46 - 1)

func rowMajor(shape []int) []int {
	strides := make([]int, len(shape))
	stride := 1
	for i := len(shape) - 1; i >= 0; i-- {
		strides[i] = stride
		stride *= shape[i]
	}
	return strides
}

// shapeString writes a shape as Python writes a tuple: (2,3), (4,), ().
func shapeString(shape []int) string {
	b := []byte{'('}
	for i, n := range shape {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(n), 10)
	}
	if len(shape) == 1 {
		b = append(b, ',')
	}
	return string(append(b, ')'))
}

// TensorOf returns data as a tensor of the given shape, row after row,
// without copying it. It panics unless data has as many elements as the shape.
func TensorOf(data []float32, shape ...int) Tensor {
	shape = slices.Clone(shape)
	if elements("TensorOf", shape) != len(data) {
		panic(fmt.Sprintf("lane: TensorOf: %d elements do not fill shape %s", len(data), shapeString(shape)))
	}
	return Tensor{data: data, shape: shape, strides: rowMajor(shape)}
}

// Shape returns the length of each axis.
func (t Tensor) Shape() []int { return append([]int{}, t.shape...) }

// NDim returns the number of axes.
func (t Tensor) NDim() int { return len(t.shape) }

// Size returns the number of elements.
func (t Tensor) Size() int {
	size := 1
	for _, n := range t.shape {
		size *= n
	}
	return size
}

// Strides returns for each axis how many elements of the data lie from one
// index to the next. (NumPy's count bytes.)
func (t Tensor) Strides() []int { return append([]int{}, t.strides...) }

// At returns one element: t.At(1, -1) is NumPy's t[1, -1].
func (t Tensor) At(indices ...int) float32 { return t.data[t.position(indices)] }

// SetAt writes one element: t.SetAt(v, 1, -1) is NumPy's t[1, -1] = v.
func (t Tensor) SetAt(v float32, indices ...int) { t.data[t.position(indices)] = v }

func (t Tensor) position(indices []int) int {
	if len(indices) != len(t.shape) {
		panic(fmt.Sprintf("lane: Tensor: %d indices into shape %s", len(indices), shapeString(t.shape)))
	}
	at := t.offset
	for axis, i := range indices {
		n := t.shape[axis]
		if i < -n || i >= n {
			panic(fmt.Sprintf("lane: Tensor: index %d is out of bounds for axis %d of shape %s", i, axis, shapeString(t.shape)))
		}
		if i < 0 {
			i += n
		}
		at += i * t.strides[axis]
	}
	return at
}

// Item returns the element of a tensor that has just one, of any number of axes.
func (t Tensor) Item() float32 {
	if t.Size() != 1 {
		panic(fmt.Sprintf("lane: Item: shape %s has %d elements, not one", shapeString(t.shape), t.Size()))
	}
	return t.data[t.offset]
}

// Contiguous reports whether the elements lie side by side, row after row.
func (t Tensor) Contiguous() bool {
	if t.Size() == 0 {
		return true
	}
	stride := 1
	for i := len(t.shape) - 1; i >= 0; i-- {
		if t.shape[i] != 1 && t.strides[i] != stride {
			return false
		}
		stride *= t.shape[i]
	}
	return true
}

// Data returns the elements row after row: those of t itself if it is
// [Tensor.Contiguous], otherwise a copy.
func (t Tensor) Data() []float32 {
	size := t.Size()
	switch {
	case size == 0:
		return nil
	case t.Contiguous():
		return t.data[t.offset : t.offset+size : t.offset+size]
	}
	return t.Copy().data
}

// Copy returns a contiguous copy.
func (t Tensor) Copy() Tensor {
	c := newTensor("Copy", slices.Clone(t.shape))
	xs := t.reader()
	xs.read(c.data, 0)
	return c
}

// Tensor returns m as a 2-d tensor that shares its elements.
func (m Matrix) Tensor() Tensor {
	checkData("Matrix.Tensor", &m)
	return Tensor{data: m.Data, shape: []int{m.Rows, m.Cols}, strides: []int{m.RowStride, m.ColStride}}
}

// Matrix returns a 2-d tensor as a matrix that shares its elements. It panics
// for other numbers of axes, and for views that run backwards, which need a
// [Tensor.Copy] first.
func (t Tensor) Matrix() Matrix {
	if len(t.shape) != 2 {
		panic(fmt.Sprintf("lane: Tensor.Matrix: shape %s is not 2-d", shapeString(t.shape)))
	}
	m := Matrix{Rows: t.shape[0], Cols: t.shape[1], RowStride: t.strides[0], ColStride: t.strides[1]}
	if m.Rows == 0 || m.Cols == 0 {
		return m
	}
	if m.Rows == 1 {
		m.RowStride = max(m.RowStride, 0) // nothing runs along it
	}
	if m.Cols == 1 {
		m.ColStride = max(m.ColStride, 0)
	}
	if m.RowStride < 0 || m.ColStride < 0 {
		panic(fmt.Sprintf("lane: Tensor.Matrix: strides %s run backwards; take Copy first", shapeString(t.strides)))
	}
	m.Data = t.data[t.offset : t.offset+(m.Rows-1)*m.RowStride+(m.Cols-1)*m.ColStride+1]
	return m
}
