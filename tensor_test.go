package lane

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// eachIndex calls visit with all indices of a shape, row after row.
func eachIndex(shape []int, visit func(index []int)) {
	index := make([]int, len(shape))
	for range elements("eachIndex", shape) {
		visit(index)
		for axis := len(shape) - 1; axis >= 0; axis-- {
			if index[axis]++; index[axis] < shape[axis] {
				break
			}
			index[axis] = 0
		}
	}
}

// randomTensor returns random numbers in a view that is sliced, reversed and
// transposed, or contiguous.
func randomTensor(rng *rand.Rand, shape []int) Tensor {
	order := rng.Perm(len(shape))
	inMemory := make([]int, len(shape))
	cuts := make([]Subscript, len(shape))
	for to, axis := range order {
		n := shape[axis]
		switch rng.IntN(4) {
		case 0:
			inMemory[to], cuts[to] = n, All.Step(-1)
		case 1:
			inMemory[to], cuts[to] = 2*n+1, Range(1, 2*n+1).Step(2)
		case 2:
			inMemory[to], cuts[to] = n+2, Range(1, n+1)
		default:
			inMemory[to], cuts[to] = n, All
		}
	}
	t := Zeros(inMemory...)
	for i := range t.data {
		t.data[i] = float32(rng.NormFloat64())
	}
	back := make([]int, len(shape))
	for to, axis := range order {
		back[axis] = to
	}
	view := t.Slice(cuts...).Transpose(back...)
	if rng.IntN(3) == 0 {
		return view.Copy()
	}
	return view
}

func randomShape(rng *rand.Rand, longest int) []int {
	shape := make([]int, rng.IntN(5))
	for i := range shape {
		shape[i] = 1 + rng.IntN(longest)
		if rng.IntN(25) == 0 {
			shape[i] = 0
		}
	}
	return shape
}

// narrowed returns shape with some axes of length 1 and some leading axes
// gone: it broadcasts to shape.
func narrowed(rng *rand.Rand, shape []int) []int {
	narrow := slices.Clone(shape[rng.IntN(len(shape)+1):])
	for i := range narrow {
		if rng.IntN(3) == 0 {
			narrow[i] = 1
		}
	}
	return narrow
}

func TestBroadcastingAgainstLoops(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	at := func(x Tensor, index []int) float32 {
		index = slices.Clone(index[len(index)-len(x.shape):])
		for i, n := range x.shape {
			if n == 1 {
				index[i] = 0
			}
		}
		return x.At(index...)
	}
	for range 400 {
		shape := randomShape(rng, []int{3, 9, 40}[rng.IntN(3)])
		if elements("", shape) > 30000 {
			continue
		}
		x, y := randomTensor(rng, narrowed(rng, shape)), randomTensor(rng, shape)
		sum, difference := x.Add(y), y.Sub(x)
		require.Equal(t, shape, sum.Shape())
		require.True(t, sum.Contiguous())
		eachIndex(shape, func(i []int) {
			if at(x, i)+y.At(i...) != sum.At(i...) || y.At(i...)-at(x, i) != difference.At(i...) {
				require.Fail(t, "wrong sum or difference", "at %v of %v and %v", i, x.shape, y.shape)
			}
		})
		y.Assign(x)
		require.True(t, y.Equal(x.BroadcastTo(shape...)))
	}
}

// TestBlocksAndChunks has operands that take more than one block, and more
// than one thread.
func TestBlocksAndChunks(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	x, row, column := randomTensor(rng, []int{3, 70001}), randomTensor(rng, []int{70001}), randomTensor(rng, []int{3, 1})
	byRow, byColumn, byScalar := x.Mul(row), x.Mul(column), x.Mul(Scalar(3)).Abs()
	for i := range 3 {
		for j := range 70001 {
			v := x.At(i, j)
			if v*row.At(j) != byRow.At(i, j) || v*column.At(i, 0) != byColumn.At(i, j) || float32(math.Abs(float64(3*v))) != byScalar.At(i, j) {
				require.Fail(t, "wrong product", "at (%d, %d)", i, j)
			}
		}
	}
	y := x.T()
	require.True(t, y.Mul(column.T()).T().Equal(byColumn))
	y.SetAt(7, 70000, 2)
	require.Equal(t, 2*70001+70000, x.Eq(Scalar(7)).ArgMax())
}

