package lane

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lane-go/lane/kernels"
	"github.com/lane-go/lane/kernels/kerneltest"
)

// A gemmCase is a product of given or random shape, operands and scalars.
type gemmCase struct {
	a, b, c     Matrix
	beta, alpha float32
	bias        []float32
	f           Activation
	precision   Precision
}

func newGemmCase(rng *rand.Rand, m, n, k int) gemmCase {
	g := gemmCase{a: randomView(rng, m, k), b: randomView(rng, k, n), c: randomView(rng, m, n)}
	g.beta, g.alpha = float32(rng.IntN(3))-1, []float32{1, 1, -0.5, 1.0 / 3}[rng.IntN(4)]
	if rng.IntN(2) == 1 {
		g.bias, g.f = make([]float32, n), Activation(rng.IntN(4))
		for i := range g.bias {
			g.bias[i] = rng.Float32()*2 - 1
		}
	}
	return g
}

func (g gemmCase) String() string {
	return fmt.Sprintf("%v: %v = %v·%v + %v·%v·%v, strides %d %d, %d %d and %d %d, bias %v, activation %d", g.precision, g.c, g.beta, g.c, g.alpha, g.a, g.b,
		g.c.RowStride, g.c.ColStride, g.a.RowStride, g.a.ColStride, g.b.RowStride, g.b.ColStride, g.bias != nil, g.f)
}

// run computes the case with a kernel set into a copy of C, which is NaN if it must not be read.
func (g gemmCase) run(s *kernels.Set) Matrix {
	c := g.copyOfC()
	p := product{set: s, blocks: g.precision.blocks(s), c: c, a: g.a, b: g.b, alpha: g.alpha, precision: g.precision}
	if g.bias != nil {
		p.bias, p.activate = g.bias, g.f.ofSum(s)
	}
	p.multiply(g.beta)
	return c
}

func (g gemmCase) runPacked() Matrix {
	c, packed := g.copyOfC(), g.precision.Pack(g.b)
	if g.bias != nil {
		GemmPackedBias(c, g.beta, g.alpha, g.a, packed, g.bias, g.f)
	} else {
		GemmPacked(c, g.beta, g.alpha, g.a, packed)
	}
	return c
}

// copyOfC keeps the strides of C.
func (g gemmCase) copyOfC() Matrix {
	c := g.c
	c.Data = append([]float32(nil), c.Data...)
	if g.beta == 0 {
		fill(c, float32(math.NaN()))
	}
	return c
}

// check compares got with a triple loop in float64, within the bound of a sum of k terms.
func (g gemmCase) check(t *testing.T, got Matrix, what string) {
	t.Helper()
	for i := range got.Rows {
		for j := range got.Cols {
			want := float64(g.beta) * float64(g.c.At(i, j))
			size := math.Abs(want)
			var sum, sizes float64
			for p := range g.a.Cols {
				v := float64(g.a.At(i, p)) * float64(g.b.At(p, j))
				sum += v
				sizes += math.Abs(v)
			}
			want, size = want+float64(g.alpha)*sum, size+math.Abs(float64(g.alpha))*sizes
			if g.bias != nil {
				want, size = want+float64(g.bias[j]), size+math.Abs(float64(g.bias[j]))
			}
			bound := float64(g.a.Cols+5)*0x1p-24*size + 1e-30
			switch g.f { // each has a slope of one at most, and rounds to 2 ulp of one at most
			case SigmoidActivation:
				want, bound = 1/(1+math.Exp(-want)), bound+0x1p-22
			case TanhActivation:
				want, bound = math.Tanh(want), bound+0x1p-22
			case ReLUActivation:
				want = max(0, want)
			}
			if d := math.Abs(float64(got.At(i, j)) - want); !(d <= bound) {
				require.Fail(t, what, "%v at (%d, %d): %v, want %v: off by %g, more than %g", g, i, j, got.At(i, j), want, d, bound)
			}
		}
	}
}

// rounded returns the case with operands that its precision leaves as they are.
func (g gemmCase) rounded() gemmCase {
	if g.precision == BFloat16 {
		g.a, g.b, g.alpha = toBFloat16(g.alpha, g.a), toBFloat16(1, g.b), 1
	}
	return g
}

// toBFloat16 returns the bfloat16s nearest to the elements of alpha·m.
func toBFloat16(alpha float32, m Matrix) Matrix {
	r := NewMatrix(m.Rows, m.Cols)
	for i := range m.Rows {
		for j := range m.Cols {
			r.Set(i, j, kerneltest.BFloat16(alpha*m.At(i, j)))
		}
	}
	return r
}

