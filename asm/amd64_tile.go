package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// tile emits the micro-kernel of the matrix product, with a body for each number of
// rows: a body's sums stay in registers while k runs, and a tile of C is
// read and written once.
func (g *generator) tile() {
	g.tileOf("tile", arithmetic{multiplyAdd: func(b, a, sum operand.Op) { g.VFMADD231PS(b, a, sum) }})
}

// An arithmetic is what a tile multiplies and adds.
type arithmetic struct {
	multiplyAdd combine
	contiguous  bool // rows of A, always
}

// tileOf emits a tile.
func (g *generator) tileOf(name string, of arithmetic) {
	g.kernel(name)
	left := g.AllocLocal(8)
	g.dispatch("tile", g.integer("m"), 1, g.tileRows)
	for rows := g.tileRows; rows > 0; rows-- {
		g.Label(body("tile", rows))
		g.tileBody(rows, left, of)
	}
}

// dispatch emits a jump to the body for n, which is between low and high, by bisection.
func (g *generator) dispatch(label string, n reg.GPVirtual, low, high int) {
	if low == high {
		g.JMP(operand.LabelRef(body(label, low)))
		return
	}
	middle := (low + high + 1) / 2
	upper := fmt.Sprintf("%sFrom%dTo%d", label, middle, high)
	g.CMPQ(n, operand.U32(middle))
	g.JGE(operand.LabelRef(upper))
	g.dispatch(label, n, low, middle-1)
	g.Label(upper)
	g.dispatch(label, n, middle, high)
}

func body(label string, n int) string { return fmt.Sprintf("%s%d", label, n) }

// tileBody emits the loop over the columns for a given number of rows: whole
// tiles, then single vectors, the last of them under a mask. How many are left is kept in memory, as
// all registers have a use in the loop over k.
func (g *generator) tileBody(rows int, n operand.Mem, of arithmetic) {
	label := body("tile", rows)
	b, c := g.pointer("b"), g.pointer("c")
	g.MOVQ(g.integer("n"), n)
	width := g.tileVectors * g.lanes

	tiles := func(label string, together int) {
		g.CMPQ(n, operand.U32(together*width))
		g.JLT(operand.LabelRef(label + "Done"))
		g.Label(label)
		panels := []reg.GPVirtual{b}
		for i := 1; i < together; i++ {
			panels = append(panels, g.GP64())
			g.LEAQ(operand.Mem{Base: panels[i-1], Index: g.stride("bTile"), Scale: 1}, panels[i])
		}
		g.tileProduct(label, rows, g.tileVectors, nil, panels, c, of)
		bTile := g.stride("bTile")
		for range together {
			g.ADDQ(bTile, b)
		}
		g.ADDQ(operand.U32(4*together*width), c)
		g.SUBQ(operand.U32(together*width), n)
		g.CMPQ(n, operand.U32(together*width))
		g.JGE(operand.LabelRef(label))
		g.Label(label + "Done")
	}
	if pair := 2 * g.tileVectors; rows*pair+pair+1 <= g.registers {
		// So few rows leave registers for two tiles at once.
		tiles(label+"Pair", 2)
	}
	tiles(label+"Whole", 1)

	g.CMPQ(n, operand.U32(0))
	g.JE(operand.LabelRef(label + "Done"))
	g.Label(label + "Vector")
	left := g.GP64()
	g.MOVQ(n, left)
	g.tileProduct(label+"Vector", rows, 1, g.firstLanes(g, left), []reg.GPVirtual{b}, c, of)
	g.ADDQ(operand.U32(4*g.lanes), b)
	g.ADDQ(operand.U32(4*g.lanes), c)
	g.SUBQ(operand.U32(g.lanes), n)
	g.JG(operand.LabelRef(label + "Vector"))
	g.Label(label + "Done")
	g.end()
}

// A rowPointers holds the addresses of several rows of a matrix: every fourth in a
// register, the others by multiples of the stride.
type rowPointers struct {
	g              *generator
	base           []reg.GPVirtual
	stride, triple reg.GPVirtual
}

// rowsAt returns the addresses of the given number of rows from start on, whose distance is a parameter.
// It leaves start as it is.
func (g *generator) rowsAt(start reg.GPVirtual, rows int, stride string) rowPointers {
	first := g.GP64()
	g.MOVQ(start, first)
	r := rowPointers{g: g, base: []reg.GPVirtual{first}}
	if rows > 1 {
		r.stride = g.stride(stride)
	}
	if rows > 3 {
		r.triple = g.GP64()
		g.LEAQ(operand.Mem{Base: r.stride, Index: r.stride, Scale: 2}, r.triple)
	}
	for len(r.base) < (rows+3)/4 {
		next := g.GP64()
		g.LEAQ(operand.Mem{Base: r.base[len(r.base)-1], Index: r.stride, Scale: 4}, next)
		r.base = append(r.base, next)
	}
	return r
}

// at returns the address of row i.
func (r rowPointers) at(i int) operand.Mem {
	m := operand.Mem{Base: r.base[i/4]}
	switch i % 4 {
	case 1, 2:
		m.Index, m.Scale = r.stride, uint8(i%4)
	case 3:
		m.Index, m.Scale = r.triple, 1
	}
	return m
}

// advance moves all rows by n bytes.
func (r rowPointers) advance(n operand.Op) {
	for _, b := range r.base {
		r.g.ADDQ(n, b)
	}
}
