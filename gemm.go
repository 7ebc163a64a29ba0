package lane

import (
	"fmt"
	"sync"

	"github.com/lane-go/lane/kernels"
)

// The blocks of the five loops around the tile (Goto and van de Geijn 2008,
// Van Zee and van de Geijn 2015): a panel of B of blockK·NR stays in L1, a
// block of A of blockM·blockK in L2, a block of B of blockK·blockN in L3.
// The split of k decides the order of the sums, so it never depends on the
// number of threads.
const (
	blockK = 256
	blockM = 96
	blockN = 3072

	chunkM = 3072 // rows of A packed before they are computed
	taskN  = 384  // columns of a task, where rows alone are too few to share

	serialFlops = 1 << 19 // products below this are not worth a fork
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
	scaleMatrix(c, beta)
	if c.Rows == 0 || c.Cols == 0 || a.Cols == 0 || alpha == 0 {
		return
	}
	if c.ColStride != 1 && c.RowStride == 1 && packed == nil {
		// The tile writes rows of C: a column-major C is the product of the
		// transposes.
		c, a, b = c.T(), b.T(), a.T()
	}
	w := takeWorkspace()
	w.set, w.c, w.a, w.b, w.alpha, w.packed = active, c, a, b, alpha, packed
	w.multiply()
	w.release()
}

// scaleMatrix sets C = beta·C.
func scaleMatrix(c Matrix, beta float32) {
	switch {
	case beta == 0:
		c.Zero()
	case beta != 1:
		for i := range c.Rows {
			for j := range c.Cols {
				c.Data[i*c.RowStride+j*c.ColStride] *= beta
			}
		}
	}
}

// A workspace is one product under way: its operands, where it stands, and
// the packed blocks. It outlives the product, so that the next allocates nothing.
type workspace struct {
	set     *kernels.Set
	c, a, b Matrix
	alpha   float32
	packed  *Packed

	jc, nc, pc, kc int // the block of B: columns jc to jc+nc, rows pc to pc+kc
	ic, mc         int // the block of A: rows ic to ic+mc
	taskRows       int
	blockA, ownB   []float32
	blockB         []float32 // ownB, or a block of packed
	tiles          []float32 // a tile a task, for the edges of C
	packAs, packBs func(lo, hi int)
	computeTasks   func(lo, hi int)
}

// multiply is the outer three loops; each block is packed, then computed, by
// all threads together.
func (w *workspace) multiply() {
	m, n, k := w.c.Rows, w.c.Cols, w.a.Cols
	fork := Parallel
	if m*n*k < serialFlops {
		fork = inPlace
	}
	w.taskRows = roundUp(blockM, w.set.MR)
	for w.jc = 0; w.jc < n; w.jc += blockN {
		w.nc = min(blockN, n-w.jc)
		for w.pc = 0; w.pc < k; w.pc += blockK {
			w.kc = min(blockK, k-w.pc)
			if w.packed != nil {
				w.blockB = w.packed.block(w.set, w.jc, w.pc, w.nc, w.kc)
			} else {
				w.ownB = grow(w.ownB, roundUp(w.nc, w.set.NR)*w.kc)
				w.blockB = w.ownB
				fork(panels(w.nc, w.set.NR), 16, w.packBs)
			}
			for w.ic = 0; w.ic < m; w.ic += chunkM {
				w.mc = min(chunkM, m-w.ic)
				w.blockA = grow(w.blockA, roundUp(w.mc, w.set.MR)*w.kc)
				fork(panels(w.mc, w.set.MR), 16, w.packAs)
				tasks := panels(w.mc, w.taskRows) * panels(w.nc, taskN)
				w.tiles = grow(w.tiles, tasks*w.set.MR*w.set.NR)
				fork(tasks, 1, w.computeTasks)
			}
		}
	}
}

func inPlace(n, _ int, body func(lo, hi int)) { body(0, n) }

// panels returns how many panels of the given width cover n.
func panels(n, width int) int { return (n + width - 1) / width }

func (w *workspace) packB(lo, hi int) {
	nr := w.set.NR
	for j := lo * nr; j < min(hi*nr, w.nc); j += nr {
		packPanel(w.blockB[j*w.kc:], w.b.T(), w.jc+j, min(nr, w.nc-j), nr, w.pc, w.kc)
	}
}

func (w *workspace) packA(lo, hi int) {
	mr := w.set.MR
	for i := lo * mr; i < min(hi*mr, w.mc); i += mr {
		panel := w.blockA[i*w.kc:][:mr*w.kc]
		packPanel(panel, w.a, w.ic+i, min(mr, w.mc-i), mr, w.pc, w.kc)
		if w.alpha != 1 {
			w.set.Scale(panel, w.alpha, panel)
		}
	}
}

func (w *workspace) compute(lo, hi int) {
	across := panels(w.nc, taskN)
	for task := lo; task < hi; task++ {
		i, j := task/across*w.taskRows, task%across*taskN
		scratch := w.tiles[task*w.set.MR*w.set.NR:][:w.set.MR*w.set.NR]
		w.computeTask(i, min(i+w.taskRows, w.mc), j, min(j+taskN, w.nc), scratch)
	}
}

// computeTask is the inner two loops: rows i0 to i1 and columns j0 to j1 of
// the block of C, tile by tile.
func (w *workspace) computeTask(i0, i1, j0, j1 int, scratch []float32) {
	mr, nr, kc, c := w.set.MR, w.set.NR, w.kc, w.c
	for j := j0; j < j1; j += nr {
		b := w.blockB[j*kc:][:nr*kc]
		for i := i0; i < i1; i += mr {
			a := w.blockA[i*kc:][:mr*kc]
			rows, cols := min(mr, i1-i), min(nr, j1-j)
			at := (w.ic+i)*c.RowStride + (w.jc+j)*c.ColStride
			if rows == mr && cols == nr && c.ColStride == 1 {
				w.set.Tile(kc, a, b, c.Data[at:], c.RowStride)
			} else {
				w.edgeTile(rows, cols, a, b, c.Data[at:], scratch)
			}
		}
	}
}

// edgeTile computes a full tile beside C and adds the part of it that C has.
func (w *workspace) edgeTile(rows, cols int, a, b, c, tile []float32) {
	nr := w.set.NR
	clear(tile)
	w.set.Tile(w.kc, a, b, tile, nr)
	for i := range rows {
		for j := range cols {
			c[i*w.c.RowStride+j*w.c.ColStride] += tile[i*nr+j]
		}
	}
}

// spare holds the workspaces of finished products.
var spare struct {
	sync.Mutex
	list []*workspace
}

func takeWorkspace() *workspace {
	spare.Lock()
	defer spare.Unlock()
	if last := len(spare.list) - 1; last >= 0 {
		w := spare.list[last]
		spare.list = spare.list[:last]
		return w
	}
	w := new(workspace)
	w.packAs, w.packBs, w.computeTasks = w.packA, w.packB, w.compute
	return w
}

func (w *workspace) release() {
	w.c, w.a, w.b, w.packed, w.blockB = Matrix{}, Matrix{}, Matrix{}, nil, nil
	spare.Lock()
	defer spare.Unlock()
	spare.list = append(spare.list, w)
}
