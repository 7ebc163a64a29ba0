package bench

import (
	"fmt"
	"testing"

	"github.com/lane-go/lane"
)

// BenchmarkTensor works on a million numbers. Every operation allocates its result.
func BenchmarkTensor(b *testing.B) {
	const side = 1000
	x, y, row := randomTensor(side, side), randomTensor(side, side), randomTensor(side)
	operations := []struct {
		name string
		run  func() lane.Tensor
	}{
		{"Sum", func() lane.Tensor { return x.Sum() }},
		{"SumAxis0", func() lane.Tensor { return x.Sum(0) }},
		{"SumAxis1", func() lane.Tensor { return x.Sum(1) }},
		{"Add", func() lane.Tensor { return x.Add(y) }},
		{"AddRow", func() lane.Tensor { return x.Add(row) }},
		{"AddTransposed", func() lane.Tensor { return x.Add(y.T()) }},
	}
	overThreads(b, func(b *testing.B, threads string) {
		for _, op := range operations {
			b.Run(fmt.Sprintf("%s/op=%s/side=%d", threads, op.name, side), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					op.run()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(side*side), "ns/elem")
			})
		}
		b.Run(fmt.Sprintf("%s/op=MatMul/side=%d", threads, side), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				x.MatMul(y)
			}
			reportFlops(b, 2*side*side*side)
		})
	})
}

func randomTensor(shape ...int) lane.Tensor {
	size := 1
	for _, n := range shape {
		size *= n
	}
	return lane.TensorOf(randomVector(size), shape...)
}
