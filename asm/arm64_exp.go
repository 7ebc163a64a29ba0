package main

import "github.com/lane-go/lane/asm/neon"

// Each function computes in place, and takes five registers, its operand's included. That leaves twelve
// beside four vectors that take turns, for the constants that are only read.

func (k neonKernel) expOf(x neon.V) {
	k.clamp(x, expUnderflow, expOverflow)
	n := k.reduce(x, 1, ln2Head, ln2Tail)
	q, power := k.polynomial(x, expCoefficients), k.Constant(1)
	k.Op("VFMLA", q.S4(), x.S4(), power.S4())
	k.scaleByPower(n, power, x)
}

func (k neonKernel) sigmoidOf(x neon.V) {
	k.clamp(x, expUnderflow, sigmoidOne)
	k.Word(neon.FNEG(neon.S4, x, x))
	n, denominator := k.logistic(x, ln2Head, ln2Tail)
	k.Word(neon.FDIV(neon.S4, denominator, k.Resident(1), denominator))
	k.scaleByPower(n, denominator, x)
}

// tanhOf computes both formulas, and takes the one for large x by x²: of no float32 below tanhSmall is that
// rounded to the square of tanhSmall.
func (k neonKernel) tanhOf(x neon.V) {
	large, square := k.largeTanh(x), k.V()
	k.Word(neon.FMUL(neon.S4, x, x, square))
	k.smallTanh(x, square)
	k.Word(neon.FCMGE(neon.S4, k.Resident(tanhSmall*tanhSmall), square, square))
	k.Op("VBIT", square.B16(), large.B16(), x.B16())
}

// largeTanh returns 1 − 2/(1 + e²ˣ) of |x|, whose errors weigh little beside 1, with the sign of x.
func (k neonKernel) largeTanh(x neon.V) neon.V {
	y := k.V()
	k.Scope(func() {
		k.Word(neon.FABS(neon.S4, x, y))
		k.Word(neon.FMIN(neon.S4, k.Resident(tanhOne), y, y))
		k.Word(neon.FADD(neon.S4, y, y, y))
		n, denominator := k.logistic(y, ln2Head)
		k.powerOfTwo(n, n)
		k.Word(neon.FDIV(neon.S4, denominator, n, n))
		k.SetConstant(1, y)
		k.Op("VFMLS", k.Resident(2).S4(), n.S4(), y.S4())
		k.Op("VBIT", k.ResidentBits(1<<31).B16(), x.B16(), y.B16())
	})
	return y
}

// smallTanh replaces x by x + x·(x²·q(x²)). The product in brackets is added to 0, which makes it no −0
// where x is 0: that keeps its sign.
func (k neonKernel) smallTanh(x, square neon.V) {
	k.Scope(func() {
		q, product := k.polynomial(square, tanhCoefficients), k.zeros(1)[0]
		k.Op("VFMLA", q.S4(), square.S4(), product.S4())
		k.Op("VFMLA", product.S4(), x.S4(), x.S4())
	})
}

// logistic returns n and the denominator of 1/(1 + eʸ) = 2ⁿ/(2ⁿ + eʳ), which never overflows; y is destroyed,
// and r is y + n·ln 2. 2ⁿ is added to eʳ before the 1 of that is, which saves a rounding.
func (k neonKernel) logistic(y neon.V, ln2 ...float32) (n, denominator neon.V) {
	n = k.reduce(y, -1, ln2...)
	q, denominator := k.polynomial(y, expCoefficients), k.V()
	k.powerOfTwo(n, denominator)
	k.Op("VFMLA", q.S4(), y.S4(), denominator.S4())
	k.Word(neon.FADD(neon.S4, k.Resident(1), denominator, denominator))
	return n, denominator
}

// clamp keeps x within bounds; NaN stays.
func (k neonKernel) clamp(x neon.V, least, most float32) {
	k.Word(neon.FMAX(neon.S4, k.Resident(least), x, x))
	k.Word(neon.FMIN(neon.S4, k.Resident(most), x, x))
}

// reduce returns the integer n that is next to x/ln 2, times the sign, and takes the multiple of ln 2 off x, part
// by part. Of NaN, n is 0.
func (k neonKernel) reduce(x neon.V, sign float32, ln2 ...float32) neon.V {
	n := k.V()
	k.Scope(func() {
		rounded := k.V()
		k.Word(neon.FMUL(neon.S4, k.Resident(sign*log2e), x, rounded))
		k.Word(neon.FCVTNS(neon.S4, rounded, n))
		k.Word(neon.FRINTN(neon.S4, rounded, rounded))
		for _, part := range ln2 {
			k.Op("VFMLS", k.Resident(sign*part).S4(), rounded.S4(), x.S4())
		}
	})
	return n
}

// polynomial evaluates the polynomial of x, highest coefficient first, by Horner's rule. Each step adds to a
// coefficient, in the register that the step before has done with.
func (k neonKernel) polynomial(x neon.V, coefficients []float32) neon.V {
	sum := k.V()
	k.Scope(func() {
		turns := [2]neon.V{sum, k.V()}
		last := len(coefficients) - 1
		for i, c := range coefficients {
			next := turns[(last-i)%2]
			k.SetConstant(c, next)
			if i > 0 {
				k.Op("VFMLA", turns[(last-i+1)%2].S4(), x.S4(), next.S4())
			}
		}
	})
	return sum
}

// bias is what the exponent of a float32 is stored with.
const bias = 127

// powerOfTwo sets power to 2ⁿ, or to 0 where that is no normal float32.
func (k neonKernel) powerOfTwo(n, power neon.V) {
	k.Op("VADD", k.ResidentBits(bias).S4(), n.S4(), power.S4())
	k.Word(neon.SQSHLU(exponentAt, power, power))
}

// scaleByPower sets d to x·2ⁿ. It destroys n and x. Where 2ⁿ itself need not be a float32, half of n goes into
// the exponent of x, and the product with the other half rounds to a denormal, or overflows, as it should.
func (k neonKernel) scaleByPower(n, x, d neon.V) {
	k.Scope(func() {
		half := k.V()
		k.Word(neon.SSHR(1, n, half))
		k.Op("VSUB", half.S4(), n.S4(), n.S4())
		k.Op("VSHL", exponentAt, half.S4(), half.S4())
		k.Op("VADD", half.S4(), x.S4(), x.S4())
	})
	k.Op("VADD", k.ResidentBits(bias).S4(), n.S4(), n.S4())
	k.Op("VSHL", exponentAt, n.S4(), n.S4())
	k.Word(neon.FMUL(neon.S4, n, x, d))
}
