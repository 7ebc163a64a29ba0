package rnnlm

import (
	"math/rand/v2"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
)

// pass is a model, up to its last layer's output, unrolled over windows of up to T steps of B streams: the activations
// that the way back needs, and the state that goes from window to window. What it holds is kept from step to step.
type pass struct {
	model  *Model
	batch  int
	states []lane.Matrix // B×H or B×2H, one a layer

	words   *nn.EmbeddingDropout // nil drops nothing
	drop    []dropout            // before each layer and after the last; nil drops nothing
	outputs []lane.Matrix        // of the embedding and of each layer: T·B×E, T·B×H …
	dropped []lane.Matrix        // what dropout leaves of them
	grads   []lane.Matrix        // ∂loss/∂dropped
}

// newPass returns a pass for reading; addTraining makes it one for learning.
func newPass(m *Model, batch, steps int) *pass {
	p := &pass{model: m, batch: batch, outputs: m.newActivations(batch * steps)}
	for _, layer := range m.layers {
		p.states = append(p.states, lane.NewMatrix(batch, layer.StateSize()))
	}
	return p
}

// addTraining adds what the way back needs, and dropout that draws from rng.
func (p *pass) addTraining(rng *rand.Rand) {
	rows := p.outputs[0].Rows
	p.grads = p.model.newActivations(rows)
	c := p.model.config
	if c.EmbedDropout > 0 {
		p.words = nn.NewEmbeddingDropout(float32(c.EmbedDropout), c.Vocab, rng)
	}
	if c.Dropout > 0 {
		p.dropped = p.model.newActivations(rows)
		for range p.outputs {
			p.drop = append(p.drop, newDropout(c, rng))
		}
	}
}

// setDropout has activations and words dropped at this part of the configuration's rates.
func (p *pass) setDropout(part float64) {
	c := p.model.config
	if p.words != nil {
		p.words.SetP(float32(part * c.EmbedDropout))
	}
	for _, d := range p.drop {
		d.SetP(float32(part * c.Dropout))
	}
}

// newActivations returns a matrix for the embedding's output and one for each layer's.
func (m *Model) newActivations(rows int) []lane.Matrix {
	a := []lane.Matrix{lane.NewMatrix(rows, m.config.Embed)}
	for range m.layers {
		a = append(a, lane.NewMatrix(rows, m.config.Hidden))
	}
	return a
}

// reset starts anew, from the zero state.
func (p *pass) reset() {
	for _, s := range p.states {
		s.Zero()
	}
}

// forward reads a window of T·B ids and returns what the decoder reads: T·B×H, valid until the next call.
func (p *pass) forward(ids []int32) lane.Matrix {
	y := p.outputs[0].Top(len(ids))
	p.model.encoder.Forward(y, ids)
	if p.words != nil {
		p.words.Forward(y, y, ids)
	}
	x := p.dropForward(0, y)
	for l, layer := range p.model.layers {
		y := p.outputs[l+1].Top(len(ids))
		layer.Forward(y, x, p.states[l])
		x = p.dropForward(l+1, y)
	}
	return x
}

// topGrad is where the gradient of forward's result belongs before backward.
func (p *pass) topGrad(ids []int32) lane.Matrix { return p.grads[len(p.grads)-1].Top(len(ids)) }

// backward adds the window's gradients, from topGrad on, to those of the parameters. The window's initial state counts as a
// constant: this is where the backpropagation through time is truncated.
func (p *pass) backward(ids []int32) {
	dy := p.topGrad(ids)
	for l := len(p.model.layers) - 1; l >= 0; l-- {
		p.dropBackward(l+1, dy)
		dx := p.grads[l].Top(len(ids))
		p.model.layers[l].Backward(dx, dy, lane.Matrix{})
		dy = dx
	}
	p.dropBackward(0, dy)
	if p.words != nil {
		p.words.Backward(dy, dy, ids)
	}
	p.model.encoder.Backward(dy, ids)
}

func (p *pass) dropForward(i int, y lane.Matrix) lane.Matrix {
	if p.drop == nil {
		return y
	}
	x := p.dropped[i].Top(y.Rows)
	p.drop[i].Forward(x, y, p.batch)
	return x
}

func (p *pass) dropBackward(i int, dy lane.Matrix) {
	if p.drop != nil {
		p.drop[i].Backward(dy, dy)
	}
}

// dropout is either kind of it.
type dropout interface {
	SetP(p float32)
	Forward(y, x lane.Matrix, batch int)
	Backward(dx, dy lane.Matrix)
}

func newDropout(c Config, rng *rand.Rand) dropout {
	if c.Variational {
		return nn.NewVariationalDropout(float32(c.Dropout), rng)
	}
	return independent{nn.NewDropout(float32(c.Dropout), rng)}
}

// independent draws for every number anew, whatever the batch.
type independent struct{ *nn.Dropout }

func (d independent) Forward(y, x lane.Matrix, _ int) { d.Dropout.Forward(y, x) }
