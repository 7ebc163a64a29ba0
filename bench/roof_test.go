package bench

import (
	"fmt"
	"math/bits"
	"testing"
	"time"

	"github.com/lane-go/lane"
)

// BenchmarkRoof measures what the other figures are fractions of: multiply-adds
// without any memory, and reads from each level of memory.
func BenchmarkRoof(b *testing.B) {
	overThreads(b, func(b *testing.B, name string) {
		threads := lane.Threads()
		b.Run("fma/"+name, func(b *testing.B) {
			if _, ok := multiplyAdds[lane.SetName()]; !ok {
				b.Skip("no loop of multiply-adds for this kernel set")
			}
			flops := 0
			for b.Loop() {
				flops = multiplyAdd(threads, 100_000)
			}
			reportRate(b, flops, 1e9, "GFLOP/s")
		})
		for _, kib := range []int{16, 256, 8 << 10, 256 << 10} {
			b.Run(fmt.Sprintf("read/%s/KiB=%d", name, kib), func(b *testing.B) {
				r := newReader(threads, kib<<10)
				b.SetBytes(int64(r.bytes()))
				for b.Loop() {
					r.read()
				}
			})
		}
	})
}

// multiplyAdd does nothing but multiply-adds of vectors, on each of the threads, and returns how many operations that was.
func multiplyAdd(threads, rounds int) int {
	loop := multiplyAdds[lane.SetName()]
	flops := make([]int, threads)
	lane.Parallel(threads, 1, func(lo, _ int) { flops[lo] = loop(rounds) })
	return threads * rounds * flops[0]
}

// peakFlops returns how many operations a second the threads can do: the best of some tries of a few hundred
// microseconds. It is 0 if there is no loop for the kernel set in use.
func peakFlops(threads int) float64 {
	if _, ok := multiplyAdds[lane.SetName()]; !ok {
		return 0
	}
	return best(func() float64 { return float64(multiplyAdd(threads, 100_000)) })
}

// A reader reads memory of its own on each of some threads, several times where it is small.
type reader struct {
	blocks [][]float32
	sums   []float32
	times  int
	body   func(lo, hi int)
}

func newReader(threads, bytes int) *reader {
	r := &reader{blocks: make([][]float32, threads), sums: make([]float32, threads), times: max(1, 1<<20/bytes)}
	for i := range r.blocks {
		r.blocks[i] = randomVector(bytes / 4)
	}
	r.body = func(lo, _ int) {
		for range r.times {
			r.sums[lo] = lane.Sum(r.blocks[lo])
		}
	}
	return r
}

func (r *reader) read() { lane.Parallel(len(r.blocks), 1, r.body) }

func (r *reader) bytes() int { return len(r.blocks) * r.times * 4 * len(r.blocks[0]) }

// readBandwidth returns how many bytes a second the threads read from as much memory, rounded up to a power of two
// of 4 KiB to 64 MiB.
func readBandwidth(threads, bytes int) float64 {
	bytes = min(max(1<<bits.Len(uint(bytes-1)), 4<<10), 64<<20)
	r := newReader(threads, max(bytes/threads, 4<<10))
	return best(func() float64 {
		r.read()
		return float64(r.bytes())
	})
}

// best returns the best rate of five tries of work that returns how much it did.
func best(work func() float64) float64 {
	work()
	rate := 0.0
	for range 5 {
		start := time.Now()
		done := work()
		rate = max(rate, done/time.Since(start).Seconds())
	}
	return rate
}
