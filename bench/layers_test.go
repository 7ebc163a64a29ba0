package bench

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
)

// The windows of language models: 20 streams of 35 steps.
const batch, steps = 20, 35

// BenchmarkRecurrent runs a window forward, and forward and back.
func BenchmarkRecurrent(b *testing.B) {
	cells := []struct {
		name  string
		gates int
		make  func(in, hidden int) nn.Recurrent
	}{
		{"rnn", 1, func(in, hidden int) nn.Recurrent { return nn.NewRNN(in, hidden) }},
		{"lstm", 4, func(in, hidden int) nn.Recurrent { return nn.NewLSTM(in, hidden) }},
		{"gru", 3, func(in, hidden int) nn.Recurrent { return nn.NewGRU(in, hidden) }},
	}
	overThreads(b, func(b *testing.B, threads string) {
		for _, c := range cells {
			for _, h := range []int{100, 650} {
				layer := c.make(h, h)
				randomise(layer.Params())
				x, y, dx := randomMatrix(steps*batch, h), lane.NewMatrix(steps*batch, h), lane.NewMatrix(steps*batch, h)
				state := lane.NewMatrix(batch, layer.StateSize())
				flops := 2 * steps * batch * c.gates * h * 2 * h
				b.Run(fmt.Sprintf("%s/cell=%s/hidden=%d/pass=forward", threads, c.name, h), func(b *testing.B) {
					for b.Loop() {
						layer.Forward(y, x, state)
					}
					reportFlops(b, flops)
				})
				b.Run(fmt.Sprintf("%s/cell=%s/hidden=%d/pass=both", threads, c.name, h), func(b *testing.B) {
					for b.Loop() {
						layer.Forward(y, x, state)
						layer.Backward(dx, y, lane.Matrix{})
					}
					reportFlops(b, 3*flops)
				})
			}
		}
	})
}

// BenchmarkOutput is the last layer of a language model: logits, cross-entropy and gradients of a window, one after the
// other, fused, and of the clusters that the targets are in alone, whose operations it doesn't count. All logits of a large vocabulary are left out.
func BenchmarkOutput(b *testing.B) {
	overThreads(b, func(b *testing.B, threads string) {
		for _, size := range [][2]int{{100, 10_000}, {650, 10_000}, {100, 200_000}} {
			h, vocabulary := size[0], size[1]
			x, dx := randomMatrix(steps*batch, h), lane.NewMatrix(steps*batch, h)
			targets := randomIDs(steps*batch, int32(vocabulary))
			run := func(name string, flops int, step func()) {
				b.Run(fmt.Sprintf("%s/layer=%s/hidden=%d/vocabulary=%d", threads, name, h, vocabulary), func(b *testing.B) {
					for b.Loop() {
						step()
					}
					if flops > 0 {
						reportFlops(b, flops)
					}
				})
			}
			linear, adaptive := nn.NewLinear(h, vocabulary), nn.NewAdaptiveSoftmax(h, vocabulary, []int{2000, 6000}, 4, false)
			tied := nn.NewTiedAdaptiveSoftmax(linear.Weight, []int{2000})
			randomise(slices.Concat(linear.Params(), adaptive.Params(), tied.Clusters.Params()))
			flops := 3 * 2 * steps * batch * h * vocabulary
			if vocabulary <= 10_000 {
				logits := lane.NewMatrix(steps*batch, vocabulary)
				run("Linear", flops, func() {
					linear.Forward(logits, x)
					nn.SoftmaxCrossEntropy(logits, logits, targets, 1)
					linear.Backward(dx, logits, x)
				})
			}
			learn := func(layer nn.Classifier) func() {
				loss := layer.NewCrossEntropy()
				return func() {
					loss.Learn(dx, x, targets, 1)
				}
			}
			run("CrossEntropy", flops, learn(linear))
			run("AdaptiveSoftmax", 0, learn(adaptive))
			run("TiedAdaptiveSoftmax", 0, learn(tied))
		}
	})
}

