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
	}
	for _, n := range []int{100, 650} {
		for _, c := range cells {
			benchCell(b, s, c, n)
		}
	}
	for _, width := range []int{100, 300} {
		benchRows(b, s, width)
	}
	for _, k := range []int{64, 256} {
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

// benchCell times n units, on operands that each call finds as the last has left them.
func benchCell(b *testing.B, s *kernels.Set, c cell, n int) {
	operands := make([][]float32, len(c.operands))
	for k, o := range c.operands {
		operands[k] = numbers(o.parts*n, uint64(20+k))
		s.Tanh(operands[k], operands[k])
	}
	bench(b, s, c.kernel, n, func() { c.call(s, operands) })
}

// benchRows takes 64 random rows of a table of 4096.
func benchRows(b *testing.B, s *kernels.Set, width int) {
	rng := rand.New(rand.NewPCG(1, 1))
	table, rows := numbers(4096*width, 1), numbers(64*width, 2)
	ids := make([]int32, 64)
	for i := range ids {
		ids[i] = rng.Int32N(4096)
	}
	bench(b, s, "Gather", len(ids)*width, func() { s.Gather(width, rows, width, table, width, ids) })
	bench(b, s, "ScatterAdd", len(ids)*width, func() { s.ScatterAdd(width, table, width, ids, 1e-9, rows, width) })
}

func benchTile(b *testing.B, s *kernels.Set, k int) {
	b.Run(fmt.Sprintf("set=%s/kernel=Tile/m=%d/n=%d/k=%d", s.Name, s.MR, s.NR, k), func(b *testing.B) {
		a, panel, c := numbers(k*s.MR, 1), numbers(k*s.NR, 2), make([]float32, s.MR*s.NR)
		for b.Loop() {
			s.Tile(k, a, panel, c, s.NR)
		}
		flops := 2 * float64(k*s.MR*s.NR) * float64(b.N)
		b.ReportMetric(flops/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
	})
}
