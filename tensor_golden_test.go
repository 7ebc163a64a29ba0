package lane

import (
	"encoding/json"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// golden is testdata/tensor/numpy.json, what NumPy answers to the questions of
// testdata/numpy_golden.py.
type golden struct {
	Prints []struct {
		Of  goldenTensor
		Str string
	}
	Slices []struct {
		Index string
		Want  *goldenTensor // nil where NumPy refuses, here and below
	}
	Broadcasts []struct {
		A, B []int
		Want *[]int
	}
	Elementwise []struct {
		Op   string
		X    goldenTensor
		Y    goldenTensor
		Want goldenTensor
	}
	Products []struct {
		X, Y               goldenTensor
		Dot, Matmul, Outer *goldenTensor
	}
	Reductions []struct {
		X    goldenTensor
		Over []struct {
			Axes                          []int
			Sum, Mean, Max, Min, Var, Std *goldenTensor
			Argmax, Argmin                []int
		}
	}
	Transforms []struct {
		Op   string
		Want goldenTensor
	}
}

type goldenTensor struct {
	Shape []int
	Data  string    // numbers with blanks between them
	Ramp  []float64 // or start and step
}

func (g goldenTensor) tensor(t *testing.T) Tensor {
	data := make([]float32, elements("goldenTensor", g.Shape))
	words := strings.Fields(g.Data)
	if g.Ramp == nil {
		require.Len(t, words, len(data))
	}
	for i := range data {
		if g.Ramp != nil {
			data[i] = float32(g.Ramp[0] + float64(float64(i)*g.Ramp[1]))
			continue
		}
		v, err := strconv.ParseFloat(words[i], 32)
		require.NoError(t, err)
		data[i] = float32(v)
	}
	return TensorOf(data, g.Shape...)
}

func readGolden(t *testing.T) golden {
	text, err := os.ReadFile("testdata/tensor/numpy.json")
	require.NoError(t, err)
	var g golden
	require.NoError(t, json.Unmarshal(text, &g))
	return g
}

// requireSame demands equal shapes, and elements equal to within a few roundings; NaN
// matches NaN, and infinities and zeros their own sign.
func requireSame(t *testing.T, want, got Tensor, what string) {
	t.Helper()
	require.Equal(t, shapeString(want.shape), shapeString(got.shape), "shape of %s", what)
	g := got.Data()
	for i, w := range want.Data() {
		d := math.Abs(float64(g[i]) - float64(w))
		same := g[i] == w && math.Signbit(float64(g[i])) == math.Signbit(float64(w)) ||
			g[i] != g[i] && w != w ||
			w != 0 && d <= 2e-6*math.Abs(float64(w)) || d <= 2e-44 && d > 0
		require.True(t, same, "%s: element %d is %v, want %v", what, i, g[i], w)
	}
}

func TestPrintsAsNumPy(t *testing.T) {
	prints := readGolden(t).Prints
	require.Greater(t, len(prints), 60)
	for _, c := range prints {
		x := c.Of.tensor(t)
		require.Equal(t, c.Str, x.String(), "shape %v of %v %v", c.Of.Shape, c.Of.Data, c.Of.Ramp)
		require.Equal(t, c.Str, x.T().Copy().T().String(), "transposed in memory")
	}
}

// subscripts reads NumPy's notation.
func subscripts(t *testing.T, index string) []Subscript {
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		require.NoError(t, err)
		return n
	}
	var list []Subscript
	for word := range strings.SplitSeq(index, ",") {
		parts := strings.Split(word, ":")
		switch {
		case word == "None":
			list = append(list, NewAxis)
			continue
		case word == "...":
			list = append(list, Ellipsis)
			continue
		case len(parts) == 1:
			list = append(list, Index(number(word)))
			continue
		}
		s := All
		switch {
		case parts[0] != "" && parts[1] != "":
			s = Range(number(parts[0]), number(parts[1]))
		case parts[0] != "":
			s = From(number(parts[0]))
		case parts[1] != "":
			s = To(number(parts[1]))
		}
		if len(parts) == 3 {
			s = s.Step(number(parts[2]))
		}
		require.Equal(t, word, s.String())
		list = append(list, s)
	}
	return list
}

func TestSlicesAsNumPy(t *testing.T) {
	x := Arange(60).Reshape(3, 4, 5)
	for _, c := range readGolden(t).Slices {
		if c.Want == nil {
			require.Panics(t, func() { x.Slice(subscripts(t, c.Index)...) }, c.Index)
			continue
		}
		requireSame(t, c.Want.tensor(t), x.Slice(subscripts(t, c.Index)...), c.Index)
	}
}

func TestBroadcastsAsNumPy(t *testing.T) {
	for _, c := range readGolden(t).Broadcasts {
		a, b := Ones(c.A...), Ones(c.B...)
		if c.Want == nil {
			message := "lane: Add: shapes " + shapeString(c.A) + " and " + shapeString(c.B) + " do not broadcast"
			require.PanicsWithValue(t, message, func() { a.Add(b) })
			continue
		}
		requireSame(t, Full(2, *c.Want...), a.Add(b), "Add")
		requireSame(t, Ones(*c.Want...), a.BroadcastTo(*c.Want...), "BroadcastTo")
	}
}

