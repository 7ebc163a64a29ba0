package main

import (
	"fmt"

	"github.com/lane-go/lane/asm/neon"
)

// The products of a few rows, picked out of a table, with a vector: what a centre word and its
// negatives are to each other.
func (g *neonGenerator) rowProducts() {
	g.dotRows()
	g.sumRows()
	g.outer()
}

func (g *neonGenerator) dotRows() {
	k := g.kernel("dotRows")
	dst, x, width := k.Pointer("dst"), k.Pointer("x"), k.Integer("width")
	ids, count, table := k.Pointer("ids"), k.Length("ids"), k.table()
	k.productsWithRows("dotRows", dst, x, width, table, ids, count)
	k.Return()
}

// productsWithRows takes four rows at a time while there are so many, then two, then one. Those of a group share the
// loads of x and the folding of their sums. It destroys count, and moves ids and dst past the last.
func (k neonKernel) productsWithRows(label string, dst, x, width neon.R, table neonTable, ids, count neon.R) {
	k.columns(label, count, []int{neonLanes}, func(label string, group piece) {
		rows := make([]neon.R, group.elements)
		for i := range rows {
			rows[i] = table.row(ids, i)
		}
		sums := k.dots(fmt.Sprint(label, "Dots"), k.copyOf(width), k.copyOf(x), rows)
		group.store([]neon.V{k.fold(sums)}, dst)
		k.Op("ADD", 4*group.elements, dst)
		k.Op("ADD", 4*group.elements, ids)
	})
}

// dots returns for each row four lanes that add up to its product with the n elements of x. It destroys n and
// all pointers.
func (k neonKernel) dots(label string, n, x neon.R, rows []neon.R) []neon.V {
	sums := make([][]neon.V, len(rows))
	for i := range sums {
		sums[i] = k.zeros(neonBlock)
	}
	k.span(label, n, func(p piece) {
		v := p.load(x)
		for i, row := range rows {
			k.Scope(func() {
				for j, w := range p.load(row) {
					k.Op("VFMLA", w.S4(), v[j].S4(), sums[i][j].S4())
				}
			})
		}
	}, append(rows, x)...)
	quarters := make([]neon.V, len(rows))
	for i, s := range sums {
		quarters[i] = k.combine(s, neon.FADD, neon.S4)
	}
	return quarters
}

// neonColumns are the widths of the parts of a row that are in registers while the rows go by.
var neonColumns = []int{columnVectors * neonLanes, columnVectors / 2 * neonLanes, neonLanes}

func (g *neonGenerator) sumRows() {
	k := g.kernel("sumRows")
	dst, aStride, table := k.Pointer("dst"), k.Stride("aStride"), k.table()
	k.columns("sumRows", k.Integer("width"), neonColumns, func(label string, p piece) {
		sums := k.zeros(p.vectors())
		a, ids := k.Pointer("a"), k.Pointer("ids")
		k.times(label, k.Length("ids"), func() {
			row, factor := table.row(ids, 0), k.V()
			k.Op("FMOVS", a.At(0), factor.F())
			for i, v := range p.load(row) {
				k.Word(neon.FMLAByElement(factor, 0, v, sums[i]))
			}
			k.Op("ADD", aStride, a)
			k.Op("ADD", 4, ids)
		})
		p.store(sums, dst)
		k.Op("ADD", 4*p.elements, dst)
		k.Op("ADD", 4*p.elements, table.first)
	})
	k.Return()
}

func (g *neonGenerator) outer() {
	k := g.kernel("outer")
	dst, x, stride := k.Pointer("dst"), k.Pointer("x"), k.Stride("dstStride")
	k.columns("outer", k.Length("x"), neonColumns, func(label string, p piece) {
		v, row, a := p.load(x), k.copyOf(dst), k.Pointer("a")
		k.times(label, k.Length("a"), func() {
			factor, products := k.V(), k.vectors(len(v))
			k.Op("FMOVS", a.At(0), factor.F())
			for i, product := range products {
				k.Word(neon.FMULByElement(factor, 0, v[i], product))
			}
			p.store(products, row)
			k.Op("ADD", stride, row)
			k.Op("ADD", 4, a)
		})
		k.Op("ADD", 4*p.elements, x)
		k.Op("ADD", 4*p.elements, dst)
	})
	k.Return()
}

// times emits a loop of n turns. It destroys n.
func (k neonKernel) times(label string, n neon.R, body func()) {
	k.Op("CBZ", n, label+"Over")
	k.Label(label + "Turn")
	k.Scope(body)
	k.Op("SUBS", 1, n, n)
	k.Op("BNE", label+"Turn")
	k.Label(label + "Over")
}
