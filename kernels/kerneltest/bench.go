package kerneltest

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/lane-go/lane/kernels"
)

// Bench times every kernel of s in sub-benchmarks named set=…/kernel=…/n=…:
// vectors that fit L1 and L2, rows as embeddings have them, and the tile in GFLOP/s.
func Bench(b *testing.B, s *kernels.Set) {
	for _, n := range []int{100, 1024, 65536} {
		x, y, dst := numbers(n, 1), numbers(n, 2), make([]float32, n)
		for _, op := range reductions {
			bench(b, s, op.kernel, n, func() { op.call(s, x, y) })
		}
		for _, op := range elementwises {
			bench(b, s, op.kernel, n, func() { op.call(s, dst, 0.5, x, y) })
		}
		bench(b, s, "SumSquares", n, func() { s.SumSquares(x) })
		benchOptimizers(b, s, n)
		logits := make([]float32, n)
		s.Scale(logits, 1.0/64, x)
		bench(b, s, "ExpSum", n, func() { s.ExpSum(dst, 8, logits) })
		bench(b, s, "AddExpSum", n, func() { s.AddExpSum(dst, 8, logits, x) })
		g, sign := make([]float32, n), signs(n)
		bench(b, s, "LogisticErrors", n, func() { s.LogisticErrors(g, dst, logits, 1e-9, sign) })
	}
	for _, n := range []int{100, 650} {
		for _, c := range cells {
			benchCell(b, s, c, n)
		}
	}
	for _, width := range []int{100, 112, 300} {
		benchRows(b, s, width)
	}
	for _, k := range []int{64, 256} {
		benchPack(b, s, k)
		benchTile(b, s, k)
	}
}

