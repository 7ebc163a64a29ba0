package lane

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVectorsOfUnequalLength(t *testing.T) {
	x, y := make([]float32, 3), make([]float32, 4)
	for message, f := range map[string]func(){
		"lane: Dot: lengths 3 and 4 differ":                                               func() { Dot(x, y) },
		"lane: Axpy: lengths 3 and 4 differ":                                              func() { Axpy(x, 1, y) },
		"lane: Scale: lengths 4 and 3 differ":                                             func() { Scale(y, 1, x) },
		"lane: Add: lengths 3, 3 and 4 differ":                                            func() { Add(x, x, y) },
		"lane: Sub: lengths 3, 4 and 3 differ":                                            func() { Sub(x, y, x) },
		"lane: Mul: lengths 4, 3 and 3 differ":                                            func() { Mul(y, x, x) },
		"lane: Div: lengths 4, 4 and 3 differ":                                            func() { Div(y, y, x) },
		"lane: Exp: lengths 3 and 4 differ":                                               func() { Exp(x, y) },
		"lane: Sigmoid: lengths 3 and 4 differ":                                           func() { Sigmoid(x, y) },
		"lane: Tanh: lengths 3 and 4 differ":                                              func() { Tanh(x, y) },
		"lane: ReLU: lengths 3 and 4 differ":                                              func() { ReLU(x, y) },
		"lane: TanhBackward: lengths 3, 3 and 4 differ":                                   func() { TanhBackward(x, x, y) },
		"lane: ExpSum: lengths 3 and 4 differ":                                            func() { ExpSum(x, 0, y) },
		"lane: LogisticErrors: lengths 3, 3 and 4 differ":                                 func() { LogisticErrors(x, x, y, 1, x) },
		"lane: LogisticErrors: lengths 4 and 3 differ":                                    func() { LogisticErrors(y, y, y, 1, x) },
		"lane: LSTMForward: lengths 4 and 12 differ":                                      func() { LSTMForward(y, x, x, x, x) },
		"lane: LSTMForward: lengths 4, 1 and 1 differ":                                    func() { LSTMForward(y, y, x[:1], x[:1], x[:1]) },
		"lane: LSTMBackward: lengths 1 and 4 differ":                                      func() { LSTMBackward(x[:1], x[:1], x[:1], x[:1], y[:1:1]) },
		"lane: GRUForward: lengths 3, 4 and 3 differ":                                     func() { GRUForward(x, x[:1], y, x[:1]) },
		"lane: GRUForward: lengths 4 and 1 differ":                                        func() { GRUForward(x, x[:1], x, y) },
		"lane: GRUBackward: lengths 3, 1 and 1 differ":                                    func() { GRUBackward(x, x, x, x[:1], x[:1]) },
		"lane: Softmax: 1×3 = softmax 1×4":                                                func() { Softmax(MatrixOf(x, 1, 3), MatrixOf(y, 1, 4)) },
		"lane: NewMatrix: negative size -1×3":                                             func() { NewMatrix(-1, 3) },
		"lane: Matrix: element (2, 0) of a 2×2 matrix":                                    func() { NewMatrix(2, 2).At(2, 0) },
		"lane: Matrix: element (0, -1) of a 2×2 matrix":                                   func() { NewMatrix(2, 2).Set(0, -1, 1) },
		"lane: Matrix.Row: row 2 of a 2×3 matrix":                                         func() { NewMatrix(2, 3).Row(2) },
		"lane: Matrix.Slice: [0:3, 0:1] of a 2×3 matrix":                                  func() { NewMatrix(2, 3).Slice(0, 3, 0, 1) },
		"lane: Matrix.Slice: [1:0, 0:1] of a 2×3 matrix":                                  func() { NewMatrix(2, 3).Slice(1, 0, 0, 1) },
		"lane: Matrix.Row: the elements of a row are 3 apart; copy the matrix, or use At": func() { NewMatrix(2, 3).T().Row(0) },
	} {
		require.PanicsWithValue(t, message, f)
	}
}

