package main

import "github.com/lane-go/lane/asm/neon"

// An update of the parameters reads and writes each array once: it costs what memory does, and where there
// are roots and quotients, what those do.
func (g *neonGenerator) optimizers() {
	g.momentum()
	g.adaGrad()
	g.adam()
}

func (g *neonGenerator) momentum() {
	k := g.kernel("momentum")
	p, v, gradient, n := k.Pointer("p"), k.Pointer("v"), k.Pointer("g"), k.Length("p")
	rate, mu, scale := k.Broadcast("rate"), k.Broadcast("mu"), k.Broadcast("scale")
	k.span("momentum", n, func(c piece) {
		velocities, values, gradients := c.load(v), c.load(p), c.load(gradient)
		k.Interleave(c.vectors(), func(i int) {
			k.Word(neon.FMUL(neon.S4, mu, velocities[i], velocities[i]))
			k.Op("VFMLA", scale.S4(), gradients[i].S4(), velocities[i].S4())
			k.Op("VFMLS", rate.S4(), velocities[i].S4(), values[i].S4())
		})
		c.store(velocities, v)
		c.store(values, p)
	}, p, v, gradient)
	k.Return()
}

func (g *neonGenerator) adaGrad() {
	k := g.kernel("adaGrad")
	p, s, gradient, n := k.Pointer("p"), k.Pointer("s"), k.Pointer("g"), k.Length("p")
	rate, epsilon, scale := k.Broadcast("rate"), k.Broadcast("epsilon"), k.Broadcast("scale")
	k.span("adaGrad", n, func(c piece) {
		gradients, squares, values := c.load(gradient), c.load(s), c.load(p)
		k.Interleave(c.vectors(), func(i int) {
			k.Word(neon.FMUL(neon.S4, scale, gradients[i], gradients[i]))
			k.Op("VFMLA", gradients[i].S4(), gradients[i].S4(), squares[i].S4())
			k.Word(neon.FMUL(neon.S4, rate, gradients[i], gradients[i]))
			k.descend(values[i], gradients[i], squares[i], epsilon)
		})
		c.store(squares, s)
		c.store(values, p)
	}, p, s, gradient)
	k.Return()
}

func (g *neonGenerator) adam() {
	k := g.kernel("adam")
	p, m, v, gradient, n := k.Pointer("p"), k.Pointer("m"), k.Pointer("v"), k.Pointer("g"), k.Length("p")
	keep, rate, epsilon, scale := k.Broadcast("keep"), k.Broadcast("rate"), k.Broadcast("epsilon"), k.Broadcast("scale")
	beta1, fresh1, beta2, fresh2 := k.Broadcast("beta1"), k.Broadcast("fresh1"), k.Broadcast("beta2"), k.Broadcast("fresh2")
	k.span("adam", n, func(c piece) {
		gradients, means, squares, values := c.load(gradient), c.load(m), c.load(v), c.load(p)
		k.Interleave(c.vectors(), func(i int) {
			scaled, mean, square, value := gradients[i], means[i], squares[i], values[i]
			k.Word(neon.FMUL(neon.S4, scale, scaled, scaled))
			k.Word(neon.FMUL(neon.S4, beta1, mean, mean))
			k.Op("VFMLA", fresh1.S4(), scaled.S4(), mean.S4())
			k.Word(neon.FMUL(neon.S4, beta2, square, square))
			fresh := k.V()
			k.Word(neon.FMUL(neon.S4, fresh2, scaled, fresh))
			k.Op("VFMLA", fresh.S4(), scaled.S4(), square.S4())
			k.Word(neon.FMUL(neon.S4, keep, value, value))
			k.Word(neon.FMUL(neon.S4, rate, mean, scaled))
			k.descend(value, scaled, square, epsilon)
		})
		c.store(means, m)
		c.store(squares, v)
		c.store(values, p)
	}, p, m, v, gradient)
	k.Return()
}

// descend emits value −= step/(√square + epsilon). It destroys step.
func (k neonKernel) descend(value, step, square, epsilon neon.V) {
	root := k.V()
	k.Word(neon.FSQRT(neon.S4, square, root))
	k.Word(neon.FADD(neon.S4, epsilon, root, root))
	k.Word(neon.FDIV(neon.S4, root, step, step))
	k.Word(neon.FSUB(neon.S4, step, value, value))
}
