package kerneltest

import (
	"fmt"
	"slices"

	"github.com/lane-go/lane/kernels"
)

func runDotPairs(s *kernels.Set, e effort) error {
	return eachRows(e, func(offset int, r Rows) error { return checkDotPairs(s, offset, r) })
}

func runAddPairs(s *kernels.Set, e effort) error {
	return eachRows(e, func(offset int, r Rows) error { return checkAddPairs(s, offset, r) })
}

func runAxpyRows(s *kernels.Set, e effort) error {
	return eachRows(e, func(offset int, r Rows) error { return checkAxpyRows(s, offset, r) })
}

func runPrefetch(s *kernels.Set, e effort) error {
	return eachRows(e, func(offset int, r Rows) error { return checkPrefetch(s, offset, r) })
}

// pairs returns the ids, and half as many more of the same rows.
func (r Rows) pairs() (a, b []int32) {
	b = append(slices.Clone(r.IDs), r.IDs[:len(r.IDs)/2]...)
	slices.Reverse(b)
	return r.IDs, b
}

// distinct returns the ids without repeats.
func distinct(ids []int32) []int32 {
	ids = slices.Sorted(slices.Values(ids))
	return slices.Compact(ids)
}

func checkDotPairs(s *kernels.Set, offset int, r Rows) error {
	var m memory
	table, _ := r.operands()
	a, b := r.pairs()
	dst := m.dst.carve(offset, make([]float32, len(a)*len(b)))
	s.DotPairs(r.Width, dst, m.x.carve((3*offset+1)%16, table), r.TableStride, a, b)
	for i, id := range a {
		for k, other := range b {
			x, y := table[int(id)*r.TableStride:][:r.Width], table[int(other)*r.TableStride:]
			if err := judgeDot(dst[i*len(b)+k], x, y); err != nil {
				return fmt.Errorf("dst[%d·%d + %d]: %w", i, len(b), k, err)
			}
		}
	}
	if err := m.dst.intact("dst"); err != nil {
		return err
	}
	return m.x.unchanged("table", table)
}

func checkAddPairs(s *kernels.Set, offset int, r Rows) error {
	var m memory
	before, _ := r.operands()
	a, b := r.pairs()
	a = distinct(a)
	g := numbers(len(a)*len(b), 25)
	table := m.dst.carve(offset, before)
	sums := m.y.carve((5*offset+3)%16, numbers((len(a)+len(b))*r.Width, 26))
	next := append([]int32{-1, 1 << 30}, r.IDs[:len(r.IDs)/2]...)
	s.AddPairs(r.Width, table, r.TableStride, a, b, m.x.carve((3*offset+1)%16, g), sums, next)

	want := make([]total, len(before))
	for i, v := range before {
		want[i].add(float64(v))
	}
	move := func(id, by int32, factor float32) {
		for j := range r.Width {
			want[int(id)*r.TableStride+j].add(float64(factor) * float64(before[int(by)*r.TableStride+j]))
		}
	}
	for i, id := range a {
		for k, other := range b {
			move(id, other, g[i*len(b)+k])
			move(other, id, g[i*len(b)+k])
		}
	}
	for i, v := range table {
		if i%r.TableStride >= r.Width {
			if !same(v, before[i]) {
				return fmt.Errorf("table[%d], between rows, was written", i)
			}
		} else if err := want[i].judge(v); err != nil {
			return fmt.Errorf("table[%d]: %w", i, err)
		}
	}
	if err := m.dst.intact("table"); err != nil {
		return err
	}
	if err := m.y.intact("sums"); err != nil {
		return err
	}
	return m.x.unchanged("g", g)
}

func checkAxpyRows(s *kernels.Set, offset int, r Rows) error {
	for _, aStride := range []int{1, 0, 3} {
		if err := checkAxpyRowsOf(s, offset, aStride, r); err != nil {
			return fmt.Errorf("factors %d apart: %w", aStride, err)
		}
	}
	return nil
}

func checkAxpyRowsOf(s *kernels.Set, offset, aStride int, r Rows) error {
	var m memory
	before, _ := r.operands()
	a, x := spaced(len(r.IDs), 1, max(1, aStride), 27), numbers(r.Width, 28)
	table := m.dst.carve(offset, before)
	s.AxpyRows(r.Width, table, r.TableStride, r.IDs, m.x.carve((3*offset+1)%16, a), aStride, m.y.carve((5*offset+3)%16, x))
	if err := judgeAxpyRows(table, before, r, a, aStride, x); err != nil {
		return err
	}
	if err := m.dst.intact("table"); err != nil {
		return err
	}
	if err := m.x.unchanged("a", a); err != nil {
		return err
	}
	return m.y.unchanged("x", x)
}

// judgeAxpyRows compares a table with what it was and multiples of x, rounded once or twice an addition.
func judgeAxpyRows(table, before []float32, r Rows, a []float32, aStride int, x []float32) error {
	fused, unfused := slices.Clone(before), slices.Clone(before)
	for k, id := range r.IDs {
		for j, v := range x {
			at := int(id)*r.TableStride + j
			fused[at] = fusedMultiplyAdd(a[k*aStride], v, fused[at])
			unfused[at] = multiplyAdd(a[k*aStride], v, unfused[at])
		}
	}
	for i, v := range table {
		if same(v, fused[i]) {
			continue
		}
		if err := equal(v, unfused[i]); err != nil {
			return fmt.Errorf("table[%d]: %w", i, err)
		}
	}
	return nil
}

func checkPrefetch(s *kernels.Set, offset int, r Rows) error {
	var m memory
	table, _ := r.operands()
	carved := m.x.carve(offset, table)
	s.Prefetch(r.Width, carved, r.TableStride, append([]int32{-1, 1 << 30}, r.IDs...), false)
	s.Prefetch(r.Width, carved, r.TableStride, r.IDs, true)
	return m.x.unchanged("table", table)
}
