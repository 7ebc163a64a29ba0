package rnnlm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/lane-go/lane/models/corpus"
	"github.com/stretchr/testify/require"
)

// wordsVocab is a vocabulary of v words w0, w1 …
func wordsVocab(t testing.TB, v int) *corpus.Vocab {
	words := make([]string, v)
	for i := range words {
		words[i] = fmt.Sprint("w", i)
	}
	vocab, err := corpus.NewVocab(words, nil)
	require.NoError(t, err)
	return vocab
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

func tinyConfig(cell Cell) Config {
	return Config{Cell: cell, Embed: 6, Hidden: 8, Layers: 2, Text: corpus.Options{EOS: true}}
}

func tinyModel(t testing.TB, c Config, v int) *Model {
	m, err := New(c, wordsVocab(t, v), 1)
	require.NoError(t, err)
	return m
}

// tinyOptions is a quick recipe without a validation text.
func tinyOptions() Options {
	return Options{Batch: 3, BPTT: 4, Optimizer: "sgd", LR: 1, Clip: 0.25, Schedule: "constant", Epochs: 2, Seed: 1}
}

// walk is a text of n ids below v that has something to learn.
func walk(n, v int, seed uint64) []int32 {
	rng := rand.New(rand.NewPCG(seed, 0))
	ids := make([]int32, n)
	for i := 1; i < n; i++ {
		ids[i] = (ids[i-1] + 1 + 2*int32(rng.IntN(2))) % int32(v)
	}
	return ids
}

// periodic is a text of n ids in which all but one in v/2 words follow from the word before; what follows that one depends on the one before it.
func periodic(n int) []int32 {
	period := []int32{0, 1, 2, 3, 0, 4, 2, 5}
	ids := make([]int32, n)
	for i := range ids {
		ids[i] = period[i%len(period)]
	}
	return ids
}

// weights is a copy of all parameters.
func weights(m *Model) [][]float32 {
	var all [][]float32
	for _, p := range m.Params() {
		all = append(all, append([]float32(nil), p.Value.Data...))
	}
	return all
}

// renamed is a vocabulary as large as wordsVocab's, of other words.
func renamed(t testing.TB, v int) *corpus.Vocab {
	words := make([]string, v)
	for i := range words {
		words[i] = fmt.Sprint("other", i)
	}
	vocab, err := corpus.NewVocab(words, nil)
	require.NoError(t, err)
	return vocab
}

// rms returns √(mean of x²).
func rms(x []float32) float64 { return norm(x) / math.Sqrt(float64(len(x))) }