// BenchmarkElementwiseLayers are those bound by memory or by exp.
func BenchmarkElementwiseLayers(b *testing.B) {
	const width = 650
	x, y := randomMatrix(steps*batch, width), lane.NewMatrix(steps*batch, width)
	dx, dy := lane.NewMatrix(steps*batch, width), randomMatrix(steps*batch, width)
	likely := randomMatrix(steps*batch, width) // outputs of Softmax and targets of SigmoidCrossEntropy
	nn.Softmax(likely, likely)
	dropout, variational := nn.NewDropout(0.5, rand.New(rand.NewPCG(1, 1))), nn.NewVariationalDropout(0.5, rand.New(rand.NewPCG(1, 1)))
	dropout.Forward(y, x) // draws the mask that Backward takes
	variational.Forward(y, x, batch)
	embedding := nn.NewEmbedding(10_000, width)
	ids := randomIDs(steps*batch, 10_000)
	words := nn.NewEmbeddingDropout(0.1, 10_000, rand.New(rand.NewPCG(1, 1)))
	recurrent := nn.NewWeightDrop(0.2, nn.NewParam("weight", 4*width, width), rand.New(rand.NewPCG(1, 1)))
	logits := randomMatrix(steps*batch, 10_000)
	targets := randomIDs(steps*batch, 10_000)
	layers := []struct {
		name string
		run  func()
	}{
		{"Sigmoid", func() { nn.Sigmoid(y, x) }},
		{"SigmoidBackward", func() { nn.SigmoidBackward(dx, dy, x) }},
		{"Tanh", func() { nn.Tanh(y, x) }},
		{"TanhBackward", func() { nn.TanhBackward(dx, dy, x) }},
		{"ReLU", func() { nn.ReLU(y, x) }},
		{"ReLUBackward", func() { nn.ReLUBackward(dx, dy, x) }},
		{"Softmax", func() { nn.Softmax(y, x) }},
		{"SoftmaxBackward", func() { nn.SoftmaxBackward(dx, dy, likely) }},
		{"Dropout", func() { dropout.Forward(y, x) }},
		{"DropoutBackward", func() { dropout.Backward(dx, dy) }},
		{"VariationalDropout", func() { variational.Forward(y, x, batch) }},
		{"VariationalDropoutBackward", func() { variational.Backward(dx, dy) }},
		{"EmbeddingForward", func() { embedding.Forward(y, ids) }},
		{"EmbeddingBackward", func() { embedding.Backward(y, ids) }},
		{"EmbeddingDropout", func() { words.Forward(y, x, ids) }},
		{"WeightDrop", func() { recurrent.Drop(); recurrent.Restore() }},
		{"SoftmaxCrossEntropy", func() { nn.SoftmaxCrossEntropy(logits, logits, targets, 1) }},
		{"SigmoidCrossEntropy", func() { nn.SigmoidCrossEntropy(dx, x, likely, 1) }},
	}
	overThreads(b, func(b *testing.B, threads string) {
		for _, l := range layers {
			b.Run(fmt.Sprintf("%s/layer=%s", threads, l.name), func(b *testing.B) {
				for b.Loop() {
					l.run()
				}
			})
		}
	})
}

// BenchmarkNegativeSampling is the loss of word vectors and its gradients.
func BenchmarkNegativeSampling(b *testing.B) {
	const centres, width = 256, 100
	overThreads(b, func(b *testing.B, threads string) {
		for _, negatives := range []int{5, 20} {
			v, dv := randomMatrix(centres, width), lane.NewMatrix(centres, width)
			u, du := randomMatrix(centres*(1+negatives), width), lane.NewMatrix(centres*(1+negatives), width)
			b.Run(fmt.Sprintf("%s/negatives=%d/width=%d", threads, negatives, width), func(b *testing.B) {
				for b.Loop() {
					nn.NegativeSampling(dv, du, v, u, 1)
				}
				reportFlops(b, 3*2*centres*(1+negatives)*width)
			})
		}
	})
}

// BenchmarkOptimizer updates six and a half million parameters.
func BenchmarkOptimizer(b *testing.B) {
	p := nn.NewParam("weight", 10_000, 650)
	nn.Uniform(p.Grad, -1e-6, 1e-6, rand.New(rand.NewPCG(1, 1)))
	params := []*nn.Param{p}
	step := func(o nn.Optimizer) func() { return func() { o.Step(params) } }
	optimizers := []struct {
		name    string
		streams int // of parameters, gradients and averages that it reads or writes
		step    func()
	}{
		{"ClipNorm", 1, func() { nn.ClipNorm(params, 1e6) }},
		{"SGD", 3, step(nn.NewSGD(1e-6))},
		{"Momentum", 5, step(nn.NewMomentum(1e-6, 0.9))},
		{"AdaGrad", 5, step(nn.NewAdaGrad(1e-6))},
		{"Adam", 7, step(nn.NewAdam(1e-6))},
		{"AdamW", 7, step(nn.NewAdamW(1e-6))},
		{"Average", 3, nn.NewAverage(params).Add},
	}
	overThreads(b, func(b *testing.B, threads string) {
		for _, o := range optimizers {
			b.Run(fmt.Sprintf("%s/optimizer=%s", threads, o.name), func(b *testing.B) {
				o.step() // the first one makes the averages
				for b.Loop() {
					o.step()
				}
				reportElements(b, len(p.Value.Data), 4*o.streams*len(p.Value.Data))
			})
		}
	})
}

func randomise(params []*nn.Param) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, p := range params {
		nn.Uniform(p.Value, -0.1, 0.1, rng)
	}
}

// randomIDs returns n ids below limit, the same at every call.
func randomIDs(n int, limit int32) []int32 {
	rng := rand.New(rand.NewPCG(1, 1))
	ids := make([]int32, n)
	for i := range ids {
		ids[i] = rng.Int32N(limit)
	}
	return ids
}
