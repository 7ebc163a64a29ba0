package nn_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
)

func ExampleLinear() {
	l := nn.NewLinear(3, 2) // three inputs, two outputs
	copy(l.Weight.Value.Data, []float32{
		1, 2, 3,
		0, 1, 0,
	})
	copy(l.Bias.Value.Data, []float32{10, 20})

	x := lane.MatrixOf([]float32{1, 1, 1}, 1, 3)
	y := lane.NewMatrix(1, 2)
	l.Forward(y, x)
	fmt.Println("y ", y.Row(0))

	dx, dy := lane.NewMatrix(1, 3), lane.MatrixOf([]float32{1, 0}, 1, 2)
	l.Backward(dx, dy, x)
	fmt.Println("dx", dx.Row(0))
	fmt.Println("dW", l.Weight.Grad.Row(0), l.Weight.Grad.Row(1))
	fmt.Println("db", l.Bias.Grad.Row(0))
	// Output:
	// y  [16 21]
	// dx [1 2 3]
	// dW [1 1 1] [0 0 0]
	// db [1 0]
}

// An embedding looks up what one-hot rows times its matrix would compute.
func ExampleEmbedding() {
	e := nn.NewEmbedding(4, 2) // four words, two numbers each
	copy(e.Weight.Value.Data, []float32{
		0.1, 0.2,
		1.1, 1.2,
		2.1, 2.2,
		3.1, 3.2,
	})
	words := []int32{2, 0, 2}

	looked := lane.NewMatrix(3, 2)
	e.Forward(looked, words)

	hot, multiplied := lane.NewMatrix(3, 4), lane.NewMatrix(3, 2)
	nn.OneHot(hot, words)
	lane.Gemm(multiplied, 0, 1, hot, e.Weight.Value)

	for i := range words {
		fmt.Println(hot.Row(i), "· W =", multiplied.Row(i), "looked up:", looked.Row(i))
	}
	// Output:
	// [0 0 1 0] · W = [2.1 2.2] looked up: [2.1 2.2]
	// [1 0 0 0] · W = [0.1 0.2] looked up: [0.1 0.2]
	// [0 0 1 0] · W = [2.1 2.2] looked up: [2.1 2.2]
}

// One layer runs over two windows of a sequence; the state carries on from the first to the second.
func ExampleLSTM() {
	const steps, batch, in, hidden = 3, 2, 4, 5
	rng := rand.New(rand.NewPCG(1, 2))
	l := nn.NewLSTM(in, hidden)
	for _, p := range l.Params() {
		nn.Uniform(p.Value, -0.5, 0.5, rng)
		fmt.Println(p.Name, p.Value)
	}

	x, y := lane.NewMatrix(steps*batch, in), lane.NewMatrix(steps*batch, hidden)
	state := lane.NewMatrix(batch, l.StateSize()) // zeros: h and c of the first window
	dx, dy := lane.NewMatrix(steps*batch, in), lane.NewMatrix(steps*batch, hidden)
	for window := range 2 {
		nn.Uniform(x, -1, 1, rng)
		l.Forward(y, x, state)
		copy(dy.Data, y.Data) // the gradient of ½Σy²
		l.Backward(dx, dy, lane.Matrix{})

		last := y.Row((steps - 1) * batch)
		fmt.Println("window", window, "ends with h in the state:", fmt.Sprint(last) == fmt.Sprint(state.Row(0)[:hidden]))
	}
	// Output:
	// weight_ih 20×4
	// weight_hh 20×5
	// bias_ih 1×20
	// bias_hh 1×20
	// window 0 ends with h in the state: true
	// window 1 ends with h in the state: true
}

func ExampleSoftmaxCrossEntropy() {
	logits := lane.MatrixOf([]float32{
		0, 0, 0, 0,
		9, 0, 0, 0,
	}, 2, 4)
	dx := lane.NewMatrix(2, 4)
	loss := nn.SoftmaxCrossEntropy(dx, logits, []int32{1, -1}, 1) // the second row has no target
	fmt.Printf("%.4f\n", loss)                                    // log 4
	fmt.Println(dx.Row(0), dx.Row(1))
	// Output:
	// 1.3863
	// [0.25 -0.75 0.25 0.25] [0 0 0 0]
}

// A last layer over a thousand classes, of which 50 are frequent, learns one of the rare ones by heart.
func ExampleAdaptiveSoftmax() {
	layer := nn.NewAdaptiveSoftmax(32, 1000, []int{50, 300}, 4, true)
	rng := rand.New(rand.NewPCG(1, 2))
	for _, p := range layer.Params() {
		nn.Uniform(p.Value, -0.1, 0.1, rng)
		fmt.Println(p.Name, p.Value)
	}
	x, dx := lane.NewMatrix(1, 32), lane.NewMatrix(1, 32)
	nn.Uniform(x, -1, 1, rng)
	target := []int32{777}

	loss, optimizer := layer.NewCrossEntropy(), nn.NewSGD(1)
	for range 50 {
		nn.ZeroGrads(layer.Params())
		loss.Learn(dx, x, target, 1)
		optimizer.Step(layer.Params())
	}
	logProb := lane.NewMatrix(1, 1000)
	layer.Forward(logProb, x)
	fmt.Println("sure of it:", logProb.At(0, 777) > -0.05)
	// Output:
	// head.weight 52×32
	// head.bias 1×52
	// tail.0.0.weight 8×32
	// tail.0.1.weight 250×8
	// tail.1.0.weight 2×32
	// tail.1.1.weight 700×2
	// sure of it: true
}

// The classes of a language model's last layer are the words of its first.
func ExampleTiedAdaptiveSoftmax() {
	words := nn.NewEmbedding(1000, 32)
	layer := nn.NewTiedAdaptiveSoftmax(words.Weight, []int{50, 300})
	for _, p := range layer.Params() {
		fmt.Println(p.Name, p.Value)
	}
	// Output:
	// weight 1000×32
	// bias 1×1000
	// clusters.weight 2×32
	// clusters.bias 1×2
}