func TestVectors(t *testing.T) {
	x, y, dst := []float32{1, -2, 3}, []float32{4, 5, -8}, make([]float32, 3)
	require.EqualValues(t, 4-10-24, Dot(x, y))
	require.EqualValues(t, 2, Sum(x))
	require.EqualValues(t, 3, Max(x))
	Add(dst, x, y)
	require.Equal(t, []float32{5, 3, -5}, dst)
	Sub(dst, x, y)
	require.Equal(t, []float32{-3, -7, 11}, dst)
	Mul(dst, x, y)
	require.Equal(t, []float32{4, -10, -24}, dst)
	Div(dst, x, y)
	require.Equal(t, []float32{0.25, -0.4, -0.375}, dst)
	Scale(dst, 3, x)
	require.Equal(t, []float32{3, -6, 9}, dst)
	Axpy(dst, -2, x)
	require.Equal(t, []float32{1, -2, 3}, dst)
	ReLU(dst, x)
	require.Equal(t, []float32{1, 0, 3}, dst)
	Exp(dst, []float32{0, -200, 200})
	require.Equal(t, []float32{1, 0, float32(math.Inf(1))}, dst)
	Sigmoid(dst, []float32{0, -200, 200})
	require.Equal(t, []float32{0.5, 0, 1}, dst)
	Tanh(dst, []float32{0, -200, 200})
	require.Equal(t, []float32{0, -1, 1}, dst)
	require.EqualValues(t, 1+4+9, SumSquares(x))
	require.InDelta(t, 1+math.Exp(-5)+math.Exp(-2), ExpSum(dst, 3, []float32{3, -2, 1}), 1e-6)
	require.InDeltaSlice(t, []float32{1, float32(math.Exp(-5)), float32(math.Exp(-2))}, dst, 1e-6)
	g, p, z := make([]float32, 2), make([]float32, 2), []float32{0, 2}
	LogisticErrors(g, p, z, 0.5, []float32{1, -1})
	require.Equal(t, []float32{0, -2}, z)
	require.InDeltaSlice(t, []float32{0.5, float32(1 / (1 + math.Exp(2)))}, p, 1e-6)
	require.InDeltaSlice(t, []float32{0.25, float32(-0.5 / (1 + math.Exp(-2)))}, g, 1e-6)
}

func TestEmptyAndNaN(t *testing.T) {
	nan := float32(math.NaN())
	require.Zero(t, Dot(nil, nil))
	require.Zero(t, Sum(nil))
	require.True(t, math.IsInf(float64(Max(nil)), -1))
	require.True(t, math.IsNaN(float64(Max([]float32{1, nan, 2}))))
	dst := make([]float32, 1)
	ReLU(dst, []float32{nan})
	require.True(t, math.IsNaN(float64(dst[0])))
}

// TestDestinationMayBeASource compares every element-wise function in place with
// itself into fresh memory.
func TestDestinationMayBeASource(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	for _, n := range []int{0, 1, 7, 8, 33, 100} {
		x, y, want := make([]float32, n), make([]float32, n), make([]float32, n)
		for i := range x {
			x[i], y[i] = float32(rng.NormFloat64()), float32(rng.NormFloat64())
		}
		for name, f := range map[string]func(dst, x, y []float32){
			"Add": Add, "Sub": Sub, "Mul": Mul, "Div": Div,
			"Scale":   func(dst, x, _ []float32) { Scale(dst, 1.5, x) },
			"Exp":     func(dst, x, _ []float32) { Exp(dst, x) },
			"Sigmoid": func(dst, x, _ []float32) { Sigmoid(dst, x) },
			"Tanh":    func(dst, x, _ []float32) { Tanh(dst, x) },
			"ReLU":    func(dst, x, _ []float32) { ReLU(dst, x) },
			"Softmax": func(dst, x, _ []float32) { Softmax(MatrixOf(dst, 1, n), MatrixOf(x, 1, n)) },
		} {
			f(want, x, y)
			first := append([]float32{}, x...)
			f(first, first, y)
			require.Equal(t, want, append([]float32{}, first...), "%s, dst is x", name)
			second := append([]float32{}, y...)
			f(second, x, second)
			require.Equal(t, want, second, "%s, dst is y", name)
		}
	}
}

