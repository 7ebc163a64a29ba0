package kerneltest

import (
	"fmt"
	"math"
	"slices"

	"github.com/lane-go/lane/kernels"
)

// BFloat16 returns the bfloat16 nearest to x, the even one of two, and 0 for a denormal, as a float32.
func BFloat16(x float32) float32 {
	if x != x || math.Abs(float64(x)) < 0x1p-126 {
		return 0 * x
	}
	fraction, exponent := math.Frexp(float64(x))
	return float32(math.Ldexp(math.RoundToEven(fraction*0x1p8)*0x1p-8, exponent))
}

// pair returns the float32 whose halves are two numbers, rounded to bfloat16.
func pair(even, odd float32) float32 { return join(BFloat16(even), BFloat16(odd)) }

// join is pair of what is rounded.
func join(even, odd float32) float32 {
	return math.Float32frombits(math.Float32bits(even)>>16 | math.Float32bits(odd)&0xffff0000)
}

// half returns number q, 0 or 1, of a pair.
func half(pair float32, q int) float32 {
	return math.Float32frombits(math.Float32bits(pair) >> (16 * q) << 16)
}

// runRoundBF16 rounds numbers and special ones, of every length.
func runRoundBF16(s *kernels.Set, e effort) error {
	if s.RoundBF16 == nil {
		return errSkipped
	}
	return e.each(func(n, offset int) error {
		var m memory
		x := numbers(n, 30)
		for i := offset; i < n; i += 3 {
			x[i] = specials[(i+n)%len(specials)]
		}
		for i := 1; i < n; i += 5 { // ties
			x[i] = math.Float32frombits(math.Float32bits(x[i])&0xffff0000 | 0x8000)
		}
		dst := m.dst.carve(offset, numbers((n+1)/2, 31))
		s.RoundBF16(dst, m.x.carve((3*offset+1)%16, x))
		for i := range 2 * len(dst) {
			want := float32(0)
			if i < n {
				want = BFloat16(x[i])
			}
			if got := half(dst[i/2], i%2); !same(got, want) && !(got != got && want != want) {
				return fmt.Errorf("number %d: %v rounds to %v, want %v", i, x[min(i, n-1)], got, want)
			}
		}
		if err := m.dst.intact("dst"); err != nil {
			return err
		}
		return m.x.unchanged("x", x)
	})
}

// runPackBF16 rounds blocks of every width, into panels and into rows.
func runPackBF16(s *kernels.Set, e effort) error {
	return eachPairing(s, e, s.PackBF16, func(src []float32, stride, i, j int) float32 { return BFloat16(src[i*stride+j]) })
}

// runPackPairsBF16 does so with rows of pairs, of any bits.
func runPackPairsBF16(s *kernels.Set, e effort) error {
	return eachPairing(s, e, s.PackPairsBF16, func(src []float32, stride, i, j int) float32 { return half(src[i*stride+j/2], j%2) })
}

// eachPairing is eachPacking of a kernel that lets the numbers of two rows share a place.
func eachPairing(s *kernels.Set, e effort, kernel func(rows, cols int, dst []float32, dstStride, dstTile int, src []float32, srcStride int),
	number func(src []float32, stride, i, j int) float32) error {
	if kernel == nil {
		return errSkipped
	}
	return eachPacking(s, e, kernel, 2, func(src []float32, rows, stride, i, j int) float32 {
		odd := float32(0)
		if 2*i+1 < rows {
			odd = number(src, stride, 2*i+1, j)
		}
		return join(number(src, stride, 2*i, j), odd)
	})
}

// runAddExpSumBF16 compares with the set's own AddExpSum, rounded.
func runAddExpSumBF16(s *kernels.Set, e effort) error {
	if s.AddExpSumBF16 == nil {
		return errSkipped
	}
	var m memory
	all, y := append(slices.Clone(specials), numbers(5000, 13)...), numbers(5000, 17)
	return e.each(func(n, offset int) error {
		x, y := all[:n], y[:n]
		exact := make([]float32, n)
		want := s.AddExpSum(exact, 1, x, y)
		dst := m.dst.carve(offset, numbers((n+1)/2, 31))
		sum := s.AddExpSumBF16(dst, 1, m.x.carve((3*offset+1)%16, x), m.y.carve((5*offset+3)%16, y))
		if !same(sum, want) {
			return fmt.Errorf("sum of %d: got %g, want %g", n, sum, want)
		}
		for i := range 2 * len(dst) {
			rounded := float32(0)
			if i < n {
				rounded = BFloat16(exact[i])
			}
			if got := half(dst[i/2], i%2); !same(got, rounded) && !(got != got && rounded != rounded) {
				return fmt.Errorf("element %d of %d: got %v, want %v", i, n, got, rounded)
			}
		}
		if err := m.dst.intact("dst"); err != nil {
			return err
		}
		if err := m.x.unchanged("x", x); err != nil {
			return err
		}
		return m.y.unchanged("y", y)
	})
}

func runTileBF16(s *kernels.Set, e effort) error {
	if s.TileBF16 == nil {
		return errSkipped
	}
	return eachTile(s.MRBF16, s.NR, e, func(offset int, t Tile) error { return checkTileBF16(s, offset, t) })
}

// checkTileBF16 judges as many pairs as the kernel takes, in contiguous rows of A.
func checkTileBF16(s *kernels.Set, offset int, t Tile) error {
	t.ByColumns, t.K = false, (t.K+s.StepsBF16-1)/s.StepsBF16*s.StepsBF16
	a, aRow, _ := t.left()
	b, bRow, bTile := t.right(s.NR)
	inPairs(a, 14)
	inPairs(b, 15)
	sums := t
	sums.K *= 2
	return sums.judge(offset, a, b,
		func(a, b, c []float32, ldc int) {
			s.TileBF16(t.M, t.N, t.K, a, aRow, b, bRow, bTile, c, ldc, t.Add, t.Ahead)
		},
		func(i, p int) float32 { return half(a[i*aRow+p/2], p%2) },
		func(p, j int) float32 { return half(b[j/s.NR*bTile+p/2*bRow+j%s.NR], p%2) })
}

// inPairs lets each number of x, but for guards, share its place with another.
func inPairs(x []float32, seed uint64) {
	for i, other := range numbers(len(x), seed) {
		if !same(x[i], guard) {
			x[i] = pair(x[i], other)
		}
	}
}
