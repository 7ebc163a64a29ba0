package main

import "github.com/lane-go/lane/asm/neon"

// The products of some rows of a table with others, and what they add to each other: the words of a window and
// those that they are scored against.
func (g *neonGenerator) rowPairs() {
	g.dotPairs()
	g.addPairs()
	g.axpyRows()
	g.prefetchRows()
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

// pairWidths are the widths of the parts of rows that addPairs has in registers: for four rows b, and what these get.
var pairWidths = []int{2 * neonLanes, neonLanes}

// addPairs goes over the table part by part of its rows' width. What rows get is kept in sums, those of a before those
// of b and each as wide as the part, until all have gone by.
func (g *neonGenerator) addPairs() {
	k := g.kernel("addPairs")
	table := k.table()
	ask, askForRest := k.asking(table)
	k.columns("addPairs", k.Integer("width"), pairWidths, func(label string, p piece) {
		k.Scope(func() { k.pairSums(label, p, table) })
		k.Scope(func() {
			sums := k.Pointer("sums")
			for _, parameter := range []string{"a", "b"} {
				k.addSums(label+"Add"+parameter, p, table, parameter, sums)
			}
		})
		ask(label + "Next")
		k.Op("ADD", 4*p.elements, table.first)
	})
	askForRest("addPairsNext")
	k.Return()
}

// pairSums stores what a part of all rows gets. Groups of rows b stay in registers, with what they get, while
// the rows a go by, whose sums are read and written for each group.
func (k neonKernel) pairSums(label string, p piece, table neonTable) {
	forB := k.Pointer("sums")
	none := k.zeros(p.vectors())
	k.times(label+"Zero", k.Length("a"), func() {
		p.store(none, forB)
		k.Op("ADD", 4*p.elements, forB)
	})

	b, factors, factorStride := k.Pointer("b"), k.Pointer("g"), k.Length("b")
	k.Op("LSL", 2, factorStride)
	k.columns(label+"Group", k.Length("b"), []int{neonLanes}, func(label string, group piece) {
		y, got := make([][]neon.V, group.elements), make([][]neon.V, group.elements)
		for j := range y {
			y[j], got[j] = k.vectors(p.vectors()), k.zeros(p.vectors())
			k.Scope(func() { p.loadInto(y[j], table.row(b, j)) })
		}
		a, forA, factor := k.Pointer("a"), k.Pointer("sums"), k.copyOf(factors)
		k.times(label+"Rows", k.Length("a"), func() {
			x, sums, f := p.load(table.row(a, 0)), p.load(forA), group.load(factor)[0]
			for j := range y {
				for i := range x {
					k.Word(neon.FMLAByElement(f, j, y[j][i], sums[i]))
					k.Word(neon.FMLAByElement(f, j, x[i], got[j][i]))
				}
			}
			p.store(sums, forA)
			k.Op("ADD", 4, a)
			k.Op("ADD", 4*p.elements, forA)
			k.Op("ADD", factorStride, factor)
		})
		for _, sums := range got {
			p.store(sums, forB)
			k.Op("ADD", 4*p.elements, forB)
		}
		k.Op("ADD", 4*group.elements, b)
		k.Op("ADD", 4*group.elements, factors)
	})
}

// addSums adds the sums to a part of the rows of a parameter, and moves past them.
func (k neonKernel) addSums(label string, p piece, table neonTable, parameter string, sums neon.R) {
	ids := k.Pointer(parameter)
	k.times(label, k.Length(parameter), func() {
		row := table.row(ids, 0)
		v, addends := p.load(row), p.load(sums)
		for i := range v {
			k.Word(neon.FADD(neon.S4, addends[i], v[i], v[i]))
		}
		p.store(v, row)
		k.Op("ADD", 4, ids)
		k.Op("ADD", 4*p.elements, sums)
	})
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

func (g *neonGenerator) prefetchRows() {
	k := g.kernel("prefetch")
	ids, count, width, table := k.Pointer("ids"), k.Length("ids"), k.Integer("width"), k.table()
	ask := func(label, hint string) {
		k.times(label, count, func() {
			k.prefetch(label+"Line", table.row(ids, 0), k.copyOf(width), hint)
			k.Op("ADD", 4, ids)
		})
		k.Return()
	}
	k.Op("CBNZ", k.Bool("write"), "write")
	ask("toRead", prefetchToRead)
	k.Label("write")
	ask("toWrite", prefetchToWrite)
}