func TestSoftmax(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 9))
	for _, n := range []int{1, 2, 9, 1000} {
		x := randomView(rng, n, 3).T() // three rows, perhaps with gaps between them
		if x.ColStride != 1 {
			x = x.Tensor().Copy().Matrix()
		}
		y := NewMatrix(3, n)
		Softmax(y, x)
		for i := range 3 {
			var sum, exps float64
			for j := range n {
				sum += float64(y.At(i, j))
				exps += math.Exp(float64(x.At(i, j)))
			}
			require.InDelta(t, 1, sum, 1e-5)
			for j := range n {
				want := math.Exp(float64(x.At(i, j))) / exps
				require.InEpsilon(t, want, y.At(i, j), 1e-5)
			}
		}
	}
	large := MatrixOf([]float32{3e38, 3e38, -3e38, 1000, 1001, -1000}, 2, 3)
	Softmax(large, large)
	require.Equal(t, []float32{0.5, 0.5, 0}, large.Row(0))
	require.InDelta(t, 1/(1+math.E), large.At(1, 0), 1e-6)
	require.InDelta(t, math.E/(1+math.E), large.At(1, 1), 1e-6)
	require.PanicsWithValue(t, "lane: Softmax: the elements of a row must be contiguous",
		func() { Softmax(NewMatrix(2, 3), NewMatrix(3, 2).T()) })
}

func TestGather(t *testing.T) {
	big := Arange(20).Reshape(4, 5).Matrix()
	table := big.Slice(0, 4, 1, 4) // rows of 3 with gaps
	out := NewMatrix(3, 5)
	dst := out.Slice(0, 3, 2, 5)
	Gather(dst, table, []int32{2, 0, 2})
	require.Equal(t, "[[ 0.  0. 11. 12. 13.]\n [ 0.  0.  1.  2.  3.]\n [ 0.  0. 11. 12. 13.]]", out.Tensor().String())
	Gather(NewMatrix(0, 3), table, nil)

	for message, f := range map[string]func(){
		"lane: Gather: ids[1] = 4 of a table of 4 rows":              func() { Gather(dst, table, []int32{0, 4, 0}) },
		"lane: Gather: ids[0] = -1 of a table of 4 rows":             func() { Gather(dst, table, []int32{-1, 0, 0}) },
		"lane: Gather: 2 ids of a 4×3 table with 3×3 rows":           func() { Gather(dst, table, []int32{0, 1}) },
		"lane: Gather: 3 ids of a 4×5 table with 3×3 rows":           func() { Gather(dst, big, []int32{0, 1, 2}) },
		"lane: Gather: the elements of a row must be contiguous":     func() { Gather(dst, NewMatrix(3, 4).T(), []int32{0, 1, 2}) },
		"lane: ScatterAdd: ids[2] = 9 of a table of 4 rows":          func() { ScatterAdd(table, []int32{0, 1, 9}, 1, dst) },
		"lane: ScatterAdd: 1 ids of a 4×3 table with 3×3 rows":       func() { ScatterAdd(table, []int32{0}, 1, dst) },
		"lane: ScatterAdd: the elements of a row must be contiguous": func() { ScatterAdd(NewMatrix(3, 4).T(), []int32{0, 1, 2}, 1, dst) },
	} {
		before := big.Tensor().Copy()
		require.PanicsWithValue(t, message, f)
		require.True(t, before.Equal(big.Tensor()), "a bad id writes nothing")
	}
}

