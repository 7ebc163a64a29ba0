package kerneltest

import (
	"fmt"
	"math"
)

// An approximate is what a formula is in float64, and how far from it a float32 computation may
// be that rounds once an operation, or less often where it fuses two.
type approximate struct{ value, off float64 }

func exactly(x float32) approximate { return approximate{float64(x), 0} }

func (x approximate) plus(y approximate) approximate {
	return approximate{x.value + y.value, x.off + y.off}.rounded()
}

func (x approximate) minus(y approximate) approximate {
	return x.plus(approximate{-y.value, y.off})
}

func (x approximate) times(y approximate) approximate {
	off := math.Abs(x.value)*y.off + math.Abs(y.value)*x.off + x.off*y.off
	return approximate{x.value * y.value, off}.rounded()
}

func (x approximate) over(y approximate) approximate {
	q := x.value / y.value
	return approximate{q, (x.off + math.Abs(q)*y.off) / (math.Abs(y.value) - y.off)}.rounded()
}

func (x approximate) root() approximate {
	r := math.Sqrt(x.value)
	above, below := math.Sqrt(x.value+x.off)-r, r-math.Sqrt(max(0, x.value-x.off))
	return approximate{r, max(above, below)}.rounded()
}

// rounded adds the error of rounding to a float32, which overflows to an infinity.
func (x approximate) rounded() approximate {
	switch {
	case math.Abs(x.value) > math.MaxFloat32:
		return approximate{math.Copysign(math.Inf(1), x.value), 0}
	case x.value != x.value:
		return approximate{x.value, 0}
	}
	x.off += unitRoundoff*(math.Abs(x.value)+x.off) + tiniest
	return x
}

func (x approximate) judge(got float32) error {
	if diff := math.Abs(float64(got) - x.value); diff <= x.off || same(got, float32(x.value)) {
		return nil
	}
	return fmt.Errorf("got %g, want %g ± %.2g", got, x.value, x.off)
}
