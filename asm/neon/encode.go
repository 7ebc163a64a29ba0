package neon

import "fmt"

// A Word is an instruction that Go's assembler has no name for.
type Word struct {
	Code uint32
	GNU  string // the instruction, in the syntax of the GNU assembler
}

// An Arrangement is how a vector is divided into lanes, as the bit that says so in instructions.
type Arrangement uint32

const (
	S4 Arrangement = 0       // four float32s
	D2 Arrangement = 1 << 22 // two float64s
)

func (a Arrangement) String() string {
	if a == D2 {
		return "2d"
	}
	return "4s"
}

// FADD is d = n + m.
func FADD(a Arrangement, m, n, d V) Word { return lanewise(0x4e20d400, "fadd", a, m, n, d) }

// FSUB is d = n − m.
func FSUB(a Arrangement, m, n, d V) Word { return lanewise(0x4ea0d400, "fsub", a, m, n, d) }

// FMUL is d = n·m.
func FMUL(a Arrangement, m, n, d V) Word { return lanewise(0x6e20dc00, "fmul", a, m, n, d) }

// FDIV is d = n/m.
func FDIV(a Arrangement, m, n, d V) Word { return lanewise(0x6e20fc00, "fdiv", a, m, n, d) }

// FMAX is d = max(n, m): NaN where either is.
func FMAX(a Arrangement, m, n, d V) Word { return lanewise(0x4e20f400, "fmax", a, m, n, d) }

// FADDP sets the lanes of d to the sums of the adjacent pairs of n, then of those of m.
func FADDP(a Arrangement, m, n, d V) Word { return lanewise(0x6e20d400, "faddp", a, m, n, d) }

func lanewise(code uint32, name string, a Arrangement, m, n, d V) Word {
	return Word{
		Code: code | uint32(a) | uint32(m)<<16 | uint32(n)<<5 | uint32(d),
		GNU:  fmt.Sprintf("%s v%d.%v, v%d.%v, v%d.%v", name, d, a, n, a, m, a),
	}
}

// FMLAByElement is d += n·m[element], of float32s.
func FMLAByElement(m V, element int, n, d V) Word {
	low, high := uint32(element)&1, uint32(element)>>1
	return Word{
		Code: 0x4f801000 | low<<21 | uint32(m)<<16 | high<<11 | uint32(n)<<5 | uint32(d),
		GNU:  fmt.Sprintf("fmla v%d.4s, v%d.4s, v%d.s[%d]", d, n, m, element),
	}
}

// FMAXV sets the lowest lane of d to the largest of the four of n: NaN if any is.
func FMAXV(n, d V) Word { return unary(0x6e30f800, "fmaxv s%d, v%d.4s", n, d) }

// FCVTL sets d to the lower two float32s of n, as float64s.
func FCVTL(n, d V) Word { return unary(0x0e617800, "fcvtl v%d.2d, v%d.2s", n, d) }

// FCVTL2 sets d to the upper two float32s of n, as float64s.
func FCVTL2(n, d V) Word { return unary(0x4e617800, "fcvtl2 v%d.2d, v%d.4s", n, d) }

func unary(code uint32, text string, n, d V) Word {
	return Word{Code: code | uint32(n)<<5 | uint32(d), GNU: fmt.Sprintf(text, d, n)}
}
