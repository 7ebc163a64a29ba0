package nn_test

import (
	"math/rand/v2"
	"testing"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
	"github.com/stretchr/testify/require"
)

// Layers whose parameters are bfloat16 compute nearly what they compute in float32, and not the same: in the forward pass, and in
// each gradient.
func TestPrecisionOfParameters(t *testing.T) {
	const steps, batch, in, hidden, classes = 7, 3, 5, 6, 9
	type network struct {
		recurrent nn.Recurrent
		output    nn.Classifier
	}
	for name, build := range map[string]func() network{
		"lstm, linear": func() network { return network{nn.NewLSTM(in, hidden), nn.NewLinear(hidden, classes)} },
		"gru, adaptive": func() network {
			return network{nn.NewGRU(in, hidden), nn.NewAdaptiveSoftmax(hidden, classes, []int{4}, 2, true)}
		},
		"lstm, tied adaptive": func() network {
			return network{nn.NewLSTM(in, hidden), nn.NewTiedAdaptiveSoftmax(nn.NewParam("weight", classes, hidden), []int{4})}
		},
		"rnn, linear": func() network { return network{nn.NewRNN(in, hidden), nn.NewLinear(hidden, classes)} },
	} {
		t.Run(name, func(t *testing.T) {
			run := func(precision lane.Precision) (loss float64, arrays []lane.Matrix) {
				rng := rand.New(rand.NewPCG(1, 2))
				n := build()
				params := append(n.recurrent.Params(), n.output.Params()...)
				randomize(rng, params)
				for _, p := range params {
					p.Precision = precision
				}
				x, targets := random(rng, steps*batch, in), make([]int32, steps*batch)
				for i := range targets {
					targets[i] = int32(rng.IntN(classes))
				}
				y, dy, dx := lane.NewMatrix(steps*batch, hidden), lane.NewMatrix(steps*batch, hidden), lane.NewMatrix(steps*batch, in)
				logits := lane.NewMatrix(steps*batch, classes)
				nn.ZeroGrads(params)
				n.recurrent.Forward(y, x, lane.NewMatrix(batch, n.recurrent.StateSize()))
				n.output.Forward(logits, y)
				cross := n.output.NewCrossEntropy()
				loss = cross.Learn(dy, y, targets, 1)
				n.recurrent.Backward(dx, dy, lane.Matrix{})
				arrays = []lane.Matrix{y, logits, dx}
				for _, p := range params {
					arrays = append(arrays, p.Grad)
				}
				return loss, arrays
			}
			wantLoss, want := run(lane.Float32)
			loss, got := run(lane.BFloat16)
			require.NotEqual(t, wantLoss, loss)
			require.InEpsilon(t, wantLoss, loss, 0.01)
			for i, w := range want {
				require.NotEqual(t, w.Data, got[i].Data, i)
				norm := lane.SumSquares(w.Data)
				difference := make([]float32, len(w.Data))
				lane.Sub(difference, w.Data, got[i].Data)
				require.Less(t, lane.SumSquares(difference), 1e-3*norm, i)
			}
		})
	}
}
