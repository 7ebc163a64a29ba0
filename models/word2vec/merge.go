package word2vec

import (
	"math/bits"

	"github.com/lane-go/lane"
)

// merge merges this shard's share of the rows that it has copies of: those that have one take turns.
func (s *shard) merge() {
	m := &s.merging
	m.reset(s.rate)
	for _, row := range s.copies.rows {
		sharers := s.sharers(row)
		if before := bits.OnesCount8(sharers & (1<<s.number - 1)); before != int(row)%bits.OnesCount8(sharers) {
			continue
		}
		m.begin(row)
		for ; sharers != 0; sharers &= sharers - 1 {
			other := s.shards[bits.TrailingZeros8(sharers)]
			n := s.replicas() + other.copies.number(row)
			m.add(int32(other.private+n), other.terms[n])
		}
		m.end()
	}
	for row, merged := range s.merged {
		copy(s.all.Row(row), merged)
	}
}

// sharers returns the set of shards that have a copy of a row. That is computed with, as the CPU could not foresee it.
func (r *rounds) sharers(row int32) (set uint8) {
	for i, s := range r.shards {
		set |= s.copies.bit(row) << i
	}
	return set
}

// merged yields the rows of the merging and what they become, until the next one.
func (s *shard) merged(yield func(row int, merged []float32) bool) {
	m, from, asked := &s.merging, 0, 0
	for _, end := range m.ends {
		ask := min(len(m.rows), int(end)+rowsAhead)
		lane.Prefetch(s.all, m.rows[asked:ask], false)
		asked = ask
		rows := m.rows[from:end]
		lane.SumRows(s.mean, m.factors[from:end], 1, s.all, rows)
		if !yield(int(rows[0]), s.mean) {
			return
		}
		from = int(end)
	}
}

// rowsAhead is how many rows before their turn those to be merged are asked for.
const rowsAhead = 16

// A merging is what rows become: sums of multiples of themselves and what shards made of them, each by itself.
//
// A row moves by what its copies were moved by, all together. While that is little it adds up. But where each copy has come
// close to where the row should be, the sum would go too far, and the mean is right. Between the two, n steps are
// taken to go the part a·n/(1 + a·n) of the way.
type merging struct {
	rows    []int32 // a row and its copies, the next row and its copies …
	factors []float32
	ends    []int32 // of each of these groups

	a            float32 // how far a step goes
	own          int     // the first of the group under way
	steps, parts float32 // of its copies
}

// curvature is about how large the second derivative of a term of the loss is, σ·(1 − σ) times the square of a row's length, in the
// directions that rows still move in.
const curvature = 0.05

func newMerging(groups int) merging {
	most := groups * (1 + maxShards)
	return merging{rows: apart[int32](most), factors: apart[float32](most), ends: apart[int32](groups)}
}

func (m *merging) reset(rate float32) {
	m.rows, m.factors, m.ends = m.rows[:0], m.factors[:0], m.ends[:0]
	m.a = curvature * rate
}

// begin starts the group of a row of the tables.
func (m *merging) begin(row int32) {
	m.own, m.steps, m.parts = len(m.rows), 0, 0
	m.rows, m.factors = append(m.rows, row), append(m.factors, 1)
}

// add adds a copy that was in so many terms of the loss.
func (m *merging) add(place, terms int32) {
	n := float32(terms)
	m.steps += n
	m.parts += n / (1 + m.a*n)
	m.rows, m.factors = append(m.rows, place), append(m.factors, 0)
}

// end ends a group. One without copies is dropped.
func (m *merging) end() {
	if len(m.rows) == m.own+1 {
		m.rows, m.factors = m.rows[:m.own], m.factors[:m.own]
		return
	}
	factor := m.steps / (1 + m.a*m.steps) / m.parts
	for k := m.own + 1; k < len(m.rows); k++ {
		m.factors[k] = factor
		m.factors[m.own] -= factor
	}
	m.ends = append(m.ends, int32(len(m.rows)))
}
