package lane

import "github.com/lane-go/lane/kernels"

// Blocks of the operands of a product of bfloat16s are rounded as they are copied. Where the set has kernels for them, two elements
// of k then share a float32, a pair, which is one step of the tile, and zeros fill the steps that it takes at once; elsewhere a step is an
// element, as in float32.

// inPairs reports whether the set has products of pairs, and this precision takes them.
func (p Precision) inPairs(set *kernels.Set) bool { return p == BFloat16 && set.TileBF16 != nil }

// blocks returns how products are cut, but for those that stream B.
func (p Precision) blocks(set *kernels.Set) *blocking {
	if p.inPairs(set) {
		return &pairBlocks
	}
	return &defaultBlocks
}

// steps returns how many steps of the tile there are in k.
func (p Precision) steps(set *kernels.Set, k int) int {
	if p.inPairs(set) {
		return roundUp(panels(k, 2), set.StepsBF16)
	}
	return k
}

// partOfSteps returns the bounds of the i-th of the parts of k steps: multiples of what the tile takes at once.
func (p Precision) partOfSteps(set *kernels.Set, k, parts, i int) (lo, hi int) {
	unit := 1
	if p.inPairs(set) {
		unit = set.StepsBF16
	}
	lo, hi = part(k/unit, parts, i)
	return lo * unit, hi * unit
}

// pack writes steps pc to pc+kc of columns jc to jc+nc of b as panels.
func (p Precision) pack(set *kernels.Set, dst []float32, b Matrix, pc, kc, jc, nc int) {
	if p.inPairs(set) {
		packPairs(set, dst, b, pc, kc, jc, nc)
		return
	}
	packColumns(set, dst, b, pc, kc, jc, nc)
	p.Round(dst[:roundUp(nc, set.NR)*kc])
}

// pairsOfA returns steps pc to pc+kc of rows ic to ic+mc of A, times alpha, as pairs.
func (p *product) pairsOfA(s *scratch, ic, mc, pc, kc int) operand {
	n := min(2*kc, p.a.Cols-2*pc)
	a := p.partOfA(ic, 2*pc)
	if p.alpha != 1 || a.col != 1 && a.row != 1 {
		a = p.copyOfA(s, a, mc, n)
	}
	ld := rowStride(kc)
	s.pairs = grow(s.pairs, mc*ld)
	pairsOfRows(p.set, s, s.pairs, ld, kc, Matrix{a.data, mc, n, a.row, a.col})
	return operand{data: s.pairs, row: ld, col: 1}
}

// pairsOfRows writes rows as pairs, and zeros up to so many steps. Their elements, or those of columns, must be contiguous.
func pairsOfRows(set *kernels.Set, s *scratch, dst []float32, ld, steps int, a Matrix) {
	pairs := panels(a.Cols, 2)
	transposed := a.RowStride == 1 && a.ColStride != 1
	if transposed {
		s.columns = grow(s.columns, pairs*a.Rows)
		set.PackBF16(a.Cols, a.Rows, s.columns, a.Rows, set.NR, a.Data, a.ColStride)
		packStrided(set, dst, ld, Matrix{s.columns, a.Rows, pairs, 1, a.Rows})
	}
	for i := range a.Rows {
		row := dst[i*ld:][:steps]
		if !transposed {
			set.RoundBF16(row[:pairs], a.Data[i*a.RowStride:][:a.Cols])
		}
		clear(row[pairs:])
	}
}

// clearPadding fills panels of nc columns with zeros from row pairs to row kc.
func clearPadding(dst []float32, nr, nc, kc, pairs int) {
	for j := 0; j < nc; j += nr {
		clear(dst[j*kc+pairs*nr : j*kc+kc*nr])
	}
}

// packPairs is packColumns of steps pc to pc+kc, as pairs.
func packPairs(set *kernels.Set, dst []float32, b Matrix, pc, kc, jc, nc int) {
	nr, n := set.NR, min(2*kc, b.Rows-2*pc)
	pairs := panels(n, 2)
	b = b.Slice(2*pc, 2*pc+n, jc, jc+nc)
	clearPadding(dst, nr, nc, kc, pairs)
	if b.ColStride == 1 {
		set.PackBF16(n, nc, dst, nr, kc*nr, b.Data, b.RowStride)
		return
	}
	// The pairs of some columns, which stay in cache, are packed as elements are.
	s := scratches.Take()
	s.columns, s.column = grow(s.columns, nr*pairs), grow(s.column, n)
	for j := 0; j < nc; j += nr {
		cols := min(nr, nc-j)
		for i := range cols {
			column := b.Data[(j+i)*b.ColStride:]
			if b.RowStride != 1 {
				for q := range n {
					s.column[q] = column[q*b.RowStride]
				}
				column = s.column
			}
			set.RoundBF16(s.columns[i*pairs:][:pairs], column[:n])
		}
		packStrided(set, dst[j*kc:], nr, Matrix{s.columns, pairs, cols, 1, pairs})
	}
	scratches.Put(s)
}
