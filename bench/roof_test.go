package bench

import (
	"fmt"
	"testing"

	"github.com/lane-go/lane"
)

// BenchmarkRoof measures what the other figures are fractions of: multiply-adds
// without any memory, and reads from each level of memory.
func BenchmarkRoof(b *testing.B) {
	overThreads(b, func(b *testing.B, name string) {
		threads := lane.Threads()
		b.Run("fma/"+name, func(b *testing.B) {
			multiplyAdd, ok := multiplyAdds[lane.SetName()]
			if !ok {
				b.Skip("no loop of multiply-adds for this kernel set")
			}
			const rounds = 100_000
			flops := make([]int, threads)
			body := func(lo, _ int) { flops[lo] = multiplyAdd(rounds) }
			for b.Loop() {
				lane.Parallel(threads, 1, body)
			}
			reportFlops(b, threads*rounds*flops[0])
		})
		for _, kib := range []int{16, 256, 8 << 10, 256 << 10} {
			b.Run(fmt.Sprintf("read/%s/KiB=%d", name, kib), func(b *testing.B) {
				bytes, reads := kib<<10, max(1, 1<<20/(kib<<10))
				blocks := make([][]float32, threads)
				sums := make([]float32, threads)
				for i := range blocks {
					blocks[i] = randomVector(bytes / 4)
				}
				body := func(lo, _ int) {
					for range reads {
						sums[lo] = lane.Sum(blocks[lo])
					}
				}
				b.SetBytes(int64(threads * reads * bytes))
				for b.Loop() {
					lane.Parallel(threads, 1, body)
				}
			})
		}
	})
}
