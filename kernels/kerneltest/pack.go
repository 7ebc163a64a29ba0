package kerneltest

import (
	"fmt"
	"math"

	"github.com/lane-go/lane/kernels"
)

// runPackRows copies blocks of every width, into panels and into rows.
func runPackRows(s *kernels.Set, e effort) error {
	return e.each(func(cols, offset int) error {
		if cols == 0 {
			return nil
		}
		for _, rows := range []int{1, 2, 5} {
			src := spaced(rows, cols, cols+offset, 20)
			element := func(i, j int) float32 { return src[i*(cols+offset)+j] }
			err := move(offset, rows, cols, cols+7, src, func(dst, src []float32) {
				s.PackRows(rows, cols, dst, cols+7, s.NR, src, cols+offset)
			}, element)
			if err != nil {
				return fmt.Errorf("%d rows: %w", rows, err)
			}
			// The rows of all panels, one below the other.
			panels := (cols + s.NR - 1) / s.NR
			err = move(offset, panels*rows, s.NR, s.NR, src, func(dst, src []float32) {
				s.PackRows(rows, cols, dst, s.NR, rows*s.NR, src, cols+offset)
			}, func(r, j int) float32 {
				if at := r/rows*s.NR + j; at < cols {
					return element(r%rows, at)
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
