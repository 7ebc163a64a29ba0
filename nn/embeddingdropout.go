package nn

import (
	"fmt"
	"math/rand/v2"

	"github.com/lane-go/lane"
)

// EmbeddingDropout sets what is looked up for a word to 0 wherever the word occurs in a window, with probability p for
// each word, and multiplies the others by 1/(1 − p) (Gal & Ghahramani 2016, section 4.2; Merity, Keskar & Socher 2018,
// section 4.3), so that a model doesn't lean on single words.
type EmbeddingDropout struct {
	Train bool // false, for evaluation, makes the layer the identity
	mask  mask
	words int
}

// NewEmbeddingDropout returns a layer in training mode for ids from 0 to words − 1; p and rng are as for [NewDropout].
func NewEmbeddingDropout(p float32, words int, rng *rand.Rand) *EmbeddingDropout {
	if words < 0 {
		panic(fmt.Sprintf("nn: NewEmbeddingDropout: %d words", words))
	}
	return &EmbeddingDropout{Train: true, mask: newMask("NewEmbeddingDropout", p, rng), words: words}
}

// SetP changes the probability, from the next Forward on; p is as for [NewDropout].
func (d *EmbeddingDropout) SetP(p float32) { d.mask.setP("EmbeddingDropout.SetP", p) }

// Forward computes row i of y (len(ids)×H) as row i of x times the factor of ids[i], with new factors. y may be x.
func (d *EmbeddingDropout) Forward(y, x lane.Matrix, ids []int32) {
	checkShape("EmbeddingDropout.Forward", "x", x, len(ids), x.Cols)
	checkShape("EmbeddingDropout.Forward", "y", y, len(ids), x.Cols)
	d.mask.rows, d.mask.cols = x.Rows, x.Cols
	d.mask.renew(d.words, 1, d.Train)
	d.multiply(y, x, ids)
}

// Backward computes dx from dy as Forward computed y from x, with the same factors. dx may be dy.
func (d *EmbeddingDropout) Backward(dx, dy lane.Matrix, ids []int32) {
	checkShape("EmbeddingDropout.Backward", "dy", dy, d.mask.rows, d.mask.cols)
	checkShape("EmbeddingDropout.Backward", "dx", dx, d.mask.rows, d.mask.cols)
	if len(ids) != dy.Rows {
		panic(fmt.Sprintf("nn: EmbeddingDropout.Backward: %d ids for %d rows", len(ids), dy.Rows))
	}
	d.multiply(dx, dy, ids)
}

func (d *EmbeddingDropout) multiply(y, x lane.Matrix, ids []int32) {
	if absent(d.mask.factors) {
		copyRows(y, x)
		return
	}
	for i, id := range ids {
		if uint64(id) >= uint64(d.words) {
			panic(fmt.Sprintf("nn: EmbeddingDropout: ids[%d] = %d of %d words", i, id, d.words))
		}
		lane.Scale(y.Row(i), d.mask.factors.Data[id], x.Row(i))
	}
}
