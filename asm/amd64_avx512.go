package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// avx512 is AVX-512 F, DQ and VL: thirty-two registers of sixteen lanes.
var avx512 = isa{
	suffix:      "AVX512",
	lanes:       16,
	registers:   32,
	kept:        14,
	vec:         func(c *build.Context) reg.VecVirtual { return c.ZMM() },
	dialect:     dialectAVX512{},
	tileRows:    14,
	tileVectors: 2,
}

type dialectAVX512 struct{}

// A mask is a mask register.
func (dialectAVX512) firstLanes(g *generator, n reg.GPVirtual) operand.Op {
	ones, mask := g.GP32(), g.K()
	g.MOVL(operand.I32(-1), ones)
	g.BZHIL(n.As32(), ones, ones)
	g.KMOVW(ones, mask)
	return mask
}

func (dialectAVX512) loadMasked(g *generator, from operand.Mem, mask operand.Op, v reg.VecVirtual) {
	g.VMOVUPS_Z(from, mask, v)
}

func (dialectAVX512) fillOthers(g *generator, mask operand.Op, fill, v reg.VecVirtual) {
	g.VBLENDMPS(v, fill, mask, v)
}

func (dialectAVX512) storeFirst(g *generator, v reg.VecVirtual, _ reg.GPVirtual, mask operand.Op, to operand.Mem, _ string) {
	g.VMOVUPS(v, mask, to)
}

func (dialectAVX512) fold(g *generator, v reg.VecVirtual, op combine) {
	half := g.vector()
	g.VEXTRACTF32X8(operand.Imm(1), v, half.AsY())
	op(half.AsY(), v.AsY(), v.AsY())
	g.VEXTRACTF32X4(operand.Imm(1), v.AsY(), half.AsX())
	op(half.AsX(), v.AsX(), v.AsX())
	g.foldQuarter(v, half.AsX(), op)
}

func (dialectAVX512) isNaN(g *generator, a, b, v reg.VecVirtual) {
	mask := g.K()
	g.VCMPPS(operand.Imm(unordered), a, b, mask)
	g.VPMOVM2D(mask, v)
}

func (dialectAVX512) choose(g *generator, x reg.VecVirtual, bound operand.Op, a, b, v reg.VecVirtual) {
	mask := g.K()
	g.VCMPPS(operand.Imm(less), bound, x, mask)
	g.VBLENDMPS(a, b, mask, v)
}

func (dialectAVX512) nearestInteger(g *generator, x reg.VecVirtual) reg.VecVirtual {
	const nearestEven = 0 // to a multiple of 2⁰
	g.VRNDSCALEPS(operand.Imm(nearestEven), x, x)
	return x
}

func (dialectAVX512) powerOfTwo(g *generator, n reg.VecVirtual) reg.VecVirtual {
	power := g.vector()
	g.VSCALEFPS(n, g.resident("one", 1), power)
	return power
}

func (dialectAVX512) scaleByPower(g *generator, n, x, v reg.VecVirtual) { g.VSCALEFPS(n, x, v) }

// Division takes long with denormals, scaling does not.
func (dialectAVX512) powerOver(g *generator, n, x, v reg.VecVirtual) {
	g.VDIVPS(x, g.resident("one", 1), x)
	g.VSCALEFPS(n, x, v)
}
