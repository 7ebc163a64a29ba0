package lane

import (
	"fmt"
	"math/bits"

	"github.com/lane-go/lane/internal/hugepages"
)

// A Matrix is a 2-D view of float32s: element (i, j) is
// Data[i·RowStride + j·ColStride]. Views share their data.
type Matrix struct {
	Data                 []float32
	Rows, Cols           int
	RowStride, ColStride int
}

// NewMatrix returns a zero rows×cols matrix, row after row.
func NewMatrix(rows, cols int) Matrix {
	if rows < 0 || cols < 0 {
		panic(fmt.Sprintf("lane: NewMatrix: negative size %d×%d", rows, cols))
	}
	if cols > 0 && rows > maxElements/cols {
		panic(fmt.Sprintf("lane: NewMatrix: %d×%d are more elements than memory can hold", rows, cols))
	}
	return MatrixOf(hugepages.Floats(rows*cols), rows, cols)
}

// MatrixOf returns the rows×cols view of data, row after row, without copying
// it. It panics if data is shorter than rows·cols.
func MatrixOf(data []float32, rows, cols int) Matrix {
	if high, n := bits.Mul(uint(rows), uint(cols)); rows|cols < 0 || high > 0 || uint(len(data)) < n {
		panic(fmt.Sprintf("lane: MatrixOf: %d numbers for a %d×%d matrix", len(data), rows, cols))
	}
	return Matrix{Data: data[:rows*cols], Rows: rows, Cols: cols, RowStride: cols, ColStride: 1}
}

// T returns the transposed view.
func (m Matrix) T() Matrix {
	m.Rows, m.Cols = m.Cols, m.Rows
	m.RowStride, m.ColStride = m.ColStride, m.RowStride
	return m
}

// Row returns row i, whose elements must lie side by side (ColStride 1).
func (m Matrix) Row(i int) []float32 {
	if m.ColStride != 1 && m.Cols > 1 {
		panic(fmt.Sprintf("lane: Matrix.Row: the elements of a row are %d apart; copy the matrix, or use At", m.ColStride))
	}
	if i < 0 || i >= m.Rows {
		panic(fmt.Sprintf("lane: Matrix.Row: row %d of a %v matrix", i, m))
	}
	if m.Cols == 0 {
		return nil
	}
	start := i * m.RowStride
	return m.Data[:len(m.Data):len(m.Data)][start : start+m.Cols : start+m.Cols]
}

// Slice returns the view of rows r0 to r1 and columns c0 to c1, ends excluded.
func (m Matrix) Slice(r0, r1, c0, c1 int) Matrix {
	if r0 < 0 || r0 > r1 || r1 > m.Rows || c0 < 0 || c0 > c1 || c1 > m.Cols {
		panic(fmt.Sprintf("lane: Matrix.Slice: [%d:%d, %d:%d] of a %v matrix", r0, r1, c0, c1, m))
	}
	m.Rows, m.Cols = r1-r0, c1-c0
	if m.Rows == 0 || m.Cols == 0 {
		m.Data, m.RowStride = m.Data[:0], 0 // no row begins anywhere
		return m
	}
	start := r0*m.RowStride + c0*m.ColStride
	end := start + (m.Rows-1)*m.RowStride + (m.Cols-1)*m.ColStride + 1
	m.Data = m.Data[:len(m.Data):len(m.Data)][start:end] // room beyond the data is no data
	return m
}

// Top returns the view of the first rows.
func (m Matrix) Top(rows int) Matrix { return m.Slice(0, rows, 0, m.Cols) }

// At returns element (i, j).
func (m Matrix) At(i, j int) float32 { return m.Data[m.index(i, j)] }

// Set writes element (i, j).
func (m Matrix) Set(i, j int, v float32) { m.Data[m.index(i, j)] = v }

func (m Matrix) index(i, j int) int {
	if uint(i) >= uint(m.Rows) || uint(j) >= uint(m.Cols) {
		panic(fmt.Sprintf("lane: Matrix: element (%d, %d) of a %v matrix", i, j, m))
	}
	return i*m.RowStride + j*m.ColStride
}

// checkData panics unless all elements of the matrix lie in its data: kernels don't look.
func checkData(function string, m *Matrix) {
	if m.Rows == 0 || m.Cols == 0 {
		return
	}
	if !m.within() {
		panic(fmt.Sprintf("lane: %s: %d numbers for a %d×%d matrix with strides %d and %d", function, len(m.Data), m.Rows, m.Cols, m.RowStride, m.ColStride))
	}
}

// within reports whether all elements lie in the data, of sizes however wrong. There must be some.
func (m *Matrix) within() bool {
	if m.Rows|m.Cols|m.RowStride|m.ColStride < 0 {
		return false
	}
	tooHigh, down := bits.Mul(uint(m.Rows-1), uint(m.RowStride))
	tooWide, across := bits.Mul(uint(m.Cols-1), uint(m.ColStride))
	last, tooFar := bits.Add(down, across, 0)
	return tooHigh|tooWide|tooFar == 0 && last < uint(len(m.Data))
}

// Contiguous reports whether the elements lie row after row without gaps, so
// that Data is the whole matrix and nothing else.
func (m Matrix) Contiguous() bool {
	if m.Rows == 0 || m.Cols == 0 {
		return len(m.Data) == 0
	}
	return (m.ColStride == 1 || m.Cols <= 1) && (m.RowStride == m.Cols || m.Rows <= 1) && len(m.Data) == m.Rows*m.Cols
}

// Zero sets every element to 0.
func (m Matrix) Zero() {
	checkData("Matrix.Zero", &m)
	if m.Contiguous() {
		clear(m.Data)
		return
	}
	for i := range m.Rows {
		for j := range m.Cols {
			m.Data[i*m.RowStride+j*m.ColStride] = 0
		}
	}
}

// String returns the shape, as "3×4".
func (m Matrix) String() string { return fmt.Sprintf("%d×%d", m.Rows, m.Cols) }
