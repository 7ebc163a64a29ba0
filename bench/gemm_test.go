package bench

import (
	"fmt"
	"testing"

	"github.com/lane-go/lane"
)

// shapes are the products that training is made of.
var shapes = []struct {
	op      string // N or T for A, then for B
	m, n, k int
}{
	// Squares, to compare with any other library.
	{"NN", 64, 64, 64}, {"NN", 128, 128, 128}, {"NN", 256, 256, 256}, {"NN", 512, 512, 512}, {"NN", 1024, 1024, 1024}, {"NN", 2048, 2048, 2048},
	// LSTM forward: a step of the recurrence, a window's input projection, the output layer.
	{"NN", 20, 400, 100}, {"NN", 20, 2600, 650}, {"NN", 700, 400, 100}, {"NN", 700, 2600, 650}, {"NN", 700, 10000, 100}, {"NN", 700, 10000, 650},
	// LSTM backward: dX = dY·W, dW = dYᵀ·X, and the recurrent step's dH.
	{"NT", 700, 650, 10000}, {"TN", 650, 10000, 700}, {"NT", 20, 650, 2600}, {"TN", 650, 2600, 700}, {"NT", 20, 100, 400},
	// word2vec with shared negatives: scores, and both gradients.
	{"NT", 10, 6, 100}, {"NT", 16, 6, 300}, {"NT", 32, 21, 300}, {"NN", 16, 300, 6}, {"TN", 6, 300, 16},
}

func BenchmarkGemm(b *testing.B)       { benchGemm(b, lane.Float32, false) }
func BenchmarkGemmPacked(b *testing.B) { benchGemm(b, lane.Float32, true) }

// %peak is that of float32, and up to twice as much is to be had.
func BenchmarkGemmBFloat16(b *testing.B)       { benchGemm(b, lane.BFloat16, false) }
func BenchmarkGemmBFloat16Packed(b *testing.B) { benchGemm(b, lane.BFloat16, true) }

// benchGemm multiplies all shapes, with B where it lies or packed beforehand.
func benchGemm(b *testing.B, p lane.Precision, packed bool) {
	if !p.Native() {
		b.Skipf("this CPU has no instructions for %v", p)
	}
	overThreads(b, func(b *testing.B, threads string) {
		for _, s := range shapes {
			b.Run(fmt.Sprintf("%s/op=%s/m=%d/n=%d/k=%d", threads, s.op, s.m, s.n, s.k), func(b *testing.B) {
				x, y, c := operand(s.op[0], s.m, s.k), operand(s.op[1], s.k, s.n), lane.NewMatrix(s.m, s.n)
				multiply := func() { p.Gemm(c, 0, 1, x, y) }
				if packed {
					beforehand := p.Pack(y)
					multiply = func() { lane.GemmPacked(c, 0, 1, x, beforehand) }
				}
				multiply() // the pages of C come into being
				for b.Loop() {
					multiply()
				}
				reportFlops(b, 2*s.m*s.n*s.k)
			})
		}
	})
}

// BenchmarkGemmBias is the products of layers with their bias and activation, packed beforehand, beside
// the plain product.
func BenchmarkGemmBias(b *testing.B) {
	activations := []struct {
		name string
		f    lane.Activation
	}{{"none", lane.NoActivation}, {"sigmoid", lane.SigmoidActivation}, {"tanh", lane.TanhActivation}, {"relu", lane.ReLUActivation}}
	overThreads(b, func(b *testing.B, threads string) {
		for _, s := range shapes[6:12] { // LSTM forward
			x, c := operand(s.op[0], s.m, s.k), lane.NewMatrix(s.m, s.n)
			y, bias := lane.Pack(operand(s.op[1], s.k, s.n)), randomVector(s.n)
			name := fmt.Sprintf("%s/m=%d/n=%d/k=%d", threads, s.m, s.n, s.k)
			lane.GemmPacked(c, 0, 1, x, y)
			b.Run(name+"/plain", func(b *testing.B) {
				for b.Loop() {
					lane.GemmPacked(c, 0, 1, x, y)
				}
				reportFlops(b, 2*s.m*s.n*s.k)
			})
			for _, a := range activations {
				b.Run(name+"/activation="+a.name, func(b *testing.B) {
					for b.Loop() {
						lane.GemmPackedBias(c, 0, 1, x, y, bias, a.f)
					}
					reportFlops(b, 2*s.m*s.n*s.k)
				})
			}
		}
	})
}

// operand returns a rows×cols matrix, stored transposed when op is 'T'.
func operand(op byte, rows, cols int) lane.Matrix {
	if op == 'T' {
		return randomMatrix(cols, rows).T()
	}
	return randomMatrix(rows, cols)
}
