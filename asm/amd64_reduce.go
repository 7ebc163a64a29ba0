package main

import (
	"math"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func (g *generator) reductions() {
	g.dot()
	g.sum()
	g.max()
}

func (g *generator) dot() {
	g.kernel("dot")
	x, y, n := g.pointer("x"), g.pointer("y"), g.length("x")

	// Two loads feed a multiply-add: four sums in flight hide its latency.
	sums := g.vectors(4)
	for _, s := range sums {
		g.zero(s)
	}
	g.span("dot", n, len(sums), func(c chunk) {
		for i := range c.vectors {
			v := c.load(x, i)
			g.VFMADD231PS(c.operand(y, i), v, sums[i])
		}
	})
	g.combineAll(sums, g.addition)
	g.endWith(sums[0])
}

func (g *generator) sum() {
	g.kernel("sum")
	x, n := g.pointer("x"), g.length("x")
	sums := g.vectors(8)
	for _, s := range sums {
		g.zero(s)
	}
	g.span("sum", n, len(sums), func(c chunk) {
		for i := range c.vectors {
			g.VADDPS(c.operand(x, i), sums[i], sums[i])
		}
	})
	g.combineAll(sums, g.addition)
	g.endWith(sums[0])
}

func (g *generator) max() {
	g.kernel("max")
	x, n := g.pointer("x"), g.length("x")
	lowest := g.resident("negativeInfinity", float32(math.Inf(-1)))
	largest := g.vectors(4)
	for _, v := range largest {
		g.VMOVAPS(lowest, v)
	}

	// The instruction forgets a NaN as soon as it meets a number: lanes that
	// have seen one are marked with all ones, which is a NaN itself.
	marks := g.vector()
	g.zero(marks)
	mark := func(a, b reg.VecVirtual) {
		v := g.vector()
		g.isNaN(g, a, b, v)
		g.VORPS(v, marks, marks)
	}
	g.span("max", n, len(largest), func(c chunk) {
		v := make([]reg.VecVirtual, c.vectors)
		for i := range v {
			v[i] = c.load(x, i)
			if c.mask != nil {
				g.fillOthers(g, c.mask, lowest, v[i])
			}
			g.VMAXPS(v[i], largest[i], largest[i])
		}
		for i := 0; i < len(v); i += 2 {
			mark(v[i], v[min(i+1, len(v)-1)])
		}
	})
	maximum := func(b, a, dst operand.Op) { g.VMAXPS(b, a, dst) }
	either := func(b, a, dst operand.Op) { g.VORPS(b, a, dst) }
	g.combineAll(largest, maximum)
	g.fold(marks, either)
	g.VORPS(marks, largest[0], largest[0])
	g.endWith(largest[0])
}

func (g *generator) addition(b, a, dst operand.Op) { g.VADDPS(b, a, dst) }

// combineAll combines all lanes of all of v, pairwise, into the lowest of v[0].
func (g *generator) combineAll(v []reg.VecVirtual, op combine) {
	g.combinePairs(v, op)
	g.fold(v[0], op)
}

// combinePairs combines all of v, pairwise, into v[0].
func (g *generator) combinePairs(v []reg.VecVirtual, op combine) {
	for ; len(v) > 1; v = v[:len(v)/2] {
		for i := range len(v) / 2 {
			op(v[i+len(v)/2], v[i], v[i])
		}
	}
}