func bench(b *testing.B, s *kernels.Set, kernel string, n int, call func()) {
	b.Run(fmt.Sprintf("set=%s/kernel=%s/n=%d", s.Name, kernel, n), func(b *testing.B) {
		b.SetBytes(int64(4 * n))
		for b.Loop() {
			call()
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/elem")
	})
}

// benchOptimizers takes steps of a rate of 0, which change the averages alone.
func benchOptimizers(b *testing.B, s *kernels.Set, n int) {
	p, m, v, g := numbers(n, 3), make([]float32, n), make([]float32, n), numbers(n, 4)
	f := factors{keep: 1, beta1: 0.9, fresh1: 0.1, beta2: 0.999, fresh2: 0.001, epsilon: 1e-8, scale: 1}
	for _, o := range optimizers {
		bench(b, s, o.kernel, n, func() { o.call(s, p, m, v, f, g) })
	}
}

// benchCell times n units, on operands that each call finds as the last has left them.
func benchCell(b *testing.B, s *kernels.Set, c cell, n int) {
	operands := make([][]float32, len(c.operands))
	for k, o := range c.operands {
		operands[k] = numbers(o.parts*n, uint64(20+k))
		s.Tanh(operands[k], operands[k])
	}
	bench(b, s, c.kernel, n, func() { c.call(s, operands) })
}

// benchRows takes 64 random rows of a table of 4096, and 6 for the products of a centre word and its negatives.
func benchRows(b *testing.B, s *kernels.Set, width int) {
	rng := rand.New(rand.NewPCG(1, 1))
	table, rows := numbers(4096*width, 1), numbers(64*width, 2)
	ids := make([]int32, 64)
	for i := range ids {
		ids[i] = rng.Int32N(4096)
	}
	bench(b, s, "Gather", len(ids)*width, func() { s.Gather(width, rows, width, table, width, ids) })
	picked, x, a, sum := ids[:6], numbers(width, 3), numbers(6, 4), make([]float32, width)
	bench(b, s, "DotRows", len(picked)*width, func() { s.DotRows(width, a, x, table, width, picked) })
	bench(b, s, "SumRows", len(picked)*width, func() { s.SumRows(width, sum, a, 1, table, width, picked) })
	bench(b, s, "Outer", len(picked)*width, func() { s.Outer(rows, width, a, x) })
	bench(b, s, "AxpyRows", len(picked)*width, func() { s.AxpyRows(width, table, width, picked, a, 1, x) })
	around, products, sums := ids[6:12], numbers(36, 5), numbers(12*width, 6)
	bench(b, s, "DotPairs", 36*width, func() { s.DotPairs(width, products, table, width, around, picked) })
	s.Scale(products, 1e-9, products)
	bench(b, s, "AddPairs", 36*width, func() { s.AddPairs(width, table, width, around, picked, products, sums, around) })
	g, p, z, sign := products[:6], products[6:12], products[12:18], signs(6)
	bench(b, s, "LogisticRows", len(picked)*width, func() { s.LogisticRows(width, sum, x, table, width, picked, g, p, z, 1e-9, sign, around) })
	bench(b, s, "LogisticPairs", len(picked)*width, func() { s.LogisticPairs(width, table, width, ids[12:13], picked, g, p, z, 1e-9, sign, around) })
	bench(b, s, "Prefetch", len(picked)*width, func() { s.Prefetch(width, table, width, picked, false) })
	bench(b, s, "ScatterAdd", len(ids)*width, func() { s.ScatterAdd(width, table, width, ids, 1e-9, rows, width) })
}

// benchPack lays out a block of B, and four rows as columns.
func benchPack(b *testing.B, s *kernels.Set, k int) {
	n := 4 * s.NR
	x, packed := numbers(k*n, 1), make([]float32, k*n)
	bench(b, s, "PackRows", k*n, func() { s.PackRows(k, n, packed, s.NR, k*s.NR, x, n) })
	bench(b, s, "Transpose", 4*k, func() { s.Transpose(k, packed, 4, x, k) })
	if s.TileBF16 == nil {
		return
	}
	bench(b, s, "RoundBF16", k*n, func() { s.RoundBF16(packed[:k*n/2], x) })
	bench(b, s, "PackPairsBF16", k*n, func() { s.PackPairsBF16(k, n, packed, s.NR, k*s.NR, x, n/2) })
	bench(b, s, "AddExpSumBF16", k*n, func() { s.AddExpSumBF16(packed[:k*n/2], 8, x, x) })
	bench(b, s, "PackBF16", k*n, func() { s.PackBF16(k, n, packed, s.NR, k*s.NR, x, n) })
}

// benchTile multiplies as many rows as a tile has with a few tiles of columns.
func benchTile(b *testing.B, s *kernels.Set, k int) {
	report := func(b *testing.B, m, n int) {
		b.ReportMetric(2*float64(m*n*k)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
	}
	n := 4 * s.NR
	rows := max(s.MR, s.DotMR, s.MRBF16)
	x, y, c := numbers(k*rows, 1), numbers(k*n, 2), make([]float32, rows*n)
	b.Run(fmt.Sprintf("set=%s/kernel=Tile/m=%d/n=%d/k=%d", s.Name, s.MR, n, k), func(b *testing.B) {
		for b.Loop() {
			s.Tile(s.MR, n, k, x, k, 1, y, s.NR, k*s.NR, c, n, false, 0)
		}
		report(b, s.MR, n)
	})
	b.Run(fmt.Sprintf("set=%s/kernel=DotTile/m=%d/n=%d/k=%d", s.Name, s.DotMR, n, k), func(b *testing.B) {
		for b.Loop() {
			s.DotTile(s.DotMR, n, k, x, k, y, k, c, n, false, 0)
		}
		report(b, s.DotMR, n)
	})
	if s.TileBF16 == nil {
		return
	}
	k -= k % s.StepsBF16
	b.Run(fmt.Sprintf("set=%s/kernel=TileBF16/m=%d/n=%d/k=%d", s.Name, s.MRBF16, n, 2*k), func(b *testing.B) {
		for b.Loop() {
			s.TileBF16(s.MRBF16, n, k, x, k, y, s.NR, k*s.NR, c, n, false, 0)
		}
		report(b, s.MRBF16, 2*n)
	})
}
