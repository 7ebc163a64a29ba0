package main

import "github.com/lane-go/lane/asm/neon"

// The cells of recurrent networks go over their operands once, a few vectors at a time. What one step
// leaves to the next is stored and read again, which leaves the registers to as many vectors as the
// step alone can have in flight.
func (g *neonGenerator) cells() {
	g.tanhBackward()
	g.lstmForward()
	g.lstmBackward()
	g.gruForward()
	g.gruBackward()
}

func (g *neonGenerator) tanhBackward() {
	k := g.kernel("tanhBackward")
	dx, dy, y, n := k.Pointer("dx"), k.Pointer("dy"), k.Pointer("y"), k.Length("dx")
	k.span("tanhBackward", n, func(p piece) {
		p.each(func(at int) {
			slope := k.tanhSlope(p.vector(y, at))
			k.multiply(slope, p.vector(dy, at))
			p.storeVector(slope, dx, at)
		})
	}, dx, dy, y)
	k.Return()
}

func (g *neonGenerator) lstmForward() {
	k := g.kernel("lstmForward")
	before, n := k.Pointer("before"), k.Length("h")
	gates, cell, tanhCell, h := k.parts("gates", n, 4), k.Pointer("c"), k.Pointer("tanhC"), k.Pointer("h")
	k.span("lstmForward", n, func(p piece) {
		for i, f := range []inPlace{neonKernel.sigmoidOf, neonKernel.sigmoidOf, neonKernel.tanhOf, neonKernel.sigmoidOf} {
			p.apply(f, gates[i], gates[i])
		}
		p.each(func(at int) {
			c := k.product(p.vector(gates[0], at), p.vector(gates[2], at))
			k.addProduct(p.vector(gates[1], at), p.vector(before, at), c)
			p.storeVector(c, cell, at)
		})
		p.apply(neonKernel.tanhOf, tanhCell, cell)
		p.each(func(at int) {
			p.storeVector(k.product(p.vector(gates[3], at), p.vector(tanhCell, at)), h, at)
		})
	}, append(gates, cell, tanhCell, h, before)...)
	k.Return()
}

func (g *neonGenerator) lstmBackward() {
	k := g.kernel("lstmBackward")
	before, tanhCell, dh, n := k.Pointer("before"), k.Pointer("tanhC"), k.Pointer("dh"), k.Length("dc")
	gates, dc := k.parts("gates", n, 4), k.Pointer("dc")
	k.span("lstmBackward", n, func(p piece) {
		p.each(func(at int) {
			dcell := p.vector(dc, at)
			k.Scope(func() {
				o, tanhC, d := p.vector(gates[3], at), p.vector(tanhCell, at), p.vector(dh, at)
				k.addProduct(k.product(o, d), k.tanhSlope(tanhC), dcell)
				k.multiply(d, tanhC)
				k.multiply(d, k.sigmoidSlope(o))
				p.storeVector(d, gates[3], at)
			})
			k.Scope(func() {
				i, candidate := p.vector(gates[0], at), p.vector(gates[2], at)
				di, dcandidate := k.product(candidate, dcell), k.product(i, dcell)
				k.multiply(di, k.sigmoidSlope(i))
				k.multiply(dcandidate, k.tanhSlope(candidate))
				p.storeVector(di, gates[0], at)
				p.storeVector(dcandidate, gates[2], at)
			})
			f, df := p.vector(gates[1], at), p.vector(before, at)
			k.multiply(df, dcell)
			k.multiply(df, k.sigmoidSlope(f))
			p.storeVector(df, gates[1], at)
			k.multiply(dcell, f)
			p.storeVector(dcell, dc, at)
		})
	}, append(gates, dc, before, tanhCell, dh)...)
	k.Return()
}

