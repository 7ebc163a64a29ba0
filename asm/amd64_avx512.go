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
	bf16:        true,
	tileRows:    14,
	tileVectors: 2,
	tileSteps:   2,
	dotTileRows: 6,
	pairRows:    []int{4, 2, 1},
	pairVectors: 2,
	moveVectors: 8,
	sixVectors:  4,
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

func (dialectAVX512) storeMasked(g *generator, v reg.VecVirtual, mask operand.Op, to operand.Mem) {
	g.VMOVUPS(v, mask, to)
}

func (dialectAVX512) fillOthers(g *generator, mask operand.Op, fill, v reg.VecVirtual) {
	g.VBLENDMPS(v, fill, mask, v)
}

func (d dialectAVX512) storeFirst(g *generator, v reg.VecVirtual, _ reg.GPVirtual, mask operand.Op, to operand.Mem, _ string) {
	d.storeMasked(g, v, mask, to)
}

func (dialectAVX512) storeQuarter(g *generator, v reg.VecVirtual, i int, to operand.Mem) {
	if i == 0 {
		g.VMOVUPS(v.AsX(), to)
	} else {
		g.VEXTRACTF32X4(operand.Imm(uint64(i)), v, to)
	}
}

func (dialectAVX512) halves(g *generator, v reg.VecVirtual) (lower, upper reg.Register) {
	half := g.YMM()
	g.VEXTRACTF32X8(operand.Imm(1), v, half)
	return v.AsY(), half
}

func (d dialectAVX512) foldToFour(g *generator, v reg.VecVirtual, op combine) {
	lower, upper := d.halves(g, v)
	op(upper, lower, lower)
	quarter := g.XMM()
	g.VEXTRACTF32X4(operand.Imm(1), v.AsY(), quarter)
	op(quarter, v.AsX(), v.AsX())
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
