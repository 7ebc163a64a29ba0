package main

import "github.com/lane-go/lane/asm/neon"

func (g *neonGenerator) rows() {
	g.gather()
	g.scatterAdd()
}

func (g *neonGenerator) gather() {
	k := g.kernel("gather")
	dst, dstStride := k.Pointer("dst"), k.Stride("dstStride")
	k.eachRow(func(width, row neon.R) {
		to := k.copyOf(dst)
		k.span("gather", width, func(p piece) { p.store(p.load(row), to) }, row, to)
		k.Op("ADD", dstStride, dst)
	})
	k.Return()
}

func (g *neonGenerator) scatterAdd() {
	k := g.kernel("scatterAdd")
	src, srcStride, alpha := k.Pointer("src"), k.Stride("srcStride"), k.Broadcast("alpha")
	k.eachRow(func(width, row neon.R) {
		k.addScaled("scatterAdd", width, row, alpha, k.copyOf(src))
		k.Op("ADD", srcStride, src)
	})
	k.Return()
}

// eachRow emits a loop over ids; body gets the width and the row of the table,
// and may destroy both. Rows are asked for before they are needed, rowsAhead of them.
func (k neonKernel) eachRow(body func(width, row neon.R)) {
	ids, count, width := k.Pointer("ids"), k.Length("ids"), k.Integer("width")
	table := k.table()

	k.Op("CBZ", count, "noRows")
	k.Label("row")
	k.Op("CMP", rowsAhead, count)
	k.Op("BLE", "noneAhead")
	k.Scope(func() { k.prefetch("line", table.row(ids, rowsAhead), k.copyOf(width), prefetchToRead) })
	k.Label("noneAhead")
	k.Scope(func() { body(k.copyOf(width), table.row(ids, 0)) })
	k.Op("ADD", 4, ids)
	k.Op("SUBS", 1, count, count)
	k.Op("BNE", "row")
	k.Label("noRows")
}

// What prefetch hints at: lines go to the nearest cache, and one to write is taken away from other cores.
const (
	prefetchToRead  = "PLDL1KEEP"
	prefetchToWrite = "PSTL1KEEP"
)

// prefetch emits a loop over the cache lines of n float32s from p on. It destroys both.
func (k neonKernel) prefetch(label string, p, n neon.R, hint string) {
	k.Label(label)
	k.Op("PRFM", p.At(0), hint)
	k.Op("ADD", cacheLine, p)
	k.Op("SUBS", cacheLine/4, n, n)
	k.Op("BGT", label)
}

// A neonTable is the table that a kernel of rows picks from.
type neonTable struct {
	k             neonKernel
	first, stride neon.R
}

func (k neonKernel) table() neonTable {
	return neonTable{k, k.Pointer("table"), k.Stride("tableStride")}
}

// row returns the address of the row whose number is the i-th of ids.
func (t neonTable) row(ids neon.R, i int) neon.R {
	row := t.k.R()
	t.k.Op("MOVW", ids.At(4*i), row)
	t.k.Op("MADD", t.stride, t.first, row, row)
	return row
}