func TestReductionsOfAScalar(t *testing.T) {
	require.Equal(t, []int{0}, Scalar(3).ArgMaxAxis(-1), "as in NumPy, it may be said to have an axis")
	require.Equal(t, float32(3), Scalar(3).Sum(0).Item())
}

func TestReductionsAgainstLoops(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for range 400 {
		shape := randomShape(rng, 12)
		x := randomTensor(rng, shape)
		var axes, one []int
		for axis := range shape {
			if rng.IntN(2) == 0 {
				axes = append(axes, axis-len(shape)*rng.IntN(2))
			}
		}
		folds := func(axis int) bool {
			return len(axes) == 0 || slices.Contains(axes, axis) || slices.Contains(axes, axis-len(shape))
		}
		for axis, n := range shape {
			if folds(axis) {
				n = 1
			}
			one = append(one, n)
		}
		sums, sizes, tops := Zeros(one...), Zeros(one...), Full(float32(math.Inf(-1)), one...)
		eachIndex(shape, func(index []int) {
			to := slices.Clone(index)
			for axis := range to {
				if folds(axis) {
					to[axis] = 0
				}
			}
			v := x.At(index...)
			sums.SetAt(sums.At(to...)+v, to...)
			sizes.SetAt(sizes.At(to...)+float32(math.Abs(float64(v))), to...)
			tops.SetAt(max(tops.At(to...), v), to...)
		})
		keep := func(r Tensor) Tensor {
			if len(axes) == 0 {
				return r.Reshape(one...)
			}
			return r.ExpandDims(axes...)
		}
		got := keep(x.Sum(axes...))
		require.Equal(t, shapeString(one), shapeString(got.shape))
		off := got.Sub(sums).Abs()
		bound := sizes.Mul(Scalar(float32(x.Size()) * 0x1p-23))
		require.Zero(t, off.Gt(bound).Sum().Item(), "sum over %v of shape %v", axes, shape)
		if x.Size() == 0 {
			continue
		}
		require.True(t, keep(x.Max(axes...)).Equal(tops), "max over %v of shape %v", axes, shape)
		require.True(t, keep(x.Neg().Min(axes...)).Equal(tops.Neg()), "min over %v of shape %v", axes, shape)
		for axis := range shape {
			best := x.Max(axis).Data()
			indices := x.ArgMaxAxis(axis)
			others := slices.Delete(slices.Clone(shape), axis, axis+1)
			i := 0
			eachIndex(others, func(index []int) {
				require.Equal(t, best[i], x.At(slices.Insert(slices.Clone(index), axis, indices[i])...))
				i++
			})
			require.Equal(t, indices, x.Neg().ArgMinAxis(axis))
		}
	}
}

func TestProductsAgainstLoops(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for range 150 {
		batch := []int{1 + rng.IntN(3), 1 + rng.IntN(3)}
		m, n, k := 1+rng.IntN(20), 1+rng.IntN(20), 1+rng.IntN(20)
		x := randomTensor(rng, append(narrowed(rng, batch), m, k))
		y := randomTensor(rng, append(narrowed(rng, batch), k, n))
		// Σ over k of x[…, m, k, 1]·y[…, 1, k, n]
		want := x.ExpandDims(-1).Mul(y.ExpandDims(-3)).Sum(-2)
		got := x.MatMul(y)
		require.Equal(t, want.Shape(), got.Shape())
		require.True(t, got.AllClose(want, 1e-4, 1e-5), "MatMul %v %v", x.shape, y.shape)
		if len(y.shape) == 2 {
			require.True(t, x.Dot(y).Equal(got))
		}
	}
	require.Equal(t, []int{2, 0, 4}, Ones(2, 0, 3).MatMul(Ones(2, 3, 4)).Shape())
	require.Equal(t, []int{2, 3, 0}, Ones(2, 3, 5).MatMul(Ones(1, 5, 0)).Shape())
	long := randomTensor(rng, []int{5000})
	require.InDelta(t, long.Mul(long).Sum().Item(), long.Dot(long).Item(), 1e-2)
	huge := randomTensor(rng, []int{2, 90, 90})
	require.True(t, huge.MatMul(huge).Slice(Index(1)).AllClose(huge.Slice(Index(1)).Dot(huge.Slice(Index(1))), 1e-5, 1e-5))
}

