package main

import "github.com/mmcloughlin/avo/reg"

func (g *generator) functions() {
	g.function("exp", 4, g.expOf)
	g.function("sigmoid", 5, g.sigmoidOf)
	g.function("tanh", 5, g.tanhOf)
	g.function("relu", 3, g.reluOf)
	g.function("addSigmoid", 5, g.sigmoidOf, "y")
	g.function("addTanh", 5, g.tanhOf, "y")
	g.function("addReLU", 3, g.reluOf, "y")
}

// function emits dst[i] = f(x[i]), or f of the sum of x[i] and more; f computes in place, in
// so many registers.
func (g *generator) function(name string, registers int, f func(x reg.VecVirtual), more ...string) {
	g.kernel(name)
	dst, x, n := g.pointer("dst"), g.pointer("x"), g.length("dst")
	addends := make([]reg.GPVirtual, len(more))
	for i, parameter := range more {
		addends[i] = g.pointer(parameter)
	}
	g.loop(name, n, registers, func(c chunk) {
		c.each(func(i int) {
			v := c.load(x, i)
			for _, y := range addends {
				g.VADDPS(c.operand(y, i), v, v)
			}
			f(v)
			c.store(v, dst, i)
		})
	})
	g.end()
}

// loop emits body for n elements, by as many vectors at once as find so many registers each.
func (g *generator) loop(label string, n reg.GPVirtual, registers int, body func(c chunk)) {
	g.hoist(func() { g.span(label, n, (g.registers-g.kept)/registers, body) })
}

// With x as the second source, a NaN stays.
func (g *generator) reluOf(x reg.VecVirtual) { g.VMAXPS(x, g.resident("zero", 0), x) }