func TestElementwiseAsNumPy(t *testing.T) {
	binary := map[string]func(x, y Tensor) Tensor{
		"Add": Tensor.Add, "Sub": Tensor.Sub, "Mul": Tensor.Mul, "Div": Tensor.Div, "Pow": Tensor.Pow,
		"Maximum": Tensor.Maximum, "Minimum": Tensor.Minimum,
		"Eq": Tensor.Eq, "Ne": Tensor.Ne, "Lt": Tensor.Lt, "Le": Tensor.Le, "Gt": Tensor.Gt, "Ge": Tensor.Ge,
	}
	unary := map[string]func(x Tensor) Tensor{
		"Neg": Tensor.Neg, "Abs": Tensor.Abs, "Sqrt": Tensor.Sqrt, "Exp": Tensor.Exp, "Log": Tensor.Log,
		"Tanh": Tensor.Tanh, "Sigmoid": Tensor.Sigmoid,
	}
	cases := readGolden(t).Elementwise
	require.Len(t, cases, len(binary)+len(unary))
	for _, c := range cases {
		x, want := c.X.tensor(t), c.Want.tensor(t)
		if f := unary[c.Op]; f != nil {
			requireSame(t, want, f(x), c.Op)
			continue
		}
		got := binary[c.Op](x, c.Y.tensor(t))
		if c.Op == "Maximum" || c.Op == "Minimum" {
			got, want = got.Add(Scalar(0)), want.Add(Scalar(0)) // either zero may win
		}
		requireSame(t, want, got, c.Op)
	}
}

func TestProductsAsNumPy(t *testing.T) {
	for _, c := range readGolden(t).Products {
		x, y := c.X.tensor(t), c.Y.tensor(t)
		for name, f := range map[string]func() (*goldenTensor, func(Tensor) Tensor){
			"Dot":    func() (*goldenTensor, func(Tensor) Tensor) { return c.Dot, x.Dot },
			"MatMul": func() (*goldenTensor, func(Tensor) Tensor) { return c.Matmul, x.MatMul },
			"Outer":  func() (*goldenTensor, func(Tensor) Tensor) { return c.Outer, x.Outer },
		} {
			want, product := f()
			what := name + " " + shapeString(x.shape) + shapeString(y.shape)
			switch {
			case want != nil:
				requireSame(t, want.tensor(t), product(y), what)
			case name != "Outer": // whose larger answers are left out
				require.Panics(t, func() { product(y) }, what)
			}
		}
	}
}

func TestReductionsAsNumPy(t *testing.T) {
	for _, c := range readGolden(t).Reductions {
		x := c.X.tensor(t)
		for _, over := range c.Over {
			for _, r := range []struct {
				name   string
				want   *goldenTensor
				reduce func(...int) Tensor
			}{
				{"Sum", over.Sum, x.Sum}, {"Mean", over.Mean, x.Mean}, {"Max", over.Max, x.Max},
				{"Min", over.Min, x.Min}, {"Var", over.Var, x.Var}, {"Std", over.Std, x.Std},
			} {
				if r.want == nil {
					require.Panics(t, func() { r.reduce(over.Axes...) }, "%s of %v over %v", r.name, x, over.Axes)
					continue
				}
				requireSame(t, r.want.tensor(t), r.reduce(over.Axes...), r.name)
			}
			argmax, argmin := x.ArgMaxAxis, x.ArgMinAxis
			if len(over.Axes) > 1 {
				continue
			}
			axis := 0
			if len(over.Axes) == 0 {
				argmax, argmin = func(int) []int { return []int{x.ArgMax()} }, func(int) []int { return []int{x.ArgMin()} }
			} else {
				axis = over.Axes[0]
			}
			if over.Argmax == nil {
				require.Panics(t, func() { argmax(axis) })
				require.Panics(t, func() { argmin(axis) })
				continue
			}
			require.Equal(t, over.Argmax, argmax(axis), "argmax of %v over %v", x, over.Axes)
			require.Equal(t, over.Argmin, argmin(axis), "argmin of %v over %v", x, over.Axes)
		}
	}
}

func TestTransformsAsNumPy(t *testing.T) {
	cube := Arange(24).Reshape(2, 3, 4)
	got := map[string]Tensor{
		"np.arange(5)":          Arange(5),
		"np.arange(2, 5)":       Arange(2, 5),
		"np.arange(0, 1, 0.1)":  Arange(0, 1, 0.1),
		"np.arange(5, 0, -1.5)": Arange(5, 0, -1.5),
		"np.arange(3, 1)":       Arange(3, 1),
		"np.linspace(0, 1, 5)":  Linspace(0, 1, 5),
		"np.linspace(0, 1, 7)":  Linspace(0, 1, 7),
		"np.linspace(2, -3, 4)": Linspace(2, -3, 4),
		"np.linspace(1, 2, 1)":  Linspace(1, 2, 1),
		"np.linspace(1, 2, 0)":  Linspace(1, 2, 0),
		"np.eye(3)":             Eye(3),
		"np.arange(24).reshape(2, 3, 4).transpose(2, 0, 1)":    cube.Transpose(2, 0, 1),
		"np.arange(24).reshape(2, 3, 4).T.reshape(6, 4)":       cube.T().Reshape(6, 4),
		"np.arange(24).reshape(2, 3, 4)[:, ::2].reshape(4, 4)": cube.Slice(All, All.Step(2)).Reshape(4, 4),
		"np.concatenate([np.eye(2), np.ones((1, 2))])":         Concatenate(0, Eye(2), Ones(1, 2)),
		"np.concatenate([np.eye(2), np.ones((2, 1))], -1)":     Concatenate(-1, Eye(2), Ones(2, 1)),
		"np.stack([np.arange(3), np.ones(3)])":                 Stack(0, Arange(3), Ones(3)),
		"np.stack([np.arange(3), np.ones(3)], -1)":             Stack(-1, Arange(3), Ones(3)),
	}
	cases := readGolden(t).Transforms
	require.Len(t, cases, len(got))
	for _, c := range cases {
		require.Contains(t, got, c.Op)
		requireSame(t, c.Want.tensor(t), got[c.Op], c.Op)
	}
}
