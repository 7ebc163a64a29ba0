package kerneltest

import (
	"fmt"
	"math"

	"github.com/lane-go/lane/kernels"
)

// runPackRows copies blocks of every width, into panels and into rows.
func runPackRows(s *kernels.Set, e effort) error {
	return eachPacking(s, e, s.PackRows, 1, func(src []float32, rows, stride, i, j int) float32 { return src[i*stride+j] })
}

// eachPacking judges a kernel that packs blocks of every width, into panels and into rows, each of which holds some rows of
// src. element is what belongs into row i and column j.
func eachPacking(s *kernels.Set, e effort, kernel func(rows, cols int, dst []float32, dstStride, dstTile int, src []float32, srcStride int),
	together int, element func(src []float32, rows, stride, i, j int) float32) error {
	return e.each(func(cols, offset int) error {
		if cols == 0 {
			return nil
		}
		for _, rows := range []int{1, 2, 5} {
			stride, packed := cols+offset, (rows+together-1)/together
			src := spaced(rows, cols, stride, 20)
			err := move(offset, packed, cols, cols+7, src, func(dst, src []float32) {
				kernel(rows, cols, dst, cols+7, s.NR, src, stride)
			}, func(i, j int) float32 { return element(src, rows, stride, i, j) })
			if err != nil {
				return fmt.Errorf("%d rows: %w", rows, err)
			}
			// The rows of all panels, one below the other.
			panels := (cols + s.NR - 1) / s.NR
			err = move(offset, panels*packed, s.NR, s.NR, src, func(dst, src []float32) {
				kernel(rows, cols, dst, s.NR, packed*s.NR, src, stride)
			}, func(r, j int) float32 {
				if at := r/packed*s.NR + j; at < cols {
					return element(src, rows, stride, r%packed, at)
				}
				return unwritten
			})
			if err != nil {
				return fmt.Errorf("%d rows, in panels: %w", rows, err)
			}
		}
		return nil
	})
}

// runTranspose turns four rows of every length.
func runTranspose(s *kernels.Set, e effort) error {
	return e.each(func(n, offset int) error {
		src := spaced(4, n, n+offset, 21)
		return move(offset, n, 4, 4+offset, src, func(dst, src []float32) {
			s.Transpose(n, dst, 4+offset, src, n+offset)
		}, func(p, i int) float32 { return src[i*(n+offset)+p] })
	})
}

// unwritten stands for what a destination held before.
var unwritten = float32(math.Inf(-1))

// move calls a kernel that fills a rows×cols block whose rows are stride apart, and compares every element.
func move(offset, rows, cols, stride int, src []float32, call func(dst, src []float32), want func(i, j int) float32) error {
	var m memory
	before := spaced(rows, cols, stride, 22)
	dst := m.dst.carve(offset, before)
	call(dst, m.x.carve((3*offset+1)%16, src))
	for at, got := range dst {
		i, j := at/stride, at%stride
		expected := guard
		if j < cols {
			expected = want(i, j)
			if expected == unwritten {
				expected = before[at]
			}
		}
		if err := equal(got, expected); err != nil {
			return fmt.Errorf("dst[%d][%d]: %w", i, j, err)
		}
	}
	if err := m.dst.intact("dst"); err != nil {
		return err
	}
	return m.x.unchanged("src", src)
}
