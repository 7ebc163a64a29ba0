package neon

import "fmt"

// An R is a general register.
type R int

func (r R) String() string { return fmt.Sprintf("R%d", int(r)) }

// At returns the memory at so many bytes from r.
func (r R) At(offset int) string {
	if offset == 0 {
		return fmt.Sprintf("(%v)", r)
	}
	return fmt.Sprintf("%d(%v)", offset, r)
}

// Plus returns the memory at as many bytes from r as index holds.
func (r R) Plus(index R) string { return fmt.Sprintf("(%v)(%v)", r, index) }

// A V is a vector register.
type V int

// F returns the name of v in instructions on one number, and in loads and stores.
func (v V) F() string { return fmt.Sprintf("F%d", int(v)) }

// S4, D2 and B16 return v as float32s, float64s and bytes; S and D a single lane of it.
func (v V) S4() string        { return fmt.Sprintf("V%d.S4", int(v)) }
func (v V) D2() string        { return fmt.Sprintf("V%d.D2", int(v)) }
func (v V) B16() string       { return fmt.Sprintf("V%d.B16", int(v)) }
func (v V) S(lane int) string { return fmt.Sprintf("V%d.S[%d]", int(v), lane) }
func (v V) D(lane int) string { return fmt.Sprintf("V%d.D[%d]", int(v), lane) }

// general are the general registers that are handed out. The others have owners: 16 and 17 the linker, 18 the operating
// system, 27 to 30 the assembler, Go's runtime, the frame and the return address. 26 is the [pool]'s.
var general = []R{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 19, 20, 21, 22, 23, 24, 25}

// vectors is how many vector registers there are, all of them free.
const vectors = 32

// An allocator hands out registers, in order.
type allocator struct {
	r, v   int // how many are in use
	shared int // how many times over code takes turns: nothing is taken back until it has ended
}

// R returns a register that is not in use.
func (a *allocator) R() R {
	if a.r == len(general) {
		panic("neon: out of general registers")
	}
	a.r++
	return general[a.r-1]
}

// V returns a vector register that is not in use.
func (a *allocator) V() V {
	if a.v == vectors {
		panic("neon: out of vector registers")
	}
	a.v++
	return V(a.v - 1)
}

// VectorsLeft returns how many vector registers are not in use.
func (a *allocator) VectorsLeft() int { return vectors - a.v }

// Scope runs body, and takes back the registers that were handed out meanwhile, except within Interleave.
func (a *allocator) Scope(body func()) {
	r, v := a.r, a.v
	body()
	if a.shared == 0 {
		a.r, a.v = r, v
	}
}
