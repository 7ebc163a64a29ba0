package nn_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
	"github.com/stretchr/testify/require"
)

func ExampleClipNorm() {
	p := nn.NewParam("weight", 1, 2)
	copy(p.Grad.Data, []float32{3, 4})
	fmt.Println(nn.ClipNorm([]*nn.Param{p}, 1), p.Grad.Data)
	fmt.Println(nn.ClipNorm([]*nn.Param{p}, 0) <= 1.000001)
	// Output:
	// 5 [0.6 0.8]
	// true
}

// randomParams returns parameters whose sizes go from one element to several chunks of work, with random
// values and gradients.
func randomParams(seed uint64) []*nn.Param {
	rng := rand.New(rand.NewPCG(seed, 0))
	var params []*nn.Param
	for i, size := range [][2]int{{1, 1}, {3, 5}, {1, 1<<14 + 1}, {70, 701}} {
		p := nn.NewParam(fmt.Sprintf("p%d", i), size[0], size[1])
		nn.Normal(p.Value, 0, 1, rng)
		nn.Normal(p.Grad, 0, 1, rng)
		params = append(params, p)
	}
	return params
}

// withThreads runs f with n threads.
func withThreads(t *testing.T, n int, f func()) {
	t.Helper()
	defer lane.SetThreads(0)
	lane.SetThreads(n)
	f()
}

func TestNewParam(t *testing.T) {
	p := nn.NewParam("weight", 2, 3)
	require.Equal(t, "weight", p.Name)
	require.Equal(t, "2×3", p.Value.String())
	require.Equal(t, "2×3", p.Grad.String())
	require.Equal(t, make([]float32, 6), p.Value.Data)
	require.False(t, p.Frozen)
	p.Value.Set(0, 0, 1)
	require.Zero(t, p.Grad.At(0, 0), "the gradient has memory of its own")
	require.PanicsWithValue(t, `nn: NewParam: "weight" is 0×3`, func() { nn.NewParam("weight", 0, 3) })
	require.PanicsWithValue(t, `nn: NewParam: "weight" is 3×-1`, func() { nn.NewParam("weight", 3, -1) })
}

func TestZeroGrads(t *testing.T) {
	params := randomParams(1)
	params[1].Frozen = true
	nn.ZeroGrads(params)
	for _, p := range params {
		require.Equal(t, make([]float32, len(p.Grad.Data)), p.Grad.Data)
	}
	require.NotZero(t, params[1].Value.At(0, 0))
}

func TestClipNorm(t *testing.T) {
	params := randomParams(1)
	params[1].Frozen = true
	var sum float64
	for i, p := range params {
		for _, g := range p.Grad.Data {
			if i != 1 {
				sum += float64(g) * float64(g)
			}
		}
	}
	want := math.Sqrt(sum)
	before := gradsOf(params)

	require.InEpsilon(t, want, nn.ClipNorm(params, 0), 1e-12)
	require.Equal(t, before, gradsOf(params), "max 0 only measures")
	require.InEpsilon(t, want, nn.ClipNorm(params, -1), 1e-12)
	require.Equal(t, before, gradsOf(params), "max < 0 only measures")
	require.InEpsilon(t, want, nn.ClipNorm(params, want*1.001), 1e-12)
	require.Equal(t, before, gradsOf(params), "a norm below max changes nothing")

	require.InEpsilon(t, want, nn.ClipNorm(params, 0.25), 1e-12)
	require.InEpsilon(t, 0.25, nn.ClipNorm(params, 0), 1e-6)
	after := gradsOf(params)
	require.Equal(t, before[1], after[1], "frozen parameters keep their gradient")
	factor := 0.25 / want
	for i, g := range before[2] {
		if off := math.Abs(float64(g)*factor - float64(after[2][i])); off > 1e-9 {
			require.Failf(t, "badly scaled", "element %d is off by %g", i, off)
		}
	}

	require.Zero(t, nn.ClipNorm(nil, 1))
}

func gradsOf(params []*nn.Param) [][]float32 {
	var all [][]float32
	for _, p := range params {
		all = append(all, append([]float32{}, p.Grad.Data...))
	}
	return all
}

func TestClipNormNotFinite(t *testing.T) {
	for _, bad := range []float64{math.Inf(1), math.Inf(-1), math.NaN()} {
		params := randomParams(1)
		params[3].Grad.Set(0, 0, float32(bad))
		want := params[2].Grad.At(0, 0)
		norm := nn.ClipNorm(params, 0.25)
		require.Equal(t, math.IsNaN(bad), math.IsNaN(norm))
		require.Equal(t, math.IsInf(bad, 0), math.IsInf(norm, 1))
		require.Equal(t, want, params[2].Grad.At(0, 0), "the gradients stay as they were")
	}
	// Squares beyond float32 are no trouble in float64.
	p := nn.NewParam("p", 1, 2)
	copy(p.Grad.Data, []float32{3e38, 4e-38})
	require.InEpsilon(t, 3e38, nn.ClipNorm([]*nn.Param{p}, 1), 1e-6)
	require.InEpsilon(t, 1, p.Grad.At(0, 0), 1e-6)
}

func TestClipFactor(t *testing.T) {
	require.Equal(t, 0.5, nn.ClipFactor(4, 2))
	for _, untouched := range [][2]float64{{2, 2}, {1, 2}, {4, 0}, {4, -1}, {math.Inf(1), 2}, {math.NaN(), 2}} {
		require.Equal(t, 1.0, nn.ClipFactor(untouched[0], untouched[1]), "norm %g, max %g", untouched[0], untouched[1])
	}
}

func TestClipNormDoesNotDependOnThreads(t *testing.T) {
	var norm float64
	var want [][]float32
	for threads := 1; threads <= 3; threads++ {
		withThreads(t, threads, func() {
			params := randomParams(1)
			n := nn.ClipNorm(params, 0.25)
			if threads == 1 {
				norm, want = n, gradsOf(params)
			}
			require.Equal(t, math.Float64bits(norm), math.Float64bits(n), "%d threads", threads)
			require.Equal(t, want, gradsOf(params), "%d threads", threads)
		})
	}
}

func TestClipNormAllocatesNothing(t *testing.T) {
	params := randomParams(1)
	require.Zero(t, testing.AllocsPerRun(20, func() { nn.ClipNorm(params, 0.25) }))
}

func TestClipNormPanics(t *testing.T) {
	p := nn.NewParam("weight", 2, 3)
	p.Grad = lane.NewMatrix(3, 2)
	require.PanicsWithValue(t, `nn: ClipNorm: parameter "weight" is 2×3 and its gradient 3×2`,
		func() { nn.ClipNorm([]*nn.Param{p}, 1) })
	p.Grad = lane.NewMatrix(3, 2).T()
	require.PanicsWithValue(t, `nn: ClipNorm: parameter "weight" is not contiguous`,
		func() { nn.ClipNorm([]*nn.Param{p}, 1) })
}
