package main

import "github.com/lane-go/lane/asm/neon"

func (g *neonGenerator) losses() {
	g.expSum("expSum", "x")
	g.expSum("addExpSum", "x", "y")
	g.logisticErrors()
}

// expSum is exp of the sum of terms less the top, and the sum of it. The vectors of a block are added up before
// they join the sum: fewer roundings.
func (g *neonGenerator) expSum(kernel string, terms ...string) {
	k := g.kernel(kernel)
	dst, n, top, sum := k.Pointer("dst"), k.Length("dst"), k.Broadcast("top"), k.zeros(1)[0]
	from := make([]neon.R, len(terms))
	for i, term := range terms {
		from[i] = k.Pointer(term)
	}
	k.span(kernel, n, func(p piece) {
		v := p.load(from[0])
		k.Interleave(len(v), func(i int) {
			for _, more := range from[1:] {
				k.Word(neon.FADD(neon.S4, p.vector(more, i), v[i], v[i]))
			}
			k.Word(neon.FSUB(neon.S4, top, v[i], v[i]))
			k.expOf(v[i])
		})
		p.store(v, dst)
		p.clearOthers(v)
		k.Word(neon.FADD(neon.S4, k.combine(v, neon.FADD, neon.S4), sum, sum))
	}, append(from, dst)...)
	k.ReturnFloat32(k.total([]neon.V{sum}))
}

// logisticErrors keeps σ for the loss and steps by what it lacks of 1. As in the cells, what one part leaves to
// the next is stored and read again.
func (g *neonGenerator) logisticErrors() {
	k := g.kernel("logisticErrors")
	k.errorsOf("logisticErrors", k.Length("g"), k.Pointer("g"), k.Pointer("p"), k.Pointer("z"))
	k.Return()
}

// errorsOf emits logisticErrors for n elements, in any kernel with its other parameters. It destroys n and the pointers.
func (k neonKernel) errorsOf(label string, n, step, sigmoid, z neon.R) {
	sign, rate := k.Pointer("sign"), k.Broadcast("rate")
	k.span(label, n, func(p piece) {
		p.each(func(at int) {
			p.storeVector(k.product(p.vector(z, at), p.vector(sign, at)), z, at)
		})
		p.apply(neonKernel.sigmoidOf, sigmoid, z)
		p.each(func(at int) {
			lack := k.oneMinus(p.vector(sigmoid, at))
			k.multiply(lack, k.product(rate, p.vector(sign, at)))
			p.storeVector(lack, step, at)
		})
	}, step, sigmoid, z, sign)
}
