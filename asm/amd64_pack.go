package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// packRows emits the copy of a block of a matrix into panels: first the panel that is
// not full, by vectors under a mask, and then the full ones, row after row, as
// memory has the elements of a row side by side.
func (g *generator) packRows() {
	g.kernel("packRows")
	dst, dstStride, dstTile := g.pointer("dst"), g.stride("dstStride"), g.stride("dstTile")
	src, srcStride := g.pointer("src"), g.stride("srcStride")
	width := g.tileVectors * g.lanes

	left, from, to := g.integer("cols"), g.GP64(), g.GP64()
	g.MOVQ(src, from)
	g.MOVQ(dst, to)
	eachPanel := func(label string, body func()) {
		g.CMPQ(left, operand.U32(width))
		g.JLT(operand.LabelRef(label + "Done"))
		g.Label(label)
		body()
		g.ADDQ(operand.U32(4*width), from)
		g.ADDQ(dstTile, to)
		g.SUBQ(operand.U32(width), left)
		g.CMPQ(left, operand.U32(width))
		g.JGE(operand.LabelRef(label))
		g.Label(label + "Done")
	}
	eachPanel("skip", func() {})

	g.TESTQ(left, left)
	g.JZ(operand.LabelRef("full"))
	g.Label("edge")
	mask, rows := g.firstLanes(g, left), g.integer("rows")
	a, b := g.GP64(), g.GP64()
	g.MOVQ(from, a)
	g.MOVQ(to, b)
	g.Label("edgeRow")
	v := g.vector()
	g.loadMasked(g, operand.Mem{Base: a}, mask, v)
	g.storeMasked(g, v, mask, operand.Mem{Base: b})
	g.ADDQ(srcStride, a)
	g.ADDQ(dstStride, b)
	g.DECQ(rows)
	g.JNZ(operand.LabelRef("edgeRow"))
	g.ADDQ(operand.U32(4*g.lanes), from)
	g.ADDQ(operand.U32(4*g.lanes), to)
	g.SUBQ(operand.U32(g.lanes), left)
	g.JG(operand.LabelRef("edge"))

	g.Label("full")
	rows = g.integer("rows")
	g.Label("row")
	g.Load(g.Param("cols"), left)
	g.MOVQ(src, from)
	g.MOVQ(dst, to)
	eachPanel("panel", func() {
		for i := range g.tileVectors {
			v, disp := g.vector(), 4*g.lanes*i
			g.VMOVUPS(operand.Mem{Base: from, Disp: disp}, v)
			g.VMOVUPS(v, operand.Mem{Base: to, Disp: disp})
			// The rows to come are too far away for the CPU to foresee.
			g.PREFETCHT0(operand.Mem{Base: from, Index: srcStride, Scale: 4, Disp: disp})
		}
	})
	g.ADDQ(srcStride, src)
	g.ADDQ(dstStride, dst)
	g.DECQ(rows)
	g.JNZ(operand.LabelRef("row"))
	g.end()
}

// transpose emits the copy of four rows into four columns: the elements of a vector
// of each trade places within quarters, and then each quarter is a column's.
func (g *generator) transpose() {
	g.kernel("transpose")
	n, dst, dstStride := g.integer("n"), g.pointer("dst"), g.stride("dstStride")
	src := g.rowsAt(g.pointer("src"), 4, "srcStride")
	// The rows to come are asked for, as they are too far away for the CPU to foresee.
	later := rowPointers{g: g, base: []reg.GPVirtual{g.GP64()}, stride: src.stride, triple: src.triple}
	g.LEAQ(operand.Mem{Base: src.base[0], Index: src.stride, Scale: 8}, later.base[0])

	exchange := func(load func(at operand.Mem, v reg.VecVirtual)) [4]reg.VecVirtual {
		r, t, u := g.vectors(4), g.vectors(4), [4]reg.VecVirtual(g.vectors(4))
		for i, v := range r {
			load(src.at(i), v)
		}
		g.VUNPCKLPS(r[1], r[0], t[0])
		g.VUNPCKHPS(r[1], r[0], t[1])
		g.VUNPCKLPS(r[3], r[2], t[2])
		g.VUNPCKHPS(r[3], r[2], t[3])
		g.VUNPCKLPD(t[2], t[0], u[0])
		g.VUNPCKHPD(t[2], t[0], u[1])
		g.VUNPCKLPD(t[3], t[1], u[2])
		g.VUNPCKHPD(t[3], t[1], u[3])
		return u
	}
	store := func(columns [4]reg.VecVirtual, i int) {
		g.storeQuarter(g, columns[i%4], i/4, operand.Mem{Base: dst})
		g.ADDQ(dstStride, dst)
	}

	g.SUBQ(operand.U32(g.lanes), n)
	g.JLT(operand.LabelRef("transposeRest"))
	g.Label("transposeBlock")
	columns := exchange(func(at operand.Mem, v reg.VecVirtual) { g.VMOVUPS(at, v) })
	for i := range g.lanes {
		store(columns, i)
	}
	for i := range 4 {
		g.PREFETCHT0(later.at(i))
	}
	src.advance(operand.U32(4 * g.lanes))
	later.advance(operand.U32(4 * g.lanes))
	g.SUBQ(operand.U32(g.lanes), n)
	g.JGE(operand.LabelRef("transposeBlock"))

	g.Label("transposeRest")
	g.ADDQ(operand.U32(g.lanes), n)
	g.JZ(operand.LabelRef("transposeDone"))
	mask := g.firstLanes(g, n)
	columns = exchange(func(at operand.Mem, v reg.VecVirtual) { g.loadMasked(g, at, mask, v) })
	for i := range g.lanes - 1 {
		store(columns, i)
		g.DECQ(n)
		g.JZ(operand.LabelRef("transposeDone"))
	}
	g.Label("transposeDone")
	g.end()
}
