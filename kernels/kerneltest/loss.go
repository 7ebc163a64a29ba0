package kerneltest

import (
	"fmt"
	"math"

	"github.com/lane-go/lane/kernels"
)

func runExpSum(s *kernels.Set, e effort) error {
	var m memory
	x := numbers(5000, 13)
	for _, above := range []float32{0, 60} { // the top, by the largest
		err := e.each(func(n, offset int) error { return checkExpSum(s, &m, offset, s.Max(x[:n])-above, x[:n]) })
		if err != nil {
			return err
		}
	}
	for _, top := range specials {
		for n := range 40 { // each special value in each lane
			below := []float32{}
			for _, v := range specials {
				if !(v > top) {
					below = append(below, v)
				}
			}
			below = append(make([]float32, n), below...)
			fill(below[:n], top)
			if err := checkExpSum(s, &m, n%16, top, below); err != nil {
				return fmt.Errorf("specials up to %g: %w", top, err)
			}
		}
	}
	return nil
}

func runAddExpSum(s *kernels.Set, e effort) error {
	var m memory
	x, y := numbers(5000, 13), numbers(5000, 17)
	err := e.each(func(n, offset int) error { return checkAddExpSum(s, &m, offset, s.Max(x[:n]), x[:n], y[:n]) })
	for n := 0; n < 40 && err == nil; n++ { // each special value in each lane
		x := append(make([]float32, n), specials...)
		err = checkAddExpSum(s, &m, n%16, 1, x, y[:len(x)])
	}
	return err
}

func checkExpSum(s *kernels.Set, m *memory, offset int, top float32, x []float32) error {
	exponents := make([]float32, len(x))
	for i, v := range x {
		exponents[i] = v - top
	}
	return judgeExpSum(m, offset, x, exponents, func(dst, x []float32) float32 { return s.ExpSum(dst, top, x) })
}

func checkAddExpSum(s *kernels.Set, m *memory, offset int, top float32, x, y []float32) error {
	exponents := make([]float32, len(x))
	for i, v := range x {
		exponents[i] = v + y[i] - top
	}
	cy := m.y.carve((5*offset+3)%16, y)
	if err := judgeExpSum(m, offset, x, exponents, func(dst, x []float32) float32 { return s.AddExpSum(dst, top, x, cy) }); err != nil {
		return err
	}
	return m.y.unchanged("y", y)
}

// judgeExpSum judges what a call made of x as the Exp of exponents, and the sum as one of what was written.
func judgeExpSum(m *memory, offset int, x, exponents []float32, call func(dst, x []float32) float32) error {
	for _, inPlace := range []bool{false, true} {
		dst, cx := m.dst.carve(offset, x), m.x.carve((3*offset+1)%16, x)
		if inPlace {
			cx = dst
		}
		sum := call(dst, cx)
		var t total
		for i, got := range dst {
			exact := math.Exp(float64(exponents[i]))
			if err := Ulps(got, exact); err > Functions[0].Ulps {
				return fmt.Errorf("element %d of %d: e^%g: got %g, want %g: %.2f ulp", i, len(x), exponents[i], got, exact, err)
			}
			t.add(float64(got))
		}
		if err := t.judge(sum); err != nil {
			return fmt.Errorf("sum of %d: %w", len(x), err)
		}
		if err := m.dst.intact("dst"); err != nil {
			return err
		}
		if err := m.x.unchanged("x", x); err != nil {
			return err
		}
	}
	return nil
}

func runLogisticErrors(s *kernels.Set, e effort) error {
	var m memory
	z := numbers(5000, 29)
	err := e.each(func(n, offset int) error { return checkLogisticErrors(s, &m, offset, z[:n]) })
	for n := 0; n < 40 && err == nil; n++ { // each special value in each lane
		err = checkLogisticErrors(s, &m, n%16, append(make([]float32, n), specials...))
	}
	return err
}

func checkLogisticErrors(s *kernels.Set, m *memory, offset int, x []float32) error {
	const rate = 0.025
	sign := signs(len(x))
	var other memory
	z, g := m.dst.carve(offset, x), m.x.carve((3*offset+1)%16, x)
	p := m.y.carve((5*offset+3)%16, x)
	s.LogisticErrors(g, p, z, rate, other.x.carve((7*offset+5)%16, sign))
	for i, v := range x {
		want := sign[i] * v
		if !same(z[i], want) {
			return fmt.Errorf("element %d of %d: z is %g, want %g", i, len(x), z[i], want)
		}
		if err := judgeErrors(g[i], p[i], want, rate, sign[i]); err != nil {
			return fmt.Errorf("element %d of %d: %w", i, len(x), err)
		}
	}
	for name, r := range map[string]*region{"z": &m.dst, "g": &m.x, "p": &m.y} {
		if err := r.intact(name); err != nil {
			return err
		}
	}
	return other.x.unchanged("sign", sign)
}

// judgeErrors judges p as Sigmoid of z, and g as two roundings of what was written for p.
func judgeErrors(g, p, z, rate, sign float32) error {
	if err := Ulps(p, sigmoid.Exact(float64(z))); err > sigmoid.Ulps {
		return fmt.Errorf("σ(%g): got %g: %.2f ulp", z, p, err)
	}
	if err := equal(g, float32(rate*sign)*(1-p)); err != nil {
		return fmt.Errorf("g: %w", err)
	}
	return nil
}

// signs returns 1 and −1, in no simple order.
func signs(n int) []float32 {
	sign := make([]float32, n)
	for i := range sign {
		sign[i] = float32(1 - 2*(i*i%3)) // 1, −1 or −1
	}
	return sign
}
