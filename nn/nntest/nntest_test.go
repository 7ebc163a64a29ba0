package nntest_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
	"github.com/lane-go/lane/nn/nntest"
	"github.com/stretchr/testify/require"
)

// recorder keeps the reports of a check.
type recorder []string

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) { *r = append(*r, fmt.Sprintf(format, args...)) }

// cubes is the loss Σ x³, whose gradient is 3x².
func cubes(p *nn.Param) func() float64 {
	return func() (sum float64) {
		for _, v := range p.Value.Data {
			sum += math.Pow(float64(v), 3)
		}
		return sum
	}
}

func TestCheckGradients(t *testing.T) {
	right := func(i int, x float32) float32 { return 3 * x * x }
	cases := []struct {
		name   string
		slope  func(i int, x float32) float32
		reason string
	}{
		{"right", right, ""},
		{"factor", func(i int, x float32) float32 { return 2 * x * x }, "gradient of x"},
		{"sign", func(i int, x float32) float32 { return -right(i, x) }, "gradient of x"},
		{"half a percent", func(i int, x float32) float32 { return right(i, x) * 1.005 }, "gradient of x"},
		{"one element missing", func(i int, x float32) float32 {
			if i == 3 {
				return 0
			}
			return right(i, x)
		}, "gradient of x (2×3) at (1, 0) is 0"},
		{"not a number", func(i int, x float32) float32 { return float32(math.NaN()) }, "is NaN"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := nn.NewParam("x", 2, 3)
			copy(p.Value.Data, []float32{0.5, -0.25, 1, -1.5, 0.75, 0.125})
			before := append([]float32(nil), p.Value.Data...)
			var r recorder
			nntest.CheckGradients(&r, cubes(p), func() {
				for i, x := range p.Value.Data {
					p.Grad.Data[i] += c.slope(i, x)
				}
			}, p)
			require.Equal(t, before, p.Value.Data, "the values are restored")
			if c.reason == "" {
				require.Empty(t, r)
				return
			}
			require.Len(t, r, 1)
			require.Contains(t, r[0], c.reason)
		})
	}
}

func TestCheckGradientsSamplesLargeParameters(t *testing.T) {
	p := nn.NewParam("x", 100, 1000)
	var calls int
	loss := func() float64 { calls++; return 0 }
	nntest.CheckGradients(t, loss, func() {}, p)
	require.Less(t, calls, 1000)
}

func TestCheckGradientsNeedsALossOfTheValues(t *testing.T) {
	p := nn.NewParam("x", 1, 1)
	var calls float64
	var r recorder
	nntest.CheckGradients(&r, func() float64 { calls++; return calls }, func() {}, p)
	require.Len(t, r, 1)
	require.Contains(t, r[0], "must depend on the values alone")
}

func TestCheckGradientsFindsAWrongLayer(t *testing.T) {
	// A linear layer whose backward pass forgets the bias.
	layer := nn.NewLinear(3, 2)
	for i := range layer.Weight.Value.Data {
		layer.Weight.Value.Data[i] = float32(i) - 2
	}
	x, dx := lane.NewMatrix(4, 3), lane.NewMatrix(4, 3)
	for i := range x.Data {
		x.Data[i] = float32(i%5) / 4
	}
	y, dy := lane.NewMatrix(4, 2), lane.NewMatrix(4, 2)
	for i := range dy.Data {
		dy.Data[i] = float32(i%3) + 1
	}
	loss := func() float64 {
		layer.Forward(y, x)
		return nntest.Inner(y, dy)
	}
	params := append(layer.Params(), nntest.Input("x", x, dx))

	nntest.CheckGradients(t, loss, func() { layer.Backward(dx, dy, x) }, params...)

	var r recorder
	nntest.CheckGradients(&r, loss, func() {
		layer.Backward(dx, dy, x)
		layer.Bias.Grad.Zero()
	}, params...)
	require.Len(t, r, 1)
	require.Contains(t, r[0], "gradient of bias")
}

func TestGolden(t *testing.T) {
	path := filepath.Join(t.TempDir(), "golden.json")
	require.NoError(t, os.WriteFile(path, []byte(`{
		"m": {"shape": [2, 1, 3], "data": [1, 2, 3, 4, 5, -6]},
		"v": {"shape": [2], "data": [7, 8]},
		"n": {"shape": [], "data": [0.5]}}`), 0o666))
	g := nntest.LoadGolden(t, path)

	m := g.Matrix("m")
	require.Equal(t, "2×3", m.String())
	require.Equal(t, float32(-6), m.At(1, 2))
	require.Equal(t, "1×2", g.Matrix("v").String())
	require.Equal(t, []int32{7, 8}, g.Ints("v"))
	require.Equal(t, 0.5, g.Number("n"))

	m.Set(0, 0, 1.00005)
	g.RequireClose("m", m, 1e-5)
}

// A stub is a test that may fail without failing this one.
type stub struct {
	testing.TB
	failed bool
}

func (s *stub) Helper()               {}
func (s *stub) Errorf(string, ...any) { s.failed = true }
func (s *stub) FailNow()              { runtime.Goexit() }

func TestGoldenTellsWhatIsFar(t *testing.T) {
	path := filepath.Join(t.TempDir(), "golden.json")
	require.NoError(t, os.WriteFile(path, []byte(`{"m": {"shape": [2, 2], "data": [1, 2, 3, -4]}}`), 0o666))
	for name, got := range map[string]lane.Matrix{
		"a value":          lane.MatrixOf([]float32{1, 2.001, 3, -4}, 2, 2),
		"a sign":           lane.MatrixOf([]float32{1, 2, 3, 4}, 2, 2),
		"the last of them": lane.MatrixOf([]float32{1, 2, 3, -3.9}, 2, 2),
		"no number":        lane.MatrixOf([]float32{float32(math.NaN()), 2, 3, -4}, 2, 2),
		"the shape":        lane.MatrixOf([]float32{1, 2, 3, -4}, 1, 4),
		"":                 lane.MatrixOf([]float32{1, 2, 3, -4}, 2, 2),
	} {
		s, done := &stub{TB: t}, make(chan struct{})
		go func() {
			defer close(done)
			nntest.LoadGolden(s, path).RequireClose("m", got, 1e-4)
		}()
		<-done
		require.Equal(t, name != "", s.failed, name)
	}
}
