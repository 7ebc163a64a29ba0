package nn

import (
	"fmt"

	"github.com/lane-go/lane"
)

// Embedding is a table with one row of H numbers for each of V ids. Looking rows up is the product of
// one-hot rows with the table ([OneHot]) without its V·H multiplications a row (Bengio et al. 2003,
// section 2).
type Embedding struct {
	Weight *Param // "weight", V×H
}

// NewEmbedding returns a table of v rows of h numbers, all zero: fill the weight with one of the
// initialisers. PyTorch draws it from the standard normal distribution. It panics unless both sizes
// are positive.
func NewEmbedding(v, h int) *Embedding {
	if v < 1 || h < 1 {
		panic(fmt.Sprintf("nn: NewEmbedding: %d rows of %d", v, h))
	}
	return &Embedding{Weight: NewParam("weight", v, h)}
}

// Params returns the weight.
func (e *Embedding) Params() []*Param { return []*Param{e.Weight} }

// Forward sets row i of y (len(ids)×H) to row ids[i] of the table. An id outside 0…V−1 panics.
func (e *Embedding) Forward(y lane.Matrix, ids []int32) {
	checkShape("Embedding.Forward", "y", y, len(ids), e.Weight.Value.Cols)
	lane.Gather(y, e.Weight.Value, ids)
}

// Backward adds row i of dy (len(ids)×H) to row ids[i] of the gradient; the rows of an id that occurs
// several times add up.
func (e *Embedding) Backward(dy lane.Matrix, ids []int32) {
	checkShape("Embedding.Backward", "dy", dy, len(ids), e.Weight.Value.Cols)
	lane.ScatterAdd(e.Weight.Grad, ids, 1, dy)
	if e.Weight.sparse() {
		e.Weight.rows.add(ids)
	}
}

// OneHot sets row i of dst (len(ids)×V) to zeros with a one in column ids[i]. An id outside 0…V−1
// panics. OneHot times an embedding's weight is what [Embedding.Forward] looks up.
func OneHot(dst lane.Matrix, ids []int32) {
	checkShape("OneHot", "dst", dst, len(ids), dst.Cols)
	dst.Zero()
	for i, id := range ids {
		if id < 0 || int(id) >= dst.Cols {
			panic(fmt.Sprintf("nn: OneHot: ids[%d] = %d of %d classes", i, id, dst.Cols))
		}
		dst.Set(i, int(id), 1)
	}
}