// TestGemmAgainstFloat64 tries every small size, sizes around each block and random ones, with every set and in every precision: products of
// rounded operands are as near to float64 as others.
func TestGemmAgainstFloat64(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	shapes := [][3]int{
		{0, 3, 4}, {3, 0, 4}, {3, 4, 0}, {1, 100, 7}, {100, 1, 300}, {7, 13, 1}, {20, 400, 100}, {3, 3100, 5}, {3100, 3, 5},
		{100, 1, 301}, {20, 400, 101}, {3, 900, 5}, {900, 3, 5}, {20, defaultBlocks.n + 1, 3}, {70, 65, 1023}, {5, 7, 4*defaultBlocks.k + 1},
		{packRows, 70, 33}, {packRows + 1, 70, 33}, {3, 2*streams.n + 8, streams.k + 1}, {packRows + 1, 2*streams.n + 8, streams.k + 1}, {dotRows + 1, dotCols, 40}, {dotRows + 1, dotCols + 1, 40},
		{defaultBlocks.m + 1, 40, defaultBlocks.k + 1}, {5, 7, 2*defaultBlocks.k + 1}, {70, defaultBlocks.n + 1, 3}, {2, 3, dotBlockK + 1}, {70, 65, 1024},
	}
	for m := 1; m <= 5; m++ {
		for n := 1; n <= 5; n++ {
			for k := 1; k <= 5; k++ {
				shapes = append(shapes, [3]int{m, n, k})
			}
		}
	}
	for range emulated(100, 10) {
		shapes = append(shapes, [3]int{1 + rng.IntN(150), 1 + rng.IntN(100), 1 + rng.IntN(200)})
	}
	for _, s := range shapes {
		g := newGemmCase(rng, s[0], s[1], s[2])
		for _, g.precision = range precisions {
			want := g.rounded()
			for _, set := range sets() {
				want.check(t, g.run(set), set.Name)
			}
			want.check(t, g.runPacked(), "packed")
		}
	}
}

// TestBlocksOfA has one block of A meet several blocks of columns, and blocks of its rows and of its columns take turns at them.
func TestBlocksOfA(t *testing.T) {
	defer SetThreads(0)
	SetThreads(1)
	rng := rand.New(rand.NewPCG(5, 6))
	random := func(rows, cols int) Matrix {
		m := NewMatrix(rows, cols)
		for i := range m.Data {
			m.Data[i] = rng.Float32()*2 - 1
		}
		return m
	}
	shapes := [][3]int{{20, pairBlocks.n + 1, 3}, {20, pairBlocks.n + 1, 2*pairBlocks.k + 1}, {pairBlocks.m + 1, finished/pairBlocks.m + 1, 2 * pairBlocks.k}}
	for _, s := range shapes[:emulated(3, 1)] {
		g := gemmCase{a: random(s[0], s[2]), b: random(s[2], s[1]), c: random(s[0], s[1]), alpha: 1, bias: random(1, s[1]).Data, precision: BFloat16}
		for _, set := range sets() {
			g.rounded().check(t, g.run(set), set.Name)
		}
	}
}

// randomView returns a random m×n view: row-major, transposed or with every other column left out, with gaps
// between rows or without.
func randomView(rng *rand.Rand, m, n int) Matrix {
	rows, cols := m, n
	transpose := rng.IntN(3) == 1
	if transpose {
		rows, cols = n, m
	}
	gap, step := rng.IntN(3)*5, 1
	if rng.IntN(8) == 0 {
		step = 2
	}
	big := NewMatrix(rows+1, step*cols+gap)
	for i := range big.Data {
		big.Data[i] = rng.Float32()*2 - 1
	}
	view := big.Slice(0, rows, 0, step*cols)
	if rng.IntN(2) == 1 {
		view = big.Slice(1, rows+1, gap, step*cols+gap)
	}
	view.Cols, view.ColStride = cols, step
	if transpose {
		return view.T()
	}
	return view
}

func fill(m Matrix, v float32) {
	for i := range m.Rows {
		for j := range m.Cols {
			m.Set(i, j, v)
		}
	}
}

// TestGemmSameBitsForAnyThreads holds the promise of the package comment, for shapes that are cut by rows, by
// columns and not at all.
func TestGemmSameBitsForAnyThreads(t *testing.T) {
	defer SetThreads(0)
	rng := rand.New(rand.NewPCG(3, 4))
	shapes := [][3]int{{20, 100, 3300}, {20, 2600, 650}, {700, 100, 100}, {20, 100, 3000}, {1, 5000, 300}, {5000, 1, 300}, {300, 20, 1100}}
	for range 20 {
		shapes = append(shapes, [3]int{1 + rng.IntN(300), 1 + rng.IntN(500), 1 + rng.IntN(1200)})
	}
	for _, s := range shapes[emulated(0, len(shapes)-3):] {
		g := newGemmCase(rng, s[0], s[1], s[2])
		for _, g.precision = range precisions {
			for _, set := range sets() {
				var want Matrix
				for _, threads := range []int{1, 2, 3, 8} {
					SetThreads(threads)
					got := g.run(set)
					if threads == 1 {
						want = got
					}
					requireSameBits(t, want, got, "%s, %d threads, %v", set.Name, threads, g)
				}
			}
		}
	}
}

