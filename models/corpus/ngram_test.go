package corpus

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNGramSumsToOne(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	const vocab = 40
	ids := make([]int32, 3000)
	for i := range ids {
		ids[i] = int32(min(rng.ExpFloat64()*6, vocab-3)) // some words never come
	}
	for order := 1; order <= 3; order++ {
		m := NewNGram(order, ids, vocab)
		for _, before := range [][]int32{nil, {0}, {39}, {0, 1}, {1, 0}, {39, 0}, {0, 39}, {39, 38}, {5, 4, 3}, ids[len(ids)-2:]} {
			sum := 0.0
			for word := range int32(vocab) {
				p := m.Prob(word, before)
				require.Positive(t, p)
				sum += p
			}
			require.InDelta(t, 1, sum, 1e-12, "order %d after %v", order, before)
		}
	}
}

func TestNGramOfTinyTexts(t *testing.T) {
	for order := 1; order <= 3; order++ {
		m := NewNGram(order, []int32{1}, 2)
		require.InDelta(t, 1, m.Prob(0, nil)+m.Prob(1, nil), 1e-12)
	}
	m := NewNGram(1, []int32{0, 0, 0, 1}, 2)
	require.Greater(t, m.Prob(0, nil), m.Prob(1, nil))
	require.Panics(t, func() { NewNGram(4, []int32{0}, 1) })
	require.Panics(t, func() { NewNGram(2, []int32{0, 2}, 2) })
	require.Panics(t, func() { NewNGram(2, nil, 2) })
	require.True(t, math.IsNaN(m.CrossEntropy(nil)))
}

// A second-order source: a trigram learns what a bigram can't.
func TestNGramLearnsItsOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	ids := []int32{0, 1}
	for len(ids) < 20_000 {
		next := (ids[len(ids)-1] + ids[len(ids)-2]) % 4
		if rng.IntN(4) == 0 {
			next = rng.Int32N(4)
		}
		ids = append(ids, next)
	}
	train, heldOut := ids[:15_000], ids[15_000:]
	trigram := NewNGram(3, train, 4).CrossEntropy(heldOut)
	p := 0.75 + 0.25/4
	exact := -p*math.Log(p) - (1-p)*math.Log((1-p)/3)
	require.InDelta(t, exact, trigram, 0.03)
	require.Greater(t, NewNGram(2, train, 4).CrossEntropy(heldOut), exact+0.3)
}
