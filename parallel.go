package lane

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// SetThreads sets how many threads the functions of this package share their
// work among; 0, the default, and less mean GOMAXPROCS. Results are the same bits for
// every n.
func SetThreads(n int) { threads.Store(int32(max(n, 0))) }

// Threads returns how many threads share the work.
func Threads() int {
	if n := int(threads.Load()); n > 0 {
		return n
	}
	return runtime.GOMAXPROCS(0)
}

var threads atomic.Int32

// Parallel calls body for the chunks [0, grain), [grain, 2·grain) … of
// [0, n), each once, on up to [Threads] threads, and returns when all are done.
//
// The chunks depend on n and grain alone, never on the number of threads: a body
// that computes each chunk by itself gives the same bits for any number of
// them. A call from inside a body, or while another goroutine's call is under
// way, runs its chunks one after the other on the spot. A body must neither panic, as on another
// goroutine than the caller's nobody can recover it, nor end its goroutine, as a failing test does.
func Parallel(n, grain int, body func(lo, hi int)) {
	grain = max(grain, 1)
	chunks := (n + grain - 1) / grain
	helpers := min(Threads(), chunks) - 1
	if helpers <= 0 || !workers.busy.TryLock() {
		for lo := 0; lo < n; lo += grain {
			body(lo, min(lo+grain, n))
		}
		return
	}
	defer workers.busy.Unlock()
	workers.run(helpers, job{body: body, n: n, grain: grain})
}

// workers are the goroutines that help a caller of Parallel. One call has them
// at a time.
var workers pool

type pool struct {
	busy sync.Mutex
	crew []*worker
	_    coherence
	next atomic.Int64 // the first index not yet taken, if there are more chunks than threads
	_    coherence
}

// coherence keeps what is between two of it out of the cache lines that other variables are in. It takes a quarter of a
// microsecond to have a line from a core that does not share the cache.
type coherence [128]byte

type job struct {
	body     func(lo, hi int)
	n, grain int
	first    int  // index of the worker's first chunk
	more     bool // chunks than the first of each
}

func (p *pool) run(helpers int, j job) {
	for len(p.crew) < helpers {
		w := &worker{wake: make(chan struct{}, 1), done: make(chan struct{}, 1)}
		p.crew = append(p.crew, w)
		go w.loop(p)
	}
	if end := (helpers + 1) * j.grain; end < j.n {
		j.more = true
		p.next.Store(int64(end))
	}
	for i, w := range p.crew[:helpers] {
		j.first = (i + 1) * j.grain
		w.start(j)
	}
	defer p.finish(helpers) // also when body panics, as others may still be at work
	j.first = 0
	p.work(j)
	for i, w := range p.crew[:helpers] {
		if w.takeBack() {
			j.first = (i + 1) * j.grain
			p.work(j)
		}
	}
}

func (p *pool) finish(helpers int) {
	for _, w := range p.crew[:helpers] {
		if !w.takeBack() {
			w.wait()
		}
	}
}

// work does the first chunk of a job, and others until none is left.
func (p *pool) work(j job) {
	for lo := j.first; lo < j.n; lo = int(p.next.Add(int64(j.grain))) - j.grain {
		j.body(lo, min(lo+j.grain, j.n))
		if !j.more {
			return
		}
	}
}
