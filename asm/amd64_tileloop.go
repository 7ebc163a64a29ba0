package main

import (
	"math/bits"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// chunkSteps divides the steps of all chunks of k but the last.
const chunkSteps = 8

// A tileLoop is the product of some rows by so many vectors of each panel of B, the latter under a mask unless that is nil.
type tileLoop struct {
	*generator
	label        string
	panelVectors int
	mask         operand.Op
	sums         [][]reg.VecVirtual // of each row
	a            rowPointers
	aCol         operand.Op
	bRow         reg.GPVirtual
	b            []reg.GPVirtual // the row that is next, of each panel
	ahead        reg.GPVirtual   // what is asked for next
	arithmetic
}

// tileProduct emits a tile of C, which it reads and writes once.
func (g *generator) tileProduct(label string, rows, panelVectors int, mask operand.Op, panels []reg.GPVirtual, c reg.GPVirtual, of arithmetic) {
	l := tileLoop{generator: g, label: label, panelVectors: panelVectors, mask: mask, sums: make([][]reg.VecVirtual, rows), arithmetic: of}
	vectors := len(panels) * panelVectors
	for i := range l.sums {
		l.sums[i] = g.vectors(vectors)
	}
	eachSum := func(do func(at operand.Mem, s reg.VecVirtual)) {
		row, ldc := g.GP64(), g.stride("ldc")
		g.MOVQ(c, row)
		for i := range l.sums {
			for j, s := range l.sums[i] {
				do(operand.Mem{Base: row, Disp: 4 * g.lanes * j}, s)
			}
			if i < rows-1 {
				g.ADDQ(ldc, row)
			}
		}
	}

	add := g.GP8()
	g.Load(g.Param("add"), add)
	g.TESTB(add, add)
	g.JZ(operand.LabelRef(label + "New"))
	eachSum(l.load)
	g.JMP(operand.LabelRef(label + "Begin"))
	g.Label(label + "New")
	for i := range l.sums {
		for _, s := range l.sums[i] {
			g.zero(s)
		}
	}

	g.Label(label + "Begin")
	l.begin(panels)
	l.run(c)
	eachSum(func(at operand.Mem, s reg.VecVirtual) {
		if mask != nil {
			g.storeMasked(g, s, mask, at)
		} else {
			g.VMOVUPS(s, at)
		}
	})
}

func (l *tileLoop) load(at operand.Mem, v reg.VecVirtual) {
	if l.mask != nil {
		l.loadMasked(l.generator, at, l.mask, v)
	} else {
		l.VMOVUPS(at, v)
	}
}

// begin emits what the loop over k starts from.
func (l *tileLoop) begin(panels []reg.GPVirtual) {
	l.a = l.rowsAt(l.pointer("a"), len(l.sums), "aRow")
	l.aCol, l.bRow = operand.Imm(4), l.stride("bRow")
	if !l.contiguous {
		l.aCol = l.stride("aCol")
	}
	for _, p := range panels {
		b := l.GP64()
		l.MOVQ(p, b)
		l.b = append(l.b, b)
	}
	l.ahead = l.stride("ahead")
	l.ADDQ(l.b[0], l.ahead)
}

// run emits the loop over k. The tile to the right is asked for meanwhile, a row with each chunk of steps: asked for all at once, it
// would hold up what is needed now.
func (l *tileLoop) run(c reg.GPVirtual) {
	left, next, steps := l.integer("k"), l.GP64(), l.GP64()
	width, chunks := 4*l.lanes*len(l.sums[0]), bits.Len(uint(len(l.sums)-1))
	l.LEAQ(operand.Mem{Base: c, Disp: width}, next)
	l.Label(l.label + "Chunk")
	for line := 0; line < width; line += cacheLine {
		l.PREFETCHT0(operand.Mem{Base: next, Disp: line})
	}
	l.Load(l.Param("ldc"), steps)
	l.LEAQ(operand.Mem{Base: next, Index: steps, Scale: 4}, next)
	l.Load(l.Param("k"), steps)
	l.ADDQ(operand.U32(chunkSteps<<chunks-1), steps)
	l.SHRQ(operand.Imm(uint64(chunks)), steps)
	l.ANDQ(operand.I8(-chunkSteps), steps)
	l.CMPQ(steps, left)
	l.CMOVQGT(left, steps)
	l.SUBQ(steps, left)

	if l.mask == nil {
		l.stepsTogether(steps)
	}
	l.Label(l.label + "Step")
	l.step(0)
	l.a.advance(l.aCol)
	l.DECQ(steps)
	l.JNZ(operand.LabelRef(l.label + "Step"))
	l.Label(l.label + "End")
	l.TESTQ(left, left)
	l.JNZ(operand.LabelRef(l.label + "Chunk"))
}

// stepsTogether emits loops of several steps each, for contiguous rows of A: one that asks for a line of B with each, and one that does not.
func (l *tileLoop) stepsTogether(steps reg.GPVirtual) {
	together := operand.Imm(uint64(l.tileSteps))
	loop := func(label string, step func(i int)) {
		l.Label(label)
		for i := range l.tileSteps {
			step(i)
		}
		l.a.advance(operand.Imm(uint64(4 * l.tileSteps)))
		l.SUBQ(together, steps)
		l.JGE(operand.LabelRef(label))
	}
	if !l.contiguous {
		l.CMPQ(l.aCol, operand.Imm(4))
		l.JNE(operand.LabelRef(l.label + "Step"))
	}
	l.SUBQ(together, steps)
	l.JLT(operand.LabelRef(l.label + "Rest"))
	l.CMPQ(l.place("ahead"), operand.Imm(0))
	l.JZ(operand.LabelRef(l.label + "Steps"))
	loop(l.label+"AskingSteps", func(i int) { l.ask(); l.step(i) })
	l.JMP(operand.LabelRef(l.label + "Rest"))
	loop(l.label+"Steps", l.step)
	l.Label(l.label + "Rest")
	l.ADDQ(together, steps)
	l.JZ(operand.LabelRef(l.label + "End"))
}

// ask emits the request for a line of B.
func (l *tileLoop) ask() {
	l.PREFETCHT0(operand.Mem{Base: l.ahead})
	l.ADDQ(operand.Imm(cacheLine), l.ahead)
}

// step emits what one step of k adds to the sums: the elements of A, i to the right of where the pointers are, times the next row of B.
func (l *tileLoop) step(i int) {
	row := l.vectors(len(l.sums[0]))
	for j, v := range row {
		l.load(operand.Mem{Base: l.b[j/l.panelVectors], Disp: 4 * l.lanes * (j % l.panelVectors)}, v)
	}
	for r, sums := range l.sums {
		element := l.vector()
		l.VBROADCASTSS(l.a.at(r).Offset(4*i), element)
		for j, v := range row {
			l.multiplyAdd(v, element, sums[j])
		}
	}
	for _, p := range l.b {
		l.ADDQ(l.bRow, p)
	}
}
