package lane_test

import (
	"fmt"
	"math"

	"github.com/lane-go/lane"
)

// NumPy's line stands above lane's, with its answer at the end.
func Example_tensor() {
	// x = np.array([[1, 2], [3, 4]], dtype=np.float32)
	x := lane.NewTensor([][]float32{{1, 2}, {3, 4}})
	// x.shape, x.ndim, x.size
	fmt.Println(x.Shape(), x.NDim(), x.Size())
	// x + 10 * x.T
	fmt.Println(x.Add(lane.Scalar(10).Mul(x.T())))
	// x @ x
	fmt.Println(x.MatMul(x))
	// x.mean(axis=0)
	fmt.Println(x.Mean(0))
	// Output:
	// [2 2] 2 4
	// [[11. 32.]
	//  [23. 44.]]
	// [[ 7. 10.]
	//  [15. 22.]]
	// [2. 3.]
}

func ExampleNewTensor() {
	// np.array(2.5), np.array([1, 2, 3])
	fmt.Println(lane.NewTensor(2.5), lane.NewTensor([]int{1, 2, 3}))
	// np.array([[[1, 2]], [[3, 4]]])
	x := lane.NewTensor([][][]float64{{{1, 2}}, {{3, 4}}})
	fmt.Println(x.Shape())
	fmt.Println(x)
	// Output:
	// 2.5 [1. 2. 3.]
	// [2 1 2]
	// [[[1. 2.]]
	//
	//  [[3. 4.]]]
}

func ExampleTensorOf() {
	data := []float32{1, 2, 3, 4, 5, 6}
	// np.asarray(data).reshape(2, 3): no copy
	x := lane.TensorOf(data, 2, 3)
	data[5] = 60
	fmt.Println(x)
	// Output:
	// [[ 1.  2.  3.]
	//  [ 4.  5. 60.]]
}

func ExampleZeros() {
	// np.zeros(3), np.ones((2, 2)), np.full(2, 7), np.eye(2)
	fmt.Println(lane.Zeros(3))
	fmt.Println(lane.Ones(2, 2))
	fmt.Println(lane.Full(7, 2))
	fmt.Println(lane.Eye(2))
	// Output:
	// [0. 0. 0.]
	// [[1. 1.]
	//  [1. 1.]]
	// [7. 7.]
	// [[1. 0.]
	//  [0. 1.]]
}

func ExampleArange() {
	// np.arange(5), np.arange(2, 5), np.arange(1, 0, -0.25)
	fmt.Println(lane.Arange(5), lane.Arange(2, 5), lane.Arange(1, 0, -0.25))
	// Output: [0. 1. 2. 3. 4.] [2. 3. 4.] [1.   0.75 0.5  0.25]
}

func ExampleLinspace() {
	// np.linspace(0, 1, 5)
	fmt.Println(lane.Linspace(0, 1, 5))
	// Output: [0.   0.25 0.5  0.75 1.  ]
}

func ExampleTensor_At() {
	x := lane.Arange(6).Reshape(2, 3)
	// x[1, 2], x[0, -1]
	fmt.Println(x.At(1, 2), x.At(0, -1))
	// x[0, 0] = 9
	x.SetAt(9, 0, 0)
	// x.max().item()
	fmt.Println(x.Max().Item())
	// Output:
	// 5 2
	// 9
}

func ExampleTensor_Reshape() {
	x := lane.Arange(6)
	// x.reshape(2, -1)
	fmt.Println(x.Reshape(2, -1))
	// x.reshape(3, 2).ravel()
	fmt.Println(x.Reshape(3, 2).Ravel())
	// Output:
	// [[0. 1. 2.]
	//  [3. 4. 5.]]
	// [0. 1. 2. 3. 4. 5.]
}

func ExampleTensor_Transpose() {
	x := lane.Arange(6).Reshape(1, 2, 3)
	// x.T.shape
	fmt.Println(x.T().Shape())
	// x.transpose(0, 2, 1)
	fmt.Println(x.Transpose(0, 2, 1))
	// Output:
	// [3 2 1]
	// [[[0. 3.]
	//   [1. 4.]
	//   [2. 5.]]]
}

func ExampleTensor_Slice() {
	x := lane.Arange(12).Reshape(3, 4)
	// x[1]
	fmt.Println(x.Slice(lane.Index(1)))
	// x[:, -1]
	fmt.Println(x.Slice(lane.All, lane.Index(-1)))
	// x[1:, 1:3]
	fmt.Println(x.Slice(lane.From(1), lane.Range(1, 3)))
	// x[::-1, ::2]
	fmt.Println(x.Slice(lane.All.Step(-1), lane.All.Step(2)))
	// x[..., :2, None].shape
	fmt.Println(x.Slice(lane.Ellipsis, lane.To(2), lane.NewAxis).Shape())
	// Output:
	// [4. 5. 6. 7.]
	// [ 3.  7. 11.]
	// [[ 5.  6.]
	//  [ 9. 10.]]
	// [[ 8. 10.]
	//  [ 4.  6.]
	//  [ 0.  2.]]
	// [3 2 1]
}

