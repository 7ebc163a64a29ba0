package lane

import (
	"fmt"

	"github.com/lane-go/lane/kernels"
)

// Gemm computes C = beta·C + alpha·A·B for C m×n, A m×k and B k×n, all of any strides:
// transposed operands are views ([Matrix.T]). With beta == 0, C is not read,
// with alpha == 0 neither A nor B.
// C must not overlap A or B.
func Gemm(c Matrix, beta, alpha float32, a, b Matrix) { Float32.Gemm(c, beta, alpha, a, b) }

// GemmPacked is [Gemm] with B packed beforehand, in the precision that B was packed in.
func GemmPacked(c Matrix, beta, alpha float32, a Matrix, b *Packed) {
	if a.Rows != c.Rows || b.cols != c.Cols || a.Cols != b.rows {
		panic(fmt.Sprintf("lane: GemmPacked: %v = %v · %v", c, a, b))
	}
	b.precision.multiply(&product{c: c, a: a, packed: b, alpha: alpha}, beta)
}

// A blocking is how the five loops around the tile cut a product (Goto and van de Geijn 2008;
// Van Zee and van de Geijn 2015): NR columns of a block of B, k deep, stay in L1 while they meet the
// rows of a block of A, m·k, which stays in L2; a block of B of k·n comes from L3.
type blocking struct{ m, n, k int }

// rows returns how many rows of A are a block where it is k deep: m, or up to three times as many where k is less.
func (b *blocking) rows(k, mr int) int { return min(max(b.m, b.m*b.k/k/mr*mr), 3*b.m) }

// defaultBlocks is where [BenchmarkBlocks] is flat: anything from half to twice as much serves as well.
// n is a multiple of every NR, as a block of columns begins with a panel.
var defaultBlocks = blocking{m: 84, n: 1152, k: 800}

// pairBlocks is for pairs, with which the copy of A costs more beside the arithmetic.
var pairBlocks = blocking{m: 192, n: 1152, k: 400}

// streams is for a large B that is read where it lies: as many of its rows as a CPU follows side by side, each for as long as it goes.
var streams = blocking{m: packRows, n: 4096, k: 32}

const (
	narrow = 1 << 15 // elements of B that stay in L2: where k is short, more columns meet the rows at once

	line     = 16      // elements in one of cache
	near     = 1 << 16 // elements of B that may still be in L2
	finished = 1 << 16 // elements of C that stay in L2

	tileDots  = 4    // columns that rows of dot products meet at once
	dotBlockK = 1024 // A and four columns of B; the split of k decides how sums of dot products round

	// B is packed for more rows than packRows if it has more elements than packSize; else it is read where it lies. Transposed columns are packed for more than
	// dotRows rows and dotCols columns: below, dot products with the columns where they are cost less.
	packRows = 98
	packSize = 1 << 18
	dotRows  = 64
	dotCols  = 24

	// A is copied, and B packed, for as few rows and columns if its own lie half a page apart, in the same few lines of L1.
	pagedRows = 64
	halfPage  = 2048 / 4
)

// A product is one matrix product to be computed, C = A·B or C += alpha·A·B.
// The sum of an element of C runs over k without interruption, whatever the
// blocks and the threads, so that none of them changes its bits; but for dot
// products, whose blocks depend on k alone.
type product struct {
	set     *kernels.Set
	blocks  *blocking
	c, a, b Matrix
	left    *PackedLeft // A, if it was packed beforehand
	packed  *Packed     // B, if it was
	alpha   float32
	add     bool

	precision Precision

	bias     []float32                 // for each column of C, once the sums are complete; nil if there is none
	activate func(dst, x, y []float32) // sets a row to the activation of x + y

	dots  bool // computed as dot products of rows of A and columns of B
	packB bool
	copyA bool
}

