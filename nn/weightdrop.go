package nn

import (
	"fmt"
	"math/rand/v2"

	"github.com/lane-go/lane"
)

// WeightDrop sets elements of a weight to 0 with probability p for one training step and multiplies the others by
// 1/(1 − p): DropConnect (Wan et al. 2013) on the recurrent weights, as in AWD-LSTM (Merity, Keskar & Socher 2018,
// section 2). As the same weights are dropped through all steps of a window, what a layer remembers is not disturbed
// on the way, as it would be by a dropout of its hidden state.
//
//	d.Drop()
//	… forward, loss, backward …
//	d.Restore()
//	opt.Step(params)
type WeightDrop struct {
	weight  *Param
	mask    mask
	whole   lane.Matrix // the weight's Value while that is left
	left    lane.Matrix // what a mask leaves of it
	dropped bool
}

// NewWeightDrop returns what drops elements of weight with probability p; p and rng are as for [NewDropout]. Each
// Drop that drops draws two numbers from rng.
func NewWeightDrop(p float32, weight *Param, rng *rand.Rand) *WeightDrop {
	weight.check("NewWeightDrop")
	return &WeightDrop{weight: weight, mask: newMask("NewWeightDrop", p, rng), left: lane.NewMatrix(weight.Value.Rows, weight.Value.Cols)}
}

// SetP changes the probability, from the next Drop on; p is as for [NewDropout].
func (d *WeightDrop) SetP(p float32) { d.mask.setP("WeightDrop.SetP", p) }

// Drop replaces the weight's Value by another matrix, what a new mask leaves of it, until Restore. It panics if that is due.
func (d *WeightDrop) Drop() {
	if d.dropped {
		panic(fmt.Sprintf("nn: WeightDrop.Drop: parameter %q is dropped already; Restore it first", d.weight.Name))
	}
	d.dropped, d.whole = true, d.weight.Value
	d.mask.forward(d.left, d.whole, d.whole.Rows, true)
	d.weight.Value = d.left
}

// Restore gives the weight its Value back, and makes of the gradient with respect to what was left the one with respect to the
// weight: all of it must have been gathered since Drop. It panics without a Drop before.
func (d *WeightDrop) Restore() {
	if !d.dropped {
		panic(fmt.Sprintf("nn: WeightDrop.Restore: parameter %q is not dropped", d.weight.Name))
	}
	d.dropped, d.weight.Value = false, d.whole
	d.mask.backward("WeightDrop.Restore", d.weight.Grad, d.weight.Grad)
}
