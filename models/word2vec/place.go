package word2vec

import "github.com/lane-go/lane"

// place finds where the shard has the rows of its windows: cold rows that other shards need too it copies.
func (s *shard) place() {
	if s.shared() {
		s.wordAt, s.outputAt = s.words, s.outputs
		return
	}
	s.fillCopies()
	s.wordAt, s.outputAt = s.wordAt[:len(s.words)], s.outputAt[:len(s.outputs)]
	s.hotWords.place(s.wordAt, s.words, s.wordTerms)
	for _, i := range s.copies.among(s.words) {
		s.wordAt[i] = s.placeCopy(s.words[i], s.wordTerms)
	}
	for i := 0; i < len(s.windows); { // windows with the same terms, of which CBOW has no other, take their places at once
		from, terms := s.windows[i].outputs.from, s.outputTerms(&s.windows[i])
		for i++; i < len(s.windows) && s.outputTerms(&s.windows[i]) == terms; i++ {
		}
		to := s.windows[i-1].outputs.to
		s.hotOutputs.place(s.outputAt[from:to], s.outputs[from:to], terms)
	}
	w := 0
	for _, i := range s.copies.among(s.outputs) {
		for i >= s.windows[w].outputs.to {
			w++
		}
		s.outputAt[i] = s.placeCopy(s.outputs[i], s.outputTerms(&s.windows[w]))
	}
}

// placeCopy returns the copy of a row that has one and is in so many terms of the loss.
func (s *shard) placeCopy(row, terms int32) int32 {
	n := s.replicas() + s.copies.number(row)
	s.terms[n] += terms
	return int32(s.private + n)
}

// fillCopies copies the rows that other shards need as well.
func (s *shard) fillCopies() {
	s.copies.find(&s.needs, s.number)
	first, n := s.replicas(), len(s.copies.rows)
	clear(s.terms[first : first+n])
	lane.Gather(s.all.Slice(s.private+first, s.private+first+n, 0, s.all.Cols), s.all, s.copies.rows)
}

// outputTerms returns how many terms of the loss each output of a window is in.
func (s *shard) outputTerms(w *window) int32 {
	if s.options.Model == CBOW || s.options.PrivateNegatives {
		return 1
	}
	return int32(w.left.len() + w.right.len())
}
