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
	switch {
	case m.RowStride == 1:
		for p := range kc {
			copy(dst[p*width:][:rows], m.Data[i+(pc+p)*m.ColStride:])
		}
	case m.ColStride == 1 && rows == width:
		packRows(dst, m, i, width, pc, kc)
	default:
		for r := range rows {
			src := m.Data[(i+r)*m.RowStride+pc*m.ColStride:]
			for p := range kc {
				dst[p*width+r] = src[p*m.ColStride]
			}
		}
	}
}

// packRows is packPanel for width contiguous rows, four at a time and then two, so that
// what is written lies side by side too.
func packRows(dst []float32, m Matrix, i, width, pc, kc int) {
	row := func(r int) []float32 { return m.Data[(i+r)*m.RowStride+pc:][:kc] }
	r := 0
	for ; r+4 <= width; r += 4 {
		s0, s1, s2, s3 := row(r), row(r+1), row(r+2), row(r+3)
		for p := range kc {
			d := dst[p*width+r:][:4]
			d[0], d[1], d[2], d[3] = s0[p], s1[p], s2[p], s3[p]
		}
	}
	for ; r < width; r += 2 {
		s0, s1 := row(r), row(r+1)
		for p := range kc {
			d := dst[p*width+r:][:2]
			d[0], d[1] = s0[p], s1[p]
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
