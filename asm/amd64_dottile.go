package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// dotCols is how many columns a tile of dot products has: their sums are folded into the
// four lanes of an XMM register.
const dotCols = 4

// dotTile emits the micro-kernel of the product with a transposed matrix, whose columns are
// contiguous: rows of A meet rows of Bᵀ as vectors along k, and each sum is
// folded at the end. Nothing has to be packed.
func (g *generator) dotTile() {
	g.kernel("dotTile")
	g.dispatch("dot", g.integer("m"), 1, g.dotTileRows)
	for rows := g.dotTileRows; rows > 0; rows-- {
		g.Label(body("dot", rows))
		g.dotBody(rows)
	}
}

// dotBody emits the loop over the columns for a given number of rows: four at a time, then two and one.
func (g *generator) dotBody(rows int) {
	b, c, n := g.pointer("b"), g.pointer("c"), g.integer("n")
	for cols := dotCols; cols > 0; cols /= 2 {
		label := fmt.Sprintf("dot%dx%d", rows, cols)
		g.CMPQ(n, operand.U32(cols))
		g.JLT(operand.LabelRef(label + "Done"))
		g.Label(label)
		g.dotProducts(label, rows, cols, b, c)
		g.LEAQ(operand.Mem{Base: b, Index: g.stride("ldb"), Scale: uint8(cols)}, b)
		g.ADDQ(operand.U32(4*cols), c)
		g.SUBQ(operand.U32(cols), n)
		g.CMPQ(n, operand.U32(cols))
		g.JGE(operand.LabelRef(label))
		g.Label(label + "Done")
	}
	g.end()
}

func (g *generator) dotProducts(label string, rows, cols int, bStart, c reg.GPVirtual) {
	sums := make([][]reg.VecVirtual, rows)
	for i := range sums {
		sums[i] = g.vectors(cols)
		for _, s := range sums[i] {
			g.zero(s)
		}
	}
	a, b, k := g.rowsAt(g.pointer("a"), rows, "lda"), g.rowsAt(bStart, cols, "ldb"), g.integer("k")

	// A single row reads every element of B once, from afar. The columns of a group are streams too short for the CPU to
	// see that they lie one after the other: what comes next is asked for in the order of memory. Several rows ask for what their caller says.
	const bytesAhead = 8 << 10 // half as much serves less well
	ahead := g.GP64()
	if rows == 1 {
		g.LEAQ(operand.Mem{Base: bStart, Disp: bytesAhead}, ahead)
	} else {
		g.Load(g.Param("ahead"), ahead)
	}

	g.SUBQ(operand.U32(g.lanes), k)
	g.JLT(operand.LabelRef(label + "Rest"))
	g.Label(label + "Step")
	x := g.vectors(rows)
	for i, v := range x {
		g.VMOVUPS(a.at(i), v)
	}
	if rows == 1 {
		for line := 0; line < 4*g.lanes*cols; line += cacheLine {
			g.PREFETCHT0(operand.Mem{Base: ahead, Disp: line})
		}
		g.ADDQ(operand.U32(4*g.lanes*cols), ahead)
	} else {
		g.PREFETCHT0(operand.Mem{Base: b.base[0], Index: ahead, Scale: 4})
	}
	for j := range cols {
		y := g.vector()
		g.VMOVUPS(b.at(j), y)
		for i, v := range x {
			g.VFMADD231PS(y, v, sums[i][j])
		}
	}
	a.advance(operand.U32(4 * g.lanes))
	b.advance(operand.U32(4 * g.lanes))
	g.SUBQ(operand.U32(g.lanes), k)
	g.JGE(operand.LabelRef(label + "Step"))

	g.Label(label + "Rest")
	g.ADDQ(operand.U32(g.lanes), k)
	g.JZ(operand.LabelRef(label + "Fold"))
	mask := g.firstLanes(g, k)
	load := func(at operand.Mem) reg.VecVirtual {
		v := g.vector()
		g.loadMasked(g, at, mask, v)
		return v
	}
	if rows*cols+rows+2 <= g.registers {
		for i := range x {
			x[i] = load(a.at(i))
		}
		for j := range cols {
			y := load(b.at(j))
			for i, v := range x {
				g.VFMADD231PS(y, v, sums[i][j])
			}
		}
	} else { // with the mask, AVX2 has not the registers to hold all rows at once
		for i := range rows {
			v := load(a.at(i))
			for j := range cols {
				g.VFMADD231PS(load(b.at(j)), v, sums[i][j])
			}
		}
	}

	g.Label(label + "Fold")
	row, ldc, add := g.GP64(), g.stride("ldc"), g.GP8()
	g.MOVQ(c, row)
	g.Load(g.Param("add"), add)
	for i := range sums {
		g.foldFour(sums[i])
		g.storeSums(fmt.Sprintf("%sRow%d", label, i), sums[i][0].AsX(), cols, add, operand.Mem{Base: row})
		if i < rows-1 {
			g.ADDQ(ldc, row)
		}
	}
}

// foldFour sums each of up to four vectors into the lane of the first that has its number.
func (g *generator) foldFour(v []reg.VecVirtual) {
	pair := func(a, b reg.VecVirtual, low, high func(ops ...operand.Op)) {
		t := g.vector()
		low(b, a, t)
		high(b, a, a)
		g.VADDPS(t, a, a)
	}
	n := len(v)
	pair(v[0], v[1%n], g.VUNPCKLPS, g.VUNPCKHPS)
	if n > 2 {
		pair(v[2], v[3%n], g.VUNPCKLPS, g.VUNPCKHPS)
		pair(v[0], v[2], g.VUNPCKLPD, g.VUNPCKHPD)
	} else {
		pair(v[0], v[0], g.VUNPCKLPD, g.VUNPCKHPD)
	}
	g.foldToFour(g, v[0], g.addition)
}

// storeSums stores the first n lanes of x, 1, 2 or 4, and adds what is there before if add is not 0.
func (g *generator) storeSums(label string, x reg.Register, n int, add reg.GPVirtual, to operand.Mem) {
	load, store := g.VMOVUPS, g.VMOVUPS
	switch n {
	case 1:
		load, store = g.VMOVSS, g.VMOVSS
	case 2:
		load, store = g.VMOVSD, g.VMOVSD
	}
	g.TESTB(add, add)
	g.JZ(operand.LabelRef(label))
	old := g.XMM()
	load(to, old)
	g.VADDPS(old, x, x)
	g.Label(label)
	store(x, to)
}
