package lane

import (
	"fmt"

	"github.com/lane-go/lane/kernels"
)

// Gemm computes C = beta·C + alpha·A·B for C m×n, A m×k and B k×n, all of any strides:
// transposed operands are views ([Matrix.T]). With beta == 0, C is not read.
// C must not overlap A or B.
func Gemm(c Matrix, beta, alpha float32, a, b Matrix) {
	if a.Rows != c.Rows || b.Cols != c.Cols || a.Cols != b.Rows {
		panic(fmt.Sprintf("lane: Gemm: %v = %v · %v", c, a, b))
	}
	multiply(c, beta, alpha, a, b, nil)
}

// GemmPacked is [Gemm] with B packed beforehand.
func GemmPacked(c Matrix, beta, alpha float32, a Matrix, b *Packed) {
	if a.Rows != c.Rows || b.cols != c.Cols || a.Cols != b.rows {
		panic(fmt.Sprintf("lane: GemmPacked: %v = %v · %v", c, a, b))
	}
	multiply(c, beta, alpha, a, Matrix{}, b)
}

func multiply(c Matrix, beta, alpha float32, a, b Matrix, packed *Packed) {
	if beta != 0 && beta != 1 {
		scaleMatrix(c, beta)
	}
	if c.Rows == 0 || c.Cols == 0 {
		return
	}
	if a.Cols == 0 || alpha == 0 {
		if beta == 0 {
			c.Zero()
		}
		return
	}
	p := product{set: active, c: c, a: a, b: b, packed: packed, alpha: alpha, add: beta != 0}
	p.orient()
	p.choose()
	p.run()
}

// scaleMatrix sets C = beta·C.
func scaleMatrix(c Matrix, beta float32) {
	for i := range c.Rows {
		for j := range c.Cols {
			c.Data[i*c.RowStride+j*c.ColStride] *= beta
		}
	}
}

// The blocks of the loops around the tile (Goto and van de Geijn 2008; Van Zee
// and van de Geijn 2015): MR rows of a block of A stay in L1 while they meet
// the columns of a block of B, blockK·blockN, which stays in L2.
const (
	blockK    = 384
	blockN    = 384
	dotBlockK = 1024 // A and four columns of B; the split of k decides how sums of dot products round

	// Packing B pays from this many rows on, and packing it from transposed
	// columns from that many, or that many columns.
	packRows              = 64
	dotMaxRows, dotMaxCol = 64, 24
)

// A product is one matrix product to be computed, C = A·B or C += alpha·A·B.
// The sum of an element of C runs over k without interruption, whatever the
// blocks and the threads, so that none of them changes its bits.
type product struct {
	set     *kernels.Set
	c, a, b Matrix
	packed  *Packed // B, if it was packed beforehand
	alpha   float32
	add     bool

	dots  bool // computed as dot products, of rows of A and columns of B
	packB bool
	copyA bool
}

// orient lets the rows of C be contiguous: a column-major C is the product of the transposes.
func (p *product) orient() {
	if p.c.ColStride != 1 && p.c.RowStride == 1 && p.packed == nil {
		p.c, p.a, p.b = p.c.T(), p.b.T(), p.a.T()
	}
	if p.c.Cols == 1 {
		p.c.ColStride = 1
	}
	if p.b.Cols == 1 && p.b.RowStride == 1 {
		p.b.ColStride = p.b.Rows
	}
	if p.a.Cols == 1 {
		p.a.ColStride = 1
	}
}

// choose picks the form of the product by its shape alone.
func (p *product) choose() {
	m, n := p.c.Rows, p.c.Cols
	if p.packed == nil {
		byColumns := p.b.RowStride == 1 && p.b.ColStride != 1
		p.dots = byColumns && p.a.ColStride == 1 && p.alpha == 1 && (m <= dotMaxRows || n <= dotMaxCol)
		p.packB = !p.dots && (p.b.ColStride != 1 || m > packRows)
	}
	p.copyA = p.alpha != 1 || n > 128 && m > packRows
}

// run computes the product, on several threads if that is worth a fork.
func (p *product) run() {
	if p.c.ColStride != 1 {
		p.runBeside()
		return
	}
	flops := 2 * p.c.Rows * p.c.Cols * p.a.Cols
	if t := Threads(); t > 1 && flops > serialFlops {
		if byRows, parts := p.split(t, flops); parts > 1 {
			takeWorkspace().run(p, byRows, parts)
			return
		}
	}
	s := takeScratch()
	p.compute(s, 0, p.c.Rows, 0, p.c.Cols)
	s.release()
}

