package nn

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/lane-go/lane"
)

// The initialisers fill m row after row from rng, so equal seeds give equal weights. Where the size of a
// layer matters, m is out×in as in PyTorch: in = m.Cols inputs feed out = m.Rows units. They
// accept any strides, so a gate's block of a larger weight can be filled through a slice.

// Uniform fills m with draws from the uniform distribution on [lo, hi), rounded to float32. It panics unless both bounds
// are finite and lo ≤ hi.
func Uniform(m lane.Matrix, lo, hi float64, rng *rand.Rand) {
	if !(lo <= hi) || math.IsInf(hi-lo, 0) {
		panic(fmt.Sprintf("nn: Uniform: bounds [%v, %v)", lo, hi))
	}
	fill(m, func() float64 { return lo + (hi-lo)*rng.Float64() })
}

// Normal fills m with draws from the normal distribution. It panics unless mean is finite and std is
// finite and not negative.
func Normal(m lane.Matrix, mean, std float64, rng *rand.Rand) {
	if math.IsNaN(mean) || math.IsInf(mean, 0) || !(std >= 0) || math.IsInf(std, 0) {
		panic(fmt.Sprintf("nn: Normal: mean %v, standard deviation %v", mean, std))
	}
	fill(m, func() float64 { return mean + std*rng.NormFloat64() })
}

// XavierUniform fills m from the uniform distribution on ±√(6/(in+out)), which keeps the variance of
// activations and of gradients alike through layers of tanh (Glorot & Bengio 2010, eq. 16).
func XavierUniform(m lane.Matrix, rng *rand.Rand) {
	bound := math.Sqrt(6 / float64(m.Rows+m.Cols))
	Uniform(m, -bound, bound, rng)
}

// XavierNormal fills m from the normal distribution with mean 0 and standard deviation √(2/(in+out))
// (Glorot & Bengio 2010, eq. 12).
func XavierNormal(m lane.Matrix, rng *rand.Rand) {
	Normal(m, 0, math.Sqrt(2/float64(m.Rows+m.Cols)), rng)
}

// HeNormal fills m from the normal distribution with mean 0 and standard deviation √(2/in), which keeps
// the variance of activations through layers of ReLU (He et al. 2015, eq. 10).
func HeNormal(m lane.Matrix, rng *rand.Rand) {
	Normal(m, 0, math.Sqrt(2/float64(m.Cols)), rng)
}

// Orthogonal fills m with a random matrix whose rows are orthonormal when out ≤ in and whose columns are
// when out ≥ in, uniformly distributed among them (Saxe, McClelland & Ganguli 2014): a repeated product with a
// square one neither vanishes nor explodes.
//
// It orthonormalises independent normal vectors in float64, in O(out·in·min(out, in)) time.
func Orthogonal(m lane.Matrix, rng *rand.Rand) {
	if m.Rows > m.Cols {
		m = m.T()
	}
	basis := make([][]float64, m.Rows)
	for i := range basis {
		basis[i] = make([]float64, m.Cols)
		for norm := 0.0; norm < 1e-6; { // a draw that depends on the earlier ones is all but impossible: draw again
			for j := range basis[i] {
				basis[i][j] = rng.NormFloat64()
			}
			norm = orthonormalise(basis[i], basis[:i])
		}
		for j, v := range basis[i] {
			m.Set(i, j, float32(v))
		}
	}
}

// orthonormalise subtracts from x its projections on the orthonormal rows of basis, scales it to length
// one, and returns the length it had before scaling. One pass leaves rounding errors that grow with
// the cancellation, a second removes them (Kahan's "twice is enough": Parlett 1980, section 6.9).
func orthonormalise(x []float64, basis [][]float64) (norm float64) {
	for range 2 {
		for _, b := range basis {
			p := dot64(b, x)
			for j, v := range b {
				x[j] -= p * v
			}
		}
	}
	norm = math.Sqrt(dot64(x, x))
	for j := range x {
		x[j] /= norm
	}
	return norm
}

// dot64 returns Σ x·y. Four sums in flight hide the latency of the addition.
func dot64(x, y []float64) float64 {
	var s0, s1, s2, s3 float64
	for ; len(x) >= 4 && len(y) >= 4; x, y = x[4:], y[4:] {
		s0 += x[0] * y[0]
		s1 += x[1] * y[1]
		s2 += x[2] * y[2]
		s3 += x[3] * y[3]
	}
	for i, v := range x {
		s0 += v * y[i]
	}
	return (s0 + s1) + (s2 + s3)
}

// fill sets the elements of m, row after row, to successive draws.
func fill(m lane.Matrix, draw func() float64) {
	for i := range m.Rows {
		for j := range m.Cols {
			m.Set(i, j, float32(draw()))
		}
	}
}
