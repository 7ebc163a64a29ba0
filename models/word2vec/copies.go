package word2vec

import "math/bits"

// copies says which rows a shard has copies of in a round: the cold ones that it needs and another shard needs too. Those of
// a block of 64 rows follow each other in the order of the table, so that a row's copy is found by counting those before it.
type copies struct {
	set    []uint64 // of rows
	before []int32  // by block of 64 rows with any: how many copies there are before its first
	rows   []int32  // those of the set, block after block
	which  []int32  // room for what among returns
}

// newCopies has room for so many copies, and to look at so many rows at once.
func newCopies(rows, most, atOnce int) copies {
	blocks := rows/64 + 1
	return copies{set: make([]uint64, blocks), before: make([]int32, blocks), rows: apart[int32](most), which: apart[int32](atOnce + 1)[:atOnce+1]}
}

// find finds a shard's copies from what all shards need.
func (c *copies) find(needs *[maxShards]rowSet, shard int) {
	for _, row := range c.rows {
		c.set[uint32(row)/64] = 0
	}
	rows, own := c.rows[:0], needs[shard].bits
	for _, block := range needs[shard].blocks {
		w, x, y, z := needs[0].bits[block], needs[1].bits[block], needs[2].bits[block], needs[3].bits[block]
		shared := own[block] & (w&x | y&z | (w|x)&(y|z)) // what two need, or more
		c.set[block], c.before[block] = shared, int32(len(rows))
		for ; shared != 0; shared &= shared - 1 {
			rows = append(rows, 64*block+int32(bits.TrailingZeros64(shared)))
		}
	}
	c.rows = rows
}

// bit returns 1 if there is a copy of a row, else 0.
func (c *copies) bit(row int32) uint8 { return uint8(c.set[uint32(row)/64] >> (uint32(row) % 64) & 1) }

// among returns which of some rows there are copies of, until the next call. That is computed with, as the CPU could not foresee it.
func (c *copies) among(rows []int32) []int32 {
	set, which, n := c.set, c.which, 0
	for i, row := range rows {
		which[n] = int32(i)
		n += int(set[uint32(row)/64] >> (uint32(row) % 64) & 1)
	}
	return which[:n]
}

// number returns which of the copies is that of a row that has one.
func (c *copies) number(row int32) int {
	block, i := uint32(row)/64, uint32(row)%64
	return int(c.before[block]) + bits.OnesCount64(c.set[block]&(1<<i-1))
}
