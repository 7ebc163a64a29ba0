package kerneltest

import (
	"fmt"
	"math"

	"github.com/lane-go/lane/kernels"
)

// A reduction is a kernel from slices to one number.
type reduction struct {
	kernel string
	call   func(s *kernels.Set, x, y []float32) float32
	judge  func(got float32, x, y []float32) error
}

var reductions = []reduction{
	{"Dot", func(s *kernels.Set, x, y []float32) float32 { return s.Dot(x, y) }, judgeDot},
	{"Sum", func(s *kernels.Set, x, _ []float32) float32 { return s.Sum(x) }, judgeSum},
	{"Max", func(s *kernels.Set, x, _ []float32) float32 { return s.Max(x) }, judgeMax},
}

// CheckReductions judges Dot, Sum and Max of s on x and y, of the same length
// and any values, in guarded copies at the given offset (0…15).
func CheckReductions(s *kernels.Set, offset int, x, y []float32) error {
	var m memory
	for _, op := range reductions {
		if err := op.check(s, &m, offset, x, y); err != nil {
			return fmt.Errorf("%s: %w", op.kernel, err)
		}
	}
	return nil
}

func (op reduction) run(s *kernels.Set, e effort) error {
	var m memory
	x, y := numbers(5000, 1), numbers(5000, 2)
	err := e.each(func(n, offset int) error { return op.check(s, &m, offset, x[:n], y[:n]) })
	if err != nil {
		return err
	}
	return op.runSpecials(s, &m)
}

// runSpecials puts each special value at each place of short vectors, and the
// extremes into longer ones.
func (op reduction) runSpecials(s *kernels.Set, m *memory) error {
	for _, n := range []int{1, 2, 7, 8, 9, 17, 33, 67, 131} {
		x, y := numbers(n, 3), numbers(n, 4)
		for i := range x {
			ordinary := x[i]
			for _, v := range specials {
				if n > 9 && v == v && !math.IsInf(float64(v), 0) {
					continue
				}
				x[i] = v
				if err := op.check(s, m, n%16, x, y); err != nil {
					return fmt.Errorf("%g at %d of %d: %w", v, i, n, err)
				}
			}
			x[i] = ordinary
		}
		fill(x, float32(math.Inf(-1)))
		if err := op.check(s, m, n%16, x, y); err != nil {
			return fmt.Errorf("all −Inf, length %d: %w", n, err)
		}
	}
	return nil
}

func (op reduction) check(s *kernels.Set, m *memory, offset int, x, y []float32) error {
	got := op.call(s, m.x.carve(offset, x), m.y.carve((5*offset+3)%16, y))
	if err := op.judge(got, x, y); err != nil {
		return err
	}
	if err := m.x.unchanged("x", x); err != nil {
		return err
	}
	return m.y.unchanged("y", y)
}

func judgeDot(got float32, x, y []float32) error {
	var t total
	for i, v := range x {
		t.add(float64(v) * float64(y[i]))
	}
	return t.judge(got)
}

func judgeSum(got float32, x, _ []float32) error {
	var t total
	for _, v := range x {
		t.add(float64(v))
	}
	return t.judge(got)
}

func judgeMax(got float32, x, _ []float32) error {
	want := float32(math.Inf(-1))
	for _, v := range x {
		want = max(want, v)
	}
	if got != want && !same(got, want) {
		return fmt.Errorf("got %g, want %g", got, want)
	}
	return nil
}
