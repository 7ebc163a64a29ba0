package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// tile emits the micro-kernel of the matrix product: all sums stay in
// registers while k runs, and C is read and written once, at the end.
func (g *generator) tile() {
	g.kernel("tile")
	k, a, b := g.integer("k"), g.pointer("a"), g.pointer("b")
	sums := make([][]reg.VecVirtual, g.tileRows)
	for i := range sums {
		sums[i] = g.vectors(g.tileVectors)
		for _, s := range sums[i] {
			g.zero(s)
		}
	}

	const unrolled = 4
	g.tileSteps("steps", k, a, b, sums, unrolled)
	g.tileSteps("step", k, a, b, sums, 1)

	c, ldc := g.pointer("c"), g.stride("ldc")
	for i, row := range sums {
		for j, s := range row {
			at := operand.Mem{Base: c, Disp: 4 * g.lanes * j}
			g.VADDPS(at, s, s)
			g.VMOVUPS(s, at)
		}
		if i < len(sums)-1 {
			g.ADDQ(ldc, c)
		}
	}
	g.end()
}

// tileSteps emits a loop that adds the outer products of steps columns of A
// and rows of B at a time, while k has that many left.
func (g *generator) tileSteps(label string, k, a, b reg.GPVirtual, sums [][]reg.VecVirtual, steps int) {
	mr, nr := g.tileRows, g.tileVectors*g.lanes
	g.SUBQ(operand.U32(steps), k)
	g.JLT(operand.LabelRef(label + "Done"))
	g.Label(label)
	for p := range steps {
		row := g.vectors(g.tileVectors)
		for j, v := range row {
			g.VMOVUPS(operand.Mem{Base: b, Disp: 4 * (p*nr + j*g.lanes)}, v)
		}
		for i := range mr {
			element := g.vector()
			g.VBROADCASTSS(operand.Mem{Base: a, Disp: 4 * (p*mr + i)}, element)
			for j, v := range row {
				g.VFMADD231PS(v, element, sums[i][j])
			}
		}
	}
	g.ADDQ(operand.U32(4*steps*mr), a)
	g.ADDQ(operand.U32(4*steps*nr), b)
	g.SUBQ(operand.U32(steps), k)
	g.JGE(operand.LabelRef(label))
	g.Label(label + "Done")
	g.ADDQ(operand.U32(steps), k)
}
