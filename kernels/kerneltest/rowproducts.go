package kerneltest

import (
	"fmt"

	"github.com/lane-go/lane/kernels"
)

func runDotRows(s *kernels.Set, e effort) error {
	return eachRows(e, func(offset int, r Rows) error { return checkDotRows(s, offset, r) })
}

func runSumRows(s *kernels.Set, e effort) error {
	return eachRows(e, func(offset int, r Rows) error { return checkSumRows(s, offset, r) })
}

func runOuter(s *kernels.Set, e effort) error {
	return eachRows(e, func(offset int, r Rows) error { return checkOuter(s, offset, r) })
}

func checkDotRows(s *kernels.Set, offset int, r Rows) error {
	var m memory
	table, _ := r.operands()
	x := numbers(r.Width, 20)
	dst := m.dst.carve(offset, make([]float32, len(r.IDs)))
	s.DotRows(r.Width, dst, m.x.carve((3*offset+1)%16, x), m.y.carve((5*offset+3)%16, table), r.TableStride, r.IDs)
	for k, id := range r.IDs {
		if err := judgeDot(dst[k], x, table[int(id)*r.TableStride:]); err != nil {
			return fmt.Errorf("dst[%d]: %w", k, err)
		}
	}
	if err := m.dst.intact("dst"); err != nil {
		return err
	}
	if err := m.x.unchanged("x", x); err != nil {
		return err
	}
	return m.y.unchanged("table", table)
}

func checkSumRows(s *kernels.Set, offset int, r Rows) error {
	for _, aStride := range []int{1, 0, 3} {
		if err := checkSumRowsOf(s, offset, aStride, r); err != nil {
			return fmt.Errorf("factors %d apart: %w", aStride, err)
		}
	}
	return nil
}

func checkSumRowsOf(s *kernels.Set, offset, aStride int, r Rows) error {
	var m memory
	table, _ := r.operands()
	a := spaced(len(r.IDs), 1, max(1, aStride), 21)
	dst := m.dst.carve(offset, numbers(r.Width, 22))
	s.SumRows(r.Width, dst, m.x.carve((3*offset+1)%16, a), aStride, m.y.carve((5*offset+3)%16, table), r.TableStride, r.IDs)
	for j, got := range dst {
		var t total
		for k, id := range r.IDs {
			t.add(float64(a[k*aStride]) * float64(table[int(id)*r.TableStride+j]))
		}
		if err := t.judge(got); err != nil {
			return fmt.Errorf("dst[%d]: %w", j, err)
		}
	}
	if err := m.dst.intact("dst"); err != nil {
		return err
	}
	if err := m.x.unchanged("a", a); err != nil {
		return err
	}
	return m.y.unchanged("table", table)
}

func checkOuter(s *kernels.Set, offset int, r Rows) error {
	var m memory
	_, want := r.operands()
	a, x := numbers(len(r.IDs), 23), numbers(r.Width, 24)
	dst := m.dst.carve(offset, want)
	for k, v := range a {
		for j, w := range x {
			want[k*r.Stride+j] = v * w
		}
	}
	s.Outer(dst, r.Stride, m.x.carve((3*offset+1)%16, a), m.y.carve((5*offset+3)%16, x))
	for i, v := range dst {
		if err := equal(v, want[i]); err != nil {
			return fmt.Errorf("dst[%d]: %w", i, err)
		}
	}
	if err := m.dst.intact("dst"); err != nil {
		return err
	}
	if err := m.x.unchanged("a", a); err != nil {
		return err
	}
	return m.y.unchanged("x", x)
}
