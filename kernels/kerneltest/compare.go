package kerneltest

import (
	"fmt"
	"math"
)

const (
	unitRoundoff = 0x1p-24  // half the distance from 1 to the next float32
	tiniest      = 0x1p-149 // the distance between denormals
)

// same reports whether got is want: the same bits, or both some NaN. A guard
// is no arithmetic result, and must be there bit for bit.
func same(got, want float32) bool {
	g, w := math.Float32bits(got), math.Float32bits(want)
	return g == w || got != got && want != want && w != guardBits
}

// Ulps returns |got − exact| in units in the last place of exact as a float32.
// It is +Inf where correct rounding gives another class of number: a NaN, an
// infinity, or a zero of the other sign.
func Ulps(got float32, exact float64) float64 {
	want := float32(exact)
	switch {
	case want != want || got != got:
		if want != want && got != got {
			return 0
		}
		return math.Inf(1)
	case math.IsInf(float64(want), 0) || math.IsInf(float64(got), 0) || want == 0 && got == 0:
		if math.Float32bits(got) == math.Float32bits(want) {
			return 0
		}
		return math.Inf(1)
	}
	exponent := max(math.Float64bits(exact)>>52&0x7ff, 1023-126)
	ulp := math.Float64frombits((exponent - 23) << 52)
	return math.Abs(float64(got)-exact) / ulp
}

// multiplyAdd returns a·x + y rounded twice, after the product and after the sum.
func multiplyAdd(a, x, y float32) float32 { return float32(a*x) + y }

// fusedMultiplyAdd returns a·x + y rounded once. The product is exact in float64;
// the sum is rounded to odd there, which makes the second rounding harmless
// (Boldo and Melquiond 2008).
func fusedMultiplyAdd(a, x, y float32) float32 {
	p, q := float64(a)*float64(x), float64(y)
	s := p + q
	rest := s - p
	lost := (p - (s - rest)) + (q - rest)
	if bits := math.Float64bits(s); lost != 0 && bits&1 == 0 && !math.IsInf(s, 0) {
		if lost > 0 == (s > 0) {
			s = math.Float64frombits(bits + 1)
		} else {
			s = math.Float64frombits(bits - 1)
		}
	}
	return float32(s)
}

// A total is what a sum should be, and how far a float32 sum of its terms in
// any order may be from it.
type total struct {
	terms     int
	sum, size float64 // Σ xᵢ and Σ|xᵢ|
	broken    bool    // a term is NaN
	finite    float64 // Σ|xᵢ| over the finite terms
}

func (t *total) add(x float64) {
	t.terms++
	t.sum += x
	t.size += math.Abs(x)
	t.broken = t.broken || x != x
	if t.size <= math.MaxFloat64 {
		t.finite = t.size
	} else if !math.IsInf(x, 0) && x == x {
		t.finite += math.Abs(x)
	}
}

// judge compares a float32 sum with t. Where sums in some order overflow, any result will do.
func (t *total) judge(got float32) error {
	switch {
	case t.broken:
		if got == got {
			return fmt.Errorf("got %g of terms with a NaN", got)
		}
	case t.finite > math.MaxFloat32/2:
	case math.IsInf(t.size, 1):
		if !same(got, float32(t.sum)) {
			return fmt.Errorf("got %g, want %g", got, t.sum)
		}
	default:
		bound := float64(t.terms) * (unitRoundoff*t.size + tiniest)
		if diff := math.Abs(float64(got) - t.sum); !(diff <= bound) {
			return fmt.Errorf("got %g, want %g: off by %.3g, more than %.3g", got, t.sum, diff, bound)
		}
	}
	return nil
}
