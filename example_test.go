package lane_test

import (
	"fmt"
	"sync/atomic"

	"github.com/lane-go/lane"
)

func ExampleDot() {
	fmt.Println(lane.Dot([]float32{1, 2, 3}, []float32{4, 5, 6}))
	// Output: 32
}

func ExampleAxpy() {
	y := []float32{10, 20, 30}
	lane.Axpy(y, 0.5, []float32{1, 2, 3}) // y += 0.5·x
	fmt.Println(y)
	// Output: [10.5 21 31.5]
}

func ExampleAdd() {
	x := []float32{1, 2, 3}
	lane.Add(x, x, x) // the destination may be a source
	fmt.Println(x)
	// Output: [2 4 6]
}

func ExampleSoftmax() {
	x := lane.MatrixOf([]float32{
		0, 0, 0, 0,
		1000, 1000, 0, 0, // no overflow
	}, 2, 4)
	lane.Softmax(x, x)
	fmt.Println(x.Row(0))
	fmt.Println(x.Row(1))
	// Output:
	// [0.25 0.25 0.25 0.25]
	// [0.5 0.5 0 0]
}

func ExampleMatrix() {
	m := lane.MatrixOf([]float32{
		1, 2, 3,
		4, 5, 6,
	}, 2, 3)
	right := m.Slice(0, 2, 1, 3) // the last two columns, not a copy
	right.Set(0, 0, 20)
	fmt.Println(m.Row(0))
	fmt.Println(m.T(), m.T().At(1, 0))
	// Output:
	// [1 20 3]
	// 3×2 20
}

func ExampleGemm() {
	a := lane.MatrixOf([]float32{1, 2, 3, 4}, 2, 2)
	b := lane.MatrixOf([]float32{5, 6, 7, 8}, 2, 2)
	c := lane.NewMatrix(2, 2)
	lane.Gemm(c, 0, 1, a, b) // C = A·B
	fmt.Println(c.Data)
	lane.Gemm(c, 1, -1, a, b) // C = C − A·B
	fmt.Println(c.Data)
	lane.Gemm(c, 0, 1, a.T(), b) // C = Aᵀ·B
	fmt.Println(c.Data)
	// Output:
	// [19 22 43 50]
	// [0 0 0 0]
	// [26 30 38 44]
}

// A layer of two units: σ(x·Wᵀ + b).
func ExampleGemmBias() {
	x := lane.MatrixOf([]float32{1, 2, 3}, 1, 3)
	w := lane.MatrixOf([]float32{1, 0, -1, 0.5, 0.5, 0.5}, 2, 3)
	y := lane.NewMatrix(1, 2)
	lane.GemmBias(y, 0, 1, x, w.T(), []float32{2, -3}, lane.SigmoidActivation)
	fmt.Println(y.Data)
	// Output: [0.5 0.5]
}

// A layer's weights are packed once and used for every batch.
func ExamplePack() {
	weights := lane.Pack(lane.MatrixOf([]float32{1, 0, 0, 10}, 2, 2))
	y := lane.NewMatrix(1, 2)
	for _, x := range [][]float32{{1, 2}, {3, 4}} {
		lane.GemmPacked(y, 0, 1, lane.MatrixOf(x, 1, 2), weights)
		fmt.Println(y.Data)
	}
	// Output:
	// [1 20]
	// [3 40]
}

// Of each number eight bits are left, of their sum all.
func ExamplePrecision() {
	x, y := lane.MatrixOf([]float32{1, 1.001}, 1, 2), lane.MatrixOf([]float32{256, 1}, 2, 1)
	product := lane.NewMatrix(1, 1)
	for _, p := range []lane.Precision{lane.Float32, lane.BFloat16} {
		p.Gemm(product, 0, 1, x, y)
		fmt.Println(p, product.At(0, 0))
	}
	// Output:
	// float32 257.001
	// bfloat16 257
}

// Looking rows up is what a one-hot vector times a matrix does, without the product.
func ExampleGather() {
	table := lane.MatrixOf([]float32{
		0.0, 0.1,
		1.0, 1.1,
		2.0, 2.1,
	}, 3, 2)
	rows := lane.NewMatrix(2, 2)
	lane.Gather(rows, table, []int32{2, 0})
	fmt.Println(rows.Data)
	// Output: [2 2.1 0 0.1]
}

// The gradient of looking rows up: what repeats adds up.
func ExampleScatterAdd() {
	table := lane.NewMatrix(3, 2)
	gradient := lane.MatrixOf([]float32{1, 2, 3, 4, 5, 6}, 3, 2)
	lane.ScatterAdd(table, []int32{2, 0, 2}, 1, gradient)
	fmt.Println(table.Row(0), table.Row(1), table.Row(2))
	// Output: [3 4] [0 0] [6 8]
}

func ExampleParallel() {
	var sum atomic.Int64
	lane.Parallel(1000, 100, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			sum.Add(int64(i))
		}
	})
	fmt.Println(sum.Load())
	// Output: 499500
}
