package main

import "github.com/lane-go/lane/asm/neon"

func (g *neonGenerator) functions() {
	g.function("exp", neonKernel.expOf)
	g.function("sigmoid", neonKernel.sigmoidOf)
	g.function("tanh", neonKernel.tanhOf)
	g.function("relu", neonKernel.reluOf)
	g.function("addSigmoid", neonKernel.sigmoidOf, "y")
	g.function("addTanh", neonKernel.tanhOf, "y")
	g.function("addReLU", neonKernel.reluOf, "y")
}

// inPlace emits a function of x, in the register of x.
type inPlace func(k neonKernel, x neon.V)

// function emits dst[i] = f(x[i]), or f of the sum of x[i] and more.
func (g *neonGenerator) function(name string, f inPlace, more ...string) {
	k := g.kernel(name)
	dst, x, n := k.Pointer("dst"), k.Pointer("x"), k.Length("dst")
	var addends []neon.R
	for _, parameter := range more {
		addends = append(addends, k.Pointer(parameter))
	}
	k.span(name, n, func(p piece) { p.apply(f, dst, x, addends...) }, append(addends, dst, x)...)
	k.Return()
}

// apply emits dst = f(x) for the vectors of the piece, or f of the sum of x and the addends.
func (p piece) apply(f inPlace, dst, x neon.R, addends ...neon.R) {
	k := p.k
	k.Scope(func() {
		v := p.load(x)
		for _, y := range addends {
			k.Scope(func() {
				for i, w := range p.load(y) {
					k.Word(neon.FADD(neon.S4, w, v[i], v[i]))
				}
			})
		}
		k.Interleave(len(v), func(i int) { f(k, v[i]) })
		p.store(v, dst)
	})
}

// reluOf leaves NaN.
func (k neonKernel) reluOf(x neon.V) { k.Word(neon.FMAX(neon.S4, k.Resident(0), x, x)) }
