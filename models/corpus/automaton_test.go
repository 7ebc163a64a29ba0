package corpus

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// coin says "a" until "b" comes up, then ends: words a 0, b 1, eos 2.
func coin() *automaton {
	return &automaton{eos: 2, nodes: [][]branch{
		{{0.5, even([]int32{0}), []int32{0}}, {0.5, even([]int32{1}), []int32{1}}},
		{{1, even([]int32{2}), []int32{0}}},
	}}
}

func TestAutomatonExpectations(t *testing.T) {
	a := coin()
	a.check(word)
	a.solve()
	require.InDelta(t, 3, a.length, 1e-12, "two tosses and the end")
	require.InDelta(t, 2*math.Ln2, a.entropy, 1e-12)
	require.InDeltaSlice(t, []float64{1, 1, 1}, a.frequency(3), 1e-12)
}

func TestAutomatonSteps(t *testing.T) {
	a := coin()
	p, next, ok := a.step(0, 1)
	require.True(t, ok)
	require.InDelta(t, 0.5, p, 1e-12)
	require.EqualValues(t, 1, next)
	_, _, ok = a.step(0, 2)
	require.False(t, ok)

	rng := rand.New(rand.NewPCG(1, 1))
	heads := 0
	for range 10_000 {
		if word, _ := a.sample(0, rng); word == 0 {
			heads++
		}
	}
	require.InDelta(t, 5000, heads, 200)
}

func TestAutomatonRefusesWhatIsNotUnifilar(t *testing.T) {
	a := coin()
	a.nodes[0][1].words = even([]int32{0})
	require.PanicsWithValue(t, `corpus: the grammar is not unifilar: node 0 has "0" in two branches`, func() { a.check(word) })
	a = coin()
	a.nodes[0][1].weight = 0.4
	require.PanicsWithValue(t, "corpus: the branches of node 0 have probability 0.9", func() { a.check(word) })
	a = coin()
	a.nodes[1][0] = branch{1, even([]int32{0}), []int32{0}}
	require.PanicsWithValue(t, "corpus: the grammar has a cycle through node 0", func() { a.solve() })
}

func word(id int32) string { return strconv.Itoa(int(id)) }

func TestDistribution(t *testing.T) {
	d := weighted([]int32{7, 3, 7, 9}, []float64{1, 2, 1, 0})
	require.Equal(t, []int32{7, 3}, d.words)
	require.Equal(t, []float64{0.5, 0.5}, d.probs)
	m := d.mix(0.2, even([]int32{3, 4}))
	require.Equal(t, []int32{7, 3, 4}, m.words)
	require.InDeltaSlice(t, []float64{0.4, 0.5, 0.1}, m.probs, 1e-12)
}
