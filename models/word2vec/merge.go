package word2vec

import (
	"math/bits"

	"github.com/lane-go/lane"
)

// merge moves the rows of which this shard is the first of several to have a copy.
func (s *shard) merge() {
	s.merging.reset()
	for c, copied := range s.copies {
		if bits.TrailingZeros8(copied.shards) == s.number {
			s.planMerge(s.source[c], copied.shards)
		}
	}
	m, from, asked := &s.merging, 0, 0
	for _, end := range m.ends {
		ask := min(len(m.rows), int(end)+rowsAhead)
		lane.Prefetch(s.all, m.rows[asked:ask], false)
		asked = ask
		rows := m.rows[from:end]
		lane.SumRows(s.mean, m.factors[from:end], 1, s.all, rows)
		copy(s.all.Row(int(rows[0])), s.mean)
		from = int(end)
	}
}

// rowsAhead is how many rows before their turn those to be merged are asked for.
const rowsAhead = 16

// A merging is what rows become: sums of multiples of themselves and their copies.
type merging struct {
	rows    []int32 // a row and its copies, the next row and its copies …
	factors []float32
	ends    []int32 // of each of these groups
}

func newMerging(copies int) merging {
	most := copies * (1 + maxShards)
	return merging{apart[int32](most), apart[float32](most), apart[int32](copies)}
}

func (m *merging) reset() { m.rows, m.factors, m.ends = m.rows[:0], m.factors[:0], m.ends[:0] }

// planMerge moves a row by what its copies were moved by, all together. While that is little it adds up. But where each copy has come
// close to where the row should be, the sum would go too far, and the mean is right. Between the two, n steps are
// taken to go the part a·n/(1 + a·n) of the way.
func (s *shard) planMerge(row int32, shards uint8) {
	m := &s.merging
	own := len(m.rows)
	m.rows, m.factors = append(m.rows, row), append(m.factors, 1)
	a := curvature * s.rate
	steps, parts := float32(0), float32(0)
	for ; shards != 0; shards &= shards - 1 {
		other := s.shards[bits.TrailingZeros8(shards)]
		c := other.slot[row]
		n := float32(other.copies[c].terms)
		steps += n
		parts += a * n / (1 + a*n)
		m.rows, m.factors = append(m.rows, int32(other.base)+c), append(m.factors, 0)
	}
	factor := a * steps / (1 + a*steps) / parts
	for k := own + 1; k < len(m.rows); k++ {
		m.factors[k] = factor
		m.factors[own] -= factor
	}
	m.ends = append(m.ends, int32(len(m.rows)))
}

// curvature is about how large the second derivative of a term of the loss is: a quarter of the squared length of a row.
const curvature = 0.25
