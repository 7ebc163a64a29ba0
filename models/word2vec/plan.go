package word2vec

// A window is some inputs, all scored against the same outputs: the word at its centre and negatives, or the nodes of its path. With private
// negatives each has outputs of its own, which follow each other and begin with the word.
type window struct {
	word        int32
	left, right span // its inputs are among the words
	outputs     span
	numbers     random // its negatives are drawn by
}

// A span is a part of a list.
type span struct{ from, to int32 }

func (s span) len() int { return int(s.to - s.from) }

// mergeAndPlan ends a round and begins the next.
func (s *shard) mergeAndPlan(piece int) {
	if piece == 0 {
		s.merge()
	} else {
		s.plan()
	}
}

// planOnly begins a round when nothing is to be merged.
func (s *shard) planOnly(piece int) {
	if piece == 0 {
		s.plan()
	}
}

// plan reads the windows of the next round, finds what they are scored against, and says which rows they need.
func (s *shard) plan() {
	s.readWindows()
	s.findOutputs()
	if !s.shared() {
		s.needed.clear()
		s.needed.add(s.words)
		s.needed.add(s.outputs)
		s.dropHot(s.needed.bits)
	}
}

func (s *shard) readWindows() {
	s.windows, s.words = s.windows[:0], s.words[:0]
	for left := s.options.round; left > 0; {
		run := s.reader.next(left)
		if run.centres == 0 {
			break
		}
		first := len(s.words)
		s.words = append(s.words, run.words...)
		for i := range run.centres {
			reach, numbers := run.window(i, s.options.Window)
			at := run.first + i
			left := span{int32(first + max(0, at-reach)), int32(first + at)}
			right := span{int32(first + at + 1), int32(first + min(len(run.words), at+1+reach))}
			s.windows = append(s.windows, window{word: run.words[at], left: left, right: right, numbers: numbers})
		}
		left -= run.centres
	}
}

// findOutputs finds what the word at each centre is scored against: the word itself and negatives, of
// which those that are the word are left out, or the nodes of its path.
func (s *shard) findOutputs() {
	table, outputs, n := int32(s.in.Rows), s.outputs[:cap(s.outputs)], 0
	for i := range s.windows {
		w := &s.windows[i]
		from := n
		if s.tree != nil {
			nodes, _ := s.tree.path(w.word)
			for _, node := range nodes {
				outputs[n] = table + node
				n++
			}
		} else {
			for range s.sets(w) {
				outputs[n] = table + w.word
				n++
				for range s.options.Negative {
					if negative := s.sampler.Pick(w.numbers.next()); negative != w.word {
						outputs[n] = table + negative
						n++
					}
				}
			}
		}
		w.outputs = span{int32(from), int32(n)}
	}
	s.outputs = outputs[:n]
}

// sets returns how many sets of negatives a window has.
func (s *shard) sets(w *window) int {
	if s.options.PrivateNegatives {
		return w.left.len() + w.right.len()
	}
	return 1
}
