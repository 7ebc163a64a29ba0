package main

import (
	"math"

	"github.com/lane-go/lane/asm/neon"
)

func (g *neonGenerator) reductions() {
	g.dot()
	g.sum()
	g.max()
	g.sumSquares()
}

func (g *neonGenerator) dot() {
	k := g.kernel("dot")
	x, y, n := k.Pointer("x"), k.Pointer("y"), k.Length("x")
	sums := k.zeros(neonBlock)
	k.span("dot", n, func(p piece) {
		v, w := p.load(x), p.load(y)
		for i := range v {
			k.Op("VFMLA", w[i].S4(), v[i].S4(), sums[i].S4())
		}
	}, x, y)
	k.ReturnFloat32(k.total(sums))
}

func (g *neonGenerator) sum() {
	k := g.kernel("sum")
	x, n := k.Pointer("x"), k.Length("x")
	sums := k.zeros(neonBlock)
	k.span("sum", n, func(p piece) {
		for i, v := range p.load(x) {
			k.Word(neon.FADD(neon.S4, v, sums[i], sums[i]))
		}
	}, x)
	k.ReturnFloat32(k.total(sums))
}

func (g *neonGenerator) max() {
	k := g.kernel("max")
	x, n := k.Pointer("x"), k.Length("x")
	largest := make([]neon.V, neonBlock)
	for i := range largest {
		largest[i] = k.Constant(float32(math.Inf(-1)))
	}
	k.span("max", n, func(p piece) {
		for i, v := range p.loadFilled(x) {
			k.Word(neon.FMAX(neon.S4, v, largest[i], largest[i]))
		}
	}, x)
	maximum := k.combine(largest, neon.FMAX, neon.S4)
	k.Word(neon.FMAXV(maximum, maximum))
	k.ReturnFloat32(maximum)
}

// sumSquares adds up in float64, where a square is exact and does not overflow. Each half of a
// vector has sums of its own.
func (g *neonGenerator) sumSquares() {
	k := g.kernel("sumSquares")
	x, n := k.Pointer("x"), k.Length("x")
	lower, upper := k.zeros(neonBlock), k.zeros(neonBlock)
	k.span("sumSquares", n, func(p piece) {
		for i, v := range p.load(x) {
			high := k.V()
			k.Word(neon.FCVTL2(v, high))
			k.Word(neon.FCVTL(v, v))
			k.Op("VFMLA", v.D2(), v.D2(), lower[i].D2())
			k.Op("VFMLA", high.D2(), high.D2(), upper[i].D2())
		}
	}, x)
	sum := k.combine(append(lower, upper...), neon.FADD, neon.D2)
	k.Word(neon.FADDPAcross(sum, sum))
	k.ReturnFloat64(sum)
}

// total adds up all lanes of all sums, pairwise, into the lowest of the one it returns.
func (k neonKernel) total(sums []neon.V) neon.V {
	return k.fold([]neon.V{k.combine(sums, neon.FADD, neon.S4)})
}

// fold adds up the lanes of each of up to four vectors, pairwise, into the lane of the first that has its number.
func (k neonKernel) fold(v []neon.V) neon.V {
	for range 2 {
		var folded []neon.V
		for i := 0; i < len(v); i += 2 {
			k.Word(neon.FADDP(neon.S4, v[min(i+1, len(v)-1)], v[i], v[i]))
			folded = append(folded, v[i])
		}
		v = folded
	}
	return v[0]
}

// combine combines all of v, pairwise, into the first, which it returns.
func (k neonKernel) combine(v []neon.V, op lanewise, a neon.Arrangement) neon.V {
	for ; len(v) > 1; v = v[:len(v)/2] {
		for i := range len(v) / 2 {
			k.Word(op(a, v[i+len(v)/2], v[i], v[i]))
		}
	}
	return v[0]
}
