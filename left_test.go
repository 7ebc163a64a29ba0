package lane

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is packed for the left-hand side gives the bits that it gives as it is.
func TestGemmPackedLeft(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	var left PackedLeft // of one size and one precision after another
	for i := range emulated(40, 6) {
		m, n, k, gap := 1+rng.IntN(4*defaultBlocks.m), 1+rng.IntN(100), 1+rng.IntN(3*defaultBlocks.k), rng.IntN(3)
		a := randomMatrix(rng, m, k+gap).Slice(0, m, 0, k)
		if i%2 == 1 {
			a = randomMatrix(rng, k, m+gap).Slice(0, k, 0, m).T()
		}
		g := gemmCase{a: a, b: randomView(rng, k, n), c: randomView(rng, m, n), beta: float32(rng.IntN(3) - 1), alpha: 1}
		for _, g.precision = range precisions {
			got, packed := g.copyOfC(), g.precision.Pack(g.b)
			g.precision.RepackLeft(&left, a)
			GemmPackedLeft(got, g.beta, &left, packed)
			requireSameBits(t, g.runPacked(), got, "%v", g)
		}
	}
}

func TestGemmPackedLeftWrongUse(t *testing.T) {
	var left PackedLeft
	BFloat16.RepackLeft(&left, NewMatrix(3, 4))
	c := NewMatrix(3, 6)
	require.PanicsWithValue(t, "lane: GemmPackedLeft: 3×6 = 3×4 bfloat16 · 5×6 bfloat16", func() { GemmPackedLeft(c, 0, &left, BFloat16.Pack(NewMatrix(5, 6))) })
	require.PanicsWithValue(t, "lane: GemmPackedLeft: 3×6 = 3×4 bfloat16 · 4×6 float32", func() { GemmPackedLeft(c, 0, &left, Pack(NewMatrix(4, 6))) })
	scattered := Matrix{Data: make([]float32, 12), Rows: 2, Cols: 2, RowStride: 6, ColStride: 2}
	require.PanicsWithValue(t, "lane: RepackLeft: the elements of neither rows nor columns are contiguous", func() { Float32.RepackLeft(&left, scattered) })
	require.PanicsWithValue(t, "lane: there is no Precision 7", func() { Precision(7).RepackLeft(&left, c) })
}

func TestAddTransposed(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for _, size := range [][2]int{{1, 1}, {1, 7}, {7, 1}, {3, 5}, {8, 16}, {transposedRows, 9}, {transposedRows + 1, 101}, {2*transposedRows + 5, 4}, {0, 3}, {3, 0}} {
		m, n := size[0], size[1]
		c, a := randomMatrix(rng, m, n+2).Slice(0, m, 1, n+1), randomMatrix(rng, n, m+3).Slice(0, n, 2, m+2)
		want := NewMatrix(m, n)
		for i := range m {
			for j := range n {
				want.Set(i, j, c.At(i, j)+a.At(j, i))
			}
		}
		AddTransposed(c, a)
		requireSameBits(t, want, c, "%v", size)
	}
	require.PanicsWithValue(t, "lane: AddTransposed: 2×3 to 2×3", func() { AddTransposed(NewMatrix(2, 3), NewMatrix(2, 3)) })
	require.PanicsWithValue(t, "lane: AddTransposed: the elements of a row must be contiguous", func() { AddTransposed(NewMatrix(3, 2).T(), NewMatrix(3, 2)) })
}

func TestPackingTheLeftAllocatesNothing(t *testing.T) {
	a, b, c := NewMatrix(150, 90), NewMatrix(90, 70), NewMatrix(150, 70)
	gradient := NewMatrix(70, 150)
	for _, p := range precisions {
		var left PackedLeft
		packed := p.Pack(b)
		require.Zero(t, testing.AllocsPerRun(10, func() {
			p.RepackLeft(&left, a)
			GemmPackedLeft(c, 0, &left, packed)
			AddTransposed(gradient, c)
		}), "%v", p)
	}
}

func randomMatrix(rng *rand.Rand, rows, cols int) Matrix {
	m := NewMatrix(rows, cols)
	for i := range m.Data {
		m.Data[i] = 2*rng.Float32() - 1
	}
	return m
}

