package bench

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/lane-go/lane"
)

var sink float32

func BenchmarkVector(b *testing.B) {
	operations := []struct {
		name    string
		vectors int // that it reads or writes
		run     func(dst, x, y []float32)
	}{
		{"Dot", 2, func(_, x, y []float32) { sink = lane.Dot(x, y) }},
		{"Sum", 1, func(_, x, _ []float32) { sink = lane.Sum(x) }},
		{"Max", 1, func(_, x, _ []float32) { sink = lane.Max(x) }},
		{"SumSquares", 1, func(_, x, _ []float32) { sink = float32(lane.SumSquares(x)) }},
		{"Axpy", 3, func(dst, x, _ []float32) { lane.Axpy(dst, 1e-9, x) }},
		{"Scale", 2, func(dst, x, _ []float32) { lane.Scale(dst, 3, x) }},
		{"Add", 3, lane.Add},
		{"Sub", 3, lane.Sub},
		{"Mul", 3, lane.Mul},
		{"Div", 3, lane.Div},
		{"Exp", 2, func(dst, x, _ []float32) { lane.Exp(dst, x) }},
		{"ExpSum", 2, func(dst, x, _ []float32) { sink = lane.ExpSum(dst, 1, x) }},
		{"Sigmoid", 2, func(dst, x, _ []float32) { lane.Sigmoid(dst, x) }},
		{"Tanh", 2, func(dst, x, _ []float32) { lane.Tanh(dst, x) }},
		{"ReLU", 2, func(dst, x, _ []float32) { lane.ReLU(dst, x) }},
	}
	defer lane.SetThreads(0)
	lane.SetThreads(1)
	for _, op := range operations {
		for _, n := range []int{100, 1 << 10, 1 << 16, 1 << 20} {
			b.Run(fmt.Sprintf("op=%s/set=%s/n=%d", op.name, lane.SetName(), n), func(b *testing.B) {
				dst, x, y := make([]float32, n), randomVector(n), randomVector(n)
				b.SetBytes(int64(4 * n * op.vectors))
				for b.Loop() {
					op.run(dst, x, y)
				}
				reportElements(b, n, 4*n*op.vectors)
			})
		}
	}
}

// BenchmarkRows gathers and scatters rows of an embedding table, whose ids are
// uniform or fall off as word frequencies do. Each call has other ids, so that rows come from where
// they would in training.
func BenchmarkRows(b *testing.B) {
	const rows, width, picks, calls = 100_000, 100, 1024, 128
	table, block := randomMatrix(rows, width), lane.NewMatrix(picks, width)
	rng := rand.New(rand.NewPCG(1, 1))
	ids := map[string][]int32{"uniform": make([]int32, calls*picks), "zipf": make([]int32, calls*picks)}
	for i := range calls * picks {
		ids["uniform"][i] = rng.Int32N(rows)
		ids["zipf"][i] = int32(math.Pow(rows, rng.Float64())) - 1 // P(rank) ∝ 1/rank
	}
	for _, order := range []string{"uniform", "zipf"} {
		name := fmt.Sprintf("set=%s/ids=%s/width=%d", lane.SetName(), order, width)
		perRow := func(b *testing.B) {
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/picks, "ns/row")
			// Each row is read and written, from a table that is in memory.
			reportRate(b, 2*4*width*picks, readBandwidth(1, 4*width*rows)/100, "%read")
		}
		call := 0
		next := func() []int32 {
			call = (call + 1) % calls
			return ids[order][call*picks:][:picks]
		}
		b.Run("op=Gather/"+name, func(b *testing.B) {
			for b.Loop() {
				lane.Gather(block, table, next())
			}
			perRow(b)
		})
		b.Run("op=ScatterAdd/"+name, func(b *testing.B) {
			for b.Loop() {
				lane.ScatterAdd(table, next(), 1e-9, block)
			}
			perRow(b)
		})
	}
}
