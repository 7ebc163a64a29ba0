package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// logisticRows is a step of a vector and the rows that it is scored against, in one call: the scores, their
// errors, and what the errors move.
func (g *generator) logisticRows() {
	g.kernel("logisticRows")
	ids, next := g.cursor("ids"), g.cursor("next")
	g.CMPQ(ids.left, operand.U32(six))
	g.JNE(operand.LabelRef("logisticRowsAny"))
	g.stepOfSix("logisticRowsSix", g.pointer("x"), g.pointer("dx"), ids, g.noBytes(), next)
	g.JMP(operand.LabelRef("logisticRowsMoved"))

	g.Label("logisticRowsAny")
	to := g.AllocLocal(8)
	g.MOVQ(g.pointer("z"), to)
	ids.groups("logisticRowsDots", pairColumns, func(label string, size int) {
		sums, dst := g.pairDots(label, []reg.GPVirtual{g.pointer("x")}, ids.rows(size)), g.GP64()
		g.MOVQ(to, dst)
		g.storePairs(sums[0], dst)
		g.ADDQ(operand.U32(4*size), to)
	})
	g.errorsOf("logisticRowsErrors", g.length("ids"))
	g.columns("logisticRows", g.integer("width"), g.moveVectors, func(c chunk) { g.moveBoth(c, next) })
	g.Label("logisticRowsMoved")
	next.groups("logisticRowsNext", []int{1}, g.askForNext(next))
	g.end()
}

// logisticPairs is logisticRows with six rows for each of the inputs, which are rows of the table as well.
func (g *generator) logisticPairs() {
	g.kernel("logisticPairs")
	inputs, ids, next := g.cursor("inputs"), g.cursor("ids"), g.cursor("next")
	done := g.noBytes()
	inputs.groups("logisticPairs", []int{1}, func(label string, _ int) {
		x := inputs.rows(1)[0]
		g.stepOfSix(label, x, x, ids, done, next)
		ids.skip(six)
		g.ADDQ(operand.Imm(4*six), done)
	})
	next.groups("logisticPairsNext", []int{1}, g.askForNext(next))
	g.end()
}

// six is how many rows a word and its negatives are, mostly.
const six = 6

// noBytes returns the place of a count of bytes, which is 0.
func (g *generator) noBytes() operand.Mem {
	n := g.AllocLocal(8)
	g.MOVQ(operand.U32(0), n)
	return n
}

// stepOfSix is the step of x and the next six rows. What it computes of their scores goes behind the bytes that are done.
func (g *generator) stepOfSix(label string, x, dx reg.GPVirtual, ids cursor, done operand.Mem, next cursor) {
	rows := ids.rows(six)
	from := g.errorsOfSix(g.pairDots(label, []reg.GPVirtual{x}, rows)[0], done)
	g.moveSix(label+"Move", x, dx, ids, rows, from, next)
}

// errorsOfSix adds up the lanes of each of six sums, and makes errors of them before they are stored. It returns where it stores the
// errors. What is stored in parts and loaded as a whole, or stored under a mask, has to reach the cache first, behind all stores before it.
func (g *generator) errorsOfSix(sums []reg.VecVirtual, done operand.Mem) (errors reg.GPVirtual) {
	to := func(parameter string) reg.GPVirtual {
		p := g.pointer(parameter)
		g.ADDQ(done, p)
		return p
	}
	g.foldFour(sums[:4])
	g.foldFour(sums[4:])
	x, sign, n := sums[0], g.vector(), g.GP64()
	g.VINSERTF128(operand.Imm(1), sums[4].AsX(), x.AsY(), x.AsY())
	g.MOVQ(operand.U32(six), n)
	g.loadMasked(g, operand.Mem{Base: g.pointer("sign")}, g.firstLanes(g, n), sign)
	g.VMULPS(sign, x, x)
	g.storeSix(x, to("z"))
	lack := g.errorOf(x, sign, g.broadcast("rate"))
	g.storeSix(x, to("p"))
	errors = to("g")
	g.storeSix(lack, errors)
	return errors
}

// storeSix stores the lowest six lanes.
func (g *generator) storeSix(v reg.VecVirtual, to reg.GPVirtual) {
	upper := g.XMM()
	g.VMOVUPS(v.AsX(), operand.Mem{Base: to})
	g.VEXTRACTF128(operand.Imm(1), v.AsY(), upper)
	g.VMOVLPS(upper, operand.Mem{Base: to, Disp: 16})
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
	g.eachFactor(c.label+"Sum", func(row reg.GPVirtual, factor reg.VecVirtual) { c.addMultiple(sums, row, factor) })
	v := c.loadAll(x)
	g.eachFactor(c.label+"Move", func(row reg.GPVirtual, factor reg.VecVirtual) {
		c.moveRow(row, v, factor)
		next.one(c.label+"Next", g.askForNext(next))
	})
	for i, sum := range sums {
		c.store(sum, dx, i)
	}
}

// moveSix is moveBoth for all columns and six rows, whose addresses and factors are in registers. It asks for the same columns of six
// of the rows next, or if so many are not left, of those that it moves, which costs next to nothing.
func (g *generator) moveSix(label string, x, dx reg.GPVirtual, ids cursor, rows []reg.GPVirtual, from reg.GPVirtual, next cursor) {
	factors := make([]reg.VecVirtual, len(rows))
	for k := range factors {
		factors[k] = g.broadcastFrom(operand.Mem{Base: from, Disp: 4 * k})
	}
	asked := g.GP64()
	g.MOVQ(ids.at, asked)
	g.CMPQ(next.left, operand.U32(six))
	g.JLT(operand.LabelRef(label + "NoneNext"))
	g.MOVQ(next.at, asked)
	next.skip(six)
	g.Label(label + "NoneNext")
	g.columns(label, g.integer("width"), g.sixVectors, func(c chunk) {
		stride, sums := g.stride("tableStride"), c.loadAll(dx)
		for k, row := range rows {
			c.addMultiple(sums, row, factors[k])
		}
		v := c.loadAll(x)
		for k, row := range rows {
			c.moveRow(row, v, factors[k])
			c.askFor(g.row(operand.Mem{Base: asked, Disp: 4 * k}, stride))
		}
		for i, sum := range sums {
			c.store(sum, dx, i)
		}
	})
}

// askFor asks for the chunk of a row, to write.
func (c chunk) askFor(row reg.GPVirtual) {
	line := max(1, cacheLine/4/c.g.lanes) // vectors
	for i := 0; i < c.vectors; i += line {
		c.g.prefetchToWrite(c.at(row, i))
	}
}

// addMultiple adds a multiple of a row to sums.
func (c chunk) addMultiple(sums []reg.VecVirtual, row reg.GPVirtual, factor reg.VecVirtual) {
	for i, sum := range sums {
		c.g.VFMADD231PS(c.operand(row, i), factor, sum)
	}
}

// moveRow adds a multiple of v to a row.
func (c chunk) moveRow(row reg.GPVirtual, v []reg.VecVirtual, factor reg.VecVirtual) {
	for i := range v {
		moved := c.load(row, i)
		c.g.VFMADD231PS(v[i], factor, moved)
		c.store(moved, row, i)
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