func TestScatterAddRepeatedIDs(t *testing.T) {
	table := Ones(3, 2).Matrix()
	src := MatrixOf([]float32{1, 2, 10, 20, 100, 200, 1000, 2000}, 4, 2)
	ScatterAdd(table, []int32{2, 0, 2, 2}, 0.5, src)
	require.Equal(t, []float32{6, 11, 1, 1, 551.5, 1102}, table.Data)

	// Repeated ids add up in the order given: 1 is lost beside 2²⁴, but not beside its negative after it.
	sum := NewMatrix(1, 1)
	ScatterAdd(sum, []int32{0, 0, 0}, 1, MatrixOf([]float32{1 << 24, 1, -1 << 24}, 3, 1))
	require.Equal(t, []float32{0}, sum.Data)
	sum.Zero()
	ScatterAdd(sum, []int32{0, 0, 0}, 1, MatrixOf([]float32{1 << 24, -1 << 24, 1}, 3, 1))
	require.Equal(t, []float32{1}, sum.Data)
	ScatterAdd(sum, nil, 1, NewMatrix(0, 1))
	require.Equal(t, []float32{1}, sum.Data)
}

func TestMatrixViews(t *testing.T) {
	m := Arange(12).Reshape(3, 4).Matrix()
	require.Equal(t, "3×4", m.String())
	require.True(t, m.Contiguous())
	require.Equal(t, []float32{4, 5, 6, 7}, m.Row(1))
	require.Equal(t, 4, cap(m.Row(1)), "appending to a row leaves the next alone")

	middle := m.Slice(1, 3, 1, 3)
	require.False(t, middle.Contiguous())
	require.Equal(t, []float32{9, 10}, middle.Row(1))
	middle.Row(1)[0] = -9
	require.EqualValues(t, -9, m.At(2, 1), "views share their elements")

	transposed := middle.T()
	require.Equal(t, "2×2", transposed.String())
	require.EqualValues(t, -9, transposed.At(0, 1))
	transposed.Set(1, 0, -6)
	require.EqualValues(t, -6, m.At(1, 2))
	require.Equal(t, middle, transposed.T())
	require.Equal(t, m.At(2, 3), m.T().Slice(3, 4, 2, 3).At(0, 0))

	transposed.Zero()
	require.Equal(t, []float32{0, 1, 2, 3, 4, 0, 0, 7, 8, 0, 0, 11}, m.Data, "Zero keeps to the view")
	m.Zero()
	require.Equal(t, make([]float32, 12), m.Data)

	require.Zero(t, m.Slice(0, 3, 2, 2).RowStride, "rows that are nowhere")
	require.True(t, m.Slice(1, 2, 0, 4).Contiguous(), "a whole row")
	require.True(t, m.Slice(1, 2, 1, 3).Contiguous(), "a piece of a row")
	require.False(t, m.Slice(0, 3, 0, 1).Contiguous(), "a column")
	require.False(t, m.T().Contiguous())
	require.Equal(t, []float32{0}, m.Slice(0, 3, 2, 3).T().T().Row(2), "rows of one element need no stride")
	for _, empty := range []Matrix{m.Slice(3, 3, 0, 4), m.Slice(0, 3, 4, 4), NewMatrix(0, 5), NewMatrix(5, 0)} {
		require.Empty(t, empty.Data)
		empty.Zero()
		require.Equal(t, empty.Rows, empty.T().Cols)
	}
}