func TestReshapeAgainstCopy(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for range 500 {
		factors := []int{2, 3, 2, 1, 2, 3}
		rng.Shuffle(len(factors), func(i, j int) { factors[i], factors[j] = factors[j], factors[i] })
		shape := func() []int {
			shape := []int{1}
			for _, f := range factors {
				if rng.IntN(2) == 0 {
					shape = append(shape, f)
				} else {
					shape[len(shape)-1] *= f
				}
			}
			return shape
		}
		x := randomTensor(rng, shape())
		to := shape()
		got := x.Reshape(to...)
		require.Equal(t, to, got.Shape())
		require.Equal(t, x.Copy().Data(), got.Copy().Data(), "%v with strides %v to %v", x.shape, x.strides, to)
	}
}

// TestViewsShare lists what NumPy makes without copying.
func TestViewsShare(t *testing.T) {
	x := Arange(24).Reshape(2, 3, 4)
	for name, view := range map[string]Tensor{
		"Reshape": x.Reshape(4, 6), "Ravel": x.Ravel(), "T": x.T(), "Transpose": x.Transpose(1, 0, 2),
		"Slice": x.Slice(All.Step(-1), From(1), Ellipsis), "ExpandDims": x.ExpandDims(0, -1), "Squeeze": x.ExpandDims(1).Squeeze(1),
		"Reshape of columns": x.Slice(All, All, Range(1, 3)).Reshape(6, 2), "BroadcastTo": x.BroadcastTo(2, 2, 3, 4),
		"merged": x.Slice(All.Step(-1)).Reshape(2, 12), "backwards": x.Slice(All.Step(-1), All.Step(-1), All.Step(-1)).Ravel(),
	} {
		require.Same(t, &x.data[0], &view.data[0], name)
	}
	for name, fresh := range map[string]Tensor{
		"Copy": x.Copy(), "Flatten": x.Flatten(), "Ravel": x.T().Ravel(), "Reshape": x.Slice(All, To(2)).Reshape(16), "Add": x.Add(Scalar(0)),
	} {
		require.NotSame(t, &x.data[0], &fresh.data[0], name)
	}
	x.Slice(Index(1), All, Index(-1)).Assign(Scalar(-1))
	require.Equal(t, "[-1. -1. -1.]", x.Slice(Index(-1), Ellipsis, Index(3)).String())
	x.Slice(Index(1)).Assign(Ones(1, 1, x.Shape()[1], x.Shape()[2]).Mul(Scalar(-1))) // leading axes of length 1 are nothing
	x.Ravel().Slice(From(1)).Assign(x.Ravel().Slice(To(-1)))                         // as if copied first
	require.Equal(t, "[0. 0. 1. 2. 3. 4.]", x.Ravel().Slice(To(6)).String())
}

