package main

import "github.com/mmcloughlin/avo/reg"

func (g *generator) losses() {
	g.expSum("expSum", chunk.store, "x")
	g.expSum("addExpSum", chunk.store, "x", "y")
	g.logisticErrors()
}

// expSum is exp of the sum of terms less the top, and the sum of it.
func (g *generator) expSum(kernel string, store func(c chunk, v reg.VecVirtual, dst reg.GPVirtual, i int), terms ...string) {
	g.kernel(kernel)
	dst, n, top := g.pointer("dst"), g.length(terms[0]), g.broadcast("top")
	from := make([]reg.GPVirtual, len(terms))
	for i, term := range terms {
		from[i] = g.pointer(term)
	}
	sum, none := g.vector(), g.vector()
	g.zero(sum)
	g.zero(none)
	g.loop(kernel, n, 5, func(c chunk) {
		v := make([]reg.VecVirtual, c.vectors)
		c.each(func(i int) {
			v[i] = c.load(from[0], i)
			for _, more := range from[1:] {
				g.VADDPS(c.operand(more, i), v[i], v[i])
			}
			g.VSUBPS(top, v[i], v[i])
			g.expOf(v[i])
		})
		if c.mask != nil {
			g.fillOthers(g, c.mask, none, v[0])
		}
		// The vectors of a block are added up before they join the sum: fewer roundings.
		block := v[0]
		for i := 1; i < len(v); i++ {
			before := block
			block = g.vector()
			g.VADDPS(v[i], before, block)
		}
		g.VADDPS(block, sum, sum)
		for i := range v {
			store(c, v[i], dst, i)
		}
	})
	g.fold(sum, g.addition)
	g.endWith(sum)
}

// logisticErrors keeps σ for the loss and steps by what it lacks of 1.
func (g *generator) logisticErrors() {
	g.kernel("logisticErrors")
	g.errorsOf("logisticErrors", g.length("g"))
	g.end()
}

// errorsOf emits logisticErrors for n elements, in any kernel with these parameters. It destroys n.
func (g *generator) errorsOf(label string, n reg.GPVirtual) {
	step, p, z, sign := g.pointer("g"), g.pointer("p"), g.pointer("z"), g.pointer("sign")
	rate := g.broadcast("rate")
	g.loop(label, n, 9, func(c chunk) {
		c.each(func(i int) {
			x, kept := c.load(z, i), g.vector()
			s := c.load(sign, i)
			g.VMULPS(s, x, x)
			g.VMOVAPS(x, kept)
			c.store(kept, z, i)
			lack := g.errorOf(x, s, rate)
			c.store(x, p, i)
			c.store(lack, step, i)
		})
	})
}

// errorOf replaces scores by their σ, and returns rate·sign times what these lack of 1. It destroys the signs.
func (g *generator) errorOf(x, sign, rate reg.VecVirtual) (lack reg.VecVirtual) {
	g.VMULPS(sign, rate, sign)
	g.sigmoidOf(x)
	lack = g.vector()
	g.VMOVAPS(g.resident("one", 1), lack)
	g.VSUBPS(x, lack, lack)
	g.VMULPS(sign, lack, lack)
	return lack
}
