package lane

import (
	"fmt"

	"github.com/lane-go/lane/internal/hugepages"
	"github.com/lane-go/lane/internal/spare"
	"github.com/lane-go/lane/kernels"
)

// Packed is a matrix laid out once in the panels that the product reads, for
// a right-hand side that is used many times, as a layer's weights are.
type Packed struct {
	data       []float32
	rows, cols int
	precision  Precision
}

// Pack returns b (k×n, any strides) packed for [GemmPacked].
func Pack(b Matrix) *Packed { return Float32.Pack(b) }

// Repack packs b in [Float32], in the place of what p held, whatever precision that had; it allocates only to grow.
func (p *Packed) Repack(b Matrix) { Float32.Repack(p, b) }

func (p *Packed) pack(b Matrix) {
	p.shape(b.Rows, b.Cols)
	if len(p.data) == 0 {
		return
	}
	t := packings.Take()
	t.packed, t.b = p, b
	Parallel(panels(b.Cols, active.NR), max(1, packGrain/(b.Rows*active.NR)), t.body)
	t.packed, t.b = nil, Matrix{}
	packings.Put(t)
}

// shape makes room for a rows×cols matrix.
func (p *Packed) shape(rows, cols int) {
	p.rows, p.cols = rows, cols
	p.data = grow(p.data, roundUp(cols, active.NR)*p.precision.steps(active, rows))
}

const packGrain = 1 << 14 // elements that are worth handing to a thread

// A packing is a matrix being packed by several threads. It outlives the call, so that the next allocates nothing.
type packing struct {
	packed *Packed
	b      Matrix
	body   func(lo, hi int)
}

var packings = spare.List[packing]{New: func() *packing {
	t := new(packing)
	t.body = t.packPanels
	return t
}}

// packPanels packs the panels of columns lo to hi−1.
func (t *packing) packPanels(lo, hi int) {
	jc, end := lo*active.NR, min(hi*active.NR, t.b.Cols)
	precision := t.packed.precision
	k := precision.steps(active, t.packed.rows)
	deep := panels(k, precision.blocks(active).k)
	for i := range deep {
		pc, next := precision.partOfSteps(active, k, deep, i)
		precision.pack(active, t.packed.panel(active, pc, next-pc, jc), t.b, pc, next-pc, jc, end-jc)
	}
}

// panel returns the panels of steps pc to pc+kc from column jc on.
func (p *Packed) panel(set *kernels.Set, pc, kc, jc int) []float32 {
	return p.data[roundUp(p.cols, set.NR)*pc+jc*kc:]
}

// String returns the shape, as "3×4".
func (p *Packed) String() string { return fmt.Sprintf("%d×%d", p.rows, p.cols) }

// packColumns writes rows pc to pc+kc and columns jc to jc+nc of b as panels of
// NR columns, one row after the other. What lies beyond the last column is unspecified.
func packColumns(set *kernels.Set, dst []float32, b Matrix, pc, kc, jc, nc int) {
	nr, src := set.NR, b.Data[pc*b.RowStride+jc*b.ColStride:]
	if b.ColStride == 1 {
		set.PackRows(kc, nc, dst, nr, kc*nr, src, b.RowStride)
		return
	}
	packStrided(set, dst, nr, Matrix{src, kc, nc, b.RowStride, b.ColStride})
}

// transposedRows is how many rows of a panel are written at a time: while its columns are, they stay in L1.
const transposedRows = 128

// packStrided writes b, whose rows need not be contiguous, as panels of nr columns, one row after the other: four columns at a time where these are.
func packStrided(set *kernels.Set, dst []float32, nr int, b Matrix) {
	for j := 0; j < b.Cols; j += nr {
		cols := min(nr, b.Cols-j)
		for p := 0; p < b.Rows; p += transposedRows {
			rows := min(transposedRows, b.Rows-p)
			packPart(set, dst[(j/nr*b.Rows+p)*nr:], nr, b.Slice(p, p+rows, j, j+cols))
		}
	}
}

// packPart writes b, whose rows need not be contiguous, as rows that lie nr apart.
func packPart(set *kernels.Set, dst []float32, nr int, b Matrix) {
	together := 0
	if b.RowStride == 1 && nr%4 == 0 {
		together = b.Cols / 4 * 4
	}
	for j := 0; j < together; j += 4 {
		set.Transpose(b.Rows, dst[j:], nr, b.Data[j*b.ColStride:], b.ColStride)
	}
	for j := together; j < b.Cols; j++ {
		for p := range b.Rows {
			dst[p*nr+j] = b.Data[p*b.RowStride+j*b.ColStride]
		}
	}
}

func roundUp(n, multiple int) int { return (n + multiple - 1) / multiple * multiple }

// grow returns a slice of length n, s itself when it is large enough. What it
// holds is unspecified.
func grow(s []float32, n int) []float32 {
	if cap(s) < n {
		return hugepages.Floats(n)
	}
	return s[:n]
}
