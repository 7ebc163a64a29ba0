package word2vec

import "math/bits"

// copies says which rows a shard has copies of in a round: the cold ones that it needs and another shard needs too. They
// are in the order of the tables, so that a row's copy is found by counting those before it.
type copies struct {
	set    []uint64 // of rows
	before []int32  // by block of 64 rows: how many copies there are of rows before it

	rows    []int32 // those of the set, in order
	sharers []uint8 // the sets of shards that need them
}

func newCopies(rows, most int) copies {
	blocks := rows/64 + 1
	return copies{
		set: make([]uint64, blocks), before: make([]int32, blocks),
		rows: apart[int32](most), sharers: make([]uint8, 0, most),
	}
}

// find finds a shard's copies from the sets of rows that all shards need.
func (c *copies) find(needs *[maxShards][]uint64, shard int) {
	c.rows, c.sharers = c.rows[:0], c.sharers[:0]
	blocks := len(c.set)
	w, x, y, z := needs[0][:blocks], needs[1][:blocks], needs[2][:blocks], needs[3][:blocks]
	for block, own := range needs[shard][:blocks] {
		w, x, y, z := w[block], x[block], y[block], z[block]
		shared := own & (w&x | y&z | (w|x)&(y|z)) // what two need, or more
		c.set[block], c.before[block] = shared, int32(len(c.rows))
		for ; shared != 0; shared &= shared - 1 {
			i := bits.TrailingZeros64(shared)
			c.rows = append(c.rows, int32(64*block+i))
			c.sharers = append(c.sharers, uint8(w>>i&1|x>>i&1<<1|y>>i&1<<2|z>>i&1<<3))
		}
	}
}

// number returns which of the copies is that of a row, if has is all bits and not none.
func (c *copies) number(row int32) (number, has int32) {
	block, i := uint32(row)/64, uint32(row)%64
	set := c.set[block]
	return c.before[block] + int32(bits.OnesCount64(set&(1<<i-1))), -int32(set >> i & 1)
}
