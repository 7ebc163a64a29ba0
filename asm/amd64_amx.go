package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// AMX has eight tiles of so many rows, each a cache line.
const amxRows = 16

// What the tiles hold: sums of so many rows and columns of C, and the rows and columns that they are of.
// Two by two of each keep the multiplier busy while they are loaded.
var (
	amxSums = [2][2]operand.Op{{operand.U8(0), operand.U8(1)}, {operand.U8(2), operand.U8(3)}}
	amxA    = [2]operand.Op{operand.U8(4), operand.U8(5)}
	amxB    = [2]operand.Op{operand.U8(6), operand.U8(7)}
)

// Where the configuration of the tiles has the number of bytes a row of each, two bytes long, and that of rows, one byte.
const (
	amxConfiguration = 64
	amxRowBytes      = 16
	amxRowCounts     = 48
)

// An amxTile emits the tile of pairs for AMX: two by two of its tiles.
type amxTile struct {
	*generator
	configuration operand.Mem
	end           operand.Mem // address of the row of C below a product's
}

// tileBF16AMX emits the tile of pairs for AMX. While it sums, it asks for the lines of C that the sums are going to be stored in; it asks for
// nothing of A or B, by which it gained nothing.
func (g *generator) tileBF16AMX() {
	amx := *g
	amx.suffix = "AMX"
	amx.kernel("tileBF16")
	t := amxTile{&amx, amx.AllocLocal(amxConfiguration), amx.AllocLocal(8)}
	cols, configured := t.AllocLocal(8), t.AllocLocal(8)
	t.MOVQ(operand.U32(0), configured)
	t.configureRows()
	b, c := t.pointer("b"), t.pointer("c")
	t.MOVQ(t.integer("n"), cols)
	t.Label("panel")
	left, right := t.take(cols)
	t.CMPQ(configured, operand.Imm(0))
	t.JE(operand.LabelRef("configure"))
	t.CMPQ(right, operand.Imm(cacheLine)) // as all panels but the last
	t.JE(operand.LabelRef("configured"))
	t.Label("configure")
	t.configureCols(left, right)
	t.MOVQ(operand.U32(1), configured)
	t.Label("configured")

	t.CMPQ(t.place("m"), operand.Imm(amxRows))
	t.JLE(operand.LabelRef("upper"))
	t.products("lower", 2, right, b, c)
	t.Label("upper")
	t.products("upper", 1, right, b, c)

	t.Label("next")
	t.ADDQ(t.stride("bTile"), b)
	t.ADDQ(operand.U32(2*cacheLine), c)
	t.CMPQ(cols, operand.Imm(0))
	t.JNE(operand.LabelRef("panel"))
	t.unknown("TILERELEASE", nil, nil, nil)
	t.RET()
}

// take takes a panel of the columns that there still are, and returns how many bytes of it left and right tiles have in a row.
func (t *amxTile) take(cols operand.Mem) (left, right reg.GPVirtual) {
	all := t.GP64()
	t.MOVQ(cols, all)
	right = t.atMost(all, 2*amxRows)
	t.SUBQ(right, cols)
	t.SHLQ(operand.Imm(2), right)
	left = t.atMost(right, cacheLine)
	t.SUBQ(left, right)
	return left, right
}

// configureRows emits all of the configuration but for columns of B and C.
func (t *amxTile) configureRows() {
	for i := range amxConfiguration / 8 {
		t.MOVQ(operand.U32(0), t.configuration.Offset(8*i))
	}
	t.MOVB(operand.U8(1), t.configuration) // the palette of eight tiles
	lower := t.integer("m")
	upper := t.atMost(lower, amxRows)
	t.SUBQ(upper, lower)
	for i, rows := range []reg.GPVirtual{upper, t.orAll(lower, amxRows)} {
		for _, tile := range []operand.Op{amxSums[i][0], amxSums[i][1], amxA[i]} {
			t.MOVB(rows.As8(), t.rows(tile))
		}
		t.MOVW(operand.U16(cacheLine), t.rowBytes(amxA[i]))
		t.MOVB(operand.U8(amxRows), t.rows(amxB[i]))
	}
}

// configureCols emits the configuration for columns of so many bytes in left tiles and in right ones.
func (t *amxTile) configureCols(left, right reg.GPVirtual) {
	for j, bytes := range []reg.GPVirtual{left, t.orAll(right, cacheLine)} {
		for _, tile := range []operand.Op{amxSums[0][j], amxSums[1][j], amxB[j]} {
			t.MOVW(bytes.As16(), t.rowBytes(tile))
		}
	}
	address := t.GP64()
	t.LEAQ(t.configuration, address)
	t.unknown("LDTILECFG", []operand.Op{operand.Mem{Base: address}}, []operand.Op{address}, nil)
}

// products emits the product of rows of tiles and both columns of them, or the left one if the right has none.
func (t *amxTile) products(label string, rows int, right, b, c reg.GPVirtual) {
	t.TESTQ(right, right)
	t.JZ(operand.LabelRef(label + "left"))
	t.product(label+"both", rows, 2, b, c)
	t.Label(label + "left")
	t.product(label+"left", rows, 1, b, c)
}