func (g *neonGenerator) gruForward() {
	k := g.kernel("gruForward")
	before, n := k.Pointer("before"), k.Length("h")
	gates, state, h := k.parts("gates", n, 3), k.parts("state", n, 3), k.Pointer("h")
	k.span("gruForward", n, func(p piece) {
		for i := range 2 {
			p.apply(neonKernel.sigmoidOf, gates[i], gates[i], state[i])
		}
		p.each(func(at int) {
			v := p.vector(gates[2], at)
			k.addProduct(p.vector(gates[0], at), p.vector(state[2], at), v)
			p.storeVector(v, gates[2], at)
		})
		p.apply(neonKernel.tanhOf, gates[2], gates[2])
		p.each(func(at int) {
			z := p.vector(gates[1], at)
			v := k.oneMinus(z)
			k.multiply(v, p.vector(gates[2], at))
			k.addProduct(z, p.vector(before, at), v)
			p.storeVector(v, h, at)
		})
	}, append(append(gates, state...), h, before)...)
	k.Return()
}

func (g *neonGenerator) gruBackward() {
	k := g.kernel("gruBackward")
	before, dh, n := k.Pointer("before"), k.Pointer("dh"), k.Length("dh")
	gates, state, dbefore := k.parts("gates", n, 3), k.parts("state", n, 3), k.Pointer("dbefore")
	k.span("gruBackward", n, func(p piece) {
		p.each(func(at int) {
			z, candidate, d := p.vector(gates[1], at), p.vector(gates[2], at), p.vector(dh, at)
			dcandidate := k.oneMinus(z)
			k.multiply(dcandidate, d)
			k.Scope(func() { k.multiply(dcandidate, k.tanhSlope(candidate)) })
			p.storeVector(dcandidate, gates[2], at)

			k.Scope(func() {
				dz := p.vector(before, at)
				k.Word(neon.FSUB(neon.S4, candidate, dz, dz))
				k.multiply(dz, d)
				k.multiply(dz, k.sigmoidSlope(z))
				p.storeVector(dz, gates[1], at)
				p.storeVector(dz, state[1], at)
			})
			k.Scope(func() {
				sum := p.vector(dbefore, at)
				k.addProduct(z, d, sum)
				p.storeVector(sum, dbefore, at)
			})

			r, dr := p.vector(gates[0], at), p.vector(state[2], at)
			k.multiply(dr, dcandidate)
			k.multiply(dcandidate, r)
			p.storeVector(dcandidate, state[2], at)
			k.multiply(dr, k.sigmoidSlope(r))
			p.storeVector(dr, gates[0], at)
			p.storeVector(dr, state[0], at)
		})
	}, append(append(gates, state...), dbefore, before, dh)...)
	k.Return()
}

// parts returns where the count parts of n elements that a parameter consists of begin.
func (k neonKernel) parts(parameter string, n neon.R, count int) []neon.R {
	size := k.copyOf(n)
	k.Op("LSL", 2, size)
	return k.rowsAt(k.Pointer(parameter), count, size)
}

func (k neonKernel) product(x, y neon.V) neon.V {
	v := k.V()
	k.Word(neon.FMUL(neon.S4, y, x, v))
	return v
}

// multiply computes x *= y, and addProduct sum += x·y.
func (k neonKernel) multiply(x, y neon.V)        { k.Word(neon.FMUL(neon.S4, y, x, x)) }
func (k neonKernel) addProduct(x, y, sum neon.V) { k.Op("VFMLA", y.S4(), x.S4(), sum.S4()) }

func (k neonKernel) oneMinus(x neon.V) neon.V {
	v := k.V()
	k.Word(neon.FSUB(neon.S4, x, k.Resident(1), v))
	return v
}

// sigmoidSlope returns y·(1 − y), the slope of the sigmoid where its value is y.
func (k neonKernel) sigmoidSlope(y neon.V) neon.V {
	v := k.V()
	k.Op("VMOV", y.B16(), v.B16())
	k.Op("VFMLS", y.S4(), y.S4(), v.S4())
	return v
}

// tanhSlope returns 1 − y², the slope of tanh where its value is y.
func (k neonKernel) tanhSlope(y neon.V) neon.V {
	v := k.Constant(1)
	k.Op("VFMLS", y.S4(), y.S4(), v.S4())
	return v
}