func TestMatrixAndTensor(t *testing.T) {
	m := MatrixOf([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
	x := m.T().Tensor()
	require.Equal(t, "[[1. 4.]\n [2. 5.]\n [3. 6.]]", x.String())
	x.Matrix().Set(2, 1, 7)
	require.EqualValues(t, 7, m.At(1, 2))
	require.Equal(t, m, m.Tensor().Matrix())
	require.Equal(t, Matrix{Rows: 0, Cols: 3, RowStride: 3, ColStride: 1}, Zeros(0, 3).Matrix())
	require.Empty(t, Zeros(3, 5).Slice(All, To(0)).Matrix().Row(2))
	require.Equal(t, []float32{1, 2}, TensorOf([]float32{1, 2}, 1, 2).Slice(All.Step(-1)).Matrix().Row(0), "nothing runs along an axis of one")
	require.PanicsWithValue(t, "lane: Tensor.Matrix: shape (6,) is not 2-d", func() { Arange(6).Matrix() })
	require.PanicsWithValue(t, "lane: Tensor.Matrix: strides (-3,1) run backwards; take Copy first", func() { m.Tensor().Slice(All.Step(-1)).Matrix() })
}

func TestNewTensor(t *testing.T) {
	for _, c := range []struct {
		value any
		want  Tensor
	}{
		{2.5, Scalar(2.5)},
		{7, Scalar(7)},
		{[]float32{1, 2}, TensorOf([]float32{1, 2}, 2)},
		{[]uint8{1, 255}, TensorOf([]float32{1, 255}, 2)},
		{[][]int{{1, 2}, {-3, 4}}, TensorOf([]float32{1, 2, -3, 4}, 2, 2)},
		{[2][1][2]float64{{{1, 2}}, {{3, 0.1}}}, TensorOf([]float32{1, 2, 3, 0.1}, 2, 1, 2)},
		{[]any{[]int{1, 2}, []float64{3, 4}, [2]float32{5, 6}, []any{7, 8.5}}, TensorOf([]float32{1, 2, 3, 4, 5, 6, 7, 8.5}, 4, 2)},
		{[]float32{}, Zeros(0)},
		{[][]float32{}, Zeros(0, 0)},
		{[][]float32{{}, {}}, Zeros(2, 0)},
		{[][3]float32{}, Zeros(0, 3)},
		{[]any{}, Zeros(0)},
	} {
		got := NewTensor(c.value)
		require.Equal(t, c.want.Shape(), got.Shape(), "%v", c.value)
		require.True(t, got.Equal(c.want), "%v", c.value)
	}
	source := []float32{1, 2}
	NewTensor(source).SetAt(9, 0)
	require.Equal(t, []float32{1, 2}, source, "NewTensor copies")
	TensorOf(source, 2, 1).SetAt(9, 0, 0)
	require.Equal(t, []float32{9, 2}, source, "TensorOf does not")
}

func TestTensorPanics(t *testing.T) {
	x := Arange(6).Reshape(2, 3)
	for message, f := range map[string]func(){
		"lane: NewTensor: ragged: element [1] has length 1, but its neighbours 2":             func() { NewTensor([][]float32{{1, 2}, {3}}) },
		"lane: NewTensor: ragged: element [0][1] has length 0, but its neighbours 1":          func() { NewTensor([][][]int{{{1}, {}}}) },
		"lane: NewTensor: ragged: element [1] is a number, but its neighbours are lists of 1": func() { NewTensor([]any{[]int{1}, 2}) },
		"lane: NewTensor: ragged: element [1] is a list, but its neighbours are numbers":      func() { NewTensor([]any{1, []int{2}}) },
		"lane: NewTensor: element [0][1] is a string, not a number":                           func() { NewTensor([]any{[]any{1, "two"}}) },
		"lane: NewTensor: element [0] is nil, not a number":                                   func() { NewTensor([]any{nil}) },
		"lane: NewTensor: the value is a bool, not a number":                                  func() { NewTensor(true) },
		"lane: TensorOf: 3 elements do not fill shape (2,2)":                                  func() { TensorOf(make([]float32, 3), 2, 2) },
		"lane: Zeros: negative size in shape (2,-1)":                                          func() { Zeros(2, -1) },
		"lane: Arange: no way from 0 to 1 in steps of 0":                                      func() { Arange(0, 1, 0) },
		"lane: Arange: no way from 1 to 0 in steps of 0":                                      func() { Arange(1, 0, 0) },
		"lane: Arange: no way from 0 to -Inf in steps of 1":                                   func() { Arange(0, math.Inf(-1)) },
		"lane: Ones: negative size in shape (-1,)":                                            func() { Ones(-1) },
		"lane: NewTensor: lists in lists in lists, more than 1000 deep":                       func() { type T []T; t := T{nil}; t[0] = t; NewTensor(t) },
		"lane: NewTensor: element [1] is a string, not a number":                              func() { NewTensor([]any{[]float32{1}, "x"}) },
		"lane: NewTensor: element [1] is nil, not a number":                                   func() { NewTensor([]any{[]float32{1}, nil}) },
		"lane: Stack: axis 5 of shape (1,1)":                                                  func() { Stack(5, Ones(2), Ones(2)) },
		"lane: ArgMaxAxis: axis 1 of shape ()":                                                func() { Scalar(1).ArgMaxAxis(1) },
		"lane: Arange: 0 arguments, but it takes stop; start, stop; or start, stop, step":     func() { Arange() },
		"lane: Linspace: negative size in shape (-1,)":                                        func() { Linspace(0, 1, -1) },
		"lane: Tensor: 1 indices into shape (2,3)":                                            func() { x.At(1) },
		"lane: Tensor: index -4 is out of bounds for axis 1 of shape (2,3)":                   func() { x.SetAt(0, 1, -4) },
		"lane: Item: shape (2,3) has 6 elements, not one":                                     func() { x.Item() },
		"lane: Reshape: shape (2,3) does not fit into (4,-1)":                                 func() { x.Reshape(4, -1) },
		"lane: Reshape: shape (2,3) does not fit into (7,)":                                   func() { x.Reshape(7) },
		"lane: Transpose: 1 axes for shape (2,3)":                                             func() { x.Transpose(0) },
		"lane: Transpose: axis 0 of shape (2,3) twice":                                        func() { x.Transpose(0, 0) },
		"lane: Sum: axis 2 of shape (2,3)":                                                    func() { x.Sum(2) },
		"lane: Sum: axis -1 of shape (2,3) twice":                                             func() { x.Sum(1, -1) },
		"lane: Squeeze: axis 1 of shape (2,3) has not length 1":                               func() { x.Squeeze(-1) },
		"lane: Assign: shapes (2,) and (3,) do not broadcast":                                 func() { Zeros(2).Assign(Zeros(3)) },
		"lane: Assign: shapes (2,) and (2,2) do not broadcast":                                func() { Zeros(2).Assign(Zeros(2, 2)) },
		"lane: ExpandDims: axis 3 of shape (1,1,1)":                                           func() { x.ExpandDims(3) },
		"lane: Slice: index 2 is out of bounds for axis 0 of shape (2,3)":                     func() { x.Slice(Index(2)) },
		"lane: Slice: 3 subscripts into shape (2,3)":                                          func() { x.Slice(All, All, All) },
		"lane: Slice: more than one Ellipsis":                                                 func() { x.Slice(Ellipsis, Ellipsis) },
		"lane: Subscript.Step: step 0 of 1:":                                                  func() { From(1).Step(0) },
		"lane: Subscript.Step: step 2 of 3":                                                   func() { Index(3).Step(2) },
		"lane: Subscript.Step: step 1 of None":                                                func() { NewAxis.Step(1) },
		"lane: Subscript.Step: step 2 of ...":                                                 func() { Ellipsis.Step(2) },
		"lane: Add: shapes (2,3) and (4,) do not broadcast":                                   func() { x.Add(Ones(4)) },
		"lane: BroadcastTo: shapes (2,3) and (3,) do not broadcast":                           func() { x.BroadcastTo(3) },
		"lane: BroadcastTo: shapes (2,3) and (1,3) do not broadcast":                          func() { x.BroadcastTo(1, 3) },
		"lane: Concatenate: shapes (2,3) and (2,4) differ beside axis 0":                      func() { Concatenate(0, x, Ones(2, 4)) },
		"lane: Concatenate: no tensors":                                                       func() { Concatenate(0) },
		"lane: Stack: no tensors":                                                             func() { Stack(0) },
		"lane: Stack: shapes (2,3) and (3,) differ":                                           func() { Stack(0, x, Ones(3)) },
		"lane: Max: no elements to choose from in shape (0,0)":                                func() { Zeros(0, 0).Max(0) },
		"lane: ArgMinAxis: no elements along axis 1 of shape (0,0)":                           func() { Zeros(0, 0).ArgMinAxis(1) },
		"lane: Reshape: shape (-1,-1) has several negative sizes":                             func() { Zeros(4).Reshape(-1, -1) },
		"lane: Max: no elements to choose from in shape (2,0)":                                func() { Zeros(2, 0).Max(1) },
		"lane: ArgMaxAxis: no elements along axis 0 of shape (0,)":                            func() { Zeros(0).ArgMax() },
		"lane: Dot: shapes (2,3) and (2,3) do not align: 3 (axis 1) != 2 (axis 0)":            func() { x.Dot(x) },
		"lane: MatMul: shapes (2,3) and (2,) do not align: 3 (axis 1) != 2 (axis 0)":          func() { x.MatMul(Ones(2)) },
		"lane: MatMul: shapes (2,3) and (): use Mul to multiply by a number":                  func() { x.MatMul(Scalar(2)) },
		"lane: MatMul: shapes (2,) and (3,) do not broadcast":                                 func() { Ones(2, 1, 1).MatMul(Ones(3, 1, 1)) },
	} {
		require.PanicsWithValue(t, message, f)
	}
	for _, shape := range [][]int{{math.MaxInt / 2, 3}, {maxElements + 1}, {0, maxElements, 2}} {
		require.PanicsWithValue(t, "lane: Zeros: shape "+shapeString(shape)+" has more elements than memory can hold", func() { Zeros(shape...) })
	}
	require.Panics(t, func() { Ones(1).BroadcastTo(math.MaxInt/2, 3) })
}

func TestShapeIsACopy(t *testing.T) {
	x := Zeros(2, 3)
	x.Shape()[0] = 9
	x.Strides()[0] = 9
	shape := []int{3, 2}
	y := x.Reshape(shape...)
	z := TensorOf(make([]float32, 6), shape...)
	shape[0] = 9
	require.Equal(t, []int{2, 3}, x.Shape())
	require.Equal(t, []int{3, 1}, x.Strides())
	require.Equal(t, []int{3, 2}, y.Shape())
	require.Equal(t, []int{3, 2}, z.Shape())
	require.Equal(t, 2, x.NDim())
}

// TestSumIsAccurate adds what float32 sums one after the other get wrong: past 2²⁴
// adding 1 changes nothing.
func TestSumIsAccurate(t *testing.T) {
	const n = 1<<24 + 4096
	ones := Ones(1).BroadcastTo(n)
	require.EqualValues(t, n, ones.Sum().Item())
	require.EqualValues(t, 1, ones.Mean().Item())
	columns := Ones(4097, 3)
	columns.Slice(Index(0)).Assign(Scalar(1 << 24))
	require.Equal(t, []float32{n, n, n}, columns.Sum(0).Data())
}

func TestEqualAndAllClose(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	x := NewTensor([]float32{1, inf})
	require.True(t, x.Equal(x.Copy()))
	require.False(t, x.Equal(x.Reshape(2, 1)))
	require.False(t, Scalar(nan).Equal(Scalar(nan)))
	require.True(t, x.AllClose(NewTensor([]float32{1.000001, inf}), 1e-5, 1e-8))
	require.False(t, x.AllClose(NewTensor([]float32{1.001, inf}), 1e-5, 1e-8))
	require.False(t, x.AllClose(NewTensor([]float32{1, -inf}), 1e-5, 1e-8))
	require.False(t, Scalar(1).AllClose(Scalar(inf), 1e-5, 1e-8))
	require.False(t, Scalar(nan).AllClose(Scalar(nan), 1e-5, 1e-8))
	require.True(t, Ones(2, 3).AllClose(Scalar(1), 0, 0))
}

func TestAtAllocatesNothing(t *testing.T) {
	x := Eye(3)
	require.Zero(t, testing.AllocsPerRun(10, func() { x.SetAt(x.At(1, 1), -1, -2) }))
}

// FuzzSlice compares one range with Python's definition of it: start, start+step, …
// as long as it is inside both the range and the axis.
func FuzzSlice(f *testing.F) {
	f.Add(5, 1, 3, 1)
	f.Add(5, -1, -6, -2)
	f.Add(0, 3, -3, -1)
	f.Fuzz(func(t *testing.T, n, start, stop, step int) {
		if n < 0 || n > 50 || step == 0 || max(start, -start) > 100 || max(stop, -stop) > 100 || max(step, -step) > 100 {
			t.Skip()
		}
		wrap := func(i int) int {
			if i < 0 {
				return i + n
			}
			return i
		}
		var want []float32
		first := wrap(start)
		if step > 0 {
			first = max(first, 0)
		} else {
			first = min(first, n-1)
		}
		for i := first; i >= 0 && i < n && (step > 0 && i < wrap(stop) || step < 0 && i > wrap(stop)); i += step {
			want = append(want, float32(i))
		}
		got := Arange(float64(n)).Slice(Range(start, stop).Step(step))
		require.Equal(t, len(want), got.Size())
		require.Equal(t, want, got.Data())
	})
}
