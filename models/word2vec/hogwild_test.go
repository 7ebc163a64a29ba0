package word2vec

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// On one thread nothing races: words of one topic become neighbours, and each run gives the same bits. That is all that can be tested
// under the race detector, which Options.Hogwild is documented not to please.
func TestHogwildOnOneThread(t *testing.T) {
	for name, o := range kinds() {
		if o.Loss == Softmax {
			continue
		}
		o = sharded(o, 20)
		o.Hogwild, o.hot, o.rounds, o.Threads = true, 0, 1, 1
		o.Epochs, o.LR = 6, 0.1
		requireNeighbours(t, name, o)
		text := topics(100, 2)
		requireSameBits(t, train(t, text, o), train(t, text, o))
	}
}

// Copies and replicas take no room where there are none.
func TestHogwildHasNothingButTheTables(t *testing.T) {
	o := sharded(small(SkipGram, NegativeSampling), 20)
	o.Hogwild, o.hot = true, 0
	r := trainer(t, topics(100, 2), o).learner.(*rounds)
	require.Len(t, r.shards, maxShards)
	require.Equal(t, r.count, r.all.Rows)
	require.Zero(t, r.replicas())
}
