package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
	"github.com/mmcloughlin/avo/reg"
)

// generateAMD64 adds the files of amd64.
func generateAMD64(files map[string][]byte) (err error) {
	for _, output := range []struct {
		path, pkg string
		emit      func(...isa) (*ir.File, error)
	}{
		{"kernels_amd64", "lane", amd64},
		{"bench/roof_amd64", "bench", amd64Roof},
	} {
		file, err := output.emit(avx512, avx2)
		if err != nil {
			return err
		}
		config := configuration(output.pkg)
		if files[output.path+".s"], err = printer.NewGoAsm(config).Print(file); err != nil {
			return err
		}
		if files[output.path+".go"], err = printer.NewStubs(config).Print(file); err != nil {
			return err
		}
	}
	files["kernelsets_amd64.go"], err = sets(avx512.table(), avx2.table())
	return err
}

// An isa is an instruction set, as far as the kernels differ by it.
type isa struct {
	suffix    string // of the kernels' names
	lanes     int    // float32s in a vector
	registers int    // of vectors
	kept      int    // of them, for constants that a loop of functions shares
	vec       func(*build.Context) reg.VecVirtual
	dialect
	bf16 bool // some of these CPUs multiply bfloat16s

	// The tile is this many rows by this many vectors: as many sums as leave
	// registers for a row of B and the elements of A in flight.
	tileRows, tileVectors int

	// So many steps of a tile share what is not arithmetic, where the rows of A are contiguous: the fewer rows
	// are a step, the more of them.
	tileSteps int

	// A tile of dot products is this many rows by dotCols.
	dotTileRows int

	pairRows    []int // of which products with pairColumns rows are in registers at once, most first
	pairVectors int   // columns of pairs' sums that are
	moveVectors int   // columns of a vector and of what moves it that are
	sixVectors  int   // the same if what moves it is six rows, whose factors are as well
}

func (i isa) table() table {
	return table{suffix: i.suffix, mr: i.tileRows, nr: i.tileVectors * i.lanes, dotMR: i.dotTileRows}
}

// A dialect is the few steps that instruction sets do differently.
type dialect interface {
	// firstLanes returns a mask of the first n lanes, 0 < n < 2·lanes: from lanes on, of all.
	firstLanes(g *generator, n reg.GPVirtual) operand.Op

	// loadMasked loads the lanes of mask and zeros the others, whose memory is not touched.
	loadMasked(g *generator, from operand.Mem, mask operand.Op, v reg.VecVirtual)

	// storeMasked stores the lanes of mask.
	storeMasked(g *generator, v reg.VecVirtual, mask operand.Op, to operand.Mem)

	// fillOthers sets the lanes of v outside of mask to those of fill.
	fillOthers(g *generator, mask operand.Op, fill, v reg.VecVirtual)

	// storeFirst stores the first n lanes of v, which are those of mask, and may destroy v.
	storeFirst(g *generator, v reg.VecVirtual, n reg.GPVirtual, mask operand.Op, to operand.Mem, label string)

	// halves returns the lower lanes of v and a copy of the upper ones.
	halves(g *generator, v reg.VecVirtual) (lower, upper reg.Register)

	// foldToFour combines all lanes of v into the lowest four, halving.
	foldToFour(g *generator, v reg.VecVirtual, op combine)

	// storeQuarter stores the four lanes from 4·i on.
	storeQuarter(g *generator, v reg.VecVirtual, i int, to operand.Mem)

	// isNaN sets the lanes of v in which a or b is NaN to ones, the others to zeros.
	isNaN(g *generator, a, b, v reg.VecVirtual)

	// choose sets the lanes of v to a where x < bound, the others to b.
	choose(g *generator, x reg.VecVirtual, bound operand.Op, a, b, v reg.VecVirtual)

	// nearestInteger rounds x in place to a whole number n, and returns n in the form
	// that the steps below take.
	nearestInteger(g *generator, x reg.VecVirtual) (n reg.VecVirtual)

	// powerOfTwo returns 2ⁿ for n < 128. Below 2⁻¹²⁶ it may be 0.
	powerOfTwo(g *generator, n reg.VecVirtual) reg.VecVirtual

	// scaleByPower sets v = x·2ⁿ for −150 ≤ n ≤ 128 and ½ ≤ x < 2: infinite, denormal or 0
	// where it must be. It destroys x and n.
	scaleByPower(g *generator, n, x, v reg.VecVirtual)

	// powerOver sets v = 2ⁿ/x for −150 ≤ n < 128 and x > ½, likewise. It destroys x and n.
	powerOver(g *generator, n, x, v reg.VecVirtual)
}

// Comparisons.
const (
	unordered = 3  // a or b is NaN
	less      = 17 // a < b, which is false of NaN
)

// A combine emits dst = a ∘ b, in lanes.
type combine func(b, a, dst operand.Op)

