package word2vec

import (
	"sync"
	"testing"

	"github.com/lane-go/lane"
	"github.com/stretchr/testify/require"
)

// relayOf returns a relay of so many shards, which have nothing but their numbers.
func relayOf(n int) *relay {
	shards := make([]*shard, n)
	for i := range shards {
		shards[i] = &shard{number: i}
	}
	return newRelay(shards)
}

func TestRelayDoesPiecesInOrder(t *testing.T) {
	defer lane.SetThreads(lane.Threads())
	for _, threads := range []int{1, 2, 3, 4, 8} {
		lane.SetThreads(threads)
		for n := 1; n <= maxShards; n++ {
			done := make([]int, n) // each written by who has the shard's turn
			r := relayOf(n)
			for range 50 {
				clear(done)
				r.run(func(s *shard, piece int) {
					if done[s.number] == piece {
						done[s.number]++
					}
				})
				for _, d := range done {
					require.Equal(t, pieces, d, "%d shards, %d threads", n, threads)
				}
			}
		}
	}
}

// While one thread is held up in the first piece, the other does those of all other shards, which are not its own alone.
func TestRelayHelps(t *testing.T) {
	defer lane.SetThreads(lane.Threads())
	lane.SetThreads(2)
	var others sync.WaitGroup
	others.Add((maxShards - 1) * pieces)
	relayOf(maxShards).run(func(s *shard, piece int) {
		if s.number > 0 {
			others.Done()
		} else if piece == 0 {
			others.Wait()
		}
	})
}
