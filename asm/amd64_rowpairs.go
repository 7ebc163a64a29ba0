package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The products of some rows of a table with others, and what they add to each other: the words of a window and
// those that they are scored against.
func (g *generator) rowPairs() {
	g.dotPairs()
	g.addPairs()
	g.axpyRows()
	g.prefetchRows()
}

// pairColumns are the numbers of rows b that are in registers at once, most first. A word and five negatives are six.
var pairColumns = []int{6, 3, 1}

// A cursor is a list of ids that is used up in groups. It is in memory, as there are more rows than registers.
type cursor struct {
	g         *generator
	at, left  operand.Mem
	parameter string
}

func (g *generator) cursor(parameter string) cursor {
	c := cursor{g: g, at: g.AllocLocal(8), left: g.AllocLocal(8), parameter: parameter}
	c.start()
	return c
}

// start goes to the first id.
func (c cursor) start() {
	c.g.MOVQ(c.g.pointer(c.parameter), c.at)
	c.g.MOVQ(c.g.length(c.parameter), c.left)
}

// groups emits body for groups of ids, as large as there are enough left for; body must leave no ids but those of its group.
func (c cursor) groups(label string, sizes []int, body func(label string, size int)) {
	g := c.g
	for _, size := range sizes {
		name := fmt.Sprint(label, size)
		g.CMPQ(c.left, operand.U32(size))
		g.JLT(operand.LabelRef(name + "Over"))
		g.Label(name)
		body(name, size)
		c.skip(size)
		g.CMPQ(c.left, operand.U32(size))
		g.JGE(operand.LabelRef(name))
		g.Label(name + "Over")
	}
}

// one emits body for the next id, if there is one.
func (c cursor) one(label string, body func(label string, size int)) {
	g := c.g
	g.CMPQ(c.left, operand.Imm(0))
	g.JEQ(operand.LabelRef(label + "Over"))
	body(label, 1)
	c.skip(1)
	g.Label(label + "Over")
}

func (c cursor) skip(n int) {
	c.g.ADDQ(operand.U32(4*n), c.at)
	c.g.SUBQ(operand.U32(n), c.left)
}

// rows returns the addresses of the next n rows.
func (c cursor) rows(n int) []reg.GPVirtual {
	g := c.g
	ids, stride := g.GP64(), g.stride("tableStride")
	g.MOVQ(c.at, ids)
	rows := make([]reg.GPVirtual, n)
	for k := range rows {
		rows[k] = g.row(operand.Mem{Base: ids, Disp: 4 * k}, stride)
	}
	return rows
}

// dotPairs multiplies groups of rows a with groups of rows b.
func (g *generator) dotPairs() {
	g.kernel("dotPairs")
	a, b := g.cursor("a"), g.cursor("b")
	dst := g.AllocLocal(8) // of the first row of the group and the first of b
	to := g.AllocLocal(8)
	g.MOVQ(g.pointer("dst"), dst)
	a.groups("dotPairs", g.pairRows, func(label string, rows int) {
		b.start()
		start := g.GP64()
		g.MOVQ(dst, start)
		g.MOVQ(start, to)
		b.groups(label+"By", pairColumns, func(label string, columns int) {
			sums := g.pairDots(label, a.rows(rows), b.rows(columns))
			row, stride := g.GP64(), g.length("b")
			g.MOVQ(to, row)
			g.SHLQ(operand.Imm(2), stride)
			for i := range sums {
				g.storePairs(sums[i], row)
				if i < rows-1 {
					g.ADDQ(stride, row)
				}
			}
			g.ADDQ(operand.U32(4*columns), to)
		})
		stride := g.length("b")
		g.IMUL3Q(operand.Imm(uint64(4*rows)), stride, stride)
		g.ADDQ(stride, dst)
	})
	g.end()
}

// pairDots returns lanes that add up to the products of each row of a with each of b.
func (g *generator) pairDots(label string, a, b []reg.GPVirtual) [][]reg.VecVirtual {
	sums := make([][]reg.VecVirtual, len(a))
	for i := range sums {
		sums[i] = g.vectors(len(b))
		for _, s := range sums[i] {
			g.zero(s)
		}
	}
	g.span(label, g.integer("width"), 1, func(c chunk) {
		x := make([]reg.VecVirtual, len(a))
		for i := range x {
			x[i] = c.load(a[i], 0)
		}
		for k := range b {
			y := c.load(b[k], 0)
			for i := range x {
				g.VFMADD231PS(y, x[i], sums[i][k])
			}
		}
	})
	return sums
}

