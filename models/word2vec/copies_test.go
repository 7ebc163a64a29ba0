package word2vec

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// A shard has a copy of each row that it needs and another needs too, and of no other, whatever it had in the round before.
func TestCopiesOfSharedRows(t *testing.T) {
	const rows = 2000 // of which some blocks have none that is needed
	rng := rand.New(rand.NewPCG(1, 2))
	var needs [maxShards]rowSet
	var shards [maxShards]copies
	for i := range needs {
		needs[i] = newRowSet(rows, 2*rows)
		shards[i] = newCopies(rows, rows, rows)
	}
	for round := range 3 {
		sharers := make([]uint8, rows) // the shards that need the row
		for i := range needs {
			needs[i].clear()
			for _, n := range rng.Perm(rows) {
				row := int32(n)
				if rng.IntN(15) == 0 {
					needs[i].add([]int32{row, row}[:1+rng.IntN(2)])
					sharers[row] |= 1 << i
				}
			}
		}
		for i := range shards {
			c := &shards[i]
			c.find(&needs, i)
			copied := 0
			for row := range int32(rows) {
				mine := uint8(1) << i
				require.Equal(t, sharers[row]&mine != 0 && sharers[row] != mine, c.bit(row) == 1, "round %d, shard %d, row %d", round, i, row)
				if c.bit(row) == 1 {
					require.Equal(t, row, c.rows[c.number(row)])
					copied++
				}
			}
			require.NotZero(t, copied)
			require.Len(t, c.rows, copied)
		}
	}
}
