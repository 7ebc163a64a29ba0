package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// tileChunks is the logarithm of how many chunks k is cut into: one for each row of a tile, at least.
const tileChunks = 4

// chunkSteps divides the steps of all chunks but the last.
const chunkSteps = 4

// bytesAhead is how far products ask for B, at least, before they need it, so that it arrives in time even from memory. Half as
// much serves less well.
const bytesAhead = 8 << 10

// tile emits the micro-kernel of the matrix product, with a body for each number of
// rows: a body's sums stay in registers while k runs, and a tile of C is
// read and written once.
func (g *generator) tile() {
	g.tileOf("tile", func(b, a, sum operand.Op) { g.VFMADD231PS(b, a, sum) })
}

// tileOf emits a tile of what multiplyAdd multiplies and adds.
func (g *generator) tileOf(name string, multiplyAdd combine) {
	g.kernel(name)
	left := g.AllocLocal(8)
	g.dispatch("tile", g.integer("m"), 1, g.tileRows)
	for rows := g.tileRows; rows > 0; rows-- {
		g.Label(body("tile", rows))
		g.tileBody(rows, left, multiplyAdd)
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
func (g *generator) tileBody(rows int, n operand.Mem, multiplyAdd combine) {
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
		g.tileProduct(label, rows, g.tileVectors, nil, panels, c, multiplyAdd)
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
	g.tileProduct(label+"Vector", rows, 1, g.firstLanes(g, left), []reg.GPVirtual{b}, c, multiplyAdd)
	g.ADDQ(operand.U32(4*g.lanes), b)
	g.ADDQ(operand.U32(4*g.lanes), c)
	g.SUBQ(operand.U32(g.lanes), n)
	g.JG(operand.LabelRef(label + "Vector"))
	g.Label(label + "Done")
	g.end()
}

// tileProduct emits the product of rows by so many vectors of each panel of B, the latter under a mask unless that is nil.
func (g *generator) tileProduct(label string, rows, panelVectors int, mask operand.Op, panels []reg.GPVirtual, c reg.GPVirtual, multiplyAdd combine) {
	vectors := len(panels) * panelVectors
	sums := make([][]reg.VecVirtual, rows)
	for i := range sums {
		sums[i] = g.vectors(vectors)
	}
	eachSum := func(do func(at operand.Mem, s reg.VecVirtual)) {
		row, ldc := g.GP64(), g.stride("ldc")
		g.MOVQ(c, row)
		for i := range sums {
			for j, s := range sums[i] {
				do(operand.Mem{Base: row, Disp: 4 * g.lanes * j}, s)
			}
			if i < rows-1 {
				g.ADDQ(ldc, row)
			}
		}
	}
	load := func(at operand.Mem, v reg.VecVirtual) {
		if mask != nil {
			g.loadMasked(g, at, mask, v)
		} else {
			g.VMOVUPS(at, v)
		}
	}

	add := g.GP8()
	g.Load(g.Param("add"), add)
	g.TESTB(add, add)
	g.JZ(operand.LabelRef(label + "New"))
	eachSum(load)
	g.JMP(operand.LabelRef(label + "Begin"))
	g.Label(label + "New")
	for i := range sums {
		for _, s := range sums[i] {
			g.zero(s)
		}
	}

	g.Label(label + "Begin")
	a, left := g.rowsAt(g.pointer("a"), rows, "aRow"), g.integer("k")
	aCol, bRow, b := g.stride("aCol"), g.stride("bRow"), make([]reg.GPVirtual, len(panels))
	for i := range b {
		b[i] = g.GP64()
		g.MOVQ(panels[i], b[i])
	}

	// B is asked for some rows before it is needed, and far enough ahead.
	ahead := g.GP64()
	g.MOVQ(bRow, ahead)
	g.SHLQ(operand.Imm(3), ahead)
	least := g.GP64()
	g.MOVQ(operand.U32(bytesAhead), least)
	g.CMPQ(ahead, least)
	g.CMOVQLT(least, ahead)

	// The tile to the right is asked for while this one is computed, a row at a time: asked for
	// all at once, it would hold up what is needed now.
	next, steps := g.GP64(), g.GP64()
	width := 4 * g.lanes * vectors
	g.LEAQ(operand.Mem{Base: c, Disp: width}, next)
	g.Label(label + "Chunk")
	for line := 0; line < width; line += cacheLine {
		g.PREFETCHT0(operand.Mem{Base: next, Disp: line})
	}
	g.Load(g.Param("ldc"), steps)
	g.LEAQ(operand.Mem{Base: next, Index: steps, Scale: 4}, next)
	g.Load(g.Param("k"), steps)
	g.ADDQ(operand.Imm(1<<tileChunks*chunkSteps-1), steps)
	g.SHRQ(operand.Imm(tileChunks), steps)
	g.ANDQ(operand.I8(-chunkSteps), steps)
	g.CMPQ(steps, left)
	g.CMOVQGT(left, steps)
	g.SUBQ(steps, left)

	ask := func() {
		for _, p := range b {
			for line := 0; line < 4*g.lanes*panelVectors; line += cacheLine {
				g.PREFETCHT0(operand.Mem{Base: p, Index: ahead, Scale: 1, Disp: line})
			}
		}
	}
	step := func(at int) {
		row := g.vectors(vectors)
		for j, v := range row {
			load(operand.Mem{Base: b[j/panelVectors], Disp: 4 * g.lanes * (j % panelVectors)}, v)
		}
		for i := range rows {
			element := g.vector()
			g.VBROADCASTSS(a.at(i).Offset(4*at), element)
			for j, v := range row {
				multiplyAdd(v, element, sums[i][j])
			}
		}
		for _, p := range b {
			g.ADDQ(bRow, p)
		}
	}
	if g.tileSteps > 1 && mask == nil {
		together := operand.Imm(uint64(g.tileSteps))
		loop := func(label string, step func(at int)) {
			g.Label(label)
			for at := range g.tileSteps {
				step(at)
			}
			a.advance(operand.Imm(uint64(4 * g.tileSteps)))
			g.SUBQ(together, steps)
			g.JGE(operand.LabelRef(label))
		}
		g.CMPQ(aCol, operand.Imm(4))
		g.JNE(operand.LabelRef(label + "Step"))
		g.SUBQ(together, steps)
		g.JLT(operand.LabelRef(label + "Rest"))
		far := g.GP8()
		g.Load(g.Param("far"), far)
		g.TESTB(far, far)
		g.JZ(operand.LabelRef(label + "NearSteps"))
		loop(label+"FarSteps", func(at int) { ask(); step(at) })
		g.JMP(operand.LabelRef(label + "Rest"))
		loop(label+"NearSteps", step)
		g.Label(label + "Rest")
		g.ADDQ(together, steps)
		g.JZ(operand.LabelRef(label + "End"))
	}
	g.Label(label + "Step")
	ask()
	step(0)
	a.advance(aCol)
	g.DECQ(steps)
	g.JNZ(operand.LabelRef(label + "Step"))
	g.Label(label + "End")
	g.TESTQ(left, left)
	g.JNZ(operand.LabelRef(label + "Chunk"))

	eachSum(func(at operand.Mem, s reg.VecVirtual) {
		if mask != nil {
			g.storeMasked(g, s, mask, at)
		} else {
			g.VMOVUPS(s, at)
		}
	})
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