// storePairs stores the sum of each vector, four at a time.
func (g *generator) storePairs(sums []reg.VecVirtual, dst reg.GPVirtual) {
	for at := 0; at < len(sums); {
		n, to := min(4, len(sums)-at), operand.Mem{Base: dst, Disp: 4 * at}
		if n == 3 {
			n = 2
		}
		g.foldFour(sums[at : at+n])
		switch x := sums[at].AsX(); n {
		case 4:
			g.VMOVUPS(x, to)
		case 2:
			g.VMOVLPS(x, to)
		case 1:
			g.VMOVSS(x, to)
		}
		at += n
	}
}

// addPairs goes over the rows column by column. If there are six rows b, all of them and what they get are in registers while
// the rows a go by and are moved. Otherwise groups of rows b are, and what rows get is kept in sums until all have gone by.
func (g *generator) addPairs() {
	g.kernel("addPairs")
	b, next := g.cursor("b"), g.cursor("next")
	g.CMPQ(b.left, operand.U32(six))
	g.JNE(operand.LabelRef("addPairsGroups"))
	rows, stride := b.rows(six), g.stride("tableStride")
	g.columns("addPairsSix", g.integer("width"), g.pairVectors, func(c chunk) {
		got := g.pairSums(c.label, c, rows, g.pointer("g"), stride, nil)
		for k, row := range rows {
			c.addTo(row, got[k])
		}
		g.askForSome(c, next)
	})
	g.JMP(operand.LabelRef("addPairsAdded"))

	g.Label("addPairsGroups")
	factors := g.AllocLocal(8) // of the first row of a and the group's first of b
	forB := g.AllocLocal(8)    // what the group's first row gets
	g.columns("addPairs", g.integer("width"), g.pairVectors, func(c chunk) {
		b.start()
		g.MOVQ(g.pointer("g"), factors)
		g.MOVQ(g.sumsOfB(), forB)
		g.zeroSums(c)
		b.groups(c.label+"By", pairColumns, func(label string, columns int) {
			factor, to, stride := g.GP64(), g.GP64(), g.stride("width")
			g.MOVQ(factors, factor)
			got := g.pairSums(label, c, b.rows(columns), factor, g.stride("tableStride"), g.pointer("sums"))
			g.MOVQ(forB, to)
			for k := range got {
				for i, v := range got[k] {
					c.store(v, to, i)
				}
				g.ADDQ(stride, to)
			}
			g.MOVQ(to, forB)
			g.ADDQ(operand.U32(4*columns), factors)
		})
		g.addSums(c, "a", g.pointer("sums"))
		g.addSums(c, "b", g.sumsOfB())
		g.askForSome(c, next)
	})
	g.Label("addPairsAdded")
	next.groups("addPairsNext", []int{1}, g.askForNext(next))
	g.end()
}

// askForSome asks for some of the rows that are needed next, while the chunk is computed with: all at once they would
// have to wait for one another.
func (g *generator) askForSome(c chunk, next cursor) {
	for i := range c.vectors {
		next.one(fmt.Sprint(c.label, "Next", i), g.askForNext(next))
	}
}

// sumsOfB returns where the sums of the rows b begin.
func (g *generator) sumsOfB() reg.GPVirtual {
	sums := g.stride("width")
	g.IMULQ(g.length("a"), sums)
	g.ADDQ(g.pointer("sums"), sums)
	return sums
}

// zeroSums sets to 0 what the rows a get.
func (g *generator) zeroSums(c chunk) {
	sums, stride := g.pointer("sums"), g.stride("width")
	g.times(c.label+"Zero", g.length("a"), func() {
		for i := range c.vectors {
			v := g.vector()
			g.zero(v)
			c.store(v, sums, i)
		}
		g.ADDQ(stride, sums)
	})
}

