package main

import (
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// roundBF16 emits the rounding of a vector to pairs: two registers become one.
func (g *generator) roundBF16() {
	g.kernel("roundBF16")
	n, x, dst := g.length("x"), g.pointer("x"), g.pointer("dst")
	both := 2 * g.lanes
	g.SUBQ(operand.U32(both), n)
	g.JLT(operand.LabelRef("rest"))
	g.Label("block")
	lower, upper := g.vector(), g.vector()
	g.VMOVUPS(operand.Mem{Base: x}, lower)
	g.VMOVUPS(operand.Mem{Base: x, Disp: 4 * g.lanes}, upper)
	g.VMOVUPS(g.toBF16(lower, upper), operand.Mem{Base: dst})
	g.ADDQ(operand.U32(4*both), x)
	g.ADDQ(operand.U32(2*both), dst)
	g.SUBQ(operand.U32(both), n)
	g.JGE(operand.LabelRef("block"))

	g.Label("rest")
	g.ADDQ(operand.U32(both), n)
	g.JZ(operand.LabelRef("done"))
	lower, upper = g.vector(), g.vector()
	g.loadMasked(g, operand.Mem{Base: x}, g.firstLanes(g, n), lower)
	pairs, beyond, none := g.GP64(), g.GP64(), g.GP64()
	g.LEAQ(operand.Mem{Base: n, Disp: 1}, pairs)
	g.SHRQ(operand.Imm(1), pairs)
	g.MOVQ(n, beyond)
	g.XORQ(none, none)
	g.SUBQ(operand.U32(g.lanes), beyond)
	g.CMOVQLT(none, beyond)
	g.loadMasked(g, operand.Mem{Base: x, Disp: 4 * g.lanes}, g.firstLanes(g, beyond), upper)
	g.storeMasked(g, g.toBF16(lower, upper), g.firstLanes(g, pairs), operand.Mem{Base: dst})
	g.Label("done")
	g.end()
}

// packBF16 emits the rounding of two rows at a time to pairs, into panels.
func (g *generator) packBF16() {
	g.kernel("packBF16")
	dst, dstStride, dstTile := g.pointer("dst"), g.stride("dstStride"), g.stride("dstTile")
	src, srcStride, rows := g.pointer("src"), g.stride("srcStride"), g.integer("rows")
	left, from, to := g.GP64(), g.GP64(), g.GP64()
	width := g.tileVectors * g.lanes

	// A rounded vector has the numbers of the even row in its lower half, those of the odd row in its upper one.
	alternate := g.vector()
	g.VMOVUPS(g.alternation(), alternate)
	// The odd row is read under a mask, which is empty if there is none.
	odd, ones := g.K(), g.GP32()
	g.MOVL(operand.I32(-1), ones)
	g.KMOVW(ones, odd)
	pairs := func(disp int, loadEven func(at operand.Mem, v reg.VecVirtual), oddMask operand.Op) reg.VecVirtual {
		lower, upper := g.vector(), g.vector()
		loadEven(operand.Mem{Base: from, Disp: disp}, lower)
		g.loadMasked(g, operand.Mem{Base: from, Index: srcStride, Scale: 1, Disp: disp}, oddMask, upper)
		v := g.toBF16(lower, upper)
		g.VPERMW(v, alternate, v)
		return v
	}

	g.Label("row")
	g.CMPQ(rows, operand.Imm(1))
	g.JNE(operand.LabelRef("bothRows"))
	g.KXORW(odd, odd, odd)
	g.Label("bothRows")
	g.Load(g.Param("cols"), left)
	g.MOVQ(src, from)
	g.MOVQ(dst, to)
	g.CMPQ(left, operand.U32(width))
	g.JLT(operand.LabelRef("edge"))
	g.Label("panel")
	for i := range g.tileVectors {
		disp := 4 * g.lanes * i
		v := pairs(disp, func(at operand.Mem, v reg.VecVirtual) { g.VMOVUPS(at, v) }, odd)
		g.VMOVUPS(v, operand.Mem{Base: to, Disp: disp})
		// The rows to come are too far away for the CPU to foresee.
		g.PREFETCHT0(operand.Mem{Base: from, Index: srcStride, Scale: 4, Disp: disp})
		g.PREFETCHT0(operand.Mem{Base: from, Index: srcStride, Scale: 8, Disp: disp})
	}
	g.ADDQ(operand.U32(4*width), from)
	g.ADDQ(dstTile, to)
	g.SUBQ(operand.U32(width), left)
	g.CMPQ(left, operand.U32(width))
	g.JGE(operand.LabelRef("panel"))

	g.Label("edge")
	g.TESTQ(left, left)
	g.JLE(operand.LabelRef("next"))
	mask, oddMask := g.firstLanes(g, left), g.K()
	g.KANDW(mask, odd, oddMask)
	v := pairs(0, func(at operand.Mem, v reg.VecVirtual) { g.loadMasked(g, at, mask, v) }, oddMask)
	g.storeMasked(g, v, mask, operand.Mem{Base: to})
	g.ADDQ(operand.U32(4*g.lanes), from)
	g.ADDQ(operand.U32(4*g.lanes), to)
	g.SUBQ(operand.U32(g.lanes), left)
	g.JMP(operand.LabelRef("edge"))

	g.Label("next")
	g.LEAQ(operand.Mem{Base: src, Index: srcStride, Scale: 2}, src)
	g.ADDQ(dstStride, dst)
	g.SUBQ(operand.Imm(2), rows)
	g.JG(operand.LabelRef("row"))
	g.end()
}

// tileBF16 emits the tile of pairs, whose steps are two.
func (g *generator) tileBF16() {
	g.tileOf("tileBF16", arithmetic{
		multiplyAdd: func(b, a, sum operand.Op) { g.unknownVector("VDPBF16PS", b, a, sum, sum) },
		contiguous:  true,
	})
}

// toBF16 returns the numbers of lower and then those of upper as bfloat16s.
func (g *generator) toBF16(lower, upper reg.VecVirtual) reg.VecVirtual {
	v := g.vector()
	g.unknownVector("VCVTNE2PS2BF16", lower, upper, v)
	return v
}

// alternation returns the order of words that takes one from the lower half and one from the upper in turns.
func (g *generator) alternation() operand.Mem {
	m := g.StaticGlobal("alternation")
	g.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := range uint32(g.lanes) {
		g.AppendDatum(operand.U32(uint32(g.lanes)+i)<<16 | operand.U32(i))
	}
	return m
}
