package main

import "github.com/lane-go/lane/asm/neon"

func (g *neonGenerator) losses() {
	g.expSum()
}

// expSum is exp of what is never positive, and the sum of it. The vectors of a block are added up before
// they join the sum: fewer roundings.
func (g *neonGenerator) expSum() {
	k := g.kernel("expSum")
	dst, x, n, top, sum := k.Pointer("dst"), k.Pointer("x"), k.Length("dst"), k.Broadcast("top"), k.zeros(1)[0]
	k.span("expSum", n, func(p piece) {
		v := p.load(x)
		k.Interleave(len(v), func(i int) {
			k.Word(neon.FSUB(neon.S4, top, v[i], v[i]))
			k.expOf(v[i])
		})
		p.store(v, dst)
		p.clearOthers(v)
		k.Word(neon.FADD(neon.S4, k.combine(v, neon.FADD, neon.S4), sum, sum))
	}, dst, x)
	k.ReturnFloat32(k.total([]neon.V{sum}))
}
