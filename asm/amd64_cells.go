package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The cells of recurrent networks go over their operands once, a few vectors at a time. What
// one step leaves to the next is stored and read again, which leaves the registers to
// as many vectors as the step alone can have in flight.
func (g *generator) cells() {
	g.tanhBackward()
	g.lstmForward()
	g.lstmBackward()
	g.gruForward()
	g.gruBackward()
}

func (g *generator) tanhBackward() {
	g.kernel("tanhBackward")
	dx, dy, y, n := g.pointer("dx"), g.pointer("dy"), g.pointer("y"), g.length("dx")
	g.loop("tanhBackward", n, 3, func(c chunk) {
		c.each(func(at int) {
			slope := g.tanhSlope(c.load(y, at))
			g.VMULPS(c.operand(dy, at), slope, slope)
			c.store(slope, dx, at)
		})
	})
	g.end()
}

func (g *generator) lstmForward() {
	g.kernel("lstmForward")
	before, n := g.pointer("before"), g.length("h")
	gates, cell, tanhCell, h := g.parts("gates", n, 4), g.pointer("c"), g.pointer("tanhC"), g.pointer("h")
	g.loop("lstmForward", n, 5, func(c chunk) {
		for i, f := range []func(reg.VecVirtual){g.sigmoidOf, g.sigmoidOf, g.tanhOf, g.sigmoidOf} {
			c.apply(f, gates[i], gates[i])
		}
		c.each(func(at int) {
			v := c.load(gates[0], at)
			g.VMULPS(c.operand(gates[2], at), v, v)
			g.VFMADD231PS(c.operand(before, at), c.load(gates[1], at), v)
			c.store(v, cell, at)
		})
		c.apply(g.tanhOf, tanhCell, cell)
		c.each(func(at int) {
			c.store(g.product(c.operand(gates[3], at), c.load(tanhCell, at)), h, at)
		})
	})
	g.end()
}

func (g *generator) lstmBackward() {
	g.kernel("lstmBackward")
	before, tanhCell, dh, n := g.pointer("before"), g.pointer("tanhC"), g.pointer("dh"), g.length("dc")
	gates, dc := g.parts("gates", n, 4), g.pointer("dc")
	g.loop("lstmBackward", n, 10, func(c chunk) {
		c.each(func(at int) {
			o, tanhC, d := c.load(gates[3], at), c.load(tanhCell, at), c.load(dh, at)
			dcell := g.product(o, d)
			g.VFMADD213PS(c.operand(dc, at), g.tanhSlope(tanhC), dcell)
			g.VMULPS(tanhC, d, d)
			g.VMULPS(g.sigmoidSlope(o), d, d)
			c.store(d, gates[3], at)

			i, candidate := c.load(gates[0], at), c.load(gates[2], at)
			di, dcandidate := g.product(candidate, dcell), g.product(i, dcell)
			g.VMULPS(g.sigmoidSlope(i), di, di)
			g.VMULPS(g.tanhSlope(candidate), dcandidate, dcandidate)
			c.store(di, gates[0], at)
			c.store(dcandidate, gates[2], at)

			f := c.load(gates[1], at)
			df := g.product(c.operand(before, at), dcell)
			g.VMULPS(g.sigmoidSlope(f), df, df)
			c.store(df, gates[1], at)
			g.VMULPS(f, dcell, dcell)
			c.store(dcell, dc, at)
		})
	})
	g.end()
}

func (g *generator) gruForward() {
	g.kernel("gruForward")
	before, n := g.pointer("before"), g.length("h")
	gates, state, h := g.parts("gates", n, 3), g.parts("state", n, 3), g.pointer("h")
	g.loop("gruForward", n, 5, func(c chunk) {
		for i := range 2 {
			c.each(func(at int) {
				v := c.load(gates[i], at)
				g.VADDPS(c.operand(state[i], at), v, v)
				g.sigmoidOf(v)
				c.store(v, gates[i], at)
			})
		}
		c.each(func(at int) {
			v := c.load(gates[2], at)
			g.VFMADD231PS(c.operand(state[2], at), c.load(gates[0], at), v)
			c.store(v, gates[2], at)
		})
		c.apply(g.tanhOf, gates[2], gates[2])
		c.each(func(at int) {
			z, v := c.load(gates[1], at), g.vector()
			g.VSUBPS(z, g.resident("one", 1), v)
			g.VMULPS(c.operand(gates[2], at), v, v)
			g.VFMADD231PS(c.operand(before, at), z, v)
			c.store(v, h, at)
		})
	})
	g.end()
}

func (g *generator) gruBackward() {
	g.kernel("gruBackward")
	before, dh, n := g.pointer("before"), g.pointer("dh"), g.length("dh")
	gates, state, dbefore := g.parts("gates", n, 3), g.parts("state", n, 3), g.pointer("dbefore")
	g.loop("gruBackward", n, 10, func(c chunk) {
		c.each(func(at int) {
			z, candidate, d := c.load(gates[1], at), c.load(gates[2], at), c.load(dh, at)
			dcandidate := g.vector()
			g.VSUBPS(z, g.resident("one", 1), dcandidate)
			g.VMULPS(dcandidate, d, dcandidate)
			g.VMULPS(g.tanhSlope(candidate), dcandidate, dcandidate)

			dz := g.vector()
			g.VSUBPS(candidate, c.load(before, at), dz)
			g.VMULPS(d, dz, dz)
			g.VMULPS(g.sigmoidSlope(z), dz, dz)
			g.VFMADD213PS(c.operand(dbefore, at), z, d)
			c.store(d, dbefore, at)
			c.storeTwice(dz, gates[1], state[1], at)

			r := c.load(gates[0], at)
			dr, dstate := g.product(c.operand(state[2], at), dcandidate), g.product(r, dcandidate)
			g.VMULPS(g.sigmoidSlope(r), dr, dr)
			c.storeTwice(dr, gates[0], state[0], at)
			c.store(dcandidate, gates[2], at)
			c.store(dstate, state[2], at)
		})
	})
	g.end()
}

// apply emits dst = f(x) for the vectors of the chunk.
func (c chunk) apply(f func(reg.VecVirtual), dst, x reg.GPVirtual) {
	c.each(func(i int) {
		v := c.load(x, i)
		f(v)
		c.store(v, dst, i)
	})
}

// parts returns where the count parts of n elements that a parameter consists of begin.
func (g *generator) parts(parameter string, n reg.GPVirtual, count int) []reg.GPVirtual {
	parts := []reg.GPVirtual{g.pointer(parameter)}
	for len(parts) < count {
		next := g.GP64()
		g.LEAQ(operand.Mem{Base: parts[len(parts)-1], Index: n, Scale: 4}, next)
		parts = append(parts, next)
	}
	return parts
}

func (g *generator) product(x operand.Op, y reg.VecVirtual) reg.VecVirtual {
	v := g.vector()
	g.VMULPS(x, y, v)
	return v
}

// sigmoidSlope returns y·(1 − y), the slope of the sigmoid where its value is y.
func (g *generator) sigmoidSlope(y reg.VecVirtual) reg.VecVirtual {
	v := g.vector()
	g.VMOVAPS(y, v)
	g.VFNMADD231PS(y, y, v)
	return v
}

// tanhSlope returns 1 − y², the slope of tanh where its value is y.
func (g *generator) tanhSlope(y reg.VecVirtual) reg.VecVirtual {
	v := g.vector()
	g.VMOVUPS(g.constant("one", 1), v)
	g.VFNMADD231PS(y, y, v)
	return v
}
