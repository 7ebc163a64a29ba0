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
	used, most usage // now, and at any time so far
	kept       int   // vector registers, the last ones, that are not taken back
}

// A usage is how many registers are in use.
type usage struct{ r, v int }

// R returns a register that is not in use.
func (a *allocator) R() R {
	if a.used.r == len(general) {
		panic("neon: out of general registers")
	}
	a.used.r++
	a.most.r = max(a.most.r, a.used.r)
	return general[a.used.r-1]
}

// V returns a vector register that is not in use.
func (a *allocator) V() V {
	if a.VectorsLeft() == 0 {
		panic("neon: out of vector registers")
	}
	a.used.v++
	a.most.v = max(a.most.v, a.used.v)
	return V(a.used.v - 1)
}

// keep returns a vector register that never was in use, for good.
func (a *allocator) keep() V {
	if a.most.v+a.kept == vectors {
		panic("neon: no vector register to keep")
	}
	a.kept++
	return V(vectors - a.kept)
}

// VectorsLeft returns how many vector registers are not in use.
func (a *allocator) VectorsLeft() int { return vectors - a.kept - a.used.v }

// Scope runs body, and takes back the registers that were handed out meanwhile.
func (a *allocator) Scope(body func()) {
	before := a.used
	body()
	a.used = before
}

// apart runs body, and takes nothing back that body had in use at any time.
func (a *allocator) apart(body func()) {
	before := a.most
	a.most = a.used
	body()
	a.used = a.most
	a.most = usage{max(before.r, a.most.r), max(before.v, a.most.v)}
}
