package main

import (
	"math"
	"strconv"

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
// eʳ = 1 + r·q(r), q = 1 + … of degree 5, minimax in the relative error of eʳ: 0.06·2⁻²⁴.
const log2e, ln2 = math.Log2E, math.Ln2

var (
	ln2Head = float32(ln2)
	ln2Tail = float32(ln2 - float64(ln2Head))

	expCoefficients = []float32{0.0013820745516568422, 0.008368677459657192, 0.04166826605796814, 0.1666652113199234, 0.4999999403953552, 1}
)

// tanh x = x + x³·q(x²) below tanhSmall, where the formula with exp cancels: q is
// of degree 4 and minimax in relative error, 0.08·2⁻²⁴.
const tanhSmall = 0.625

var tanhCoefficients = []float32{-0.005692296661436558, 0.02062816731631756, -0.05373651534318924, 0.13331405818462372, -0.3333328068256378}

const (
	expOverflow  = 89    // eˣ is +Inf from 88.72284 on
	expUnderflow = -104  // eˣ is 0 from −103.97208 on
	sigmoidOne   = 20    // 1/(1 + e⁻ˣ) is 1 from 17.32868 on
	tanhOne      = -9.02 // tanh x is −1 from −9.010914 on
)

func (g *generator) expOf(x reg.VecVirtual) {
	// With x as the second source, a NaN stays.
	g.VMAXPS(x, g.resident("expUnderflow", expUnderflow), x)
	g.VMINPS(x, g.resident("expOverflow", expOverflow), x)
	n, rounded := g.nearestPower(x)
	g.VFNMADD231PS(g.constant("ln2Head", ln2Head), rounded, x)
	g.VFNMADD231PS(g.constant("ln2Tail", ln2Tail), rounded, x)
	power := g.polynomial("exp", expCoefficients, x)
	g.VFMADD213PS(g.constant("one", 1), x, power)
	g.scaleByPower(g, n, power, x)
}

func (g *generator) sigmoidOf(x reg.VecVirtual) {
	g.VMAXPS(x, g.resident("expUnderflow", expUnderflow), x)
	g.VMINPS(x, g.resident("sigmoidOne", sigmoidOne), x)
	n, _, denominator := g.logistic(x, true)
	g.powerOver(g, n, denominator, x)
}

// tanh is computed of −|x|, as 2/(1 + e⁻²ˣ) − 1 whose errors weigh little beside 1,
// and gets the sign of x, that of zero included.
func (g *generator) tanhOf(x reg.VecVirtual) {
	signBit := g.constantBits("signBit", 1<<31)
	large := g.vector()
	g.VORPS(signBit, x, large)
	g.VMAXPS(large, g.resident("tanhOne", tanhOne), large)
	g.VADDPS(large, large, large)
	_, power, denominator := g.logistic(large, false)
	g.VDIVPS(denominator, power, large)
	g.VFNMADD132PS(g.constant("two", 2), g.resident("one", 1), large)

	small, size := g.smallTanh(x), g.vector()
	g.VORPS(signBit, x, size)
	g.choose(g, size, g.constant("tanhSmall", -tanhSmall), large, small, large)
	g.VANDPS(signBit, x, x)
	g.VORPS(large, x, x)
}

// smallTanh returns x + x³·q(x²).
func (g *generator) smallTanh(x reg.VecVirtual) reg.VecVirtual {
	square := g.vector()
	g.VMULPS(x, x, square)
	q := g.polynomial("tanh", tanhCoefficients, square)
	g.VMULPS(square, q, q)
	g.VFMADD213PS(x, x, q)
	return q
}

// logistic returns n, 2ⁿ and the denominator of 1/(1 + e⁻ˣ) = 2ⁿ/(2ⁿ + e⁻ʳ), which never
// overflows. 2ⁿ is added to e⁻ʳ before the 1 of that is, which saves a rounding. Unless x is
// small, ln 2 needs its tail. It destroys x.
func (g *generator) logistic(x reg.VecVirtual, large bool) (n, power, denominator reg.VecVirtual) {
	n, rounded := g.nearestPower(x)
	g.VFMSUB231PS(g.constant("ln2Head", ln2Head), rounded, x)
	if large {
		g.VFMADD231PS(g.constant("ln2Tail", ln2Tail), rounded, x)
	}
	power = g.powerOfTwo(g, n)
	denominator = g.polynomial("exp", expCoefficients, x)
	g.VFMADD213PS(power, x, denominator)
	g.VADDPS(g.constant("one", 1), denominator, denominator)
	return n, power, denominator
}

// nearestPower returns n of the power of two that is next to eˣ, for nearestInteger's followers and as a float32.
func (g *generator) nearestPower(x reg.VecVirtual) (n, rounded reg.VecVirtual) {
	rounded = g.vector()
	g.VMULPS(g.constant("log2e", log2e), x, rounded)
	return g.nearestInteger(g, rounded), rounded
}

// polynomial evaluates the polynomial of x, highest coefficient first, by Horner's rule.
func (g *generator) polynomial(name string, coefficients []float32, x reg.VecVirtual) reg.VecVirtual {
	sum := g.vector()
	for i, c := range coefficients {
		value := g.constant(name+strconv.Itoa(len(coefficients)-1-i), c)
		if i == 0 {
			g.VMOVUPS(value, sum)
		} else {
			g.VFMADD213PS(value, x, sum)
		}
	}
	return sum
}