// foldToTwo combines the lowest four lanes of v into the lowest two, or the lowest two of
// float64s into one.
func (g *generator) foldToTwo(v reg.VecVirtual, op combine) {
	upper := g.XMM()
	g.VMOVHLPS(v.AsX(), v.AsX(), upper)
	op(upper, v.AsX(), v.AsX())
}

// fold combines all lanes of v into the lowest, halving.
func (g *generator) fold(v reg.VecVirtual, op combine) {
	g.foldToFour(g, v, op)
	g.foldToOne(v, op)
}

// foldToOne combines the lowest four lanes of v into the lowest.
func (g *generator) foldToOne(v reg.VecVirtual, op combine) {
	g.foldToTwo(v, op)
	odd := g.XMM()
	g.VMOVSHDUP(v.AsX(), odd)
	op(odd, v.AsX(), v.AsX())
}

// amd64 returns the kernels of each instruction set, registers allocated.
func amd64(sets ...isa) (*ir.File, error) {
	context := build.NewContext()
	context.ConstraintExpr("!purego")
	constants := map[string]operand.Mem{}
	for _, set := range sets {
		g := &generator{Context: context, isa: set, constants: constants}
		g.reductions()
		g.elementwise()
		g.functions()
		g.losses()
		g.optimizers()
		g.cells()
		g.rows()
		g.rowProducts()
		g.rowPairs()
		g.logisticRows()
		g.logisticPairs()
		g.tile()
		g.dotTile()
		g.packRows()
		g.transpose()
		if g.bf16 {
			g.roundBF16()
			g.packBF16()
			g.packPairsBF16()
			g.addExpSumBF16()
			g.tileBF16()
			g.tileBF16AMX()
		}
	}
	file, err := context.Result()
	if err != nil {
		return nil, err
	}
	if err := pass.Compile.Execute(file); err != nil {
		return nil, err
	}
	encodeUnknown(file)
	return file, nil
}

// A generator emits the kernels of one instruction set.
type generator struct {
	*build.Context
	isa
	constants map[string]operand.Mem
	residents *residents // nil outside of hoist
}

// kernel begins the kernel of the given name.
func (g *generator) kernel(name string) {
	s := signatures[name]
	g.Function(name + g.suffix)
	g.Attributes(attr.NOSPLIT)
	g.Pragma("noescape")
	g.Doc(fmt.Sprintf(s.doc, name+g.suffix))
	g.SignatureExpr(s.expr)
}

// end returns from the kernel. The upper halves are cleared first: whoever
// runs SSE code with them dirty pays for it in every instruction.
func (g *generator) end() {
	g.VZEROUPPER()
	g.RET()
}

// endWith returns the lowest element of v. It is stored with an SSE
// instruction, which is why the upper halves are cleared before it.
func (g *generator) endWith(v reg.VecVirtual) {
	g.VZEROUPPER()
	g.Store(v.AsX(), g.ReturnIndex(0))
	g.RET()
}

func (g *generator) vector() reg.VecVirtual { return g.vec(g.Context) }

// vectors returns n new vectors.
func (g *generator) vectors(n int) []reg.VecVirtual {
	v := make([]reg.VecVirtual, n)
	for i := range v {
		v[i] = g.vector()
	}
	return v
}

func (g *generator) zero(v reg.VecVirtual) { g.VXORPS(v, v, v) }

// pointer, length and integer load what a parameter is made of.
func (g *generator) pointer(parameter string) reg.GPVirtual {
	r := g.GP64()
	g.Load(g.Param(parameter).Base(), r)
	return r
}

// address returns where a parameter has its pointer, for instructions that take it from there.
func (g *generator) address(parameter string) operand.Mem {
	p, err := g.Param(parameter).Base().Resolve()
	if err != nil {
		panic(err) // the signature has no such parameter
	}
	return p.Addr
}

func (g *generator) length(parameter string) reg.GPVirtual {
	r := g.GP64()
	g.Load(g.Param(parameter).Len(), r)
	return r
}

func (g *generator) integer(parameter string) reg.GPVirtual {
	r := g.GP64()
	g.Load(g.Param(parameter), r)
	return r
}

// stride loads a parameter that counts float32s, as bytes.
func (g *generator) stride(parameter string) reg.GPVirtual {
	r := g.integer(parameter)
	g.SHLQ(operand.Imm(2), r)
	return r
}

// broadcast returns a float32 parameter in every lane.
func (g *generator) broadcast(parameter string) reg.VecVirtual {
	return g.broadcastFrom(g.place(parameter))
}

// place returns where a parameter that is a number is.
func (g *generator) place(parameter string) operand.Mem {
	p, err := g.Param(parameter).Resolve()
	if err != nil {
		panic(err) // the signature has no such parameter
	}
	return p.Addr
}
