package main

import (
	"math"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The functions of exp have no branches: every lane takes the same path,
// whatever its value, and the special values come out of the arithmetic.
// kerneltest holds their errors, and tells the worst of them.
//
// eˣ = 2ⁿ·eʳ with n the integer next to x/ln 2, so that |r| ≤ ln 2/2 (Cody and
// Waite 1980). ln 2 is taken off n times in two parts: a fused multiply-add
// makes the first step exact, and the second adds what float32 lacks of ln 2.
//
// eʳ = 1 + r + r²·q(r), q of degree 4 and minimax in relative error: 0.06·2⁻²⁴.
const log2e, ln2 = math.Log2E, math.Ln2

var (
	ln2Head = float32(ln2)
	ln2Tail = float32(ln2 - float64(ln2Head))

	expCoefficients = []float32{0.0013820745516568422, 0.008368677459657192, 0.04166826605796814, 0.1666652113199234, 0.4999999403953552, 1, 1}
)

// tanh x = x + x³·q(x²) below tanhSmall, where the formula with exp cancels: q is
// of degree 5 and minimax in relative error, 0.07·2⁻²⁴.
const tanhSmall = 0.8

var tanhCoefficients = []float32{0.0015870106872171164, -0.007414126303046942, 0.02130650356411934, -0.0538535937666893, 0.13332241773605347, -0.33333298563957214}

const (
	expOverflow  = 89   // eˣ is +Inf from 88.72284 on
	expUnderflow = -104 // eˣ is 0 from −103.97208 on
	tanhOne      = 9.02 // tanh x is 1 from 9.010914 on
)

func (g *generator) functions() {
	g.exp()
	g.sigmoid()
	g.tanh()
}

func (g *generator) exp() {
	g.kernel("exp")
	lowest, highest := g.load(g.constant("expUnderflow", expUnderflow)), g.load(g.constant("expOverflow", expOverflow))
	g.function("exp", 4, func(x reg.VecVirtual) {
		// With x as the second source, a NaN stays.
		g.VMAXPS(x, lowest, x)
		g.VMINPS(x, highest, x)
		n, power := g.reducedExp(x)
		g.scaleByPower(g, n, power, x)
	})
}

// sigmoid is z/(1 + z) or 1/(1 + z) with z = e^−|x|, by the sign of x: z never
// overflows, and the small results keep their precision.
func (g *generator) sigmoid() {
	g.kernel("sigmoid")
	lowest := g.load(g.constant("expUnderflow", expUnderflow))
	g.function("sigmoid", 3, func(x reg.VecVirtual) {
		z := g.vector()
		g.VORPS(g.constantBits("signBit", 1<<31), x, z)
		g.VMAXPS(z, lowest, z)
		n, power := g.reducedExp(z)
		g.scaleByPower(g, n, power, z)
		numerator, denominator := g.vector(), g.vector()
		one := g.load(g.constant("one", 1))
		g.choose(g, x, z, one, numerator)
		g.VADDPS(one, z, denominator)
		g.VDIVPS(denominator, numerator, x)

		// Both 1 + z and the quotient q were rounded. The residual
		// numerator − q·(1 + z) knows of either; divided by 1 + z, for which
		// 1/(1 − z/2) is near enough, it takes an error of 2.1 ulp to 1.5.
		residual, inverse := g.vector(), g.vector()
		g.VSUBPS(x, numerator, residual)
		g.VFNMADD231PS(z, x, residual)
		g.VMULPS(g.constant("half", 0.5), z, inverse)
		g.VSUBPS(inverse, one, inverse)
		g.VFMADD231PS(inverse, residual, x)
	})
}

// tanh is computed of |x| and gets the sign of x, that of zero included.
func (g *generator) tanh() {
	g.kernel("tanh")
	highest := g.load(g.constant("tanhOne", tanhOne))
	signBit, otherBits := g.constantBits("signBit", 1<<31), g.constantBits("otherBits", 1<<31-1)
	g.function("tanh", 3, func(x reg.VecVirtual) {
		// 1 − 2/(1 + e²ˣ), whose errors weigh little beside 1.
		large := g.vector()
		g.VANDPS(otherBits, x, large)
		g.VMINPS(large, highest, large)
		g.VADDPS(large, large, large)
		n, power := g.reducedExp(large)
		g.shiftExponent(g, n, power, power)
		one, quotient := g.load(g.constant("one", 1)), g.vector()
		g.VADDPS(one, power, power)
		g.VDIVPS(power, g.load(g.constant("two", 2)), quotient)
		g.VSUBPS(quotient, one, large)

		size := g.vector()
		g.VANDPS(otherBits, x, size)
		small := g.smallTanh(size)
		g.VSUBPS(g.constant("tanhSmall", tanhSmall), size, size)
		g.choose(g, size, small, large, large)
		g.VANDPS(signBit, x, x)
		g.VORPS(large, x, x)
	})
}

// smallTanh returns x + x³·q(x²).
func (g *generator) smallTanh(x reg.VecVirtual) reg.VecVirtual {
	square, q := g.vector(), g.vector()
	g.VMULPS(x, x, square)
	g.polynomial("tanh", tanhCoefficients, square, q)
	g.VMULPS(square, q, q)
	g.VFMADD213PS(x, x, q)
	return q
}

// function emits dst[i] = f(x[i]); f computes in place. The instructions of
// several vectors take turns: each waits for the one before it, and the
// scheduler has not the room to look ahead to the next vector by itself.
func (g *generator) function(label string, vectors int, f func(x reg.VecVirtual)) {
	dst, x, n := g.pointer("dst"), g.pointer("x"), g.length("dst")
	g.span(label, n, vectors, func(c chunk) {
		v := make([]reg.VecVirtual, c.vectors)
		for i := range v {
			v[i] = c.load(x, i)
		}
		g.interleave(c.vectors, func(i int) { f(v[i]) })
		for i := range v {
			c.store(v[i], dst, i)
		}
	})
	g.end()
}

// reducedExp returns n and eʳ such that eˣ = 2ⁿ·eʳ. It destroys x.
func (g *generator) reducedExp(x reg.VecVirtual) (n, power reg.VecVirtual) {
	n, power = g.vector(), g.vector()
	rounded := g.vector()
	g.VMULPS(g.constant("log2e", log2e), x, rounded)
	g.nearestInteger(g, rounded, n, rounded)
	g.VFNMADD231PS(g.constant("ln2Head", ln2Head), rounded, x)
	g.VFNMADD231PS(g.constant("ln2Tail", ln2Tail), rounded, x)
	g.polynomial("exp", expCoefficients, x, power)
	return n, power
}

// polynomial evaluates the polynomial of x, highest coefficient first, by Horner's rule.
func (g *generator) polynomial(name string, coefficients []float32, x, sum reg.VecVirtual) {
	degree := len(coefficients) - 1
	g.VMOVUPS(g.coefficient(name, coefficients, degree), sum)
	for i := degree - 1; i >= 0; i-- {
		g.VFMADD213PS(g.coefficient(name, coefficients, i), x, sum)
	}
}

func (g *generator) coefficient(name string, coefficients []float32, power int) operand.Mem {
	value := coefficients[len(coefficients)-1-power]
	if value == 1 {
		return g.constant("one", 1)
	}
	return g.constant(name+string(rune('0'+power)), value)
}
