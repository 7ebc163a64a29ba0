package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The products of a few rows, picked out of a table, with a vector: what a centre word and its
// negatives are to each other.
func (g *generator) rowProducts() {
	g.dotRows()
	g.sumRows()
	g.outer()
}

// dotRows takes four rows at a time while there are so many, then two, then one. Those of a group share the loads
// of x and the folding of their sums.
func (g *generator) dotRows() {
	g.kernel("dotRows")
	dst, x := g.pointer("dst"), g.pointer("x")
	ids, count, stride := g.pointer("ids"), g.length("ids"), g.stride("tableStride")
	for _, group := range []int{4, 2, 1} {
		label := fmt.Sprint("dotRows", group)
		g.SUBQ(operand.U32(group), count)
		g.JLT(operand.LabelRef(label + "Over"))
		g.Label(label + "Group")
		rows := make([]reg.GPVirtual, group)
		for k := range rows {
			rows[k] = g.row(operand.Mem{Base: ids, Disp: 4 * k}, stride)
		}
		g.storeDots(g.dots(label, x, rows), dst)
		g.ADDQ(operand.U32(4*group), dst)
		g.ADDQ(operand.U32(4*group), ids)
		g.SUBQ(operand.U32(group), count)
		g.JGE(operand.LabelRef(label + "Group"))
		g.Label(label + "Over")
		g.ADDQ(operand.U32(group), count)
	}
	g.end()
}

// dots returns for each row four lanes that add up to its product with x.
func (g *generator) dots(label string, x reg.GPVirtual, rows []reg.GPVirtual) []reg.VecVirtual {
	inFlight := 8 / len(rows)
	sums := make([][]reg.VecVirtual, len(rows))
	for k := range sums {
		sums[k] = g.vectors(inFlight)
		for _, s := range sums[k] {
			g.zero(s)
		}
	}
	g.span(label, g.integer("width"), inFlight, func(c chunk) {
		for i := range c.vectors {
			v := c.load(x, i)
			for k, row := range rows {
				if c.masked(i) {
					g.VFMADD231PS(c.load(row, i), v, sums[k][i])
				} else {
					g.VFMADD231PS(c.at(row, i), v, sums[k][i])
				}
			}
		}
	})
	quarters := make([]reg.VecVirtual, len(rows))
	for k, s := range sums {
		g.combinePairs(s, g.addition)
		g.foldToFour(g, s[0], g.addition)
		quarters[k] = s[0]
	}
	return quarters
}

// storeDots stores the sums of the lowest four lanes of each of up to four vectors.
func (g *generator) storeDots(v []reg.VecVirtual, dst reg.GPVirtual) {
	to, count := operand.Mem{Base: dst}, len(v)
	for range 2 {
		v = g.addNeighbours(v)
	}
	switch count {
	case 4:
		g.VMOVUPS(v[0].AsX(), to)
	case 2:
		g.VMOVLPS(v[0].AsX(), to)
	case 1:
		g.VMOVSS(v[0].AsX(), to)
	}
}

// addNeighbours adds lanes 0 and 1, and 2 and 3, of each vector. Two vectors' sums go into one.
func (g *generator) addNeighbours(v []reg.VecVirtual) []reg.VecVirtual {
	var sums []reg.VecVirtual
	for i := 0; i < len(v); i += 2 {
		a, b := v[i].AsX(), v[min(i+1, len(v)-1)].AsX()
		g.VHADDPS(b, a, a)
		sums = append(sums, v[i])
	}
	return sums
}

// columnVectors is how many vectors of a row are in registers while the rows go by.
const columnVectors = 8

func (g *generator) sumRows() {
	g.kernel("sumRows")
	dst, aStride, stride := g.pointer("dst"), g.stride("aStride"), g.stride("tableStride")
	g.columns("sumRows", g.integer("width"), columnVectors, func(c chunk) {
		sums := g.vectors(c.vectors)
		for _, s := range sums {
			g.zero(s)
		}
		a, ids := g.pointer("a"), g.pointer("ids")
		g.times(c.label, g.length("ids"), func() {
			row, factor := g.row(operand.Mem{Base: ids}, stride), g.vector()
			g.VBROADCASTSS(operand.Mem{Base: a}, factor)
			c.addMultiple(sums, row, factor)
			g.ADDQ(aStride, a)
			g.ADDQ(operand.Imm(4), ids)
		})
		for i, s := range sums {
			c.store(s, dst, i)
		}
	})
	g.end()
}

func (g *generator) outer() {
	g.kernel("outer")
	x, stride := g.pointer("x"), g.stride("dstStride")
	g.columns("outer", g.length("x"), columnVectors, func(c chunk) {
		v := c.loadAll(x)
		row, a := g.pointer("dst"), g.pointer("a")
		g.times(c.label, g.length("a"), func() {
			factor := g.vector()
			g.VBROADCASTSS(operand.Mem{Base: a}, factor)
			for i, v := range v {
				product := g.vector()
				g.VMULPS(v, factor, product)
				c.store(product, row, i)
			}
			g.ADDQ(stride, row)
			g.ADDQ(operand.Imm(4), a)
		})
	})
	g.end()
}

// times emits a loop of n turns. It destroys n.
func (g *generator) times(label string, n reg.GPVirtual, body func()) {
	g.TESTQ(n, n)
	g.JZ(operand.LabelRef(label + "Over"))
	g.Label(label + "Turn")
	body()
	g.DECQ(n)
	g.JNZ(operand.LabelRef(label + "Turn"))
	g.Label(label + "Over")
}
