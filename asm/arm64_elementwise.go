package main

import "github.com/lane-go/lane/asm/neon"

func (g *neonGenerator) elementwise() {
	g.axpy()
	g.scale()
	g.binary("add", neon.FADD)
	g.binary("sub", neon.FSUB)
	g.binary("mul", neon.FMUL)
	g.binary("div", neon.FDIV)
	g.relu()
	g.addReLU()
	g.tanhBackward()
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
	k.withConstant("scale", dst, x, n, a, neon.FMUL)
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

func (g *neonGenerator) relu() {
	k := g.kernel("relu")
	dst, x, n, zero := k.Pointer("dst"), k.Pointer("x"), k.Length("dst"), k.zeros(1)[0]
	k.withConstant("relu", dst, x, n, zero, neon.FMAX)
}

func (g *neonGenerator) addReLU() {
	k := g.kernel("addReLU")
	dst, x, y, n, zero := k.Pointer("dst"), k.Pointer("x"), k.Pointer("y"), k.Length("dst"), k.zeros(1)[0]
	k.span("addReLU", n, func(p piece) {
		v, w := p.load(x), p.load(y)
		k.Interleave(len(v), func(i int) {
			k.Word(neon.FADD(neon.S4, w[i], v[i], v[i]))
			k.Word(neon.FMAX(neon.S4, zero, v[i], v[i]))
		})
		p.store(v, dst)
	}, dst, x, y)
	k.Return()
}

func (g *neonGenerator) tanhBackward() {
	k := g.kernel("tanhBackward")
	dx, dy, y, n := k.Pointer("dx"), k.Pointer("dy"), k.Pointer("y"), k.Length("dx")
	k.span("tanhBackward", n, func(p piece) {
		gradient, value := p.load(dy), p.load(y)
		k.Interleave(len(value), func(i int) {
			slope := k.tanhSlope(value[i])
			k.Word(neon.FMUL(neon.S4, slope, gradient[i], gradient[i]))
		})
		p.store(gradient, dx)
	}, dx, dy, y)
	k.Return()
}

// tanhSlope returns 1 − y², the slope of tanh where its value is y.
func (k neonKernel) tanhSlope(y neon.V) neon.V {
	slope := k.Constant(1)
	k.Op("VFMLS", y.S4(), y.S4(), slope.S4())
	return slope
}

// withConstant emits the rest of a kernel that is dst[i] = x[i] ∘ constant for i < n.
func (k neonKernel) withConstant(label string, dst, x, n neon.R, constant neon.V, op lanewise) {
	k.span(label, n, func(p piece) {
		v := p.load(x)
		for i := range v {
			k.Word(op(neon.S4, constant, v[i], v[i]))
		}
		p.store(v, dst)
	}, dst, x)
	k.Return()
}
