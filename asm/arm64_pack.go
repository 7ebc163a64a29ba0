package main

import "github.com/lane-go/lane/asm/neon"

// packRows emits the copy of a block of a matrix into panels, row after row, as
// memory has the elements of a row side by side.
func (g *neonGenerator) packRows() {
	k := g.kernel("packRows")
	rows, cols := k.Integer("rows"), k.Integer("cols")
	dst, dstStride, dstTile := k.Pointer("dst"), k.Stride("dstStride"), k.Stride("dstTile")
	src, srcStride := k.Pointer("src"), k.Stride("srcStride")

	k.Label("row")
	from, to, left := k.copyOf(src), k.copyOf(dst), k.copyOf(cols)
	k.columns("row", left, []int{neonTileWidth, neonLanes}, func(_ string, p piece) {
		p.store(p.load(from), to)
		k.Op("ADD", 4*p.elements, from)
		if p.elements == neonTileWidth {
			k.Op("ADD", dstTile, to)
		} else {
			k.Op("ADD", 4*p.elements, to)
		}
	})
	k.Op("ADD", srcStride, src)
	k.Op("ADD", dstStride, dst)
	k.Op("SUBS", 1, rows, rows)
	k.Op("BNE", "row")
	k.Return()
}

// transpose emits the copy of four rows into four columns: the elements of a vector of each trade
// places in pairs, then the pairs do, and then each vector is a column.
func (g *neonGenerator) transpose() {
	k := g.kernel("transpose")
	n, dst, dstStride := k.Integer("n"), k.Pointer("dst"), k.Stride("dstStride")
	src := k.rowsAt(k.Pointer("src"), 4, k.Stride("srcStride"))
	k.columns("transpose", n, []int{neonLanes}, func(_ string, p piece) {
		var rows [4]neon.V
		for i, s := range src {
			rows[i] = p.load(s)[0]
			k.Op("ADD", 4*p.elements, s)
		}
		t, columns := k.vectors(4), k.vectors(4)
		for i := range 2 {
			k.Op("VTRN1", rows[2*i+1].S4(), rows[2*i].S4(), t[2*i].S4())
			k.Op("VTRN2", rows[2*i+1].S4(), rows[2*i].S4(), t[2*i+1].S4())
		}
		for i := range 2 {
			k.Op("VTRN1", t[2+i].D2(), t[i].D2(), columns[i].D2())
			k.Op("VTRN2", t[2+i].D2(), t[i].D2(), columns[2+i].D2())
		}
		for _, c := range columns[:p.elements] {
			k.Op("FMOVQ", c.F(), dst.At(0))
			k.Op("ADD", dstStride, dst)
		}
	})
	k.Return()
}
