package main

import (
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
)

// roofSums is how many sums a roof loop keeps in flight: more than two units
// with a latency of five cycles can work on.
const roofSums = 12

// amd64Roof returns, for each instruction set, a loop of nothing but multiply-adds: what
// the products of matrices are read against.
func amd64Roof(sets ...isa) (*ir.File, error) {
	context := build.NewContext()
	context.ConstraintExpr("!purego")
	for _, set := range sets {
		g := &generator{Context: context, isa: set}
		g.roof()
	}
	file, err := context.Result()
	if err != nil {
		return nil, err
	}
	return file, pass.Compile.Execute(file)
}

func (g *generator) roof() {
	g.Function("multiplyAdd" + g.suffix)
	g.Attributes(attr.NOSPLIT)
	g.Doc("multiplyAdd" + g.suffix + " does n times 12 multiply-adds of whole vectors, and returns how many floating-point operations one time is.")
	g.SignatureExpr("func(n int) int")
	n := g.integer("n")
	sums := g.vectors(roofSums)
	for _, s := range sums {
		g.zero(s)
	}
	factor := g.vector()
	g.zero(factor)

	g.Label("loop")
	for _, s := range sums {
		g.VFMADD231PS(factor, factor, s)
	}
	g.DECQ(n)
	g.JNZ(operand.LabelRef("loop"))

	flops := g.GP64()
	g.MOVQ(operand.U32(2*roofSums*g.lanes), flops)
	g.VZEROUPPER()
	g.Store(flops, g.ReturnIndex(0))
	g.RET()
}
