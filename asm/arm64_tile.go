package main

import (
	"fmt"

	"github.com/lane-go/lane/asm/neon"
)

// A tile is as high and wide as leaves some registers beside its 24 sums: a step loads
// 11 operands for as many multiply-adds.
const (
	neonTileRows  = 8
	neonTileWidth = 3 * neonLanes
)

// tile emits the micro-kernel of the matrix product, with a body for each number of
// rows: a body's sums stay in registers while k runs, and a tile of C is
// read and written once.
func (g *neonGenerator) tile() {
	k := g.kernel("tile")
	k.bodies("tile", neonTileRows, k.tileBody)
}

// bodies emits a body for each number of rows up to most, and the choice of the one for m.
func (k neonKernel) bodies(name string, most int, body func(label string, rows int)) {
	m := k.Integer("m")
	for rows := most; rows > 0; rows-- {
		label := fmt.Sprint(name, rows)
		if rows > 1 {
			k.Op("CMP", rows, m)
			k.Op("BNE", label+"Not")
		}
		k.Scope(func() { body(label, rows) })
		k.Return()
		if rows > 1 {
			k.Label(label + "Not")
		}
	}
}

// tileBody emits the loop over the columns for a given number of rows.
func (k neonKernel) tileBody(label string, rows int) {
	b, c, n := k.Pointer("b"), k.Pointer("c"), k.Integer("n")
	widths := []int{neonTileWidth, neonLanes}
	if rows <= neonTileRows/2 {
		// So few rows leave registers for two tiles at once, whose sums keep the arithmetic busy.
		widths = append([]int{2 * neonTileWidth}, widths...)
	}
	k.columns(label, n, widths, func(label string, p piece) {
		panels := []neon.R{k.copyOf(b)}
		if p.elements < neonTileWidth {
			k.tileProduct(label, rows, p, panels, c)
			k.Op("ADD", 4*p.elements, b)
		} else {
			bTile := k.Stride("bTile")
			k.Op("ADD", bTile, b)
			if p.elements > neonTileWidth {
				panels = append(panels, k.copyOf(b))
				k.Op("ADD", bTile, b)
			}
			k.tileProduct(label, rows, piece{k, neonTileWidth}, panels, c)
		}
		k.Op("ADD", 4*p.elements, c)
	})
}

// tileProduct emits the product of rows by a piece of each panel of B. It moves the pointers to the panels.
func (k neonKernel) tileProduct(label string, rows int, p piece, panels []neon.R, c neon.R) {
	vectors := len(panels) * p.vectors()
	sums := make([][]neon.V, rows)
	for i := range sums {
		sums[i] = k.vectors(vectors)
	}
	add, ldc := k.Bool("add"), k.Stride("ldc")
	k.Op("CBZ", add, label+"New")
	k.eachRowAt(c, ldc, rows, func(i int, row neon.R) { p.loadInto(sums[i], row) })
	k.Op("B", label+"Begin")
	k.Label(label + "New")
	for _, s := range sums {
		k.clear(s)
	}

	k.Label(label + "Begin")
	a, left := k.rowsAt(k.Pointer("a"), rows, k.Stride("aRow")), k.Integer("k")
	aCol, bRow, column := k.Stride("aCol"), k.Stride("bRow"), k.R()
	k.Op("MOVD", 0, column)

	k.Label(label + "Step")
	var row []neon.V
	for _, b := range panels {
		row = append(row, p.load(b)...)
		k.Op("ADD", bRow, b)
	}
	// Not all elements of A's column have a register: the later ones are loaded as the first are used up.
	elements := k.vectors(min(rows, k.VectorsLeft()))
	load := func(i int) { k.Op("FMOVS", a[i].Plus(column), elements[i%len(elements)].F()) }
	for i := range elements {
		load(i)
	}
	for i := range rows {
		for j, v := range row {
			k.Word(neon.FMLAByElement(elements[i%len(elements)], 0, v, sums[i][j]))
		}
		if next := i + len(elements); next < rows {
			load(next)
		}
	}
	k.Op("ADD", aCol, column)
	k.Op("SUBS", 1, left, left)
	k.Op("BNE", label+"Step")

	k.eachRowAt(c, ldc, rows, func(i int, row neon.R) { p.store(sums[i], row) })
}

// columns emits a loop over n columns: pieces of the first width while there are as many, then of the next, down to
// single vectors, and then what is left of one, halving it. The body moves its pointers along. It destroys n.
func (k neonKernel) columns(label string, n neon.R, widths []int, body func(label string, p piece)) {
	for _, width := range widths {
		loop := fmt.Sprint(label, "By", width)
		k.Op("CMP", width, n)
		k.Op("BLT", loop+"Done")
		k.Label(loop)
		k.Scope(func() { body(loop, piece{k, width}) })
		k.Op("SUB", width, n)
		k.Op("CMP", width, n)
		k.Op("BGE", loop)
		k.Label(loop + "Done")
	}
	for _, elements := range []int{2, 1} {
		part := fmt.Sprint(label, "By", elements)
		k.Op("TBZ", elements/2, n, part+"Done")
		k.Scope(func() { body(part, piece{k, elements}) })
		k.Label(part + "Done")
	}
}

// rowsAt returns the addresses of the given number of rows from the first on, so many bytes apart.
func (k neonKernel) rowsAt(first neon.R, rows int, stride neon.R) []neon.R {
	r := []neon.R{first}
	for i := 1; i < rows; i++ {
		r = append(r, k.R())
		k.Op("ADD", stride, r[i-1], r[i])
	}
	return r
}

// eachRowAt emits what is to do with each of the given number of rows from the first on, so many bytes apart.
func (k neonKernel) eachRowAt(first, stride neon.R, rows int, do func(i int, row neon.R)) {
	k.Scope(func() {
		row := k.copyOf(first)
		for i := range rows {
			do(i, row)
			if i < rows-1 {
				k.Op("ADD", stride, row)
			}
		}
	})
}

// copyOf returns a new register that holds the same.
func (k neonKernel) copyOf(r neon.R) neon.R {
	other := k.R()
	k.Op("MOVD", r, other)
	return other
}
