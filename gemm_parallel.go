package lane

import "sync"

const (
	serialFlops = 1 << 20 // a product below is not worth a fork
	partFlops   = 1 << 25 // a part of one above, so that threads of unequal speed share it well
)

// split returns into how many parts of rows or of columns the product is cut
// for the given number of threads.
func (p *product) split(threads, flops int) (byRows bool, parts int) {
	tileRows, tileCols := p.set.MR, p.set.NR
	if p.dots {
		tileRows, tileCols = p.set.DotMR, 4
	}
	if threads == 1 {
		return false, 1
	}
	rows, cols := panels(p.c.Rows, tileRows), panels(p.c.Cols, tileCols)
	parts = threads * min(max(flops/(threads*partFlops), 1), 4)
	// Parts of columns pack B once.
	if balance(cols, threads) > 1.02*balance(rows, threads) {
		return true, min(parts, rows)
	}
	return false, min(parts, cols)
}

// balance returns how much longer the fullest of the threads is busy than in the mean.
func balance(units, threads int) float64 {
	return float64(panels(units, threads)*threads) / float64(units)
}

// A workspace is one product under way on several threads. It outlives it, so that the next allocates nothing.
type workspace struct {
	product
	byRows bool
	parts  int
	body   func(lo, hi int)
}

func (w *workspace) run(p *product, byRows bool, parts int) {
	w.product, w.byRows, w.parts = *p, byRows, parts
	Parallel(parts, 1, w.body)
	w.product = product{}
	workspaces.put(w)
}

// computeParts computes some of the parts.
func (w *workspace) computeParts(lo, hi int) {
	s := takeScratch()
	defer s.release()
	m, n, mr, nr := w.c.Rows, w.c.Cols, w.set.MR, w.set.NR
	if w.dots {
		mr, nr = w.set.DotMR, 4
	}
	for i := lo; i < hi; i++ {
		if w.byRows {
			from, to := part(m, w.parts, i)
			w.compute(s, from, to, 0, n)
		} else {
			from, to := part(panels(n, nr), w.parts, i)
			w.compute(s, 0, m, from*nr, min(to*nr, n))
		}
	}
	_ = mr
}

func takeWorkspace() *workspace { return workspaces.take() }

// A scratch is what one thread packs A and B into.
type scratch struct{ a, b []float32 }

func takeScratch() *scratch { return scratches.take() }
func (s *scratch) release() { scratches.put(s) }

var (
	workspaces = pool2[workspace]{create: func() *workspace {
		w := new(workspace)
		w.body = w.computeParts
		return w
	}}
	scratches = pool2[scratch]{create: func() *scratch { return new(scratch) }}
)

// A pool2 keeps what outlives its use. Unlike a sync.Pool it never lets go of what it holds: it grows to as many
// as are in use at once, and from then on nothing is allocated.
type pool2[T any] struct {
	create func() *T
	mutex  sync.Mutex
	spare  []*T
}

func (p *pool2[T]) take() *T {
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

func (p *pool2[T]) put(v *T) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.spare = append(p.spare, v)
}