// TestGemmPackedSameBits holds that blocks do not break the sums, as long as they are not dot products.
func TestGemmPackedSameBits(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range emulated(20, 3) {
		g := newGemmCase(rng, 1+rng.IntN(100), 1+rng.IntN(100), 1+rng.IntN(3*defaultBlocks.k))
		g.b = randomView(rng, g.a.Cols, g.c.Cols)
		if g.c.RowStride == 1 {
			continue // these may be the products of the transposes
		}
		for _, g.precision = range precisions {
			if g.precision == Float32 && g.b.RowStride == 1 {
				continue // these may be dot products
			}
			requireSameBits(t, g.run(active), g.runPacked(), "%v", g)
		}
	}
}

// TestAlphaScalesA holds whatever the layout of C, where it shows: 3·⅓ is 1 before it is rounded, and ⅓ rounded is not ⅓.
func TestAlphaScalesA(t *testing.T) {
	a, b := MatrixOf([]float32{3, 3}, 2, 1), MatrixOf([]float32{1, 1}, 1, 2)
	for _, c := range []Matrix{NewMatrix(2, 2), NewMatrix(2, 2).T()} {
		BFloat16.Gemm(c, 0, 1.0/3, a, b)
		require.Equal(t, []float32{1, 1, 1, 1}, c.Data)
	}
}

// emulated returns how many cases a test has, which are fewer where CPUs are emulated.
func emulated(full, short int) int {
	if testing.Short() {
		return short
	}
	return full
}

func requireSameBits(t *testing.T, want, got Matrix, format string, args ...any) {
	t.Helper()
	for i := range want.Rows {
		for j := range want.Cols {
			w, g := want.At(i, j), got.At(i, j)
			if math.Float32bits(w) != math.Float32bits(g) {
				require.Fail(t, fmt.Sprintf(format, args...), "(%d, %d): %v and %v", i, j, w, g)
			}
		}
	}
}

func TestGemmAllocatesNothing(t *testing.T) {
	defer SetThreads(0)
	for _, threads := range []int{1, 2} {
		SetThreads(threads)
		shapes := [][3]int{{5, 6, 7}, {100, 90, 130}, {20, 1000, 400}, {600, 600, 1024}}
		for _, s := range shapes[:emulated(4, 2)] {
			a, b, c := NewMatrix(s[0], s[2]), NewMatrix(s[2], s[1]), NewMatrix(s[0], s[1])
			transposed, bias := NewMatrix(s[1], s[2]).T(), make([]float32, s[1])
			for _, p := range precisions {
				packed := p.Pack(b)
				require.Zero(t, testing.AllocsPerRun(10, func() {
					p.Gemm(c, 0, 1, a, b)
					p.Gemm(c, 1, 2, a, transposed)
					GemmPacked(c, 1, 1, a, packed)
					p.GemmBias(c, 0, 1, a, b, bias, TanhActivation)
					GemmPackedBias(c, 0, 1, a, packed, bias, ReLUActivation)
					p.Repack(packed, b)
				}), "%v on %d threads in %v", s, threads, p)
			}
		}
	}
}

func TestGemmWrongShapes(t *testing.T) {
	c, a, b := NewMatrix(3, 6), NewMatrix(3, 4), NewMatrix(5, 6)
	require.PanicsWithValue(t, "lane: Gemm: 3×6 = 3×4 · 5×6", func() { Gemm(c, 0, 1, a, b) })
	require.PanicsWithValue(t, "lane: GemmPacked: 3×6 = 3×4 · 5×6", func() { GemmPacked(c, 0, 1, a, Pack(b)) })
	bias := make([]float32, 5)
	b = NewMatrix(4, 6)
	require.PanicsWithValue(t, "lane: GemmBias: 3×6 = 3×4 · 4×6 + 5", func() { GemmBias(c, 0, 1, a, b, bias, NoActivation) })
	require.PanicsWithValue(t, "lane: GemmPackedBias: 3×6 = 3×4 · 4×6 + 5", func() { GemmPackedBias(c, 0, 1, a, Pack(b), bias, NoActivation) })
	require.PanicsWithValue(t, "lane: there is no Activation 4", func() { GemmBias(c, 0, 1, a, b, make([]float32, 6), 4) })
}
