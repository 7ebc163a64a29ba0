package word2vec

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// After a step, every shard's replica is what the table says, and something was learned.
func TestReplicasAreMerged(t *testing.T) {
	for name, o := range kinds() {
		if o.Loss == Softmax {
			continue
		}
		t.Run(name, func(t *testing.T) {
			tr := trainer(t, topics(300, 2), sharded(o, 20))
			r := tr.learner.(*rounds)
			before := append([]float32(nil), r.all.Row(0)...)
			require.NoError(t, tr.step())
			require.NotEqual(t, before, r.all.Row(0))
			require.Equal(t, 10, r.replicas())
			for n := range r.replicas() {
				row := r.row(n)
				require.EqualValues(t, n, r.hot.number(row))
				for _, s := range r.shards {
					require.Equal(t, r.all.Row(int(row)), r.all.Row(s.private+n), "replica %d of shard %d", n, s.number)
					require.Zero(t, s.terms[n])
				}
			}
			cold := 0
			for row := range int32(r.count) {
				if r.hot.number(row) < 0 {
					cold++
				}
			}
			require.Equal(t, r.count-r.replicas(), cold)
		})
	}
}

// What one shard alone learned of a row is the row; what several learned adds up while it is little, and is averaged when it is
// much.
func TestMerging(t *testing.T) {
	for _, c := range []struct {
		terms []int32
		own   float64
		each  float64
	}{
		{[]int32{7}, 0, 1},
		{[]int32{1, 1, 1, 1}, -3, 1},
		{[]int32{1e8, 1e8}, 0, 0.5},
	} {
		m := newMerging(2)
		m.reset(1e-4)
		m.begin(3)
		m.end() // of a row without copies
		m.begin(5)
		for i, n := range c.terms {
			m.add(int32(10+i), n)
		}
		m.end()
		require.Equal(t, []int32{int32(1 + len(c.terms))}, m.ends)
		require.EqualValues(t, 5, m.rows[0])
		require.InDelta(t, c.own, m.factors[0], 1e-3)
		for _, f := range m.factors[1:] {
			require.InDelta(t, c.each, f, 1e-3)
		}
	}
}
