package lane

import (
	"fmt"
	"testing"
)

// BenchmarkBlocks shows what defaultBlocks rests on: it varies each of the blocks by itself. It stands here and not
// in bench because nobody else may set them.
func BenchmarkBlocks(b *testing.B) {
	defer SetThreads(0)
	SetThreads(1)
	var variants []blocking
	for _, k := range []int{100, 200, 400, 800, 1600} {
		variants = append(variants, blocking{defaultBlocks.m, defaultBlocks.n, k})
	}
	for _, m := range []int{28, 42, 168, 336, 672} {
		variants = append(variants, blocking{m, defaultBlocks.n, defaultBlocks.k})
	}
	for _, n := range []int{256, 512, 1024, 4096, 8192} {
		variants = append(variants, blocking{defaultBlocks.m, n, defaultBlocks.k})
	}
	for _, s := range [][3]int{{512, 512, 512}, {2048, 2048, 2048}, {700, 2600, 650}, {700, 10000, 100}} {
		x, y, c := NewMatrix(s[0], s[2]), NewMatrix(s[2], s[1]), NewMatrix(s[0], s[1])
		for i := range x.Data {
			x.Data[i] = float32(i%7) - 3
		}
		for i := range y.Data {
			y.Data[i] = float32(i%5) - 2
		}
		for _, v := range variants {
			b.Run(fmt.Sprintf("set=%s/m=%d/n=%d/k=%d/blockM=%d/blockN=%d/blockK=%d", SetName(), s[0], s[1], s[2], v.m, v.n, v.k), func(b *testing.B) {
				run := func() {
					p := product{set: active, blocks: &v, c: c, a: x, b: y, alpha: 1}
					p.multiply(0)
				}
				run()
				for b.Loop() {
					run()
				}
				b.ReportMetric(2*float64(s[0]*s[1]*s[2])*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
	}
}
