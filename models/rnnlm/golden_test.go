package rnnlm

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// golden is what testdata/golden.py has PyTorch compute.
type golden struct {
	IDs         []int32
	Batch, BPTT int
	Models      []struct {
		Name          string
		LR, Clip      float64
		Batch4        float64 `json:"batch_4"`
		Batch1        float64 `json:"batch_1"`
		Losses, Norms []float64
		After         float64
	}
}

func readGolden(t *testing.T) golden {
	var g golden
	text, err := os.ReadFile("testdata/golden.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &g))
	require.Len(t, g.Models, 7)
	return g
}

func TestPyTorchModelsLoadAndGiveItsPerplexity(t *testing.T) {
	g := readGolden(t)
	for _, want := range g.Models {
		t.Run(want.Name, func(t *testing.T) {
			m, err := Load(filepath.Join("testdata", want.Name+".safetensors"))
			require.NoError(t, err)

			perplexity, tokens, err := m.Perplexity(g.IDs, g.Batch, g.BPTT)
			require.NoError(t, err)
			require.InEpsilon(t, want.Batch4, perplexity, 1e-5)
			require.Equal(t, (len(g.IDs)-1)/g.Batch/g.BPTT*g.Batch*g.BPTT, tokens)

			whole := g.IDs[:len(g.IDs)-(len(g.IDs)-1)%g.BPTT]
			for _, bptt := range []int{g.BPTT, 7, 1, 10_000} { // one stream is judged whole, however it is cut
				perplexity, tokens, err = m.Perplexity(whole, 1, bptt)
				require.NoError(t, err)
				require.InEpsilon(t, want.Batch1, perplexity, 1e-5)
				require.Equal(t, len(whole)-1, tokens)
			}
		})
	}
}

func TestTrainingMatchesPyTorchStepByStep(t *testing.T) {
	g := readGolden(t)
	for _, want := range g.Models {
		t.Run(want.Name, func(t *testing.T) {
			m, err := Load(filepath.Join("testdata", want.Name+".safetensors"))
			require.NoError(t, err)
			o := Options{Batch: g.Batch, BPTT: g.BPTT, Optimizer: "sgd", LR: want.LR, Clip: want.Clip, Schedule: "constant", Epochs: 1, Seed: 1}
			var losses, norms []float64
			enough := len(want.Losses)
			o.Progress = func(p Progress) error {
				if !p.EpochEnd {
					losses, norms = append(losses, p.Loss), append(norms, p.Norm)
				}
				if p.Step == enough {
					return errEnough
				}
				return nil
			}
			_, err = Train(t.Context(), m, g.IDs, nil, o)
			require.ErrorIs(t, err, errEnough)
			require.InEpsilonSlice(t, want.Losses, losses, 1e-4)
			require.InEpsilonSlice(t, want.Norms, norms, 1e-3)

			perplexity, _, err := m.Perplexity(g.IDs, g.Batch, g.BPTT)
			require.NoError(t, err)
			require.InEpsilon(t, want.After, perplexity, 1e-4)
		})
	}
}
