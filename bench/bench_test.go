package bench

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/lane-go/lane"
)

// overThreads runs the benchmarks on one thread and on two, and gives them the
// start of their names.
func overThreads(b *testing.B, benchmarks func(b *testing.B, name string)) {
	defer lane.SetThreads(0)
	for _, threads := range []int{1, 2} {
		lane.SetThreads(threads)
		benchmarks(b, fmt.Sprintf("set=%s/threads=%d", lane.SetName(), threads))
	}
}

func randomMatrix(rows, cols int) lane.Matrix {
	return lane.MatrixOf(randomVector(rows*cols), rows, cols)
}

// randomVector returns n numbers in [−1, 1), the same at every call.
func randomVector(n int) []float32 {
	rng := rand.New(rand.NewPCG(1, 1))
	x := make([]float32, n)
	for i := range x {
		x[i] = 2*rng.Float32() - 1
	}
	return x
}

func reportFlops(b *testing.B, flops int) { reportRate(b, flops, 1e9, "GFLOP/s") }

// reportRate reports how many units an iteration does, per second.
func reportRate(b *testing.B, perIteration int, scale float64, unit string) {
	b.ReportMetric(float64(perIteration)*float64(b.N)/b.Elapsed().Seconds()/scale, unit)
}
