package nn_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
	"github.com/stretchr/testify/require"
)

// An embedding whose gradient is sparse learns the very values that it learns otherwise, with every optimizer.
func TestSparseGradientsChangeNoValue(t *testing.T) {
	const words, width = 200, 7
	for _, newOptimizer := range []func() nn.Optimizer{
		func() nn.Optimizer { return nn.NewSGD(0.5) },
		func() nn.Optimizer { return nn.NewAdaGrad(0.1) },
		func() nn.Optimizer { return nn.NewMomentum(0.1, 0.9) },
		func() nn.Optimizer { return nn.NewAdam(0.1) },
	} {
		t.Run(fmt.Sprintf("%T", newOptimizer()), func(t *testing.T) {
			train := func(sparse bool) (values []float32, norms []float64) {
				rng := rand.New(rand.NewPCG(3, 4))
				e, optimizer := nn.NewEmbedding(words, width), newOptimizer()
				randomize(rng, e.Params())
				e.Weight.Sparse = sparse
				for range 5 {
					nn.ZeroGrads(e.Params())
					for range 2 { // windows of a step
						ids := make([]int32, 30)
						for i := range ids {
							ids[i] = int32(rng.IntN(words))
						}
						e.Backward(random(rng, len(ids), width), append(ids[:29], ids[0]))
					}
					norm := nn.ClipNorm(e.Params(), 0)
					norms = append(norms, norm)
					optimizer.StepScaled(e.Params(), 0.25)
				}
				return e.Weight.Value.Data, norms
			}
			want, wantNorms := train(false)
			values, norms := train(true)
			require.Equal(t, want, values)
			require.InEpsilonSlice(t, wantNorms, norms, 1e-12)
		})
	}
}

// Sparse holds from ZeroGrads to ZeroGrads: what was there before is zeroed, and what is scaled is all of it.
func TestSparseGradientsAreZeroedAndClipped(t *testing.T) {
	e := nn.NewEmbedding(100, 2)
	dy := lane.MatrixOf([]float32{3, 4}, 1, 2)
	e.Backward(dy, []int32{7})
	e.Weight.Sparse = true
	e.Backward(dy, []int32{8})
	require.Equal(t, 50.0, lane.SumSquares(e.Weight.Grad.Data))
	require.InDelta(t, 7.07, nn.ClipNorm(e.Params(), 0), 0.01, "nothing is known of any row yet")
	nn.ZeroGrads(e.Params())
	require.Zero(t, lane.SumSquares(e.Weight.Grad.Data))

	e.Backward(dy, []int32{99})
	require.Equal(t, 5.0, nn.ClipNorm(e.Params(), 1))
	require.InDelta(t, 1, lane.SumSquares(e.Weight.Grad.Data), 1e-6)
	nn.ZeroGrads(e.Params())
	require.Zero(t, lane.SumSquares(e.Weight.Grad.Data))

	e.Weight.Sparse = false
	e.Weight.Grad.Set(3, 1, 1)
	nn.ZeroGrads(e.Params())
	require.Zero(t, lane.SumSquares(e.Weight.Grad.Data))
}

func TestSparseGradientsAllocateNothing(t *testing.T) {
	e, optimizer := nn.NewEmbedding(100, 2), nn.NewSGD(1)
	e.Weight.Sparse = true
	dy, ids := lane.NewMatrix(3, 2), []int32{7, 98, 7}
	step := func() {
		nn.ZeroGrads(e.Params())
		e.Backward(dy, ids)
		nn.ClipNorm(e.Params(), 1)
		optimizer.Step(e.Params())
	}
	step()
	require.Zero(t, testing.AllocsPerRun(10, step))
}
