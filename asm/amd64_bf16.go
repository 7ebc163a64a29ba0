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
	pairs, beyond, none := g.pairsOf(n), g.GP64(), g.GP64()
	g.MOVQ(n, beyond)
	g.XORQ(none, none)
	g.SUBQ(operand.U32(g.lanes), beyond)
	g.CMOVQLT(none, beyond)
	g.loadMasked(g, operand.Mem{Base: x, Disp: 4 * g.lanes}, g.firstLanes(g, beyond), upper)
	g.storeMasked(g, g.toBF16(lower, upper), g.firstLanes(g, pairs), operand.Mem{Base: dst})
	g.Label("done")
	g.end()
}

// addExpSumBF16 is addExpSum that rounds what it stores.
func (g *generator) addExpSumBF16() {
	g.expSum("addExpSumBF16", func(c chunk, v reg.VecVirtual, dst reg.GPVirtual, i int) {
		upper := g.vector()
		g.zero(upper)
		at := operand.Mem{Base: dst, Index: c.index, Scale: 2, Disp: 2 * g.lanes * i}
		if !c.masked(i) {
			g.VMOVUPS(g.toBF16(v, upper).AsY(), at)
			return
		}
		g.VMOVUPS(g.toBF16(v, upper).AsY(), g.firstLanes(g, g.pairsOf(c.rest)), at)
	}, "x", "y")
}

// pairsOf returns how many pairs n numbers make.
func (g *generator) pairsOf(n reg.GPVirtual) reg.GPVirtual {
	pairs := g.GP64()
	g.LEAQ(operand.Mem{Base: n, Disp: 1}, pairs)
	g.SHRQ(operand.Imm(1), pairs)
	return pairs
}

// A pairing is how rows are read of which two at a time become pairs.
type pairing struct {
	bytes int                                                        // of a number
	lanes func(numbers reg.GPVirtual) reg.GPVirtual                  // of float32s that hold so many
	load  func(from operand.Mem, mask operand.Op, v reg.VecVirtual)  // of a row, as many as a vector of pairs has; all if the mask is nil
	join  func(lower, upper reg.VecVirtual) (rounded reg.VecVirtual) // the numbers of an even row and those of an odd one
}

// packBF16 emits the rounding of two rows at a time to pairs, into panels.
func (g *generator) packBF16() {
	g.packPairs("packBF16", pairing{
		bytes: 4,
		lanes: func(n reg.GPVirtual) reg.GPVirtual { return n },
		load: func(from operand.Mem, mask operand.Op, v reg.VecVirtual) {
			if mask == nil {
				g.VMOVUPS(from, v)
			} else {
				g.loadMasked(g, from, mask, v)
			}
		},
		join: g.toBF16,
	})
}

// packPairsBF16 emits the same of rows that are rounded, and so half as wide.
func (g *generator) packPairsBF16() {
	g.packPairs("packPairsBF16", pairing{
		bytes: 2,
		lanes: g.pairsOf,
		load: func(from operand.Mem, mask operand.Op, v reg.VecVirtual) {
			if mask == nil {
				g.VMOVUPS(from, v.AsY())
			} else {
				g.VMOVUPS_Z(from, mask, v.AsY())
			}
		},
		join: func(lower, upper reg.VecVirtual) reg.VecVirtual {
			g.VINSERTF32X8(operand.Imm(1), upper.AsY(), lower, lower)
			return lower
		},
	})
}

// packPairs emits the packing of pairs of two rows at a time into panels.
func (g *generator) packPairs(kernel string, of pairing) {
	g.kernel(kernel)
	dst, dstStride, dstTile := g.pointer("dst"), g.stride("dstStride"), g.stride("dstTile")
	src, srcStride, rows := g.pointer("src"), g.stride("srcStride"), g.integer("rows")
	left, from, to := g.GP64(), g.GP64(), g.GP64()
	width := g.tileVectors * g.lanes

	// What is joined has the numbers of the even row in its lower half, those of the odd row in its upper one.
	alternate := g.vector()
	g.VMOVUPS(g.alternation(), alternate)
	// The odd row is read under a mask, which is empty if there is none.
	odd, ones := g.K(), g.GP32()
	g.MOVL(operand.I32(-1), ones)
	g.KMOVW(ones, odd)
	pairs := func(disp int, evenMask, oddMask operand.Op) reg.VecVirtual {
		lower, upper := g.vector(), g.vector()
		of.load(operand.Mem{Base: from, Disp: disp}, evenMask, lower)
		of.load(operand.Mem{Base: from, Index: srcStride, Scale: 1, Disp: disp}, oddMask, upper)
		v := of.join(lower, upper)
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
		disp := of.bytes * g.lanes * i
		g.VMOVUPS(pairs(disp, nil, odd), operand.Mem{Base: to, Disp: 4 * g.lanes * i})
		if disp%cacheLine == 0 { // The rows to come are too far away for the CPU to foresee.
			g.PREFETCHT0(operand.Mem{Base: from, Index: srcStride, Scale: 4, Disp: disp})
			g.PREFETCHT0(operand.Mem{Base: from, Index: srcStride, Scale: 8, Disp: disp})
		}
	}
	g.ADDQ(operand.U32(of.bytes*width), from)
	g.ADDQ(dstTile, to)
	g.SUBQ(operand.U32(width), left)
	g.CMPQ(left, operand.U32(width))
	g.JGE(operand.LabelRef("panel"))

	g.Label("edge")
	g.TESTQ(left, left)
	g.JLE(operand.LabelRef("next"))
	mask, read, oddRead := g.firstLanes(g, left), g.firstLanes(g, of.lanes(left)), g.K()
	g.KANDW(read, odd, oddRead)
	g.storeMasked(g, pairs(0, read, oddRead), mask, operand.Mem{Base: to})
	g.ADDQ(operand.U32(of.bytes*g.lanes), from)
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
	const name = "alternation"
	if m, ok := g.constants[name]; ok {
		return m
	}
	m := g.StaticGlobal(name)
	g.constants[name] = m
	g.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := range uint32(g.lanes) {
		g.AppendDatum(operand.U32(uint32(g.lanes)+i)<<16 | operand.U32(i))
	}
	return m
}
