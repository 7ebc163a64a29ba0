package kerneltest

import (
	"fmt"
	"math"

	"github.com/lane-go/lane/kernels"
)

// An elementwise is a kernel that computes each element of dst by itself.
type elementwise struct {
	kernel string
	call   func(s *kernels.Set, dst []float32, a float32, x, y []float32)
	judge  func(got, was, a, x, y float32) error // was is the element of dst before the call
	binary bool                                  // reads y

	function *Function // swept over all float32s, if not nil
}

// A Function is a transcendental kernel, its oracle, and the error allowed.
type Function struct {
	Kernel string // the field of the set
	Of     func(s *kernels.Set) func(dst, x []float32)
	Exact  func(x float64) float64
	Ulps   float64
}

// Functions are the bounds that every set holds. The worst errors of all
// float32s, in ulp, as LANE_EXHAUSTIVE=1 finds them:
//
//	         bound  avx512                   avx2
//	Exp      1      0.891 of -5.848642       0.891 of -5.848642
//	Sigmoid  2      1.999 of -0.0003449918   1.999 of -0.0003449918
//	Tanh     1.5    1.206 of 0.6363211       1.206 of 0.6363211
//
// The portable functions are those of float64, rounded: 0.500 ulp wherever swept.
var Functions = []Function{
	{"Exp", func(s *kernels.Set) func(dst, x []float32) { return s.Exp }, math.Exp, 1},
	{"Sigmoid", func(s *kernels.Set) func(dst, x []float32) { return s.Sigmoid }, logistic, 2},
	{"Tanh", func(s *kernels.Set) func(dst, x []float32) { return s.Tanh }, math.Tanh, 1.5},
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

var elementwises = []elementwise{
	{
		kernel: "Axpy",
		call:   func(s *kernels.Set, dst []float32, a float32, x, _ []float32) { s.Axpy(dst, a, x) },
		judge: func(got, was, a, x, _ float32) error {
			if same(got, fusedMultiplyAdd(a, x, was)) {
				return nil
			}
			return equal(got, multiplyAdd(a, x, was))
		},
	},
	{
		kernel: "Scale",
		call:   func(s *kernels.Set, dst []float32, a float32, x, _ []float32) { s.Scale(dst, a, x) },
		judge:  func(got, _, a, x, _ float32) error { return equal(got, a*x) },
	},
	{
		kernel: "Add", binary: true,
		call:  func(s *kernels.Set, dst []float32, _ float32, x, y []float32) { s.Add(dst, x, y) },
		judge: func(got, _, _, x, y float32) error { return equal(got, x+y) },
	},
	{
		kernel: "Sub", binary: true,
		call:  func(s *kernels.Set, dst []float32, _ float32, x, y []float32) { s.Sub(dst, x, y) },
		judge: func(got, _, _, x, y float32) error { return equal(got, x-y) },
	},
	{
		kernel: "Mul", binary: true,
		call:  func(s *kernels.Set, dst []float32, _ float32, x, y []float32) { s.Mul(dst, x, y) },
		judge: func(got, _, _, x, y float32) error { return equal(got, x*y) },
	},
	{
		kernel: "Div", binary: true,
		call:  func(s *kernels.Set, dst []float32, _ float32, x, y []float32) { s.Div(dst, x, y) },
		judge: func(got, _, _, x, y float32) error { return equal(got, x/y) },
	},
	ofFunction(&Functions[0]),
	ofFunction(&Functions[1]),
	ofFunction(&Functions[2]),
	relu, addReLU, ofSum("AddSigmoid", &Functions[1], func(s *kernels.Set) binary { return s.AddSigmoid }),
	ofSum("AddTanh", &Functions[2], func(s *kernels.Set) binary { return s.AddTanh }), tanhBackward,
}

func ofFunction(f *Function) elementwise {
	return elementwise{
		kernel:   f.Kernel,
		function: f,
		call:     func(s *kernels.Set, dst []float32, _ float32, x, _ []float32) { f.Of(s)(dst, x) },
		judge:    func(got, _, _, x, _ float32) error { return f.judge(got, x) },
	}
}

func (f *Function) judge(got, x float32) error {
	exact := f.Exact(float64(x))
	if err := Ulps(got, exact); err > f.Ulps {
		return fmt.Errorf("of %g: got %g, want %g: %.2f ulp", x, got, exact, err)
	}
	return nil
}

func equal(got, want float32) error {
	if !same(got, want) {
		return fmt.Errorf("got %g (%#x), want %g (%#x)", got, math.Float32bits(got), want, math.Float32bits(want))
	}
	return nil
}

// CheckElementwise judges Axpy to Div and the functions of exp of s on x and
// y, of the same length and any values, in guarded copies at the given offset (0…15),
// with dst apart from them and the same slice as each.
func CheckElementwise(s *kernels.Set, offset int, a float32, x, y []float32) error {
	var m memory
	for _, op := range elementwises {
		if err := op.check(s, &m, offset, a, x, y); err != nil {
			return fmt.Errorf("%s: %w", op.kernel, err)
		}
	}
	return nil
}

// memory is what the operands of one call live in.
type memory struct{ dst, x, y region }

func (op elementwise) run(s *kernels.Set, e effort) error {
	var m memory
	x, y := numbers(5000, 5), numbers(5000, 6)
	err := e.each(func(n, offset int) error { return op.check(s, &m, offset, 0.7, x[:n], y[:n]) })
	if err != nil {
		return err
	}
	if err := op.runSpecials(s, &m); err != nil {
		return err
	}
	if op.function != nil {
		worst, at, err := Sweep(s, op.function, e.stride)
		if err != nil {
			return err
		}
		e.logf("%s %s: at worst %.3f ulp, of %g", s.Name, op.kernel, worst, at)
	}
	return nil
}

// runSpecials meets each special value with each, as elements and as scalar.
func (op elementwise) runSpecials(s *kernels.Set, m *memory) error {
	var x, y []float32
	for _, v := range specials {
		for _, w := range specials {
			x, y = append(x, v), append(y, w)
		}
	}
	for i, a := range specials {
		if err := op.check(s, m, i%16, a, x, y); err != nil {
			return fmt.Errorf("specials, a = %g: %w", a, err)
		}
	}
	return nil
}

func (op elementwise) check(s *kernels.Set, m *memory, offset int, a float32, x, y []float32) error {
	sources := []string{"", "x"}
	if op.binary {
		sources = []string{"", "x", "y", "x and y"}
	}
	for _, alias := range sources {
		if err := op.checkAlias(s, m, alias, offset, a, x, y); err != nil {
			if alias != "" {
				err = fmt.Errorf("dst is %s: %w", alias, err)
			}
			return err
		}
	}
	return nil
}

func (op elementwise) checkAlias(s *kernels.Set, m *memory, alias string, offset int, a float32, x, y []float32) error {
	was := y // Axpy reads dst; for the others it is what must not matter
	dst := m.dst.carve(offset, was)
	cx, cy := m.x.carve((3*offset+1)%16, x), m.y.carve((5*offset+3)%16, y)
	switch alias {
	case "x":
		was = x
		copy(dst, x)
		cx = dst
	case "y":
		cy = dst
	case "x and y":
		x, was = y, y
		copy(cx, x)
		cx, cy = dst, dst
	}
	op.call(s, dst, a, cx, cy)
	for i, got := range dst {
		if err := op.judge(got, was[i], a, x[i], y[i]); err != nil {
			return fmt.Errorf("element %d of %d: %w", i, len(dst), err)
		}
	}
	if err := m.dst.intact("dst"); err != nil {
		return err
	}
	if err := m.x.unchanged("x", x); err != nil {
		return err
	}
	return m.y.unchanged("y", y)
}

// Sweep runs a function of s over every stride-th of the 2³² float32s. It
// returns the worst error in ulp and where it is; beyond f.Ulps is an error.
func Sweep(s *kernels.Set, f *Function, stride uint32) (worst float64, at float32, err error) {
	kernel := f.Of(s)
	x, dst := make([]float32, 4096), make([]float32, 4096)
	for bits := uint64(0); bits < 1<<32; {
		n := 0
		for ; n < len(x) && bits < 1<<32; bits += uint64(stride) {
			x[n] = math.Float32frombits(uint32(bits))
			n++
		}
		kernel(dst[:n], x[:n])
		for i, got := range dst[:n] {
			if ulps := Ulps(got, f.Exact(float64(x[i]))); ulps > worst {
				worst, at = ulps, x[i]
			}
		}
	}
	if worst > f.Ulps {
		err = fmt.Errorf("%.2f ulp off at %g (%#x), more than %g", worst, at, math.Float32bits(at), f.Ulps)
	}
	return worst, at, err
}