// pairSums adds what all rows a get from a group of rows b to sums, or to the rows themselves if there are none, and returns what
// the rows b get.
func (g *generator) pairSums(label string, c chunk, b []reg.GPVirtual, factor, tableStride, sums reg.GPVirtual) (got [][]reg.VecVirtual) {
	y := make([][]reg.VecVirtual, len(b))
	got = make([][]reg.VecVirtual, len(b))
	for k, row := range b {
		y[k], got[k] = c.loadAll(row), g.vectors(c.vectors)
		for _, v := range got[k] {
			g.zero(v)
		}
	}
	a := g.pointer("a")
	g.times(label+"Rows", g.length("a"), func() {
		row := g.row(operand.Mem{Base: a}, tableStride)
		to := sums
		if to == nil {
			to = row
		}
		x, sum := c.loadAll(row), c.loadAll(to)
		for k := range b {
			f := g.broadcastFrom(operand.Mem{Base: factor, Disp: 4 * k})
			for i := range x {
				g.VFMADD231PS(y[k][i], f, sum[i])
				g.VFMADD231PS(x[i], f, got[k][i])
			}
		}
		for i := range sum {
			c.store(sum[i], to, i)
		}
		g.ADDQ(operand.Imm(4), a)
		if sums == nil {
			g.ADDQ(operand.U32(4*len(b)), factor)
			return
		}
		g.ADDQ(g.stride("width"), sums)
		g.LEAQ(operand.Mem{Base: factor, Index: g.length("b"), Scale: 4}, factor)
	})
	return got
}

// addSums adds the sums to the rows of a parameter.
func (g *generator) addSums(c chunk, parameter string, sums reg.GPVirtual) {
	ids, stride := g.pointer(parameter), g.stride("width")
	g.times(c.label+"Add"+parameter, g.length(parameter), func() {
		c.addTo(g.row(operand.Mem{Base: ids}, g.stride("tableStride")), c.loadAll(sums))
		g.ADDQ(operand.Imm(4), ids)
		g.ADDQ(stride, sums)
	})
}

// addTo adds vectors to those of a row, and destroys them.
func (c chunk) addTo(row reg.GPVirtual, v []reg.VecVirtual) {
	for i, v := range v {
		c.g.VADDPS(c.operand(row, i), v, v)
		c.store(v, row, i)
	}
}

func (g *generator) axpyRows() {
	g.kernel("axpyRows")
	x, aStride, stride := g.pointer("x"), g.stride("aStride"), g.stride("tableStride")
	g.columns("axpyRows", g.integer("width"), columnVectors, func(c chunk) {
		v := c.loadAll(x)
		a, ids := g.pointer("a"), g.pointer("ids")
		g.times(c.label, g.length("ids"), func() {
			row, factor := g.row(operand.Mem{Base: ids}, stride), g.broadcastFrom(operand.Mem{Base: a})
			for i, v := range v {
				sum := c.load(row, i)
				g.VFMADD231PS(v, factor, sum)
				c.store(sum, row, i)
			}
			g.ADDQ(aStride, a)
			g.ADDQ(operand.Imm(4), ids)
		})
	})
	g.end()
}

func (g *generator) prefetchRows() {
	g.kernel("prefetch")
	ids, count, stride := g.pointer("ids"), g.length("ids"), g.stride("tableStride")
	write := g.GP8()
	g.Load(g.Param("write"), write)
	g.TESTB(write, write)
	g.JNZ(operand.LabelRef("write"))
	ask := func(label string, line func(operand.Mem)) {
		g.times(label, count, func() {
			g.lines(label+"Line", g.row(operand.Mem{Base: ids}, stride), g.stride("width"), line)
			g.ADDQ(operand.Imm(4), ids)
		})
		g.end()
	}
	ask("toRead", func(m operand.Mem) { g.PREFETCHT0(m) })
	g.Label("write")
	ask("toWrite", g.prefetchToWrite)
}

// prefetchToWrite takes the line away from other cores, so that storing to it need not wait for that. CPUs that do not have
// PREFETCHW take it for nothing.
func (g *generator) prefetchToWrite(m operand.Mem) {
	g.unknown("PREFETCHW", []operand.Op{m}, []operand.Op{m}, nil)
}
