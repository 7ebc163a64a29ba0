package main

import "github.com/mmcloughlin/avo/reg"

func (g *generator) losses() {
	g.expSum()
}

// expSum is exp of what is never positive: it cannot overflow.
func (g *generator) expSum() {
	g.kernel("expSum")
	dst, x, n, top := g.pointer("dst"), g.pointer("x"), g.length("dst"), g.broadcast("top")
	lowest := g.load(g.constant("expUnderflow", expUnderflow))
	sum, none := g.vector(), g.vector()
	g.zero(sum)
	g.zero(none)
	g.span("expSum", n, 3, func(c chunk) {
		v := make([]reg.VecVirtual, c.vectors)
		for i := range v {
			v[i] = c.load(x, i)
		}
		g.interleave(c.vectors, func(i int) {
			g.VSUBPS(top, v[i], v[i])
			g.VMAXPS(v[i], lowest, v[i]) // with v as the second source, a NaN stays
			n, power := g.reducedExp(v[i])
			g.scaleByPower(g, n, power, v[i])
		})
		if c.mask != nil {
			g.fillOthers(g, c.mask, none, v[0])
		}
		// The vectors of a block are added up before they join the sum: a third of the roundings.
		block := v[0]
		for i := 1; i < len(v); i++ {
			before := block
			block = g.vector()
			g.VADDPS(v[i], before, block)
		}
		g.VADDPS(block, sum, sum)
		for i := range v {
			c.store(v[i], dst, i)
		}
	})
	g.fold(sum, g.addition)
	g.endWith(sum)
}
