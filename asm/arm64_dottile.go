package main

import "github.com/lane-go/lane/asm/neon"

// neonDotRows is how many rows a tile of dot products has: with four columns, whose sums are folded into
// one vector, it leaves registers for the operands alone.
const neonDotRows = 6

// dotTile emits the micro-kernel of the product with a transposed matrix, whose columns are
// contiguous: rows of A meet rows of Bᵀ as vectors along k, and each sum is
// folded at the end. Nothing has to be packed.
func (g *neonGenerator) dotTile() {
	k := g.kernel("dotTile")
	k.bodies("dot", neonDotRows, k.dotBody)
}

// dotBody emits the loop over the columns for a given number of rows: four at a time, then two and one.
func (k neonKernel) dotBody(label string, rows int) {
	b, ldb, c, n := k.Pointer("b"), k.Stride("ldb"), k.Pointer("c"), k.Integer("n")
	k.columns(label, n, []int{neonLanes}, func(label string, columns piece) {
		k.dotProducts(label, rows, columns, b, ldb, c)
		for range columns.elements {
			k.Op("ADD", ldb, b)
		}
		k.Op("ADD", 4*columns.elements, c)
	})
}

func (k neonKernel) dotProducts(label string, rows int, columns piece, bStart, ldb, c neon.R) {
	sums := make([][]neon.V, rows)
	for i := range sums {
		sums[i] = k.zeros(columns.elements)
	}
	a, b := k.rowsAt(k.Pointer("a"), rows, k.Stride("lda")), k.rowsAt(k.copyOf(bStart), columns.elements, ldb)
	k.columns(label+"Depth", k.Integer("k"), []int{neonLanes}, func(_ string, p piece) {
		x := k.vectors(rows)
		for i, v := range x {
			p.next(a[i], v)
		}
		y := k.vectors(min(len(b), k.VectorsLeft()))
		for j := range b {
			w := y[j%len(y)]
			p.next(b[j], w)
			for i, v := range x {
				k.Op("VFMLA", w.S4(), v.S4(), sums[i][j].S4())
			}
		}
	})

	products := make([]neon.V, rows)
	for i, s := range sums {
		products[i] = k.fold(s)
	}
	add, ldc := k.Bool("add"), k.Stride("ldc")
	k.Op("CBZ", add, label+"Store")
	k.eachRowAt(c, ldc, rows, func(i int, row neon.R) {
		k.Scope(func() { k.Word(neon.FADD(neon.S4, columns.load(row)[0], products[i], products[i])) })
	})
	k.Label(label + "Store")
	k.eachRowAt(c, ldc, rows, func(i int, row neon.R) { columns.store(products[i:i+1], row) })
}
