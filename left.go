package lane

import (
	"fmt"
	"math"
)

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
	checkData("RepackLeft", &a)
	if a.ColStride != 1 && a.RowStride != 1 {
		panic("lane: RepackLeft: the elements of neither rows nor columns are contiguous")
	}
	p.shape(packed, a.Rows, a.Cols)
	if len(packed.data) == 0 {
		return
	}
	if p.inPairs(active) {
		s := scratches.Take()
		pairsOfRows(active, s, packed.data, packed.stride, packed.steps(), a)
		scratches.Put(s)
		return
	}
	copyToRows(active, packed.data, packed.stride, a)
	p.Round(packed.data)
}

// shape makes room for a rows×cols matrix.
func (p Precision) shape(packed *PackedLeft, rows, cols int) {
	p.must()
	packed.rows, packed.cols, packed.precision = rows, cols, p
	packed.stride = rowStride(packed.steps())
	packed.data = grow(packed.data, rows*packed.stride)
}

// steps returns how many steps of the tile a row has.
func (p *PackedLeft) steps() int { return p.precision.steps(active, p.cols) }

// ReshapeLeft makes packed a rows×cols matrix, of which each row is to be set by AddExpSum or ZeroRow; it allocates only to grow.
func (p Precision) ReshapeLeft(packed *PackedLeft, rows, cols int) {
	if rows < 0 || cols < 0 {
		panic(fmt.Sprintf("lane: ReshapeLeft: negative size %d×%d", rows, cols))
	}
	p.shape(packed, rows, cols)
	if used, steps := panels(cols, 2), packed.steps(); p.inPairs(active) {
		for i := range rows {
			clear(packed.row(i)[used:steps])
		}
	}
}

// Matrix returns a matrix in [Float32], which lies row after row, as a view.
func (p *PackedLeft) Matrix() Matrix {
	if p.precision != Float32 {
		panic(fmt.Sprintf("lane: PackedLeft.Matrix: %v is not in float32", p))
	}
	return Matrix{Data: p.data, Rows: p.rows, Cols: p.cols, RowStride: p.stride, ColStride: 1}
}

// AddExpSum is [AddExpSum] into row i, whose elements are rounded; the sum is that of what is not.
func (p *PackedLeft) AddExpSum(i int, top float32, x, y []float32) float32 {
	sameLengths("PackedLeft.AddExpSum", p.cols, len(x), len(y))
	row := p.row(i)
	if p.precision.inPairs(active) {
		return active.AddExpSumBF16(row[:panels(p.cols, 2)], top, x, y)
	}
	sum := active.AddExpSum(row[:p.cols], top, x, y)
	p.precision.Round(row[:p.cols])
	return sum
}

// ZeroRow sets row i to zeros.
func (p *PackedLeft) ZeroRow(i int) { clear(p.row(i)) }

// Zero sets element (i, j) to 0.
func (p *PackedLeft) Zero(i, j int) {
	if uint(j) >= uint(p.cols) {
		panic(fmt.Sprintf("lane: PackedLeft.Zero: element (%d, %d) of %v", i, j, p))
	}
	row := p.row(i)
	if !p.precision.inPairs(active) {
		row[j] = 0
		return
	}
	bits := math.Float32bits(row[j/2])
	row[j/2] = math.Float32frombits(bits &^ (0xffff << (16 * (j % 2))))
}

// row returns row i as it is laid out.
func (p *PackedLeft) row(i int) []float32 {
	if uint(i) >= uint(p.rows) {
		panic(fmt.Sprintf("lane: PackedLeft: row %d of %v", i, p))
	}
	return p.data[i*p.stride:][:p.stride]
}

// Reshape makes packed a rows×cols matrix, of which all rows are to be set by SetRows; it allocates only to grow.
func (p Precision) Reshape(packed *Packed, rows, cols int) {
	if rows < 0 || cols < 0 {
		panic(fmt.Sprintf("lane: Reshape: negative size %d×%d", rows, cols))
	}
	p.must()
	packed.precision = p
	packed.shape(rows, cols)
	if k := p.steps(active, rows); p.inPairs(active) && len(packed.data) > 0 {
		deep := panels(k, pairBlocks.k)
		pc, end := p.partOfSteps(active, k, deep, deep-1)
		clearPadding(packed.panel(active, pc, end-pc, 0), active.NR, cols, end-pc, panels(rows, 2)-pc)
	}
}

// SetRows lays the rows of left out as those of p from lo on, where both have the same precision. In [BFloat16], in which two rows lie
// together, lo must be even, and only the last row of p is set without its neighbour.
func (p *Packed) SetRows(lo int, left *PackedLeft) {
	together := 1
	if p.precision == BFloat16 {
		together = 2
	}
	switch end := lo + left.rows; {
	case lo < 0 || lo > p.rows || end > p.rows || left.cols != p.cols || left.precision != p.precision, lo%together != 0, end < p.rows && end%together != 0:
		panic(fmt.Sprintf("lane: Packed.SetRows: %v to row %d of %v", left, lo, p))
	case left.rows == 0 || p.cols == 0:
		return
	}
	pairs, inStep := p.precision.inPairs(active), 1
	if pairs {
		inStep = together
	}
	nr, k, first := active.NR, p.precision.steps(active, p.rows), lo/inStep
	after := first + panels(left.rows, inStep)
	deep := panels(k, p.precision.blocks(active).k)
	for i := range deep {
		pc, end := p.precision.partOfSteps(active, k, deep, i)
		from, to := max(first, pc), min(after, end)
		if from >= to {
			continue
		}
		row := (from - first) * inStep
		rows := min((to-from)*inStep, left.rows-row)
		dst, src := p.panel(active, pc, end-pc, 0)[(from-pc)*nr:], left.data[row*left.stride:]
		if pairs {
			active.PackPairsBF16(rows, p.cols, dst, nr, (end-pc)*nr, src, left.stride)
		} else {
			active.PackRows(rows, p.cols, dst, nr, (end-pc)*nr, src, left.stride)
		}
	}
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
