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

// RepackFrom lays the matrix of left out for the right-hand side of products, in the place of what p held; it allocates only to grow.
func (p *Packed) RepackFrom(left *PackedLeft) {
	p.precision = left.precision
	if !p.precision.inPairs(active) {
		p.pack(Matrix{Data: left.data, Rows: left.rows, Cols: left.cols, RowStride: left.stride, ColStride: 1})
		return
	}
	p.rows, p.cols = left.rows, left.cols
	nr, k := active.NR, p.precision.steps(active, p.rows)
	p.data = grow(p.data, roundUp(p.cols, nr)*k)
	if len(p.data) == 0 {
		return
	}
	deep := panels(k, pairBlocks.k)
	for i := range deep {
		pc, end := p.precision.partOfSteps(active, k, deep, i)
		rows := min(2*(end-pc), p.rows-2*pc)
		dst := p.panel(active, pc, end-pc, 0)
		clearPadding(dst, nr, p.cols, end-pc, panels(rows, 2))
		active.PackPairsBF16(rows, p.cols, dst, nr, (end-pc)*nr, left.data[2*pc*left.stride:], left.stride)
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
