package nn

import "github.com/lane-go/lane"

// A rowSet is the rows of a sparse gradient that may be other than zero, each once, in the order in which they became so.
type rowSet struct {
	ids  []int32
	seen []uint64 // a bit for each row; nil while any row may be other than zero
}

func newRowSet(rows int) rowSet {
	return rowSet{ids: make([]int32, 0, rows), seen: make([]uint64, (rows+63)/64)}
}

// known reports whether all other rows are zero.
func (s *rowSet) known() bool { return s.seen != nil }

func (s *rowSet) add(ids []int32) {
	for _, id := range ids {
		if word, bit := &s.seen[id/64], uint64(1)<<(id%64); *word&bit == 0 {
			*word |= bit
			s.ids = append(s.ids, id)
		}
	}
}

// zero makes all rows zero.
func (s *rowSet) zero(grad lane.Matrix) {
	for _, id := range s.ids {
		clear(grad.Row(int(id)))
		s.seen[id/64] = 0
	}
	s.ids = s.ids[:0]
}
