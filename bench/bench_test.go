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

// reportFlops reports how fast an iteration of so many operations is, and the share of the FMA peak,
// which is measured anew beside each figure as machines do not keep their pace.
func reportFlops(b *testing.B, flops int) {
	reportRate(b, flops, 1e9, "GFLOP/s")
	if peak := peakFlops(lane.Threads()); peak > 0 {
		reportRate(b, flops, peak/100, "%peak")
	}
}

// reportElements reports how long an iteration takes for each of n elements, and what share of the
// bandwidth, of reads of as many bytes as it reads and writes, that is.
func reportElements(b *testing.B, n, bytes int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/elem")
	reportRate(b, bytes, readBandwidth(lane.Threads(), bytes)/100, "%read")
}

// reportRate reports how many units an iteration does, per second.
func reportRate(b *testing.B, perIteration int, scale float64, unit string) {
	b.ReportMetric(float64(perIteration)*float64(b.N)/b.Elapsed().Seconds()/scale, unit)
}
