package lane

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParallelVisitsEveryChunkOnce(t *testing.T) {
	defer SetThreads(0)
	for _, threads := range []int{1, 2, 5} {
		SetThreads(threads)
		for _, n := range []int{0, 1, 7, 64, 1000} {
			for _, grain := range []int{0, 1, 3, 64, 2000} {
				visits := make([]atomic.Int32, n)
				Parallel(n, grain, func(lo, hi int) {
					assert.Zero(t, lo%max(grain, 1), "chunks start at multiples of the grain")
					for i := lo; i < hi; i++ {
						visits[i].Add(1)
					}
				})
				for i := range visits {
					require.EqualValues(t, 1, visits[i].Load(), "index %d of %d", i, n)
				}
			}
		}
	}
}

func TestParallelNestedAndConcurrent(t *testing.T) {
	defer SetThreads(0)
	SetThreads(3)
	var sum atomic.Int64
	var callers sync.WaitGroup
	for range 4 {
		callers.Go(func() {
			Parallel(10, 1, func(int, int) {
				Parallel(10, 2, func(lo, hi int) { sum.Add(int64(hi - lo)) })
			})
		})
	}
	callers.Wait()
	require.EqualValues(t, 400, sum.Load())
}

func TestParallelAfterParking(t *testing.T) {
	defer SetThreads(0)
	SetThreads(2)
	for range 3 {
		var sum atomic.Int64
		Parallel(100, 1, func(lo, hi int) { sum.Add(int64(lo)) })
		require.EqualValues(t, 4950, sum.Load())
		time.Sleep(3 * spinTime)
	}
}

// A caller whose chunk is done long before those of others sleeps until they are.
func TestParallelWaitsForLongChunks(t *testing.T) {
	defer SetThreads(0)
	SetThreads(3)
	for range 5 {
		var done atomic.Int64
		Parallel(3, 1, func(lo, hi int) {
			time.Sleep(time.Duration(lo) * 3 * spinTime)
			done.Add(1)
		})
		require.EqualValues(t, 3, done.Load())
	}
}

func TestParallelSurvivesAPanic(t *testing.T) {
	defer SetThreads(0)
	SetThreads(2)
	require.Panics(t, func() {
		Parallel(4, 1, func(lo, hi int) {
			if lo == 0 { // the caller's own chunk
				panic("boom")
			}
		})
	})
	var sum atomic.Int64
	Parallel(4, 1, func(lo, hi int) { sum.Add(1) })
	require.EqualValues(t, 4, sum.Load())
}
