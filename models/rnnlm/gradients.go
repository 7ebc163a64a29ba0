package rnnlm

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
)

// Flow is an experiment on how far gradients flow back through time (Bengio, Simard & Frasconi 1994; Pascanu, Mikolov & Bengio
// 2013): one layer runs for some steps, the loss is a random projection of the last hidden state, and the norm of
// ∂loss/∂h_t is taken at every step t.
//
// Each gate's recurrent weight is a random orthogonal matrix times Scale, so that its spectral radius and norm are Scale exactly; input
// and initial state are zero, where tanh has slope 1 and σ slope 1/4. A plain layer then multiplies the norm by
// Scale at every step back: below 1 it vanishes, above 1 it explodes. In an LSTM the cell carries the gradient back times the forget gate.
type Flow struct {
	Cell   Cell
	Hidden int     // H
	Steps  int     // T
	Scale  float64 // spectral radius of the recurrent weights
	Clip   float64 // largest global norm of the parameters' gradients; 0 does not clip
	Seed   uint64

	// ForgetBias is the bias of an LSTM's forget gate, and of a GRU's update gate z: 1, the customary start (Jozefowicz, Zaremba &
	// Sutskever 2015), keeps σ(1) = 0.73 of a unit at each step. Plain layers have no such gate.
	ForgetBias float64
}

// DefaultFlow returns the experiment with 64 units, 50 steps, scale 1, forget bias 1, seed 1 and no clipping.
func DefaultFlow(cell Cell) Flow {
	return Flow{Cell: cell, Hidden: 64, Steps: 50, Scale: 1, ForgetBias: 1, Seed: 1}
}

// FlowResult is what a Flow shows. Norms of gradients beyond float32's range are +Inf, and clipping leaves those as they are.
type FlowResult struct {
	Norms   []float64 // ‖∂loss/∂h_t‖ for t = 0 … T−1
	Clipped []float64 // the same after clipping, which scales all steps alike
	Global  float64   // global norm of the parameters' gradients, before clipping
}

func (f Flow) validate() error {
	const maxHidden, maxSteps, maxScale = 2048, 100_000, 1e30
	if err := f.Cell.validate(); err != nil {
		return err
	}
	switch {
	case f.Hidden < 1 || f.Hidden > maxHidden:
		return fmt.Errorf("rnnlm: hidden %d: take 1 to %d", f.Hidden, maxHidden)
	case f.Steps < 1 || f.Steps > maxSteps:
		return fmt.Errorf("rnnlm: steps %d: take 1 to %d", f.Steps, maxSteps)
	case !(f.Scale >= 0 && f.Scale <= maxScale):
		return fmt.Errorf("rnnlm: scale %v: take 0 or more, up to %g", f.Scale, maxScale)
	case !(f.Clip >= 0) || math.IsInf(f.Clip, 0):
		return fmt.Errorf("rnnlm: clip %v: take 0 (no clipping) or more", f.Clip)
	case !finite(f.ForgetBias):
		return fmt.Errorf("rnnlm: forget bias %v: take a number", f.ForgetBias)
	}
	return nil
}

// GradientFlow runs the experiment f.
func GradientFlow(f Flow) (FlowResult, error) {
	if err := f.validate(); err != nil {
		return FlowResult{}, err
	}
	rng := rand.New(rand.NewPCG(f.Seed, flowStream))
	layer := f.layer(rng)
	h := lane.NewMatrix(f.Steps, f.Hidden)
	layer.Forward(h, lane.NewMatrix(f.Steps, 1), lane.NewMatrix(1, layer.StateSize()))

	dh := lane.NewMatrix(f.Steps, f.Hidden)
	last := dh.Slice(f.Steps-1, f.Steps, 0, f.Hidden)
	nn.Normal(last, 0, 1, rng)
	lane.Scale(last.Data, float32(1/norm(last.Data)), last.Data)
	layer.Backward(lane.Matrix{}, dh, lane.Matrix{})

	r := FlowResult{Global: infiniteIfNaN(nn.ClipNorm(layer.Params(), 0))}
	factor := nn.ClipFactor(r.Global, f.Clip)
	for t := range f.Steps {
		n := infiniteIfNaN(norm(layer.HiddenGradients().Row(t)))
		r.Norms = append(r.Norms, n)
		r.Clipped = append(r.Clipped, n*factor)
	}
	return r, nil
}

// layer returns the layer with its recurrent weights, and zero input weights.
func (f Flow) layer(rng *rand.Rand) nn.Recurrent {
	layer := newLayer(f.Cell, 1, f.Hidden)
	for _, p := range layer.Params() {
		switch {
		case p.Name == "weight_hh":
			for g := range f.Cell.gates() {
				gate := p.Value.Slice(g*f.Hidden, (g+1)*f.Hidden, 0, f.Hidden)
				nn.Orthogonal(gate, rng)
				lane.Scale(gate.Data, float32(f.Scale), gate.Data)
			}
		case p.Name == "bias_ih" && f.Cell != RNN: // f and z are both the second gate
			for j := range f.Hidden {
				p.Value.Set(0, f.Hidden+j, float32(f.ForgetBias))
			}
		case p.Name == "bias_hh":
			p.Frozen = f.Cell != GRU
		}
	}
	return layer
}

// infiniteIfNaN returns the norm of gradients that began finite: ∞ − ∞ and 0·∞, the only ways to a NaN from there, say
// that they left float32's range.
func infiniteIfNaN(norm float64) float64 {
	if math.IsNaN(norm) {
		return math.Inf(1)
	}
	return norm
}

// norm returns √(Σ x²).
func norm(x []float32) float64 { return math.Sqrt(lane.SumSquares(x)) }
