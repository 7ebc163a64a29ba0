package main

import (
	"strconv"

	"github.com/mmcloughlin/avo/reg"
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
	g.VMAXPS(large, g.resident("tanhOne", -tanhOne), large)
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
