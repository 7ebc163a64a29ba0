package lane

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestGemmAgainstFloat64 compares products of random shapes, strides and
// scalars with a triple loop in float64, within the bound of a sum of k terms.
func TestGemmAgainstFloat64(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	shapes := [][3]int{{0, 3, 4}, {3, 0, 4}, {3, 4, 0}, {1, 1, 1}, {1, 100, 7}, {100, 1, 300}, {7, 13, 1}, {20, 400, 100}, {130, 37, 520}, {3, 3100, 5}, {3100, 3, 5}}
	for range 40 {
		shapes = append(shapes, [3]int{1 + rng.IntN(70), 1 + rng.IntN(70), 1 + rng.IntN(300)})
	}
	for _, s := range shapes {
		m, n, k := s[0], s[1], s[2]
		a, b, c := randomView(rng, m, k), randomView(rng, k, n), randomView(rng, m, n)
		beta, alpha := float32(rng.IntN(3))-1, []float32{1, -0.5, 2}[rng.IntN(3)]
		want, bound := NewMatrix(m, n), NewMatrix(m, n)
		for i := range m {
			for j := range n {
				var sum, size float64
				for p := range k {
					v := float64(a.At(i, p)) * float64(b.At(p, j))
					sum += v
					size += math.Abs(v)
				}
				old := float64(beta) * float64(c.At(i, j))
				want.Set(i, j, float32(old+float64(alpha)*sum))
				bound.Set(i, j, float32(float64(k+4)*0x1p-24*(math.Abs(old)+math.Abs(float64(alpha))*size)+1e-30))
			}
		}
		if beta == 0 {
			fill(c, float32(math.NaN())) // beta == 0 must not read C
		}
		copied := NewMatrix(m, n)
		for i := range m {
			for j := range n {
				copied.Set(i, j, c.At(i, j))
			}
		}
		Gemm(c, beta, alpha, a, b)
		requireWithin(t, c, want, bound, fmt.Sprintf("Gemm %dx%dx%d beta %v alpha %v", m, n, k, beta, alpha))
		GemmPacked(copied, beta, alpha, a, Pack(b))
		requireWithin(t, copied, want, bound, fmt.Sprintf("GemmPacked %dx%dx%d", m, n, k))
	}
}

func requireWithin(t *testing.T, got, want, bound Matrix, what string) {
	t.Helper()
	for i := range got.Rows {
		for j := range got.Cols {
			d := math.Abs(float64(got.At(i, j)) - float64(want.At(i, j)))
			require.LessOrEqual(t, d, float64(bound.At(i, j)), "%s at (%d, %d): %v, want %v", what, i, j, got.At(i, j), want.At(i, j))
		}
	}
}

// randomView returns a random m×n view: row-major or transposed, with gaps
// between rows or without.
func randomView(rng *rand.Rand, m, n int) Matrix {
	rows, cols := m, n
	transpose := rng.IntN(2) == 1
	if transpose {
		rows, cols = n, m
	}
	gap := rng.IntN(3) * 5
	big := NewMatrix(rows+1, cols+gap)
	for i := range big.Data {
		big.Data[i] = rng.Float32()*2 - 1
	}
	view := big.Slice(0, rows, 0, cols)
	if rng.IntN(2) == 1 {
		view = big.Slice(1, rows+1, gap, cols+gap)
	}
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

// TestGemmSameBitsForAnyThreads holds the promise of the package comment.
func TestGemmSameBitsForAnyThreads(t *testing.T) {
	defer SetThreads(0)
	rng := rand.New(rand.NewPCG(3, 4))
	for range 12 {
		m, n, k := 1+rng.IntN(300), 1+rng.IntN(500), 1+rng.IntN(400)
		a, b := randomView(rng, m, k), randomView(rng, k, n)
		var want Matrix
		for _, threads := range []int{1, 2, 3, 8} {
			SetThreads(threads)
			c := NewMatrix(m, n)
			Gemm(c, 0, 1, a, b)
			if threads == 1 {
				want = c
			}
			require.Equal(t, want.Data, c.Data, "%d threads, %dx%dx%d", threads, m, n, k)
		}
	}
}

func TestGemmAllocatesNothing(t *testing.T) {
	defer SetThreads(0)
	for _, threads := range []int{1, 2} {
		SetThreads(threads)
		a, b, c := NewMatrix(100, 130), NewMatrix(130, 90), NewMatrix(100, 90)
		packed := Pack(b)
		require.Zero(t, testing.AllocsPerRun(10, func() {
			Gemm(c, 0, 1, a, b)
			GemmPacked(c, 1, 1, a, packed)
			packed.Repack(b)
		}))
	}
}

func TestGemmWrongShapes(t *testing.T) {
	require.PanicsWithValue(t, "lane: Gemm: 3×6 = 3×4 · 5×6", func() { Gemm(NewMatrix(3, 6), 0, 1, NewMatrix(3, 4), NewMatrix(5, 6)) })
	require.PanicsWithValue(t, "lane: GemmPacked: 3×6 = 3×4 · 5×6", func() { GemmPacked(NewMatrix(3, 6), 0, 1, NewMatrix(3, 4), Pack(NewMatrix(5, 6))) })
}
