package kerneltest

import (
	"fmt"
	"math"

	"github.com/lane-go/lane/kernels"
)

type binary = func(dst, x, y []float32)

var relu = elementwise{
	kernel: "ReLU",
	call:   func(s *kernels.Set, dst []float32, _ float32, x, _ []float32) { s.ReLU(dst, x) },
	judge:  func(got, _, _, x, _ float32) error { return judgeReLU(got, x) },
}

var addReLU = elementwise{
	kernel: "AddReLU", binary: true,
	call:  func(s *kernels.Set, dst []float32, _ float32, x, y []float32) { s.AddReLU(dst, x, y) },
	judge: func(got, _, _, x, y float32) error { return judgeReLU(got, x+y) },
}

// judgeReLU leaves the sign of zero open.
func judgeReLU(got, x float32) error {
	if want := max(0, x); got != want {
		return equal(got, want)
	}
	return nil
}

// ofSum is a function of x + y, which is rounded once.
func ofSum(kernel string, f *Function, of func(s *kernels.Set) binary) elementwise {
	return elementwise{
		kernel: kernel, binary: true,
		call:  func(s *kernels.Set, dst []float32, _ float32, x, y []float32) { of(s)(dst, x, y) },
		judge: func(got, _, _, x, y float32) error { return f.judge(got, x+y) },
	}
}

// tanhBackward takes any y, although tanh is never beyond ±1.
var tanhBackward = elementwise{
	kernel: "TanhBackward", binary: true,
	call: func(s *kernels.Set, dst []float32, _ float32, x, y []float32) { s.TanhBackward(dst, x, y) },
	judge: func(got, _, _, dy, y float32) error {
		if math.Abs(float64(dy)) > 0x1p64 || math.Abs(float64(y)) > 0x1p31 {
			return nil // the square or the product may overflow on the way
		}
		d, v := float64(dy), float64(y)
		return near(got, d*(1-v*v), math.Abs(d)*(1+v*v))
	},
}

// near reports whether got is want but for a few roundings of terms that are size large
// together: |error| ≤ 6·2⁻²⁴·size, and some denormals. Where a factor may vanish on the way, NaN
// is an infinity as well.
func near(got float32, want, size float64) error {
	const roundings = 6
	bound := roundings * (unitRoundoff*size + tiniest)
	if diff := math.Abs(float64(got) - want); diff <= bound || same(got, float32(want)) || math.IsInf(want, 0) && got != got {
		return nil
	}
	return fmt.Errorf("got %g, want %g, within %.3g", got, want, bound)
}
