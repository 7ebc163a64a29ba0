package lane

import "sync"

// spares keeps values that outlive their use. Unlike a sync.Pool it never lets go of one: it
// grows to as many as are in use at once, and from then on nothing is allocated.
type spares[T any] struct {
	create func() *T
	mutex  sync.Mutex
	list   []*T
}

func (s *spares[T]) take() *T {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	last := len(s.list) - 1
	if last < 0 {
		return s.create()
	}
	v := s.list[last]
	s.list = s.list[:last]
	return v
}

func (s *spares[T]) put(v *T) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.list = append(s.list, v)
}
