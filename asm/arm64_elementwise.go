package main

import "github.com/lane-go/lane/asm/neon"

func (g *neonGenerator) elementwise() {
	g.axpy()
	g.scale()
	g.binary("add", neon.FADD)
	g.binary("sub", neon.FSUB)
	g.binary("mul", neon.FMUL)
	g.binary("div", neon.FDIV)
}

func (g *neonGenerator) axpy() {
	k := g.kernel("axpy")
	dst, x, n, a := k.Pointer("dst"), k.Pointer("x"), k.Length("dst"), k.Broadcast("a")
	k.addScaled("axpy", n, dst, a, x)
	k.Return()
}

// addScaled emits dst[i] += a·x[i] for i < n. It destroys n and both pointers.
func (k neonKernel) addScaled(label string, n, dst neon.R, a neon.V, x neon.R) {
	k.span(label, n, func(p piece) {
		sums, v := p.load(dst), p.load(x)
		for i, s := range sums {
			k.Op("VFMLA", v[i].S4(), a.S4(), s.S4())
		}
		p.store(sums, dst)
	}, dst, x)
}

func (g *neonGenerator) scale() {
	k := g.kernel("scale")
	dst, x, n, a := k.Pointer("dst"), k.Pointer("x"), k.Length("dst"), k.Broadcast("a")
	k.span("scale", n, func(p piece) {
		v := p.load(x)
		for i := range v {
			k.Word(neon.FMUL(neon.S4, a, v[i], v[i]))
		}
		p.store(v, dst)
	}, dst, x)
	k.Return()
}

func (g *neonGenerator) binary(name string, op lanewise) {
	k := g.kernel(name)
	dst, x, y, n := k.Pointer("dst"), k.Pointer("x"), k.Pointer("y"), k.Length("dst")
	k.span(name, n, func(p piece) {
		v, w := p.load(x), p.load(y)
		for i := range v {
			k.Word(op(neon.S4, w[i], v[i], v[i]))
		}
		p.store(v, dst)
	}, dst, x, y)
	k.Return()
}