func ExampleTensor_Assign() {
	x := lane.Zeros(2, 3)
	// x[:, 1] = 5
	x.Slice(lane.All, lane.Index(1)).Assign(lane.Scalar(5))
	// x[1] += [1, 2, 3]
	row := x.Slice(lane.Index(1))
	row.Assign(row.Add(lane.NewTensor([]int{1, 2, 3})))
	fmt.Println(x)
	// Output:
	// [[0. 5. 0.]
	//  [1. 7. 3.]]
}

func ExampleTensor_Squeeze() {
	x := lane.Ones(1, 3, 1)
	// x.squeeze().shape, x.squeeze(0).shape, np.expand_dims(x, -1).shape
	fmt.Println(x.Squeeze().Shape(), x.Squeeze(0).Shape(), x.ExpandDims(-1).Shape())
	// Output: [3] [3 1] [1 3 1 1]
}

func ExampleTensor_Copy() {
	x := lane.Arange(3)
	view, copied := x.Slice(lane.From(1)), x.Slice(lane.From(1)).Copy()
	// x[1] = 9
	x.SetAt(9, 1)
	fmt.Println(view, copied)
	// Output: [9. 2.] [1. 2.]
}

func ExampleConcatenate() {
	x, y := lane.Zeros(2, 2), lane.Ones(2, 1)
	// np.concatenate([x, y], axis=1)
	fmt.Println(lane.Concatenate(1, x, y))
	// np.stack([[1, 2], [3, 4]], axis=1)
	fmt.Println(lane.Stack(1, lane.NewTensor([]int{1, 2}), lane.NewTensor([]int{3, 4})))
	// Output:
	// [[0. 0. 1.]
	//  [0. 0. 1.]]
	// [[1. 3.]
	//  [2. 4.]]
}

func ExampleTensor_Add() {
	x := lane.NewTensor([]float32{1, 2, 4})
	y := lane.NewTensor([]float32{10, 20, 40})
	// x + y, x - y, x * y, x / y
	fmt.Println(x.Add(y), x.Sub(y), x.Mul(y), x.Div(y))
	// x + 1, 1 / x
	fmt.Println(x.Add(lane.Scalar(1)), lane.Scalar(1).Div(x))
	// -x, x ** 2
	fmt.Println(x.Neg(), x.Pow(lane.Scalar(2)))
	// Output:
	// [11. 22. 44.] [ -9. -18. -36.] [ 10.  40. 160.] [0.1 0.1 0.1]
	// [2. 3. 5.] [1.   0.5  0.25]
	// [-1. -2. -4.] [ 1.  4. 16.]
}

// Broadcasting: axes of length 1, and missing ones, stretch.
func ExampleTensor_Add_broadcasting() {
	x := lane.Arange(6).Reshape(2, 3)
	row := lane.NewTensor([]int{10, 20, 30})
	column := lane.NewTensor([][]int{{100}, {200}})
	// x + row + column
	fmt.Println(x.Add(row).Add(column))
	// np.broadcast_to(row, (2, 3))
	fmt.Println(row.BroadcastTo(2, 3))

	defer func() { fmt.Println(recover()) }()
	// x + np.ones(4)
	x.Add(lane.Ones(4))
	// Output:
	// [[110. 121. 132.]
	//  [213. 224. 235.]]
	// [[10. 20. 30.]
	//  [10. 20. 30.]]
	// lane: Add: shapes (2,3) and (4,) do not broadcast
}

func ExampleTensor_Exp() {
	x := lane.NewTensor([]float32{-1, 0, 1})
	// np.exp(x), np.tanh(x), 1 / (1 + np.exp(-x))
	fmt.Println(x.Exp().Slice(lane.Index(1)), x.Tanh().Slice(lane.Index(1)), x.Sigmoid().Slice(lane.Index(1)))
	// np.abs(x), np.sqrt(x), np.log(x)
	fmt.Println(x.Abs(), x.Sqrt(), x.Log())
	// Output:
	// 1.0 0.0 0.5
	// [1. 0. 1.] [nan  0.  1.] [ nan -inf   0.]
}

func ExampleTensor_Maximum() {
	x := lane.NewTensor([]float32{-1, 0, 5})
	// np.maximum(x, 0), np.minimum(x, 1)
	fmt.Println(x.Maximum(lane.Scalar(0)), x.Minimum(lane.Scalar(1)))
	// Output: [0. 0. 5.] [-1.  0.  1.]
}

func ExampleTensor_Gt() {
	x := lane.Arange(4)
	// (x > 1).astype(np.float32), (x > 1).sum()
	fmt.Println(x.Gt(lane.Scalar(1)), x.Gt(lane.Scalar(1)).Sum())
	// Output: [0. 0. 1. 1.] 2.0
}