// multiply computes the product after beta has been seen to.
func (p *product) multiply(beta float32) {
	if p.c.Rows == 0 || p.c.Cols == 0 {
		return
	}
	switch beta {
	case 0:
	case 1:
		p.add = true
	default:
		scaleMatrix(p.c, beta)
		p.add = true
	}
	if p.a.Cols == 0 || p.alpha == 0 {
		if !p.add {
			p.c.Zero()
		}
		p.finishMatrix()
		return
	}
	p.orient()
	if p.c.ColStride != 1 {
		p.multiplyBeside()
		return
	}
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

// orient lets the rows of C be contiguous, as the tile needs them: a
// column-major C is the product of the transposes, unless alpha is to scale A. Where there is one column, or one row,
// any stride will do, and the one that serves best is written.
func (p *product) orient() {
	if p.c.Cols == 1 {
		p.c.ColStride = 1
	}
	if p.c.ColStride != 1 && p.c.RowStride == 1 && p.packed == nil && p.bias == nil && p.alpha == 1 {
		p.c, p.a, p.b = p.c.T(), p.b.T(), p.a.T()
	}
	if p.b.Cols == 1 && p.b.RowStride == 1 {
		p.b.ColStride = p.b.Rows
	}
	if p.a.Cols == 1 {
		p.a.ColStride = 1
	}
}

// multiplyBeside computes the product in contiguous rows, and copies them to those of C, which are not.
func (p *product) multiplyBeside() {
	c := p.c
	p.c = NewMatrix(c.Rows, c.Cols)
	if p.add {
		copyMatrix(p.c, c)
	}
	p.choose()
	p.run()
	copyMatrix(c, p.c)
}

func copyMatrix(dst, src Matrix) {
	for i := range src.Rows {
		for j := range src.Cols {
			dst.Data[i*dst.RowStride+j*dst.ColStride] = src.Data[i*src.RowStride+j*src.ColStride]
		}
	}
}

// choose picks the form of the product by its shape alone.
func (p *product) choose() {
	if p.precision == BFloat16 {
		p.packB, p.copyA = p.packed == nil, true
		return
	}
	m, n := p.c.Rows, p.c.Cols
	if p.packed == nil {
		p.dots = p.b.ColStride != 1 && p.b.RowStride == 1 && p.a.ColStride == 1 && p.alpha == 1 && (m <= dotRows || n <= dotCols)
		p.packB = !p.dots && (p.b.ColStride != 1 || m > packRows && p.a.Cols*n > packSize || m > pagedRows && p.b.RowStride%halfPage == 0)
	}
	if p.packed == nil && !p.packB && m <= packRows && p.a.Cols*n > packSize {
		p.blocks = &streams
	}
	p.copyA = p.left == nil && (p.alpha != 1 || m > pagedRows && n > pagedRows && (p.a.ColStride != 1 || p.a.RowStride%halfPage == 0))
}

// run computes the product, on several threads if that is worth a fork.
func (p *product) run() {
	if flops := 2 * float64(p.c.Rows) * float64(p.c.Cols) * float64(p.a.Cols); flops > serialFlops {
		if byRows, parts := p.split(Threads()); parts > 1 {
			runParallel(p, byRows, parts)
			return
		}
	}
	p.compute(0, p.c.Rows, 0, p.c.Cols)
}

// compute computes rows i0 to i1 and columns j0 to j1 of C, on one thread.
func (p *product) compute(i0, i1, j0, j1 int) {
	switch {
	case p.dots:
		p.computeDots(i0, i1, j0, j1)
	case p.packB || p.copyA:
		s := scratches.Take()
		p.computeTiles(s, i0, i1, j0, j1)
		scratches.Put(s)
	case p.packed == nil && i1-i0 <= p.blocks.m && j1-j0 <= p.blocks.n && p.a.Cols <= p.blocks.k:
		// A product of one block would spend a tenth of its time in the loops around it.
		p.computeBlock(p.partOfA(i0, 0), p.partOfB(0, j0), p.c.Data[i0*p.c.RowStride+j0:], i1-i0, j1-j0, p.a.Cols, p.add)
		p.finish(i0, i1, j0, j1)
	default:
		p.computeTiles(nil, i0, i1, j0, j1)
	}
}

// computeTiles is the outer three loops.
func (p *product) computeTiles(s *scratch, i0, i1, j0, j1 int) {
	k := p.precision.steps(p.set, p.a.Cols)
	deep := panels(k, p.blocks.k)
	rows := min(p.blocks.rows(share(k, deep), p.tileRows()), i1-i0)
	cols := p.blockCols(rows, j1-j0)
	once := deep == 1 && rows == i1-i0 // one block of A meets all columns
	var a operand
	for jc := j0; jc < j1; jc += cols {
		nc := min(cols, j1-jc)
		for block := range deep {
			pc, end := p.precision.partOfSteps(p.set, k, deep, block)
			b := p.blockOfB(s, pc, end-pc, jc, nc)
			for ic := i0; ic < i1; ic += rows {
				mc := min(rows, i1-ic)
				if jc == j0 || !once {
					a = p.blockOfA(s, ic, mc, pc, end-pc)
				}
				p.computeBlock(a, b, p.c.Data[ic*p.c.RowStride+jc:], mc, nc, end-pc, p.add || block > 0)
				if end == k {
					p.finish(ic, ic+mc, jc, jc+nc)
				}
			}
		}
	}
}

// blockCols returns how many of n columns make a block with so many rows: if there is a bias, as few as let C stay in L2 until it is added.
// Blocks are about as wide as one another, as A may be copied for each.
func (p *product) blockCols(rows, n int) int {
	widest := p.blocks.n
	if p.bias != nil {
		widest = min(widest, max(finished/rows/p.set.NR, 1)*p.set.NR)
	}
	return roundUp(share(n, panels(n, widest)), p.set.NR)
}

// An operand is a block of A or B as the tile takes it.
type operand struct {
	data           []float32
	row, col, tile int // distances of its rows, of its columns if it is of A, of its tiles if it is of B
}

// computeBlock is the inner two loops: columns that stay in L1, or in L2 where they are short, meet the rows, tile by tile. Of a large B that is packed, the first rows ask
// for the columns that come next, a line with each step, while the arithmetic leaves the memory time.
func (p *product) computeBlock(a, b operand, c []float32, m, n, k int, add bool) {
	nr, ldc, pairs := p.set.NR, p.c.RowStride, p.precision.inPairs(p.set)
	width, next := nr, b.tile
	for 2*width*k <= narrow {
		width, next = 2*width, 2*next
	}
	tiles, far := panels(m, p.tileRows()), b.row == nr && n*k > near
	for j := 0; j < n; j += width {
		for i, left := 0, tiles; left > 0; left-- {
			rows, ahead := share(m-i, left), 0
			if asked := (tiles - left) * line; far && asked < nr {
				ahead = next + asked*k
			}
			if pairs {
				p.set.TileBF16(rows, min(width, n-j), k, a.data[i*a.row:], a.row, b.data, b.row, b.tile, c[i*ldc+j:], ldc, add, ahead)
			} else {
				p.set.Tile(rows, min(width, n-j), k, a.data[i*a.row:], a.row, a.col, b.data, b.row, b.tile, c[i*ldc+j:], ldc, add, ahead)
			}
			i += rows
		}
		if j+width < n {
			b.data = b.data[next:]
		}
	}
}

// computeDots lets as many rows as a tile has meet columns that are still in L2 when the next rows do. Each of the first few asks for a
// fourth of the columns to come.
func (p *product) computeDots(i0, i1, j0, j1 int) {
	k, lda, ldb, ldc := p.a.Cols, p.a.RowStride, p.b.ColStride, p.c.RowStride
	blocks, tiles := panels(k, dotBlockK), panels(i1-i0, p.set.DotMR)
	for block := range blocks {
		pc, end := part(k, blocks, block)
		cols := j1 - j0
		if tiles > 1 && cols*(end-pc) > near {
			cols = near / (end - pc) / tileDots * tileDots
		}
		for j := j0; j < j1; j += cols {
			n := min(cols, j1-j)
			for i, left := i0, tiles; left > 0; left-- {
				rows, ahead := share(i1-i, left), 0
				if column := tiles - left; tiles > 1 && column < tileDots && j+n < j1 {
					ahead = (n + column) * ldb
				}
				p.set.DotTile(rows, n, end-pc, p.a.Data[i*lda+pc:], lda, p.b.Data[j*ldb+pc:], ldb, p.c.Data[i*ldc+j:], ldc, p.add || block > 0, ahead)
				i += rows
			}
		}
	}
	p.finish(i0, i1, j0, j1)
}

// blockOfB returns steps pc to pc+kc and columns jc to jc+nc of B, packed or where they lie.
func (p *product) blockOfB(s *scratch, pc, kc, jc, nc int) operand {
	nr := p.set.NR
	switch {
	case p.packed != nil:
		return operand{data: p.packed.panel(p.set, pc, kc, jc), row: nr, tile: kc * nr}
	case p.packB:
		s.b = grow(s.b, roundUp(nc, nr)*kc)
		p.precision.pack(p.set, s.b, p.b, pc, kc, jc, nc)
		return operand{data: s.b, row: nr, tile: kc * nr}
	}
	return p.partOfB(pc, jc)
}

// partOfB returns B from row pc and column jc on, where it lies.
func (p *product) partOfB(pc, jc int) operand {
	return operand{data: p.b.Data[pc*p.b.RowStride+jc:], row: p.b.RowStride, tile: p.set.NR}
}

// partOfA returns A from row ic and column pc on, where it lies.
func (p *product) partOfA(ic, pc int) operand {
	return operand{data: p.a.Data[ic*p.a.RowStride+pc*p.a.ColStride:], row: p.a.RowStride, col: p.a.ColStride}
}

// blockOfA returns rows ic to ic+mc and steps pc to pc+kc of A, times alpha.
func (p *product) blockOfA(s *scratch, ic, mc, pc, kc int) operand {
	switch {
	case p.left != nil:
		return operand{data: p.left.data[ic*p.left.stride+pc:], row: p.left.stride, col: 1}
	case p.precision.inPairs(p.set):
		return p.pairsOfA(s, ic, mc, pc, kc)
	case p.copyA:
		copied := p.copyOfA(s, p.partOfA(ic, pc), mc, kc)
		p.precision.Round(copied.data)
		return copied
	}
	return p.partOfA(ic, pc)
}

// rowStride is the distance of the rows of a copy of A, kc numbers long: an odd number of cache lines, so that neighbouring rows share no set of
// a cache.
func rowStride(kc int) int { return (panels(kc, line) | 1) * line }

// copyOfA returns a copy of mc rows and kc columns, times alpha.
func (p *product) copyOfA(s *scratch, a operand, mc, kc int) operand {
	ld := rowStride(kc)
	s.a = grow(s.a, mc*ld)
	copyToRows(p.set, s.a, ld, Matrix{a.data, mc, kc, a.row, a.col})
	if p.alpha != 1 {
		p.set.Scale(s.a, p.alpha, s.a)
	}
	return operand{data: s.a, row: ld, col: 1}
}

// copyToRows writes a, of any strides, as rows that lie ld apart.
func copyToRows(set *kernels.Set, dst []float32, ld int, a Matrix) {
	if a.ColStride == 1 {
		set.PackRows(a.Rows, a.Cols, dst, ld, set.NR, a.Data, a.RowStride)
	} else {
		packStrided(set, dst, ld, a)
	}
}

// panels returns how many panels of the given width cover n.
func panels(n, width int) int {
	if 0 < n && n <= width {
		return 1 // small products feel a division
	}
	return (n + width - 1) / width
}

// share returns how many of n things come first when they are cut into parts as equal as they can be.
func share(n, parts int) int {
	if parts == 1 {
		return n
	}
	return (n + parts - 1) / parts
}

// part returns the bounds of the i-th of n things cut into parts as equal as they can be.
func part(n, parts, i int) (lo, hi int) {
	if parts == 1 {
		return 0, n
	}
	return n * i / parts, n * (i + 1) / parts
}
