package main

import "math"

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
	expOverflow  = 89   // eˣ is +Inf from 88.72284 on
	expUnderflow = -104 // eˣ is 0 from −103.97208 on
	sigmoidOne   = 20   // 1/(1 + e⁻ˣ) is 1 from 17.32868 on
	tanhOne      = 9.02 // tanh x is 1 from 9.010914 on
)

// exponentAt is the lowest bit of a float32's exponent.
const exponentAt = 23