// product emits sums of some rows and columns of tiles, as the configuration has them.
func (t *amxTile) product(label string, rows, cols int, b, c reg.GPVirtual) {
	aRow, bRow, ldc := t.stride("aRow"), t.stride("bRow"), t.stride("ldc")
	a, bNext, steps := []reg.GPVirtual{t.pointer("a")}, t.GP64(), t.integer("k")
	sums := []reg.GPVirtual{c}
	if rows > 1 {
		a, sums = append(a, t.below(a[0], aRow)), append(sums, t.below(c, ldc))
	}
	t.MOVQ(b, bNext)
	bRows := t.rowsOfTile(bRow)
	eachSum := func(do func(at operand.Mem, sum operand.Op)) {
		for i := range rows {
			for j := range cols {
				do(operand.Mem{Base: sums[i], Index: ldc, Scale: 1, Disp: cacheLine * j}, amxSums[i][j])
			}
		}
	}

	next := t.below(sums[rows-1], ldc) // the row of C to ask for
	t.MOVQ(next, t.end)
	t.CMPB(t.place("add"), operand.U8(0))
	t.JE(operand.LabelRef(label + "New"))
	eachSum(t.load)
	t.JMP(operand.LabelRef(label + "Step"))
	t.Label(label + "New")
	eachSum(func(_ operand.Mem, sum operand.Op) { t.unknown("TILEZERO", []operand.Op{sum}, nil, nil) })
	t.MOVQ(c, next)

	t.Label(label + "Step")
	t.ask(label, cols, next, ldc)
	for i := range max(rows, cols) {
		if i < rows {
			t.load(operand.Mem{Base: a[i], Index: aRow, Scale: 1}, amxA[i])
			t.ADDQ(operand.Imm(cacheLine), a[i])
		}
		if i < cols {
			t.load(operand.Mem{Base: bNext, Index: bRow, Scale: 1, Disp: cacheLine * i}, amxB[i])
		}
	}
	eachSum(func(_ operand.Mem, sum operand.Op) {
		i, j := sum.(operand.U8)/2, sum.(operand.U8)%2
		t.unknown("TDPBF16PS", []operand.Op{amxB[j], amxA[i], sum}, nil, nil)
	})
	t.ADDQ(bRows, bNext)
	t.SUBQ(operand.Imm(amxRows), steps)
	t.JG(operand.LabelRef(label + "Step"))
	eachSum(func(at operand.Mem, sum operand.Op) {
		t.unknown("TILESTORED", []operand.Op{at, sum}, []operand.Op{at}, nil)
	})
	t.JMP(operand.LabelRef("next"))
}

// ask asks for some rows of C, so many lines of each, unless all have been asked for.
func (t *amxTile) ask(label string, lines int, next, ldc reg.GPVirtual) {
	t.CMPQ(next, t.end)
	t.JAE(operand.LabelRef(label + "Asked"))
	for range 2 {
		for j := range lines {
			t.PREFETCHT0(operand.Mem{Base: next, Disp: cacheLine * j})
			t.PREFETCHT0(operand.Mem{Base: next, Index: ldc, Scale: 1, Disp: cacheLine * j})
		}
		t.LEAQ(operand.Mem{Base: next, Index: ldc, Scale: 2}, next)
	}
	t.Label(label + "Asked")
}

func (t *amxTile) load(at operand.Mem, tile operand.Op) {
	t.unknown("TILELOADD", []operand.Op{at, tile}, []operand.Op{at}, nil)
}

// below returns the address of the rows of the next tile.
func (t *amxTile) below(at, row reg.GPVirtual) reg.GPVirtual {
	next := t.rowsOfTile(row)
	t.ADDQ(at, next)
	return next
}

// rowsOfTile returns how far apart tiles are whose rows are that far apart.
func (t *amxTile) rowsOfTile(row reg.GPVirtual) reg.GPVirtual {
	bytes := t.GP64()
	t.MOVQ(row, bytes)
	t.SHLQ(operand.Imm(4), bytes)
	return bytes
}

// atMost returns the lesser of n and a bound.
func (t *amxTile) atMost(n reg.GPVirtual, bound int) reg.GPVirtual {
	least := t.GP64()
	t.MOVQ(operand.U32(bound), least)
	t.CMPQ(n, least)
	t.CMOVQLT(n, least)
	return least
}

// orAll returns n, or all there may be if n is 0, for tiles that are not used: they must be configured too.
func (t *amxTile) orAll(n reg.GPVirtual, all int) reg.GPVirtual {
	used := t.GP64()
	t.MOVQ(operand.U32(all), used)
	t.TESTQ(n, n)
	t.CMOVQNE(n, used)
	return used
}

// rows and rowBytes are where the configuration has those of a tile.
func (t *amxTile) rows(tile operand.Op) operand.Mem {
	return t.configuration.Offset(amxRowCounts + int(tile.(operand.U8)))
}

func (t *amxTile) rowBytes(tile operand.Op) operand.Mem {
	return t.configuration.Offset(amxRowBytes + 2*int(tile.(operand.U8)))
}