// Rows of exponentials, and the right-hand side made of them, are what a matrix of them makes.
func TestPackedLeftOfExponentials(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	for _, precision := range precisions {
		for _, shape := range [][2]int{{1, 1}, {3, 5}, {7, 64}, {40, 33}, {192, 640}, {900, 70}} {
			rows, cols := shape[0], shape[1]
			x, y := randomMatrix(rng, rows, cols), randomMatrix(rng, 1, cols).Row(0)
			e, want := new(PackedLeft), NewMatrix(rows, cols)
			precision.ReshapeLeft(e, 2*rows, cols+40) // it may have held something else
			for i := range 2 * rows {
				e.AddExpSum(i, 0, make([]float32, cols+40), make([]float32, cols+40))
			}
			precision.ReshapeLeft(e, rows, cols)
			for i := range rows {
				sum := AddExpSum(want.Row(i), 0.5, x.Row(i), y)
				require.Equal(t, sum, e.AddExpSum(i, 0.5, x.Row(i), y))
			}
			for _, zero := range []int{0, cols / 2, cols - 1} {
				want.Set(rows/2, zero, 0)
				e.Zero(rows/2, zero)
			}
			if rows > 2 {
				clear(want.Row(rows - 1))
				e.ZeroRow(rows - 1)
			}
			again, b, right := new(PackedLeft), randomMatrix(rng, cols, 19), new(Packed)
			precision.RepackLeft(again, want)
			product, expected := NewMatrix(rows, 19), NewMatrix(rows, 19)
			GemmPackedLeft(product, 0, e, precision.Pack(b))
			GemmPackedLeft(expected, 0, again, precision.Pack(b))
			require.Equal(t, expected, product, "%v %d×%d", precision, rows, cols)

			a := randomMatrix(rng, 6, rows)
			product, expected = NewMatrix(6, cols), NewMatrix(6, cols)
			precision.Reshape(right, rows, cols)
			first := rows / 2 &^ 1
			for _, part := range [][2]int{{first, rows}, {0, first}} {
				precision.RepackLeft(again, want.Slice(part[0], part[1], 0, cols))
				right.SetRows(part[0], again)
			}
			GemmPacked(product, 0, 1, a, right)
			GemmPacked(expected, 0, 1, a, precision.Pack(want))
			require.Equal(t, expected, product, "%v %d×%d", precision, rows, cols)
			if precision == Float32 {
				require.Equal(t, want.Row(rows/2), e.Matrix().Row(rows/2))
			}
			require.Zero(t, testing.AllocsPerRun(3, func() {
				precision.ReshapeLeft(e, rows, cols)
				e.AddExpSum(0, 0, y, y)
				precision.Reshape(right, rows, cols)
				right.SetRows(0, e)
			}))
		}
	}
}

func TestPackedLeftPanics(t *testing.T) {
	left, right, three := new(PackedLeft), new(Packed), make([]float32, 3)
	BFloat16.ReshapeLeft(left, 2, 3)
	BFloat16.Reshape(right, 3, 3)
	for message, call := range map[string]func(){
		"lane: ReshapeLeft: negative size -1×3":                   func() { Float32.ReshapeLeft(left, -1, 3) },
		"lane: Reshape: negative size 2×-3":                       func() { Float32.Reshape(right, 2, -3) },
		"lane: Packed.SetRows: 2×3 bfloat16 to row 2 of 3×3":      func() { right.SetRows(2, left) },
		"lane: Packed.SetRows: 2×3 bfloat16 to row -1 of 3×3":     func() { right.SetRows(-1, left) },
		"lane: Packed.SetRows: 2×3 bfloat16 to row 1 of 3×3":      func() { right.SetRows(1, left) },
		"lane: PackedLeft: row 2 of 2×3 bfloat16":                 func() { left.AddExpSum(2, 0, three, three) },
		"lane: PackedLeft: row -1 of 2×3 bfloat16":                func() { left.ZeroRow(-1) },
		"lane: PackedLeft.AddExpSum: lengths 3, 3 and 2 differ":   func() { left.AddExpSum(0, 0, three, three[:2]) },
		"lane: PackedLeft.Zero: element (0, 3) of 2×3 bfloat16":   func() { left.Zero(0, 3) },
		"lane: PackedLeft.Matrix: 2×3 bfloat16 is not in float32": func() { left.Matrix() },
	} {
		require.PanicsWithValue(t, message, call)
	}
}
