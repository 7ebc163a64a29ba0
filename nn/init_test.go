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

func ExampleOrthogonal() {
	w := lane.NewMatrix(3, 3)
	nn.Orthogonal(w, rand.New(rand.NewPCG(1, 0)))
	product := lane.NewMatrix(3, 3)
	lane.Gemm(product, 0, 1, w, w.T())
	for i := range 3 {
		for j := range 3 {
			fmt.Printf("%2.0f", math.Abs(float64(product.At(i, j))))
		}
		fmt.Println()
	}
	// Output:
	//  1 0 0
	//  0 1 0
	//  0 0 1
}

var initialisers = map[string]func(m lane.Matrix, rng *rand.Rand){
	"Uniform":       func(m lane.Matrix, rng *rand.Rand) { nn.Uniform(m, -1, 3, rng) },
	"Normal":        func(m lane.Matrix, rng *rand.Rand) { nn.Normal(m, 2, 0.5, rng) },
	"XavierUniform": nn.XavierUniform,
	"XavierNormal":  nn.XavierNormal,
	"HeNormal":      nn.HeNormal,
	"Orthogonal":    nn.Orthogonal,
}

// moments returns the mean, the standard deviation and the largest absolute value.
func moments(m lane.Matrix) (mean, std, top float64) {
	n := float64(len(m.Data))
	for _, v := range m.Data {
		mean += float64(v) / n
		top = max(top, math.Abs(float64(v)))
	}
	for _, v := range m.Data {
		std += (float64(v) - mean) * (float64(v) - mean) / n
	}
	return mean, math.Sqrt(std), top
}

func TestInitialisersMoments(t *testing.T) {
	const out, in = 150, 50 // told apart: 150×50 must give other figures than 50×150
	xavier := math.Sqrt(2.0 / (in + out))
	for _, c := range []struct {
		name           string
		mean, std, top float64 // top 0: no bound
	}{
		{"Uniform", 1, 4 / math.Sqrt(12), 3},
		{"Normal", 2, 0.5, 0},
		{"XavierUniform", 0, xavier, xavier * math.Sqrt(3)},
		{"XavierNormal", 0, xavier, 0},
		{"HeNormal", 0, math.Sqrt(2.0 / in), 0},
		{"Orthogonal", 0, math.Sqrt(1.0 / out), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := lane.NewMatrix(out, in)
			initialisers[c.name](m, rand.New(rand.NewPCG(1, 0)))
			mean, std, top := moments(m)
			require.InDelta(t, c.mean, mean, 4*c.std/math.Sqrt(out*in))
			require.InEpsilon(t, c.std, std, 0.03)
			if c.top > 0 {
				require.LessOrEqual(t, top, float64(float32(c.top)))
				require.Greater(t, top, c.top*0.3)
			}
		})
	}
}

func TestInitialisersAreDeterministic(t *testing.T) {
	for name, init := range initialisers {
		t.Run(name, func(t *testing.T) {
			a, b, other := lane.NewMatrix(4, 3), lane.NewMatrix(4, 3), lane.NewMatrix(4, 3)
			init(a, rand.New(rand.NewPCG(1, 0)))
			init(b, rand.New(rand.NewPCG(1, 0)))
			init(other, rand.New(rand.NewPCG(2, 0)))
			require.Equal(t, a.Data, b.Data)
			require.NotEqual(t, a.Data, other.Data)
		})
	}
}

// A gate's block of a larger weight gets what a matrix of its own would, and nothing around it changes.
func TestInitialisersFillSlices(t *testing.T) {
	for name, init := range initialisers {
		t.Run(name, func(t *testing.T) {
			alone := lane.NewMatrix(4, 3)
			init(alone, rand.New(rand.NewPCG(1, 0)))
			whole := lane.NewMatrix(6, 5)
			block := whole.Slice(1, 5, 2, 5)
			init(block, rand.New(rand.NewPCG(1, 0)))
			for i := range whole.Rows {
				for j := range whole.Cols {
					if i >= 1 && i < 5 && j >= 2 {
						require.Equal(t, alone.At(i-1, j-2), whole.At(i, j))
					} else {
						require.Zero(t, whole.At(i, j))
					}
				}
			}
		})
	}
}

func TestOrthogonal(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {1, 7}, {7, 1}, {20, 20}, {40, 13}, {13, 40}} {
		m := lane.NewMatrix(size[0], size[1])
		nn.Orthogonal(m, rand.New(rand.NewPCG(1, 0)))
		if m.Rows > m.Cols {
			m = m.T()
		}
		for i := range m.Rows {
			for j := range m.Rows {
				var dot float64
				for k := range m.Cols {
					dot += float64(m.At(i, k)) * float64(m.At(j, k))
				}
				want := 0.0
				if i == j {
					want = 1
				}
				require.InDelta(t, want, dot, 1e-6, "%v, rows %d and %d", m, i, j)
			}
		}
	}
}

func TestInitialisersPanic(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 0))
	m := lane.NewMatrix(2, 2)
	inf, nan := math.Inf(1), math.NaN()
	for _, bounds := range [][2]float64{{1, 0}, {nan, 1}, {0, nan}, {0, inf}, {-inf, 0}} {
		require.PanicsWithValue(t, fmt.Sprintf("nn: Uniform: bounds [%v, %v)", bounds[0], bounds[1]),
			func() { nn.Uniform(m, bounds[0], bounds[1], rng) })
	}
	for _, c := range [][2]float64{{0, -1}, {0, nan}, {0, inf}, {nan, 1}, {inf, 1}} {
		require.PanicsWithValue(t, fmt.Sprintf("nn: Normal: mean %v, standard deviation %v", c[0], c[1]),
			func() { nn.Normal(m, c[0], c[1], rng) })
	}
	nn.Uniform(m, 3, 3, rng)
	require.Equal(t, []float32{3, 3, 3, 3}, m.Data)
}