// A matrix made by hand may promise more than it has, which assembly would not notice.
func TestMatrixWithoutItsData(t *testing.T) {
	whole, x := NewMatrix(4, 4), make([]float32, 4)
	short := Matrix{Data: whole.Data[:15], Rows: 4, Cols: 4, RowStride: 4, ColStride: 1}
	backwards := Matrix{Data: whole.Data, Rows: 4, Cols: 4, RowStride: -4, ColStride: 1}
	id := []int32{0}
	for name, call := range map[string]func(m Matrix){
		"matrix product: C": func(m Matrix) { Gemm(m, 0, 1, whole, whole) },
		"matrix product: A": func(m Matrix) { Gemm(whole, 0, 1, m, whole) },
		"matrix product: B": func(m Matrix) { GemmBias(whole, 0, 1, whole, m, x, NoActivation) },
		"matrix product":    func(m Matrix) { GemmPacked(whole, 0, 1, m, Pack(whole)) },
		"Pack":              func(m Matrix) { Pack(m) },
		"RepackLeft":        func(m Matrix) { Float32.RepackLeft(new(PackedLeft), m) },
		"AddTransposed":     func(m Matrix) { AddTransposed(whole, m) },
		"Softmax: dst":      func(m Matrix) { Softmax(m, whole) },
		"Softmax: x":        func(m Matrix) { Softmax(whole, m) },
		"Matrix.Zero":       Matrix.Zero,
		"Matrix.Tensor":     func(m Matrix) { m.Tensor() },
		"Gather":            func(m Matrix) { Gather(m, whole, []int32{0, 1, 2, 3}) },
		"ScatterAdd":        func(m Matrix) { ScatterAdd(m, id, 1, whole.Slice(0, 1, 0, 4)) },
		"DotRows":           func(m Matrix) { DotRows(x[:1], x, m, id) },
		"SumRows":           func(m Matrix) { SumRows(x, x[:1], 1, m, id) },
		"Outer":             func(m Matrix) { Outer(m, x, x) },
		"DotPairs":          func(m Matrix) { DotPairs(x[:1], m, id, id) },
		"AddPairs":          func(m Matrix) { AddPairs(m, id, []int32{1}, x[:1], make([]float32, 8), nil) },
		"AxpyRows":          func(m Matrix) { AxpyRows(m, id, x[:1], 1, x) },
		"LogisticPairs":     func(m Matrix) { LogisticPairs(m, id, []int32{1}, x[:1], x[:1], x[:1], 1, x[:1], nil) },
		"LogisticRows":      func(m Matrix) { LogisticRows(x, x, m, id, x[:1], x[:1], x[:1], 1, x[:1], nil) },
	} {
		function, _, _ := strings.Cut(name, ":")
		require.PanicsWithValue(t, "lane: "+function+": 15 numbers for a 4×4 matrix with strides 4 and 1", func() { call(short) }, name)
		require.PanicsWithValue(t, "lane: "+function+": 16 numbers for a 4×4 matrix with strides -4 and 1", func() { call(backwards) }, name)
	}
	require.Panics(t, func() { short.Row(3) }, "room beyond the data is no data")
	require.Panics(t, func() { short.Top(4) }, "nor in a view")
	require.Equal(t, NewMatrix(4, 4), whole)

	for _, m := range []Matrix{
		{Data: x, Rows: -1, Cols: 4, RowStride: 4, ColStride: 1},
		{Data: x, Rows: math.MaxInt, Cols: 4, RowStride: 4, ColStride: 1},
		{Data: x, Rows: 2, Cols: 4, RowStride: math.MaxInt, ColStride: 1},
		{Data: x, Rows: 1, Cols: 4, ColStride: 2},
		{Rows: 1, Cols: 1},
	} {
		require.Panics(t, func() { Pack(m) }, "%+v", m)
	}

	empty := Matrix{Data: x, Rows: 0, Cols: 3}
	x[0] = 1
	empty.Zero()
	require.EqualValues(t, 1, x[0], "an empty matrix has no elements")
}

func TestMatrixOf(t *testing.T) {
	data := []float32{1, 2, 3, 4, 5, 6, 7}
	m := MatrixOf(data, 2, 3)
	m.Set(1, 2, 60)
	require.EqualValues(t, 60, data[5])
	require.Len(t, m.Data, 6)
	require.PanicsWithValue(t, "lane: MatrixOf: 7 numbers for a 2×4 matrix", func() { MatrixOf(data, 2, 4) })
	require.PanicsWithValue(t, "lane: MatrixOf: 7 numbers for a -2×-3 matrix", func() { MatrixOf(data, -2, -3) })
	const half = 1 << (bits.UintSize / 2)
	require.Panics(t, func() { MatrixOf(data, half, half) }, "as many elements as there are addresses, and none of them")
	require.Panics(t, func() { NewMatrix(half, half) })
}
