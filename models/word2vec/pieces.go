package word2vec

import (
	"sync/atomic"

	"github.com/lane-go/lane"
)

// pieces is how many pieces the work of each shard has in a phase: the second can be done by another thread than the first.
const pieces = 2

// A phase is work that all shards have at the same time. The pieces of a shard are done one after the other, and what becomes of
// them must not depend on how far other shards are.
type phase func(s *shard, piece int)

// A relay shares the pieces of a phase out among threads. Each has shards of its own, always the same as far as can be, whose rows are in its core's
// caches; a thread that is done with these takes over pieces of others, as cores are not equally fast, and not all of the time.
type relay struct {
	shards []*shard
	do     phase
	work   func(thread, _ int)
	_      padding
	turns  [maxShards]atomic.Int32 // by shard: 2·p while piece p is free, and one more while it is being done
	_      padding
}

func newRelay(shards []*shard) *relay {
	r := &relay{shards: shards}
	r.work = r.workOf
	return r
}

// run returns when all pieces are done.
func (r *relay) run(do phase) {
	threads := min(lane.Threads(), len(r.shards))
	if threads == 1 {
		for _, s := range r.shards {
			for piece := range pieces {
				do(s, piece)
			}
		}
		return
	}
	r.do = do
	for i := range r.turns {
		r.turns[i].Store(0)
	}
	lane.Parallel(threads, 1, r.work)
}

func (r *relay) workOf(thread, _ int) {
	n, threads := len(r.shards), min(lane.Threads(), len(r.shards))
	own, end := thread*n/threads, (thread+1)*n/threads
	for r.next(own, end) || r.next(0, n) {
	}
}

// next does a free piece of one of the shards from lo to hi, if there is one: the first such of which least is done, so that another thread can help.
func (r *relay) next(lo, hi int) bool {
	for piece := range pieces {
		free := int32(2 * piece)
		for i := lo; i < hi; i++ {
			if turn := &r.turns[i]; turn.Load() == free && turn.CompareAndSwap(free, free+1) {
				r.do(r.shards[i], piece)
				turn.Store(free + 2)
				return true
			}
		}
	}
	return false
}
