package neon

import (
	"fmt"
	"strings"

	"github.com/mmcloughlin/avo/gotypes"
)

// A Function is one under construction.
type Function struct {
	allocator
	name, doc string
	signature *gotypes.Signature
	constants *constants
	residents map[uint32]V
	prologue  listing // what constants need before anything else
	lines     listing
}

// A listing is assembly, an instruction or a label each.
type listing []string

func (l listing) String() string { return strings.Join(l, "") }

// newFunction panics if the signature, a Go function type, is not valid.
func newFunction(name, doc, signature string, c *constants) *Function {
	s, err := gotypes.ParseSignature(signature)
	if err != nil {
		panic(fmt.Sprintf("neon: %s: %v", name, err))
	}
	return &Function{name: name, doc: doc, signature: s, constants: c, residents: map[uint32]V{}}
}

// Op emits an instruction of Go's assembler.
func (f *Function) Op(name string, operands ...any) {
	texts := make([]string, len(operands))
	for i, o := range operands {
		if n, ok := o.(int); ok {
			o = fmt.Sprintf("$%d", n)
		}
		texts[i] = fmt.Sprint(o)
	}
	f.line(strings.TrimRight(fmt.Sprintf("\t%s %s", name, strings.Join(texts, ", ")), " "))
}

// Word emits an instruction that Go's assembler lacks.
func (f *Function) Word(w Word) { f.line(fmt.Sprintf("\tWORD $0x%08x // %s", w.Code, w.GNU)) }

// Label marks a place to branch to. Names are the function's own.
func (f *Function) Label(name string) { f.line(fmt.Sprintf("\n%s:", name)) }

func (f *Function) line(text string) { f.lines = append(f.lines, text+"\n") }

// Pointer returns the address of a slice.
func (f *Function) Pointer(parameter string) R {
	return f.load(f.signature.Params().Lookup(parameter).Base())
}

// Length returns the length of a slice.
func (f *Function) Length(parameter string) R {
	return f.load(f.signature.Params().Lookup(parameter).Len())
}

// Integer returns an int.
func (f *Function) Integer(parameter string) R {
	return f.load(f.signature.Params().Lookup(parameter))
}

// Stride returns an int that counts float32s, as bytes.
func (f *Function) Stride(parameter string) R {
	r := f.Integer(parameter)
	f.Op("LSL", 2, r)
	return r
}

// Bool returns a bool: zero if it is false.
func (f *Function) Bool(parameter string) R {
	r := f.R()
	f.Op("MOVBU", f.address(f.signature.Params().Lookup(parameter)), r)
	return r
}

func (f *Function) load(c gotypes.Component) R {
	r := f.R()
	f.Op("MOVD", f.address(c), r)
	return r
}

// Broadcast returns a float32 in every lane.
func (f *Function) Broadcast(parameter string) V {
	v := f.V()
	f.Op("FMOVS", f.address(f.signature.Params().Lookup(parameter)), v.F())
	f.Op("VDUP", v.S(0), v.S4())
	return v
}

// Return returns.
func (f *Function) Return() { f.Op("RET") }

// ReturnFloat32 returns the lowest lane of v.
func (f *Function) ReturnFloat32(v V) { f.returnLowest("FMOVS", v) }

// ReturnFloat64 returns the lower lane of v.
func (f *Function) ReturnFloat64(v V) { f.returnLowest("FMOVD", v) }

func (f *Function) returnLowest(move string, v V) {
	f.Op(move, v.F(), f.address(f.signature.Results().At(0)))
	f.Return()
}

// address panics if there is no such parameter or result, or it has no such part.
func (f *Function) address(c gotypes.Component) string {
	p, err := c.Resolve()
	if err != nil {
		panic(fmt.Sprintf("neon: %s: %v", f.name, err))
	}
	return p.Addr.Asm()
}
