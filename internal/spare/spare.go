// Package spare keeps values that outlive their use, so that code that runs again and
// again allocates nothing.
package spare

import "sync"

// A List lends values and takes them back. Unlike a sync.Pool it never lets go of one: it grows to as
// many as are in use at once, and from then on nothing is allocated. It is safe for concurrent use.
type List[T any] struct {
	New func() *T // makes a value when none is spare

	mutex sync.Mutex
	list  []*T
}

// Take returns a spare value, or a new one.
func (l *List[T]) Take() *T {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	last := len(l.list) - 1
	if last < 0 {
		return l.New()
	}
	v := l.list[last]
	l.list = l.list[:last]
	return v
}

// Put takes back a value that is not used any more.
func (l *List[T]) Put(v *T) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.list = append(l.list, v)
}
