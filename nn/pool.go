package nn

import "sync"

// A pool keeps the scratch of functions that have no layer to keep it. Unlike a sync.Pool it never
// lets go of what it holds: it grows to as many as are in use at once, and from then on nothing is
// allocated.
type pool[T any] struct {
	create func() *T
	mutex  sync.Mutex
	spare  []*T
}

func (p *pool[T]) take() *T {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	last := len(p.spare) - 1
	if last < 0 {
		return p.create()
	}
	v := p.spare[last]
	p.spare = p.spare[:last]
	return v
}

func (p *pool[T]) put(v *T) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.spare = append(p.spare, v)
}
