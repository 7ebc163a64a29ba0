package word2vec

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// A shard has a copy of each row that it needs and another needs too, and of no other, whatever it had in the round before.
func TestCopiesOfSharedRows(t *testing.T) {
	const rows = 300
	rng := rand.New(rand.NewPCG(1, 2))
	var needs [maxShards][]uint64
	var shards [maxShards]copies
	for i := range needs {
		needs[i] = make([]uint64, rows/64+1)
		shards[i] = newCopies(rows, rows, rows)
	}
	for round := range 3 {
		sharers := make([]uint8, rows) // the shards that need the row
		for i := range needs {
			clear(needs[i])
			for row := range rows {
				if rng.IntN(3) == 0 {
					needs[i][row/64] |= 1 << (row % 64)
					sharers[row] |= 1 << i
				}
			}
		}
		for i := range shards {
			c := &shards[i]
			c.find(&needs, i)
			var copied []int32
			for row := range int32(rows) {
				mine := uint8(1) << i
				require.Equal(t, sharers[row]&mine != 0 && sharers[row] != mine, c.bit(row) == 1, "round %d, shard %d, row %d", round, i, row)
				if c.bit(row) == 1 {
					require.Equal(t, len(copied), c.number(row))
					copied = append(copied, row)
				}
			}
			require.Equal(t, copied, c.rows)
		}
	}
}
