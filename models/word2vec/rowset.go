package word2vec

// A rowSet is a set of rows that costs as much as it has of them, however many rows there are.
type rowSet struct {
	bits   []uint64
	blocks []int32 // of 64 rows: those with any, in the order that they came in
}

// newRowSet returns an empty set of so many rows, to which most rows are added at most, repeats counted.
func newRowSet(rows, most int) rowSet {
	blocks := rows/64 + 1
	return rowSet{bits: make([]uint64, blocks), blocks: apart[int32](min(blocks, most) + 1)}
}

func (s *rowSet) clear() {
	for _, block := range s.blocks {
		s.bits[block] = 0
	}
	s.blocks = s.blocks[:0]
}

// add adds rows. Whether one is the first of its block is computed with, as the CPU could not foresee it.
func (s *rowSet) add(rows []int32) {
	set, n := s.bits, len(s.blocks)
	blocks := s.blocks[:cap(s.blocks)]
	for _, row := range rows {
		block := uint32(row) / 64
		old := set[block]
		blocks[n] = int32(block)
		n += int((old - 1) &^ old >> 63)
		set[block] = old | 1<<(uint32(row)%64)
	}
	s.blocks = blocks[:n]
}
