package lane

import "fmt"

// PackedLeft is a matrix laid out once for the left-hand side of products: in the precision that it was packed in, its elements are
// rounded already.
type PackedLeft struct {
	data               []float32
	rows, cols, stride int
	precision          Precision
}

// RepackLeft lays a (m×k, the elements of rows or those of columns contiguous) out in the place of what packed held, whatever
// precision that had; it allocates only to grow.
func (p Precision) RepackLeft(packed *PackedLeft, a Matrix) {
	p.must()
	checkData("RepackLeft", &a)
	if a.ColStride != 1 && a.RowStride != 1 {
		panic("lane: RepackLeft: the elements of neither rows nor columns are contiguous")
	}
	steps := p.steps(active, a.Cols)
	packed.rows, packed.cols, packed.stride, packed.precision = a.Rows, a.Cols, rowStride(steps), p
	packed.data = grow(packed.data, a.Rows*packed.stride)
	if len(packed.data) == 0 {
		return
	}
	if p.inPairs(active) {
		s := scratches.Take()
		pairsOfRows(active, s, packed.data, packed.stride, steps, a)
		scratches.Put(s)
		return
	}
	copyToRows(active, packed.data, packed.stride, a)
	p.Round(packed.data)
}

// GemmPackedLeft is [GemmPacked] with A packed beforehand as well, in the same precision as B.
func GemmPackedLeft(c Matrix, beta float32, a *PackedLeft, b *Packed) {
	if a.rows != c.Rows || b.cols != c.Cols || a.cols != b.rows || a.precision != b.precision {
		panic(fmt.Sprintf("lane: GemmPackedLeft: %v = %v · %v %v", c, a, b, b.precision))
	}
	b.precision.multiply(&product{c: c, a: Matrix{Rows: a.rows, Cols: a.cols}, left: a, packed: b, alpha: 1}, beta)
}

// String returns the shape and the precision, as "3×4 float32".
func (p *PackedLeft) String() string { return fmt.Sprintf("%d×%d %v", p.rows, p.cols, p.precision) }
