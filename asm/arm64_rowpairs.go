package main

import "github.com/lane-go/lane/asm/neon"

// The products of some rows of a table with others, and what they add to each other: the words of a window and
// those that they are scored against.
func (g *neonGenerator) rowPairs() {
	g.dotPairs()
	g.axpyRows()
}

// dotPairs multiplies one row a after the other with all rows b, which the cache holds meanwhile.
func (g *neonGenerator) dotPairs() {
	k := g.kernel("dotPairs")
	dst, a, width, table := k.Pointer("dst"), k.Pointer("a"), k.Integer("width"), k.table()
	k.times("dotPairs", k.Length("a"), func() {
		x, b, count := table.row(a, 0), k.Pointer("b"), k.Length("b")
		k.productsWithRows("dotPairs", dst, x, width, table, b, count)
		k.Op("ADD", 4, a)
	})
	k.Return()
}

func (g *neonGenerator) axpyRows() {
	k := g.kernel("axpyRows")
	x, aStride, table := k.Pointer("x"), k.Stride("aStride"), k.table()
	k.columns("axpyRows", k.Integer("width"), neonColumns, func(label string, p piece) {
		v, a, ids := p.load(x), k.Pointer("a"), k.Pointer("ids")
		k.times(label, k.Length("ids"), func() {
			row, factor := table.row(ids, 0), k.V()
			k.Op("FMOVS", a.At(0), factor.F())
			sums := p.load(row)
			for i, sum := range sums {
				k.Word(neon.FMLAByElement(factor, 0, v[i], sum))
			}
			p.store(sums, row)
			k.Op("ADD", aStride, a)
			k.Op("ADD", 4, ids)
		})
		k.Op("ADD", 4*p.elements, x)
		k.Op("ADD", 4*p.elements, table.first)
	})
	k.Return()
}