// runBeside computes the product in contiguous rows, and copies them to those of C, which are not.
func (p *product) runBeside() {
	c := p.c
	beside := NewMatrix(c.Rows, c.Cols)
	if p.add {
		copyMatrix(beside, c)
	}
	p.c = beside
	p.run()
	copyMatrix(c, beside)
}

func copyMatrix(dst, src Matrix) {
	for i := range src.Rows {
		for j := range src.Cols {
			dst.Data[i*dst.RowStride+j*dst.ColStride] = src.Data[i*src.RowStride+j*src.ColStride]
		}
	}
}

// compute computes rows i0 to i1 and columns j0 to j1 of C.
func (p *product) compute(s *scratch, i0, i1, j0, j1 int) {
	if p.dots {
		p.computeDots(i0, i1, j0, j1)
		return
	}
	set, k := p.set, p.a.Cols
	for jc := j0; jc < j1; jc += blockN {
		nc := min(blockN, j1-jc)
		for block := range panels(k, blockK) {
			pc, end := part(k, panels(k, blockK), block)
			kc, add := end-pc, p.add || block > 0
			b, bRow, bTile := p.blockOfB(s, pc, kc, jc, nc)
			tiles := panels(i1-i0, set.MR)
			for t := range tiles {
				lo, hi := part(i1-i0, tiles, t)
				i, mc := i0+lo, hi-lo
				a, aRow, aCol := p.rowsOfA(s, i, mc, pc, kc)
				set.Tile(mc, nc, kc, a, aRow, aCol, b, bRow, bTile, p.c.Data[i*p.c.RowStride+jc:], p.c.RowStride, add)
			}
		}
	}
}

func (p *product) computeDots(i0, i1, j0, j1 int) {
	set, k := p.set, p.a.Cols
	for block := range panels(k, dotBlockK) {
		pc, end := part(k, panels(k, dotBlockK), block)
		tiles := panels(i1-i0, set.DotMR)
		for t := range tiles {
			lo, hi := part(i1-i0, tiles, t)
			i := i0 + lo
			set.DotTile(hi-lo, j1-j0, end-pc, p.a.Data[i*p.a.RowStride+pc:], p.a.RowStride,
				p.b.Data[j0*p.b.ColStride+pc:], p.b.ColStride, p.c.Data[i*p.c.RowStride+j0:], p.c.RowStride, p.add || block > 0)
		}
	}
}

// blockOfB returns rows pc to pc+kc and columns jc to jc+nc of B, as the tile takes them.
func (p *product) blockOfB(s *scratch, pc, kc, jc, nc int) (b []float32, bRow, bTile int) {
	nr := p.set.NR
	switch {
	case p.packed != nil:
		return p.packed.panel(p.set, pc, kc, jc), nr, kc * nr
	case p.packB:
		s.b = grow(s.b, roundUp(nc, nr)*kc)
		packColumns(p.set, s.b, p.b, pc, kc, jc, nc)
		return s.b, nr, kc * nr
	}
	return p.b.Data[pc*p.b.RowStride+jc:], p.b.RowStride, nr
}

// rowsOfA returns rows i to i+mc and columns pc to pc+kc of A, times alpha.
func (p *product) rowsOfA(s *scratch, i, mc, pc, kc int) (a []float32, aRow, aCol int) {
	a, aRow, aCol = p.a.Data[i*p.a.RowStride+pc*p.a.ColStride:], p.a.RowStride, p.a.ColStride
	if !p.copyA {
		return a, aRow, aCol
	}
	switch {
	case aCol == 1:
		width := roundUp(kc, 16) + 16
		s.a = grow(s.a, mc*width)
		p.set.PackRows(mc, kc, s.a, width, p.set.NR, a, aRow)
		aRow = width
	case aRow == 1:
		s.a = grow(s.a, mc*kc)
		p.set.PackRows(kc, mc, s.a, mc, p.set.NR, a, aCol)
		aCol = mc
	default:
		s.a = grow(s.a, mc*kc)
		copyMatrix(MatrixOf(s.a, mc, kc), Matrix{a, mc, kc, aRow, aCol})
		aRow, aCol = kc, 1
	}
	if p.alpha != 1 {
		p.set.Scale(s.a, p.alpha, s.a)
	}
	return s.a, aRow, aCol
}

// panels returns how many panels of the given width cover n.
func panels(n, width int) int { return (n + width - 1) / width }

// part returns the bounds of one of n things cut into parts of as equal sizes as there can be.
func part(n, parts, i int) (lo, hi int) { return n * i / parts, n * (i + 1) / parts }
