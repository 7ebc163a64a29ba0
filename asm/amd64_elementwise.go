package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func (g *generator) elementwise() {
	g.axpy()
	g.scale()
	// Go's assembler has the operands reversed: the first is what is taken off, or divided by.
	g.binary("add", func(y, x, dst operand.Op) { g.VADDPS(y, x, dst) })
	g.binary("sub", func(y, x, dst operand.Op) { g.VSUBPS(y, x, dst) })
	g.binary("mul", func(y, x, dst operand.Op) { g.VMULPS(y, x, dst) })
	g.binary("div", func(y, x, dst operand.Op) { g.VDIVPS(y, x, dst) })
}

func (g *generator) axpy() {
	g.kernel("axpy")
	dst, x, n, a := g.pointer("dst"), g.pointer("x"), g.length("dst"), g.broadcast("a")
	g.addScaled("axpy", n, dst, a, x)
	g.end()
}

// addScaled emits dst[i] += a·x[i] for i < n. It destroys n.
func (g *generator) addScaled(label string, n, dst reg.GPVirtual, a reg.VecVirtual, x reg.GPVirtual) {
	g.alignedSpan(label, n, dst, 4, func(c chunk) {
		sums := make([]reg.VecVirtual, c.vectors)
		for i := range sums {
			sums[i] = c.load(dst, i)
		}
		for i, s := range sums {
			g.VFMADD231PS(c.operand(x, i), a, s)
			c.store(s, dst, i)
		}
	})
}

func (g *generator) scale() {
	g.kernel("scale")
	dst, x, n, a := g.pointer("dst"), g.pointer("x"), g.length("dst"), g.broadcast("a")
	g.alignedSpan("scale", n, dst, 4, func(c chunk) {
		for i := range c.vectors {
			v := c.load(x, i)
			g.VMULPS(v, a, v)
			c.store(v, dst, i)
		}
	})
	g.end()
}

func (g *generator) binary(name string, op combine) {
	g.kernel(name)
	dst, x, y, n := g.pointer("dst"), g.pointer("x"), g.pointer("y"), g.length("dst")
	g.alignedSpan(name, n, dst, 4, func(c chunk) {
		for i := range c.vectors {
			v := c.load(x, i)
			op(c.operand(y, i), v, v)
			c.store(v, dst, i)
		}
	})
	g.end()
}
