// Package lane is a SIMD numerics engine for float32: vectors, matrices,
// n-d arrays, and the products, activations and table look-ups that word
// embeddings and recurrent networks are made of.
//
// It turns a numeric problem into calls of one set of kernels, the best that
// the CPU at hand can run: AVX-512 or AVX2 on amd64, NEON on arm64, and plain Go anywhere. [SetName]
// tells which. The environment variable LANE_SET forces one by name; the build tag
// purego leaves the assembly out.
//
// Destinations come first, as in copy, and scalars stand between destination
// and sources. A destination may be one of the sources of an element-wise
// operation, but must not overlap one in part. Wrong shapes panic with the function and the shapes.
//
// Many goroutines may call its functions at the same time, on data that none of them writes but its own.
//
// Results are the same bits for every number of threads ([SetThreads]). They
// may differ in the last bits between kernel sets.
package lane

import (
	"fmt"
	"slices"
)

//go:generate go run ./asm

// Dot returns Σ x[i]·y[i].
func Dot(x, y []float32) float32 {
	sameLength("Dot", len(x), len(y))
	return active.Dot(x, y)
}

// Sum returns Σ x[i].
func Sum(x []float32) float32 { return active.Sum(x) }

// SumSquares returns Σ x[i]², summed in float64, where no square overflows.
func SumSquares(x []float32) float64 { return active.SumSquares(x) }

// Max returns the largest x[i]: NaN if any is NaN, −Inf if x is empty.
func Max(x []float32) float32 { return active.Max(x) }

// IndexNonFinite returns the index of the first NaN or infinity in x, or −1.
func IndexNonFinite(x []float32) int {
	if isFinite(active.Sum(x)) {
		return -1
	}
	return slices.IndexFunc(x, func(v float32) bool { return !isFinite(v) }) // none, where only the sum overflows
}

func isFinite(v float32) bool { return v-v == 0 }

// Axpy adds a·x[i] to each dst[i].
func Axpy(dst []float32, a float32, x []float32) {
	sameLength("Axpy", len(dst), len(x))
	active.Axpy(dst, a, x)
}

// Scale sets dst[i] = a·x[i].
func Scale(dst []float32, a float32, x []float32) {
	sameLength("Scale", len(dst), len(x))
	active.Scale(dst, a, x)
}

// Add sets dst[i] = x[i] + y[i].
func Add(dst, x, y []float32) {
	sameLengths("Add", len(dst), len(x), len(y))
	active.Add(dst, x, y)
}

// Sub sets dst[i] = x[i] − y[i].
func Sub(dst, x, y []float32) {
	sameLengths("Sub", len(dst), len(x), len(y))
	active.Sub(dst, x, y)
}

// Mul sets dst[i] = x[i]·y[i].
func Mul(dst, x, y []float32) {
	sameLengths("Mul", len(dst), len(x), len(y))
	active.Mul(dst, x, y)
}

// Div sets dst[i] = x[i]/y[i].
func Div(dst, x, y []float32) {
	sameLengths("Div", len(dst), len(x), len(y))
	active.Div(dst, x, y)
}

func sameLength(function string, dst, x int) {
	if dst != x {
		panic(fmt.Sprintf("lane: %s: lengths %d and %d differ", function, dst, x))
	}
}

func sameLengths(function string, dst, x, y int) {
	if dst != x || dst != y {
		panic(fmt.Sprintf("lane: %s: lengths %d, %d and %d differ", function, dst, x, y))
	}
}
