package lane

import (
	"runtime"
	"sync/atomic"
	"time"
)

// A worker that has finished a job spins for a while, as the next one often
// comes within microseconds and waking a sleeping core takes tens of them;
// then it parks, so that an idle program burns no core.
//
// A job is offered to it and taken back when the caller has run out of chunks:
// a worker that sleeps, or whose core is busy with something else, holds nobody up. A caller that waits for one which took its job spins
// likewise, and then sleeps: other goroutines, the collector's among them, may need the core.
type worker struct {
	_     coherence
	state atomic.Int32
	job   job // in the same cache line, which is all that has to reach the other core
	wake  chan struct{}
	done  chan struct{}
	_     coherence
}

const (
	idle    int32 = iota // spinning
	parked               // asleep: needs a token on wake
	offered              // a job is there to be taken
	working              // it is taken
	awaited              // it is taken, and the caller asleep: needs a token on done
)

const (
	spinsBetweenYields = 8191 // a spinning goroutine must let the collector stop it
	spinTime           = 2 * time.Millisecond
)

func (w *worker) start(j job) {
	w.job = j
	if w.state.Swap(offered) == parked {
		w.wake <- struct{}{}
	}
}

// takeBack reports whether the worker had not taken its job, and now won't.
func (w *worker) takeBack() bool {
	if w.state.Load() != offered || !w.state.CompareAndSwap(offered, idle) {
		return false
	}
	w.job = job{} // and what its body holds
	return true
}

// wait returns when the worker is done with its job, if it took one.
func (w *worker) wait() {
	var deadline time.Time
	for spins := 1; w.state.Load() == working; spins++ {
		if spins%spinsBetweenYields != 0 {
			continue
		}
		runtime.Gosched()
		yieldCore()
		if deadline.IsZero() {
			deadline = time.Now().Add(spinTime)
		} else if time.Now().After(deadline) && w.state.CompareAndSwap(working, awaited) {
			<-w.done
		}
	}
}

func (w *worker) loop(p *pool) {
	for {
		w.takeJob()
		p.work(w.job)
		w.job = job{}
		if w.state.Swap(idle) == awaited {
			w.done <- struct{}{}
		}
	}
}

func (w *worker) takeJob() {
	deadline := time.Now().Add(spinTime)
	// To swap without a look before it has the cache line brought over once, not to be read and again to be written.
	for spins := 1; !w.state.CompareAndSwap(offered, working); spins++ {
		if spins%spinsBetweenYields != 0 {
			continue
		}
		runtime.Gosched()
		yieldCore()
		if time.Now().After(deadline) && w.state.CompareAndSwap(idle, parked) {
			<-w.wake
			deadline = time.Now().Add(spinTime)
		}
	}
}
