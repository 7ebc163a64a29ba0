package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func (g *generator) rows() {
	g.gather()
	g.scatterAdd()
}

func (g *generator) gather() {
	g.kernel("gather")
	dst, dstStride := g.pointer("dst"), g.stride("dstStride")
	g.eachRow(func(width, row reg.GPVirtual) {
		g.span("gather", width, 4, func(c chunk) {
			for i := range c.vectors {
				c.store(c.load(row, i), dst, i)
			}
		})
		g.ADDQ(dstStride, dst)
	})
	g.end()
}

func (g *generator) scatterAdd() {
	g.kernel("scatterAdd")
	src, srcStride, alpha := g.pointer("src"), g.stride("srcStride"), g.broadcast("alpha")
	g.eachRow(func(width, row reg.GPVirtual) {
		g.addScaled("scatterAdd", width, row, alpha, src)
		g.ADDQ(srcStride, src)
	})
	g.end()
}

// rowsAhead is how far rows are asked for before they are needed. Rows of a large
// table come from memory, in no order that the CPU could foresee.
const rowsAhead = 8

// eachRow emits a loop over ids; body gets the width and the row of the table,
// and may destroy both.
func (g *generator) eachRow(body func(width, row reg.GPVirtual)) {
	ids, count := g.pointer("ids"), g.length("ids")
	tableStride := g.stride("tableStride")
	rowOf := func(ahead int) reg.GPVirtual {
		return g.row(operand.Mem{Base: ids, Disp: 4 * ahead}, tableStride)
	}

	g.TESTQ(count, count)
	g.JZ(operand.LabelRef("noRows"))
	g.Label("row")
	g.CMPQ(count, operand.U32(rowsAhead))
	g.JLE(operand.LabelRef("noneAhead"))
	g.prefetch(rowOf(rowsAhead), g.stride("width"))
	g.Label("noneAhead")
	body(g.integer("width"), rowOf(0))
	g.ADDQ(operand.Imm(4), ids)
	g.DECQ(count)
	g.JNZ(operand.LabelRef("row"))
	g.Label("noRows")
}

// row returns the address of the row of the table whose number is at id.
func (g *generator) row(id operand.Mem, stride reg.GPVirtual) reg.GPVirtual {
	row := g.GP64()
	g.MOVLQSX(id, row)
	g.IMULQ(stride, row)
	g.ADDQ(g.address("table"), row)
	return row
}

// prefetch emits a loop that asks for the cache lines of n bytes from p on. It destroys both.
func (g *generator) prefetch(p, n reg.GPVirtual) {
	g.lines("line", p, n, func(m operand.Mem) { g.PREFETCHT0(m) })
}

// lines emits a loop over the cache lines of n bytes from p on. It destroys both.
func (g *generator) lines(label string, p, n reg.GPVirtual, line func(operand.Mem)) {
	g.Label(label)
	line(operand.Mem{Base: p})
	g.ADDQ(operand.Imm(cacheLine), p)
	g.SUBQ(operand.Imm(cacheLine), n)
	g.JGT(operand.LabelRef(label))
}
