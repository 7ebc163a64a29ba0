package kerneltest

import (
	"fmt"
	"math/rand/v2"

	"github.com/lane-go/lane/kernels"
)

// Rows is one input of the kernels of rows.
type Rows struct {
	Width       int     // elements of a row
	Stride      int     // of dst in Gather and src in ScatterAdd, at least Width
	TableStride int     // at least Width
	IDs         []int32 // rows of the table, not negative; repeats are the point
	Alpha       float32
}

func runGather(s *kernels.Set, e effort) error {
	return eachRows(e, func(offset int, r Rows) error { return checkGather(s, offset, r) })
}

func runScatterAdd(s *kernels.Set, e effort) error {
	if err := checkOrder(s); err != nil {
		return err
	}
	return eachRows(e, func(offset int, r Rows) error { return checkScatterAdd(s, offset, r) })
}

// CheckRows judges the kernels of rows of s, Gather to Prefetch, on r, in guarded slices at the given offset (0…15).
func CheckRows(s *kernels.Set, offset int, r Rows) error {
	for _, c := range []struct {
		kernel string
		check  func(s *kernels.Set, offset int, r Rows) error
	}{
		{"Gather", checkGather}, {"ScatterAdd", checkScatterAdd},
		{"DotRows", checkDotRows}, {"SumRows", checkSumRows}, {"Outer", checkOuter},
		{"DotPairs", checkDotPairs}, {"AddPairs", checkAddPairs}, {"AxpyRows", checkAxpyRows}, {"LogisticRows", checkLogisticRows},
		{"LogisticPairs", checkLogisticPairs},
		{"Prefetch", checkPrefetch},
	} {
		if err := c.check(s, offset, r); err != nil {
			return fmt.Errorf("%s: %w", c.kernel, err)
		}
	}
	return nil
}

// eachRows tries every width of e with contiguous rows, and with odd and long strides.
func eachRows(e effort, check func(offset int, r Rows) error) error {
	rng := rand.New(rand.NewPCG(7, 1))
	e.offsets = min(e.offsets, 2)
	return e.each(func(width, offset int) error {
		for _, gap := range [][2]int{{0, 0}, {1, 3}, {16, 5}} {
			r := Rows{Width: width, Stride: width + gap[0], TableStride: width + gap[1], Alpha: -0.3}
			for range rng.IntN(9) {
				r.IDs = append(r.IDs, int32(rng.IntN(5)))
			}
			if err := check(offset, r); err != nil {
				return fmt.Errorf("%+v: %w", r, err)
			}
		}
		return nil
	})
}

// operands returns a table that has just the rows of the ids and one row for each id: numbers,
// with guards between the rows, and nothing behind the last.
func (r Rows) operands() (table, rows []float32) {
	last := int32(-1)
	for _, id := range r.IDs {
		last = max(last, id)
	}
	return spaced(int(last)+1, r.Width, r.TableStride, 8), spaced(len(r.IDs), r.Width, r.Stride, 9)
}

// spaced returns rows of numbers stride apart, with guards in the gaps.
func spaced(rows, width, stride int, seed uint64) []float32 {
	if rows == 0 {
		return nil
	}
	x := numbers((rows-1)*stride+width, seed)
	for i := range rows - 1 {
		fill(x[i*stride+width:(i+1)*stride], guard)
	}
	return x
}

func checkGather(s *kernels.Set, offset int, r Rows) error {
	var m memory
	table, want := r.operands()
	dst := m.dst.carve(offset, want)
	for i, id := range r.IDs {
		copy(want[i*r.Stride:][:r.Width], table[int(id)*r.TableStride:])
	}
	s.Gather(r.Width, dst, r.Stride, m.x.carve((3*offset+1)%16, table), r.TableStride, r.IDs)
	for i, v := range dst {
		if err := equal(v, want[i]); err != nil {
			return fmt.Errorf("dst[%d]: %w", i, err)
		}
	}
	if err := m.dst.intact("dst"); err != nil {
		return err
	}
	return m.x.unchanged("table", table)
}

func checkScatterAdd(s *kernels.Set, offset int, r Rows) error {
	var m memory
	fused, src := r.operands()
	table := m.dst.carve(offset, fused)
	unfused := append([]float32(nil), fused...)
	for i, id := range r.IDs {
		at := int(id) * r.TableStride
		for j, v := range src[i*r.Stride:][:r.Width] {
			fused[at+j] = fusedMultiplyAdd(r.Alpha, v, fused[at+j])
			unfused[at+j] = multiplyAdd(r.Alpha, v, unfused[at+j])
		}
	}
	s.ScatterAdd(r.Width, table, r.TableStride, r.IDs, r.Alpha, m.x.carve((3*offset+1)%16, src), r.Stride)
	for i, v := range table {
		if same(v, fused[i]) {
			continue
		}
		if err := equal(v, unfused[i]); err != nil {
			return fmt.Errorf("table[%d]: %w", i, err)
		}
	}
	if err := m.dst.intact("table"); err != nil {
		return err
	}
	return m.x.unchanged("src", src)
}

// checkOrder adds 2¹⁰⁰, 1 and −2¹⁰⁰ to the same row: one after the other, and
// only so, they leave 0.
func checkOrder(s *kernels.Set) error {
	const width = 37
	src := make([]float32, 3*width)
	fill(src[:width], 0x1p100)
	fill(src[width:2*width], 1)
	fill(src[2*width:], -0x1p100)
	table := make([]float32, width)
	s.ScatterAdd(width, table, width, []int32{0, 0, 0}, 1, src, width)
	for j, v := range table {
		if v != 0 {
			return fmt.Errorf("rows of a repeated id were not added in order: table[%d] = %g", j, v)
		}
	}
	return nil
}
