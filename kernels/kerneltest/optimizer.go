package kerneltest

import (
	"fmt"
	"math"

	"github.com/lane-go/lane/kernels"
)

// An optimizer is a kernel that moves parameters p by their gradients g, with up to two averages.
type optimizer struct {
	kernel string
	call   func(s *kernels.Set, p, m, v []float32, f factors, g []float32)
	exact  func(p, m, v approximate, f factors, g approximate) (newP, newM, newV approximate)
}

// factors are the scalars of all optimizers.
type factors struct{ keep, rate, beta1, fresh1, beta2, fresh2, epsilon, scale float32 }

var optimizers = []optimizer{
	{
		"Momentum",
		func(s *kernels.Set, p, m, _ []float32, f factors, g []float32) {
			s.Momentum(p, m, f.rate, f.beta1, f.scale, g)
		},
		func(p, m, v approximate, f factors, g approximate) (newP, newM, newV approximate) {
			m = exactly(f.beta1).times(m).plus(exactly(f.scale).times(g))
			return p.minus(exactly(f.rate).times(m)), m, v
		},
	},
	{
		"AdaGrad",
		func(s *kernels.Set, p, _, v []float32, f factors, g []float32) {
			s.AdaGrad(p, v, f.rate, f.epsilon, f.scale, g)
		},
		func(p, m, v approximate, f factors, g approximate) (newP, newM, newV approximate) {
			g = exactly(f.scale).times(g)
			v = v.plus(g.times(g))
			return p.minus(exactly(f.rate).times(g).over(v.root().plus(exactly(f.epsilon)))), m, v
		},
	},
	{
		"Adam",
		func(s *kernels.Set, p, m, v []float32, f factors, g []float32) {
			s.Adam(p, m, v, f.keep, f.rate, f.beta1, f.fresh1, f.beta2, f.fresh2, f.epsilon, f.scale, g)
		},
		func(p, m, v approximate, f factors, g approximate) (newP, newM, newV approximate) {
			g = exactly(f.scale).times(g)
			m = exactly(f.beta1).times(m).plus(exactly(f.fresh1).times(g))
			v = exactly(f.beta2).times(v).plus(exactly(f.fresh2).times(g).times(g))
			step := exactly(f.rate).times(m).over(v.root().plus(exactly(f.epsilon)))
			return exactly(f.keep).times(p).minus(step), m, v
		},
	},
}

func (o optimizer) run(s *kernels.Set, e effort) error {
	f := factors{keep: 0.99, rate: 0.3, beta1: 0.9, fresh1: 0.125, beta2: 0.995, fresh2: 0.007, epsilon: 0.02, scale: 0.6}
	var at [4]region
	p, m, v, g := numbers(5000, 14), numbers(5000, 15), numbers(5000, 16), numbers(5000, 17)
	for i, x := range v {
		v[i] = x * x
	}
	err := e.each(func(n, offset int) error { return o.check(s, &at, offset, p[:n], m[:n], v[:n], f, g[:n]) })
	if err != nil {
		return err
	}
	for n := range 40 { // each special gradient in each lane, at the first step and later
		g := append(numbers(n, 18), specials...)
		none := make([]float32, len(g))
		if err := o.check(s, &at, n%16, p[:len(g)], none, none, f, g); err != nil {
			return fmt.Errorf("specials at the first step: %w", err)
		}
		if err := o.check(s, &at, n%16, p[:len(g)], m[:len(g)], v[:len(g)], f, g); err != nil {
			return fmt.Errorf("specials: %w", err)
		}
	}
	return nil
}

func (o optimizer) check(s *kernels.Set, at *[4]region, offset int, p, m, v []float32, f factors, g []float32) error {
	p1, m1, v1 := at[0].carve(offset, p), at[1].carve((3*offset+1)%16, m), at[2].carve((5*offset+3)%16, v)
	o.call(s, p1, m1, v1, f, at[3].carve((7*offset+5)%16, g))
	for i := range g {
		wantP, wantM, wantV := o.exact(exactly(p[i]), exactly(m[i]), exactly(v[i]), f, exactly(g[i]))
		for _, pair := range []struct {
			name string
			want approximate
			got  float32
		}{{"p", wantP, p1[i]}, {"the average", wantM, m1[i]}, {"the average of squares", wantV, v1[i]}} {
			if err := pair.want.judge(pair.got); err != nil {
				return fmt.Errorf("%s, element %d of %d, of the gradient %g: %w", pair.name, i, len(g), g[i], err)
			}
		}
	}
	for i, name := range []string{"p", "m", "v"} {
		if err := at[i].intact(name); err != nil {
			return err
		}
	}
	return at[3].unchanged("g", g)
}

func runSumSquares(s *kernels.Set, e effort) error {
	var m memory
	check := func(offset int, x []float32) error {
		got := s.SumSquares(m.x.carve(offset, x))
		var want float64
		for _, v := range x {
			want += float64(v) * float64(v)
		}
		if diff := math.Abs(got - want); !(diff <= float64(len(x))*0x1p-52*want) && !same(float32(got), float32(want)) {
			return fmt.Errorf("got %g, want %g", got, want)
		}
		return m.x.unchanged("x", x)
	}
	x := numbers(5000, 19)
	if err := e.each(func(n, offset int) error { return check(offset, x[:n]) }); err != nil {
		return err
	}
	for n := range 40 {
		for _, v := range specials {
			if err := check(n%16, append(make([]float32, n), v)); err != nil {
				return fmt.Errorf("%g after %d zeros: %w", v, n, err)
			}
		}
	}
	return nil
}
