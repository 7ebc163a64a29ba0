package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// An update of the parameters reads and writes each array once: it costs what memory does.
func (g *generator) optimizers() {
	g.sumSquares()
	g.momentum()
	g.adaGrad()
	g.adam()
}

// sumSquares adds up in float64, where a square is exact and does not overflow. Each half of a
// vector has sums of its own.
func (g *generator) sumSquares() {
	g.kernel("sumSquares")
	x, n := g.pointer("x"), g.length("x")
	sums := g.vectors(8)
	for _, s := range sums {
		g.zero(s)
	}
	g.span("sumSquares", n, len(sums)/2, func(c chunk) {
		for i := range c.vectors {
			for half, v := range c.doubles(x, i) {
				g.VFMADD231PD(v, v, sums[2*i+half])
			}
		}
	})
	addition, sum := func(b, a, dst operand.Op) { g.VADDPD(b, a, dst) }, sums[0]
	g.combinePairs(sums, addition)
	g.foldToFour(g, sum, addition)
	g.foldToTwo(sum, addition)
	result, err := g.ReturnIndex(0).Resolve()
	if err != nil {
		panic(err) // the signature has no result
	}
	g.VMOVSD(sum.AsX(), result.Addr)
	g.end()
}

func (g *generator) momentum() {
	g.kernel("momentum")
	p, v, gradient, n := g.pointer("p"), g.pointer("v"), g.pointer("g"), g.length("p")
	rate, mu, scale := g.broadcast("rate"), g.broadcast("mu"), g.broadcast("scale")
	g.span("momentum", n, 4, func(c chunk) {
		for i := range c.vectors {
			velocity, value := c.load(v, i), c.load(p, i)
			g.VMULPS(mu, velocity, velocity)
			g.VFMADD231PS(c.load(gradient, i), scale, velocity)
			g.VFNMADD231PS(velocity, rate, value)
			c.store(velocity, v, i)
			c.store(value, p, i)
		}
	})
	g.end()
}

func (g *generator) adaGrad() {
	g.kernel("adaGrad")
	p, s, gradient, n := g.pointer("p"), g.pointer("s"), g.pointer("g"), g.length("p")
	rate, epsilon, scale := g.broadcast("rate"), g.broadcast("epsilon"), g.broadcast("scale")
	g.span("adaGrad", n, 2, func(c chunk) {
		for i := range c.vectors {
			scaled, square, value := c.load(gradient, i), c.load(s, i), c.load(p, i)
			g.VMULPS(scale, scaled, scaled)
			g.VFMADD231PS(scaled, scaled, square)
			g.VMULPS(rate, scaled, scaled)
			g.descend(value, scaled, square, epsilon)
			c.store(square, s, i)
			c.store(value, p, i)
		}
	})
	g.end()
}

func (g *generator) adam() {
	g.kernel("adam")
	p, m, v, gradient, n := g.pointer("p"), g.pointer("m"), g.pointer("v"), g.pointer("g"), g.length("p")
	keep, rate, epsilon, scale := g.broadcast("keep"), g.broadcast("rate"), g.broadcast("epsilon"), g.broadcast("scale")
	beta1, fresh1, beta2, fresh2 := g.broadcast("beta1"), g.broadcast("fresh1"), g.broadcast("beta2"), g.broadcast("fresh2")
	g.span("adam", n, 1, func(c chunk) {
		scaled, mean, square, value := c.load(gradient, 0), c.load(m, 0), c.load(v, 0), c.load(p, 0)
		step := g.vector()
		g.VMULPS(scale, scaled, scaled)
		g.VMULPS(fresh1, scaled, step)
		g.VFMADD213PS(step, beta1, mean)
		g.VMULPS(fresh2, scaled, step)
		g.VMULPS(scaled, step, step)
		g.VFMADD213PS(step, beta2, square)
		g.VMULPS(rate, mean, step)
		g.VMULPS(keep, value, value)
		g.descend(value, step, square, epsilon)
		c.store(mean, m, 0)
		c.store(square, v, 0)
		c.store(value, p, 0)
	})
	g.end()
}

// descend emits value −= step/(√square + epsilon). It destroys step.
func (g *generator) descend(value, step, square, epsilon reg.VecVirtual) {
	root := g.vector()
	g.VSQRTPS(square, root)
	g.VADDPS(epsilon, root, root)
	g.VDIVPS(root, step, step)
	g.VSUBPS(step, value, value)
}
