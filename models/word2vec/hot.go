package word2vec

import "github.com/lane-go/lane/models/corpus"

// hotRows is how many rows of either table are hot. They have more than half of what a round needs of an English text, and at 100
// dimensions a shard's replicas of them are 1.8 MB.
const hotRows = 2000

// hotFor returns how many rows of either table shards have replicas of.
func hotFor(vocab *corpus.Vocab, o Options) int {
	if o.shards == 1 || o.Hogwild {
		return 0
	}
	return min(hotRows, vocab.Len()-1) // as many as hierarchical softmax has outputs
}

// A hot says which rows are needed so often, by all shards, that each shard has a replica of them for a whole step: those of
// the most frequent words, and the nodes nearest to the root of the tree.
type hot struct {
	each int32 // how many rows of either table
	out  int32 // the first of those of the output table; those of the input table are its first
}

func newHot(inputs, outputs int, o Options) hot {
	h := hot{each: int32(o.hot), out: int32(inputs)}
	if o.Loss == HierarchicalSoftmax {
		h.out = int32(inputs + outputs - o.hot)
	}
	return h
}

// replicas returns how many rows are hot.
func (h *hot) replicas() int { return int(2 * h.each) }

// dropHot takes the hot rows out of a set of rows.
func (h *hot) dropHot(rows []uint64) {
	for _, first := range []int32{0, h.out} {
		for row, end := first, first+h.each; row < end; {
			next := min(end, row&^63+64) // the rest of a block of 64
			rows[row/64] &^= (1<<(next-row) - 1) << (row % 64)
			row = next
		}
	}
}

// number returns which of the hot rows a row is, from 0, or −1 if it is cold.
func (h *hot) number(row int32) int32 {
	if row < h.each {
		return row
	}
	if n := row - h.out; uint32(n) < uint32(h.each) {
		return h.each + n
	}
	return -1
}

// row returns the row of the tables that is the hot row of this number.
func (h *hot) row(number int) int32 {
	if n := int32(number); n < h.each {
		return n
	}
	return h.out + int32(number) - h.each
}

// A hotTable is the hot rows of one of the tables, as a shard has them.
type hotTable struct {
	first, each int32
	toReplica   int32   // from a row to its replica
	terms       []int32 // of the loss, by replica
}

// rows returns the hot rows of both tables whose replicas begin at row private.
func (h *hot) rows(private int, terms []int32) (in, out hotTable) {
	p := int32(private)
	return hotTable{0, h.each, p, terms[:h.each]}, hotTable{h.out, h.each, p + h.each - h.out, terms[h.each:h.replicas()]}
}

// place says where a shard has rows of the table, if it has no copies of them, and that each is in so many terms of the loss. Whether a row is
// hot is computed with, as the CPU could not foresee it.
func (h *hotTable) place(places, rows []int32, terms int32) {
	if h.each == 0 {
		copy(places, rows)
		return
	}
	first, each, toReplica, all := h.first, h.each, h.toReplica, h.terms
	places = places[:len(rows)]
	for i, row := range rows {
		n := row - first
		hot := (n - each) &^ n >> 31 // all bits if 0 ≤ n < each, else none
		all[n&hot] += terms & hot
		places[i] = row + toReplica&hot
	}
}

// fillReplicas copies all hot rows.
func (s *shard) fillReplicas() {
	for n := range s.replicas() {
		copy(s.all.Row(s.private+n), s.all.Row(int(s.row(n))))
		s.terms[n] = 0
	}
}

// settle merges a piece of this shard's share of the hot rows, and renews all replicas of them.
func (s *shard) settle(piece int) {
	m, replicas := &s.merging, s.replicas()
	m.reset(s.rate)
	share, shares := pieces*s.number+piece, pieces*len(s.shards)
	for n := replicas * share / shares; n < replicas*(share+1)/shares; n++ {
		m.begin(s.row(n))
		for _, other := range s.shards {
			if terms := other.terms[n]; terms > 0 {
				m.add(int32(other.private+n), terms)
				other.terms[n] = 0
			}
		}
		m.end()
	}
	for row, merged := range s.merged {
		copy(s.all.Row(row), merged)
		n := int(s.hot.number(int32(row)))
		for _, other := range s.shards {
			copy(s.all.Row(other.private+n), merged)
		}
	}
}
