package lane

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lane-go/lane/kernels"
)

// rounded returns the case with the operands that BFloat16 makes of its own.
func (g gemmCase) rounded() gemmCase {
	a := NewMatrix(g.a.Rows, g.a.Cols)
	for i := range a.Rows {
		for j := range a.Cols {
			a.Set(i, j, roundedBF16(g.alpha*g.a.At(i, j)))
		}
	}
	b := NewMatrix(g.b.Rows, g.b.Cols)
	for i := range b.Rows {
		for j := range b.Cols {
			b.Set(i, j, roundedBF16(g.b.At(i, j)))
		}
	}
	g.a, g.b, g.alpha = a, b, 1
	return g
}

// roundedBF16 returns the bfloat16 nearest to x, which is neither too large nor too small.
func roundedBF16(x float32) float32 {
	fraction, exponent := math.Frexp(float64(x))
	return float32(math.Ldexp(math.RoundToEven(fraction*256)/256, exponent))
}

func (g gemmCase) runBFloat16(s *kernels.Set) Matrix {
	c := g.copyOfC()
	p := product{set: s, blocks: &defaultBlocks, c: c, a: g.a, b: g.b, alpha: g.alpha, precision: BFloat16}
	if g.bias != nil {
		p.bias, p.activate = g.bias, g.f.ofSum(s)
	}
	p.multiply(g.beta)
	return c
}

func (g gemmCase) runBFloat16Packed() Matrix {
	c := g.copyOfC()
	if g.bias != nil {
		GemmPackedBias(c, g.beta, g.alpha, g.a, BFloat16.Pack(g.b), g.bias, g.f)
	} else {
		GemmPacked(c, g.beta, g.alpha, g.a, BFloat16.Pack(g.b))
	}
	return c
}

// TestBFloat16AgainstFloat64 tries small sizes, sizes around each block and random ones: products of rounded operands are
// as near to float64 as those in Float32.
func TestBFloat16AgainstFloat64(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	shapes := [][3]int{
		{0, 3, 4}, {3, 4, 0}, {1, 100, 7}, {100, 1, 301}, {7, 13, 1}, {20, 400, 101}, {3, 900, 5}, {900, 3, 5},
		{defaultBlocks.m + 1, 40, 333}, {5, 7, 4*defaultBlocks.k + 1}, {20, defaultBlocks.n + 1, 3}, {70, 65, 1023},
	}
	for m := 1; m <= 3; m++ {
		for n := 1; n <= 3; n++ {
			for k := 1; k <= 5; k++ {
				shapes = append(shapes, [3]int{m, n, k})
			}
		}
	}
	for range emulated(100, 10) {
		shapes = append(shapes, [3]int{1 + rng.IntN(100), 1 + rng.IntN(100), 1 + rng.IntN(200)})
	}
	for _, s := range shapes {
		g := newGemmCase(rng, s[0], s[1], s[2])
		want := g.rounded()
		for _, set := range sets() {
			want.check(t, g.runBFloat16(set), set.Name)
		}
		want.check(t, g.runBFloat16Packed(), "packed")
	}
}

// Neither threads nor packing beforehand change the bits.
func TestBFloat16SameBits(t *testing.T) {
	defer SetThreads(0)
	rng := rand.New(rand.NewPCG(13, 14))
	shapes := [][3]int{{20, 700, 350}, {300, 100, 100}, {20, 100, 3300}, {1, 3000, 30}, {3000, 1, 30}}
	for range emulated(10, 0) {
		shapes = append(shapes, [3]int{1 + rng.IntN(200), 1 + rng.IntN(200), 1 + rng.IntN(400)})
	}
	for _, s := range shapes[emulated(0, len(shapes)-1):] {
		g := newGemmCase(rng, s[0], s[1], s[2])
		SetThreads(1)
		want := g.runBFloat16(active)
		for _, threads := range []int{2, 3, 8} {
			SetThreads(threads)
			requireSameBits(t, want, g.runBFloat16(active), "%d threads, %v", threads, g)
		}
		if g.c.ColStride == 1 { // else the product may be that of the transposes
			requireSameBits(t, want, g.runBFloat16Packed(), "packed, %v", g)
		}
	}
}

func TestBFloat16AllocatesNothing(t *testing.T) {
	defer SetThreads(0)
	for _, threads := range []int{1, 2} {
		SetThreads(threads)
		a, b, c := NewMatrix(30, 101), NewMatrix(101, 70), NewMatrix(30, 70)
		transposed := NewMatrix(70, 101).T()
		packed := BFloat16.Pack(b)
		require.Zero(t, testing.AllocsPerRun(10, func() {
			BFloat16.Gemm(c, 1, 2, a, b)
			BFloat16.Gemm(c, 0, 1, a, transposed)
			BFloat16.Repack(packed, b)
			GemmPacked(c, 0, 1, a, packed)
		}), "%d threads", threads)
	}
}

func TestPrecision(t *testing.T) {
	require.Equal(t, "float32 bfloat16 Precision(7)", fmt.Sprint(Float32, BFloat16, Precision(7)))
	require.True(t, Float32.Native())
	require.Equal(t, active.TileBF16 != nil && active.Name != "portable", BFloat16.Native())
	require.False(t, Precision(7).Native())
	for _, p := range []Precision{Float32, BFloat16} {
		text, err := p.MarshalText()
		require.NoError(t, err)
		var back Precision
		require.NoError(t, back.UnmarshalText(text))
		require.Equal(t, p, back)
	}
	_, err := Precision(7).MarshalText()
	require.ErrorContains(t, err, "no Precision 7")
	require.EqualError(t, new(Precision).UnmarshalText([]byte("fp16")), `lane: there is no precision "fp16": take float32 or bfloat16`)

	c := NewMatrix(1, 1)
	require.PanicsWithValue(t, "lane: there is no Precision 7", func() { Precision(7).Gemm(c, 0, 1, c, c) })
	require.PanicsWithValue(t, "lane: there is no Precision -1", func() { Precision(-1).Pack(c) })

	// What is packed anew is of the precision that it is packed in.
	a, b := MatrixOf([]float32{1}, 1, 1), MatrixOf([]float32{1 + 0x1p-20}, 1, 1)
	packed := BFloat16.Pack(b)
	GemmPacked(c, 0, 1, a, packed)
	require.Equal(t, float32(1), c.At(0, 0))
	packed.Repack(b)
	GemmPacked(c, 0, 1, a, packed)
	require.Equal(t, float32(1+0x1p-20), c.At(0, 0))
}
