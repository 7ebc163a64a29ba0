package lane

import (
	"fmt"

	"github.com/lane-go/lane/kernels"
)

// A Precision is what a product rounds the elements of its operands to. Its sums and its results are float32 in any.
type Precision int

const (
	// Float32 leaves operands as they are.
	Float32 Precision = iota

	// BFloat16 rounds them to the eight bits of significand of the upper half of a float32: an element is off by 2⁻⁸ of itself at
	// most, but numbers that are denormal become 0, and those beyond the largest bfloat16, 3.39e38, infinite. Products take
	// a fourth of the time on CPUs with AMX, under Linux, and half of it on AMD's with AVX512_BF16; Intel's gain nothing by that. Elsewhere they take a little more than in Float32 ([Precision.Native]).
	BFloat16
)

// precisions are all that there are, each in its place.
var precisions = [...]Precision{Float32, BFloat16}

// String returns "float32" or "bfloat16".
func (p Precision) String() string {
	switch p {
	case Float32:
		return "float32"
	case BFloat16:
		return "bfloat16"
	}
	return fmt.Sprintf("Precision(%d)", int(p))
}

// MarshalText returns what String does, or an error if there is no such precision.
func (p Precision) MarshalText() ([]byte, error) { return []byte(p.String()), p.check() }

// UnmarshalText is the inverse of MarshalText.
func (p *Precision) UnmarshalText(text []byte) error {
	for _, known := range precisions {
		if known.String() == string(text) {
			*p = known
			return nil
		}
	}
	return fmt.Errorf("lane: there is no precision %q: take float32 or bfloat16", text)
}

func (p Precision) check() error {
	if !p.known() {
		return fmt.Errorf("lane: there is no Precision %d", int(p))
	}
	return nil
}

func (p Precision) known() bool { return 0 <= p && int(p) < len(precisions) }

// must panics where check has an error.
func (p Precision) must() {
	if !p.known() {
		panic(p.check().Error())
	}
}

// Round rounds the elements of x as products do those of their operands.
func (p Precision) Round(x []float32) {
	if p.must(); p != BFloat16 {
		return
	}
	for i, v := range x {
		x[i] = kernels.NearestBF16(v)
	}
}

// Native reports whether this CPU, with the kernel set in use, has instructions for products in this precision.
func (p Precision) Native() bool {
	return p == Float32 || p == BFloat16 && active.TileBF16 != nil && active != &kernels.Portable
}

// Gemm is [Gemm] in this precision. Operands are rounded, and A after it was scaled by alpha; C is not.
func (p Precision) Gemm(c Matrix, beta, alpha float32, a, b Matrix) {
	if a.Rows != c.Rows || b.Cols != c.Cols || a.Cols != b.Rows {
		panic(fmt.Sprintf("lane: Gemm: %v = %v · %v", c, a, b))
	}
	p.multiply(&product{c: c, a: a, b: b, alpha: alpha}, beta)
}

// GemmBias is [GemmBias] in this precision. Neither bias nor activation is rounded.
func (p Precision) GemmBias(c Matrix, beta, alpha float32, a, b Matrix, bias []float32, f Activation) {
	if a.Rows != c.Rows || b.Cols != c.Cols || a.Cols != b.Rows || len(bias) != c.Cols {
		panic(fmt.Sprintf("lane: GemmBias: %v = %v · %v + %d", c, a, b, len(bias)))
	}
	p.multiply(&product{c: c, a: a, b: b, alpha: alpha, bias: bias, activate: f.ofSum(active)}, beta)
}

// Pack is [Pack] for products in this precision, which round A too.
func (p Precision) Pack(b Matrix) *Packed {
	packed := new(Packed)
	p.Repack(packed, b)
	return packed
}

// Repack packs b in the place of what packed held, whatever precision that had.
func (p Precision) Repack(packed *Packed, b Matrix) {
	p.must()
	checkData("Pack", &b)
	packed.precision = p
	packed.pack(b)
}

func (p Precision) multiply(t *product, beta float32) {
	p.must()
	checkData("matrix product", &t.c)
	if t.left == nil {
		checkData("matrix product", &t.a)
	}
	if t.packed == nil {
		checkData("matrix product", &t.b)
	}
	t.set, t.blocks, t.precision = active, p.blocks(active), p
	t.multiply(beta)
}
