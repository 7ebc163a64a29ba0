package lane

import "github.com/lane-go/lane/internal/spare"

const (
	serialFlops = 1 << 20 // a product of fewer operations is not worth a fork

	// A product is cut into more parts than there are threads, which need not be equally fast, if it is wide or high: each part
	// of columns reads all of A again, each part of rows all of B.
	partCols  = 1024
	partTiles = 2 // in a part of rows
	partsEach = 4
)

// split returns into how many parts of its rows or of its columns the product is cut for
// the given number of threads.
func (p *product) split(threads int) (byRows bool, parts int) {
	if threads == 1 {
		return false, 1
	}
	rows, cols := panels(p.c.Rows, p.tileRows()), panels(p.c.Cols, p.tileCols())
	// Parts of columns share the work of packing B, those of rows do it each.
	// Where B is read in place nothing is done twice, and threads that write rows of C keep further apart.
	preference := 1.02
	if !p.packB && p.packed == nil && !p.dots {
		preference = 0.9
	}
	if imbalance(p.c.Cols, p.tileCols(), threads) > preference*imbalance(p.c.Rows, p.tileRows(), threads) {
		if p.packB {
			return true, min(threads, rows)
		}
		return true, min(threads*max(1, min(rows/(threads*partTiles), partsEach)), rows)
	}
	return false, min(threads*max(1, min(p.c.Cols/(threads*partCols), partsEach)), cols)
}

func (p *product) tileRows() int {
	switch {
	case p.dots:
		return p.set.DotMR
	case p.precision.inPairs(p.set):
		return p.set.MRBF16
	}
	return p.set.MR
}

func (p *product) tileCols() int {
	if p.dots {
		return tileDots
	}
	return p.set.NR
}

// imbalance returns the share that the busiest of the threads has of n, as a multiple of the mean, when units are not divided.
func imbalance(n, unit, threads int) float64 {
	return float64(min(n, panels(panels(n, unit), threads)*unit)*threads) / float64(n)
}

// A workspace is one product under way on several threads. It outlives the product, so that the next allocates nothing.
type workspace struct {
	product
	byRows bool
	parts  int
	body   func(lo, hi int)
}

func runParallel(p *product, byRows bool, parts int) {
	w := workspaces.Take()
	w.product, w.byRows, w.parts = *p, byRows, parts
	Parallel(parts, 1, w.body)
	w.product = product{}
	workspaces.Put(w)
}

func (w *workspace) computePart(i, _ int) {
	m, n, unit := w.c.Rows, w.c.Cols, w.tileCols()
	if w.byRows {
		lo, hi := part(m, w.parts, i)
		w.compute(lo, hi, 0, n)
		return
	}
	lo, hi := part(panels(n, unit), w.parts, i)
	w.compute(0, m, lo*unit, min(hi*unit, n))
}

// A scratch is what one thread copies blocks of A and B into, and A and columns of B as pairs.
type scratch struct{ a, b, pairs, columns, column []float32 }

var (
	workspaces = spare.List[workspace]{New: func() *workspace {
		w := new(workspace)
		w.body = w.computePart
		return w
	}}
	scratches = spare.List[scratch]{New: func() *scratch { return new(scratch) }}
)