func ExampleTensor_Equal() {
	x := lane.NewTensor([]float32{0.1, 0.2})
	y := x.Mul(lane.Scalar(3)).Div(lane.Scalar(3.000001))
	// np.array_equal(x, y), np.allclose(x, y, rtol=1e-5, atol=1e-8)
	fmt.Println(x.Equal(y), x.AllClose(y, 1e-5, 1e-8))
	// Output: false true
}

func ExampleTensor_Dot() {
	x := lane.NewTensor([]int{1, 2, 3})
	// np.dot(x, x)
	fmt.Println(x.Dot(x))
	// np.dot(np.arange(6).reshape(2, 3), x)
	fmt.Println(lane.Arange(6).Reshape(2, 3).Dot(x))
	// np.outer(x, [1, 10])
	fmt.Println(x.Outer(lane.NewTensor([]int{1, 10})))
	// Output:
	// 14.0
	// [ 8. 26.]
	// [[ 1. 10.]
	//  [ 2. 20.]
	//  [ 3. 30.]]
}

func ExampleTensor_MatMul() {
	x := lane.Arange(8).Reshape(2, 2, 2) // two matrices
	swap := lane.NewTensor([][]int{{0, 1}, {1, 0}})
	// x @ swap
	fmt.Println(x.MatMul(swap))
	// x @ [1, 1]
	fmt.Println(x.MatMul(lane.Ones(2)))
	// (np.ones((5, 1, 2, 3)) @ np.ones((4, 3, 7))).shape
	fmt.Println(lane.Ones(5, 1, 2, 3).MatMul(lane.Ones(4, 3, 7)).Shape())
	// Output:
	// [[[1. 0.]
	//   [3. 2.]]
	//
	//  [[5. 4.]
	//   [7. 6.]]]
	// [[ 1.  5.]
	//  [ 9. 13.]]
	// [5 4 2 7]
}

func ExampleTensor_Sum() {
	x := lane.Arange(6).Reshape(2, 3)
	// x.sum(), x.sum(axis=0), x.sum(axis=-1)
	fmt.Println(x.Sum(), x.Sum(0), x.Sum(-1))
	// np.ones((2, 3, 4)).sum(axis=(0, 2))
	fmt.Println(lane.Ones(2, 3, 4).Sum(0, 2))
	// x / x.sum(axis=1, keepdims=True)
	fmt.Println(x.Div(x.Sum(1).ExpandDims(1)))
	// Output:
	// 15.0 [3. 5. 7.] [ 3. 12.]
	// [8. 8. 8.]
	// [[0.         0.33333334 0.6666667 ]
	//  [0.25       0.33333334 0.41666666]]
}

func ExampleTensor_Mean() {
	x := lane.NewTensor([][]int{{1, 2}, {3, 4}})
	// x.mean(), x.mean(axis=1), x.var(), x.std(axis=0)
	fmt.Println(x.Mean(), x.Mean(1), x.Var(), x.Std(0))
	// Output: 2.5 [1.5 3.5] 1.25 [1. 1.]
}

func ExampleTensor_Max() {
	x := lane.NewTensor([][]float32{{1, 9, 3}, {7, 5, 6}})
	// x.max(), x.max(axis=0), x.min(axis=1)
	fmt.Println(x.Max(), x.Max(0), x.Min(1))
	// np.array([1, np.nan]).max()
	fmt.Println(lane.NewTensor([]float64{1, math.NaN()}).Max())
	// Output:
	// 9.0 [7. 9. 6.] [1. 5.]
	// nan
}

func ExampleTensor_ArgMax() {
	x := lane.NewTensor([][]float32{{1, 9, 3}, {7, 5, 6}})
	// x.argmax(), x.argmin(), x.argmax(axis=1), x.argmin(axis=0)
	fmt.Println(x.ArgMax(), x.ArgMin(), x.ArgMaxAxis(1), x.ArgMinAxis(0))
	// Output: 1 0 [1 0] [0 1 0]
}

func ExampleTensor_String() {
	// print(np.array([1, 0.5, -0.25]))
	fmt.Println(lane.NewTensor([]float64{1, 0.5, -0.25}))
	// print(np.array([1e-5, 1]))
	fmt.Println(lane.NewTensor([]float64{1e-5, 1}))
	// print(np.arange(2000).reshape(1000, 2))
	fmt.Println(lane.Arange(2000).Reshape(1000, 2))
	// Output:
	// [ 1.    0.5  -0.25]
	// [1.e-05 1.e+00]
	// [[0.000e+00 1.000e+00]
	//  [2.000e+00 3.000e+00]
	//  [4.000e+00 5.000e+00]
	//  ...
	//  [1.994e+03 1.995e+03]
	//  [1.996e+03 1.997e+03]
	//  [1.998e+03 1.999e+03]]
}

// Tensors and matrices share their elements.
func ExampleTensor_Matrix() {
	x := lane.Arange(4).Reshape(2, 2)
	m := x.Matrix()
	m.Set(0, 0, 7)
	fmt.Println(m.T().Tensor())
	// Output:
	// [[7. 2.]
	//  [1. 3.]]
}
