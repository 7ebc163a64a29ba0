package main

import "github.com/mmcloughlin/avo/ir"

// apart returns what code emits, instead of appending it to the kernel.
func (g *generator) apart(code func()) []ir.Node {
	f := g.underway()
	before := f.Nodes
	f.Nodes = nil
	code()
	nodes := f.Nodes
	f.Nodes = before
	return nodes
}

func (g *generator) append(nodes []ir.Node) {
	f := g.underway()
	f.Nodes = append(f.Nodes, nodes...)
}

// underway returns the kernel that is being emitted.
func (g *generator) underway() *ir.Function {
	file, _ := g.Result()
	functions := file.Functions()
	return functions[len(functions)-1]
}

// interleave emits independent pieces of straight code so that their
// instructions take turns.
func (g *generator) interleave(n int, piece func(i int)) {
	pieces := make([][]ir.Node, n)
	for i := range pieces {
		pieces[i] = g.apart(func() { piece(i) })
	}
	for at, left := 0, n; left > 0; at++ {
		left = 0
		for _, p := range pieces {
			if at < len(p) {
				g.append(p[at : at+1])
				left++
			}
		}
	}
}
