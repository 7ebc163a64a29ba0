package main

import (
	"fmt"

	"github.com/lane-go/lane/asm/neon"
)

// A tile is as high and wide as leaves registers beside its 21 sums for four elements of each row of A, and
// for vectors of B as they are used: where the rows of A are contiguous, 19 loads serve 84 multiply-adds.
//
// By the published widths of the cores, that loop of 109 instructions is bound by its multiply-adds alone: 42 cycles on
// the two pipes of a Neoverse N1, which takes in 4 instructions and loads 2 vectors a cycle, and 21 on the four of a
// V1, V2 or Apple core, which take in 8, as 21 sums outlast four pipes of four cycles' latency. This is
// derived, not measured.
const (
	neonTileRows  = 7
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
	if pair := 2 * neonTileWidth / neonLanes; rows*(pair+1) < k.VectorsLeft() {
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
	k.tileDepth(label, p, panels, sums)
	k.eachRowAt(c, ldc, rows, func(i int, row neon.R) { p.store(sums[i], row) })
}

// tileDepth emits the loop over k: four steps at a time where the rows of A are contiguous, and single ones
// for the rest, or where they are not.
func (k neonKernel) tileDepth(label string, p piece, panels []neon.R, sums [][]neon.V) {
	a, left := k.rowsAt(k.Pointer("a"), len(sums), k.Stride("aRow")), k.Integer("k")
	aCol, bRow, column := k.Stride("aCol"), k.Stride("bRow"), k.R()
	elements := k.vectors(len(a))

	k.Op("CMP", 4, aCol)
	k.Op("BNE", label+"Single")
	k.Op("SUBS", neonLanes, left, left)
	k.Op("BLT", label+"Rest")
	k.Label(label + "Steps")
	for i, v := range elements {
		piece{k, neonLanes}.next(a[i], v)
	}
	for lane := range neonLanes {
		k.tileStep(p, elements, lane, panels, bRow, sums)
	}
	k.Op("SUBS", neonLanes, left, left)
	k.Op("BGE", label+"Steps")
	k.Label(label + "Rest")
	k.Op("ADDS", neonLanes, left, left)
	k.Op("BEQ", label+"End")

	k.Label(label + "Single")
	k.Op("MOVD", 0, column)
	k.Label(label + "Step")
	for i, v := range elements {
		k.Op("FMOVS", a[i].Plus(column), v.F())
	}
	k.tileStep(p, elements, 0, panels, bRow, sums)
	k.Op("ADD", aCol, column)
	k.Op("SUBS", 1, left, left)
	k.Op("BNE", label+"Step")
	k.Label(label + "End")
}

// tileStep emits what a step of k adds to the sums: each row's element, in the given lane, times a row of B. It
// moves the pointers to the panels on to the next.
func (k neonKernel) tileStep(p piece, elements []neon.V, lane int, panels []neon.R, bRow neon.R, sums [][]neon.V) {
	k.Scope(func() {
		row := k.vectors(min(len(sums[0]), k.VectorsLeft()))
		for j := range sums[0] {
			panel, v := panels[j/p.vectors()], row[j%len(row)]
			p.loadVector(v, panel, j%p.vectors())
			for i, element := range elements {
				k.Word(neon.FMLAByElement(element, lane, v, sums[i][j]))
			}
		}
		for _, panel := range panels {
			k.Op("ADD", bRow, panel)
		}
	})
}

// columns emits a loop over n columns, or whatever is counted: pieces of the first width while there are as many, then of the
// next, down to single vectors, and then what is left of one, halving it. The body moves its pointers along. It destroys n.
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
