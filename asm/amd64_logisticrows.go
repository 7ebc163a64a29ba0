package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// logisticRows is a step of a vector and the rows that it is scored against, in one call: the scores, their
// errors, and what the errors move.
func (g *generator) logisticRows() {
	g.kernel("logisticRows")
	ids := g.cursor("ids")
	to := g.AllocLocal(8)
	g.MOVQ(g.pointer("z"), to)
	ids.groups("logisticRowsDots", pairColumns, func(label string, size int) {
		sums, dst := g.pairDots(label, []reg.GPVirtual{g.pointer("x")}, ids.rows(size)), g.GP64()
		g.MOVQ(to, dst)
		g.storePairs(sums[0], dst)
		g.ADDQ(operand.U32(4*size), to)
	})
	g.errorsOf("logisticRowsErrors", g.length("ids"))
	next := g.cursor("next")
	g.columns("logisticRows", g.integer("width"), g.moveVectors, func(c chunk) { g.moveBoth(c, next) })
	next.groups("logisticRowsNext", []int{1}, g.askForNext(next))
	g.end()
}

// askForNext asks for the next row, to write.
func (g *generator) askForNext(next cursor) func(label string, _ int) {
	return func(label string, _ int) {
		g.lines(label+"Line", next.rows(1)[0], g.stride("width"), g.prefetchToWrite)
	}
}

// moveBoth moves some columns of dx by the rows, and only then the rows by x, as a row may be there twice. dx is
// stored last, as it may be x. With each row moved, one of those that are needed next is asked for: all at once they would
// have to wait for one another, and nothing else could be done meanwhile.
func (g *generator) moveBoth(c chunk, next cursor) {
	dx, x := g.pointer("dx"), g.pointer("x")
	sums := c.loadAll(dx)
	g.eachFactor(c.label+"Sum", func(row reg.GPVirtual, factor reg.VecVirtual) {
		for i, sum := range sums {
			if c.masked(i) {
				g.VFMADD231PS(c.load(row, i), factor, sum)
			} else {
				g.VFMADD231PS(c.at(row, i), factor, sum)
			}
		}
	})
	v := c.loadAll(x)
	g.eachFactor(c.label+"Move", func(row reg.GPVirtual, factor reg.VecVirtual) {
		for i := range v {
			moved := c.load(row, i)
			g.VFMADD231PS(v[i], factor, moved)
			c.store(moved, row, i)
		}
		next.one(c.label+"Next", g.askForNext(next))
	})
	for i, sum := range sums {
		c.store(sum, dx, i)
	}
}

// eachFactor emits a loop over the ids; body gets the row of the table, and its g in every lane.
func (g *generator) eachFactor(label string, body func(row reg.GPVirtual, factor reg.VecVirtual)) {
	ids, factors, stride := g.pointer("ids"), g.pointer("g"), g.stride("tableStride")
	g.times(label, g.length("ids"), func() {
		body(g.row(operand.Mem{Base: ids}, stride), g.broadcastFrom(operand.Mem{Base: factors}))
		g.ADDQ(operand.Imm(4), ids)
		g.ADDQ(operand.Imm(4), factors)
	})
}
