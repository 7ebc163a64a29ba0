package lane

import (
	"fmt"

	"github.com/lane-go/lane/kernels"
)

// Packed is a matrix laid out once in the panels that the product reads, for
// a right-hand side that is used many times, as a layer's weights are.
type Packed struct {
	data       []float32
	rows, cols int
}

// Pack returns b (k×n, any strides) packed for [GemmPacked].
func Pack(b Matrix) *Packed {
	p := new(Packed)
	p.Repack(b)
	return p
}

// Repack packs b in the place of what p held; it allocates only to grow.
func (p *Packed) Repack(b Matrix) {
	set := active
	p.rows, p.cols = b.Rows, b.Cols
	p.data = grow(p.data, roundUp(b.Cols, set.NR)*b.Rows)
	for jc := 0; jc < b.Cols; jc += blockN {
		nc := min(blockN, b.Cols-jc)
		for pc := 0; pc < b.Rows; pc += blockK {
			kc := min(blockK, b.Rows-pc)
			panels := p.block(set, jc, pc, nc, kc)
			for j := 0; j < nc; j += set.NR {
				packPanel(panels[j*kc:], b.T(), jc+j, min(set.NR, nc-j), set.NR, pc, kc)
			}
		}
	}
}

// block returns the panels of rows pc to pc+kc and columns jc to jc+nc: the
// column blocks one after the other, and within each its row blocks.
func (p *Packed) block(set *kernels.Set, jc, pc, nc, kc int) []float32 {
	wide := roundUp(nc, set.NR)
	start := roundUp(jc, set.NR)*p.rows + wide*pc
	return p.data[start : start+wide*kc]
}

// String returns the shape, as "3×4".
func (p *Packed) String() string { return fmt.Sprintf("%d×%d", p.rows, p.cols) }

// packPanel writes one panel: columns pc to pc+kc of the rows i to i+rows of
// m, one column after the other, each filled up with zeros to width.
func packPanel(dst []float32, m Matrix, i, rows, width, pc, kc int) {
	dst = dst[:kc*width]
	if rows < width {
		clear(dst)
	}
	if m.RowStride == 1 {
		for p := range kc {
			copy(dst[p*width:][:rows], m.Data[i+(pc+p)*m.ColStride:])
		}
		return
	}
	for r := range rows {
		src := m.Data[(i+r)*m.RowStride+pc*m.ColStride:]
		for p, at := 0, 0; p < kc; p, at = p+1, at+m.ColStride {
			dst[p*width+r] = src[at]
		}
	}
}

func roundUp(n, multiple int) int { return (n + multiple - 1) / multiple * multiple }

// grow returns a slice of length n, s itself when it is large enough. What it
// holds is unspecified.
func grow(s []float32, n int) []float32 {
	if cap(s) < n {
		return make([]float32, n)
	}
	return s[:n]
}
