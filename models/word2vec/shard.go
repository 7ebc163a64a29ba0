package word2vec

import "github.com/lane-go/lane"

// A shard learns from one part of the text.
type shard struct {
	_ padding
	*rounds
	number int
	reader *reader

	windows []window
	words   []int32  // rows of the input table: runs of words
	outputs []int32  // rows of the output table: what the windows are scored against, one after the other
	needed  []uint64 // the set of all of these

	placed           int     // how many windows' rows have their places
	wordAt, outputAt []int32 // where the shard has the words' and outputs' rows, as far as that is

	around []int32 // inputs of the window at hand

	replica int     // row of the first replica of a hot row
	moved   []int32 // by hot row: in how many terms of the loss its replica was since the last merge, about

	base   int       // row of the first copy
	copies []rowCopy // by their place below it
	copied int       // how many of them are filled
	source []int32   // the rows they are copies of
	slot   []int32   // by row: the number of its copy, if there is one and it is of that row

	wordTerms int32 // of the loss that an occurrence of a word is in, about

	merging merging
	share   [1]float32 // of a neighbour

	pattern []float32 // signs of a window's scores
	period  int       // outputs that pattern is for; 0 after a path
	score   []float32 // inputs × outputs
	right   []float32 // probability of the right answer
	steps   []float32 // what rows are moved by, as multiples of the others
	sums    []float32
	mean    []float32 // CBOW's input
	change  []float32 // of it

	loss  logProduct
	pairs int64
	_     padding
}

// padding keeps what one shard writes all the time out of the cache lines, and those fetched along with them, that another reads.
type padding [128]byte

// apart returns an empty slice with room for n elements and padding around it.
func apart[T int32 | float32](n int) []T {
	const around = len(padding{}) / 4
	return make([]T, around+n+around)[around : around : around+n]
}

// apartFloats returns n zeros with padding around them.
func apartFloats(n int) []float32 { return apart[float32](n)[:n] }

// A window is some inputs, each scored against the same outputs: the word at its centre and negatives, or the nodes of its path.
type window struct {
	word        int32
	left, right span // its inputs are among the words
	outputs     span
}

// A span is a part of a list.
type span struct{ from, to int32 }

func (s span) len() int { return int(s.to - s.from) }

// A rowCopy is a shard's copy of a row that other shards need as well.
type rowCopy struct {
	shards uint8 // the set of those that need it
	terms  int32 // of the shard's loss that it is in
}

// newShard returns a shard whose own rows begin at row private.
func newShard(r *rounds, number int, reader *reader, private int) *shard {
	o := r.options
	inputs, outputs := r.window()
	windows, words := o.round, o.round*(1+inputs) // a run of one word has a window on both sides
	wordTerms := int32(outputs)
	if o.Model == SkipGram {
		wordTerms *= int32(o.Window + 1)
	}
	if o.PrivateNegatives {
		windows *= inputs
	}
	replicas, copies := r.replicas(), r.mostCopied()
	return &shard{
		rounds: r, number: number, reader: reader, wordTerms: wordTerms,
		windows: make([]window, 0, windows), words: apart[int32](words), outputs: apart[int32](windows * outputs),
		needed: r.needs[number], wordAt: apart[int32](words), outputAt: apart[int32](windows * outputs),
		around:  apart[int32](inputs),
		replica: private, moved: apart[int32](replicas)[:replicas],
		base: private + replicas, copies: make([]rowCopy, 0, copies), source: apart[int32](copies), slot: make([]int32, r.count),
		pattern: apartFloats(inputs * outputs), score: apartFloats(inputs * outputs), right: apartFloats(inputs * outputs), steps: apartFloats(inputs * outputs),
		sums: apartFloats((inputs + outputs) * r.all.Cols),
		mean: apartFloats(r.all.Cols), change: apartFloats(r.all.Cols),
		merging: newMerging(max(copies, replicas)),
	}
}

// plan reads the windows of the next round and says which rows they need.
func (s *shard) plan() {
	s.forget(s.words)
	s.forget(s.outputs)
	s.windows, s.words, s.outputs = s.windows[:0], s.words[:0], s.outputs[:0]
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
			if s.options.PrivateNegatives {
				s.addPairs(run.words[at], left, &numbers)
				s.addPairs(run.words[at], right, &numbers)
			} else {
				s.addWindow(run.words[at], left, right, &numbers)
			}
		}
		left -= run.centres
	}
	if !s.shared() {
		s.need(s.words)
		s.need(s.outputs)
	}
}

// addPairs makes each input a window of its own.
func (s *shard) addPairs(word int32, inputs span, numbers *random) {
	for i := inputs.from; i < inputs.to; i++ {
		s.addWindow(word, span{i, i + 1}, span{}, numbers)
	}
}

// addWindow finds what the word at the centre is scored against: the word itself and negatives, of
// which those that are the word are left out, or the nodes of its path.
func (s *shard) addWindow(word int32, left, right span, numbers *random) {
	table, from := int32(s.in.Rows), len(s.outputs)
	if s.tree != nil {
		nodes, _ := s.tree.path(word)
		for _, node := range nodes {
			s.outputs = append(s.outputs, table+node)
		}
	} else {
		s.outputs = append(s.outputs, table+word)
		for range s.options.Negative {
			if negative := s.sampler.Pick(numbers.next()); negative != word {
				s.outputs = append(s.outputs, table+negative)
			}
		}
	}
	s.windows = append(s.windows, window{word, left, right, span{int32(from), int32(len(s.outputs))}})
}

// need says that the round needs these rows, as far as they are cold.
func (s *shard) need(rows []int32) {
	for _, row := range rows {
		if s.hot.number(row) < 0 {
			s.needed[row/64] |= 1 << (row % 64)
		}
	}
}

// forget takes back what need said of the last round.
func (s *shard) forget(rows []int32) {
	for _, row := range rows {
		s.needed[row/64] = 0
	}
}

// run learns from the windows, one after the other.
func (s *shard) run() {
	s.wordAt, s.outputAt = s.wordAt[:0], s.outputAt[:0]
	s.copies, s.source, s.copied = s.copies[:0], s.source[:0], 0
	s.placed, s.loss, s.pairs = 0, logProduct{product: 1}, 0
	s.placeUpTo(lead)
	for i := range s.windows {
		s.fillCopies()
		s.placeUpTo(i + 1 + lead)
		s.learn(&s.windows[i])
	}
}

// placeUpTo finds places for the rows of the first n windows, and asks for them.
func (s *shard) placeUpTo(n int) {
	n = min(n, len(s.windows))
	words := len(s.wordAt)
	for ; s.placed < n; s.placed++ {
		w := &s.windows[s.placed]
		s.outputAt = s.place(s.outputAt, s.outputs[w.outputs.from:w.outputs.to], s.outputTerms(w))
		words = max(words, int(w.left.to), int(w.right.to))
	}
	if n == len(s.windows) { // what others expect to find a copy of, although no window reached it
		words = len(s.words)
	}
	s.wordAt = s.place(s.wordAt, s.words[len(s.wordAt):words], s.wordTerms)
}

func (s *shard) outputTerms(w *window) int32 {
	if s.options.Model == CBOW {
		return 1
	}
	return int32(w.left.len() + w.right.len())
}

// place appends where the shard has rows of the tables, each in so many terms of the loss, and asks for them.
func (s *shard) place(places, rows []int32, terms int32) []int32 {
	from, news := len(places), len(s.source)
	if s.shared() {
		places = append(places, rows...)
	} else {
		for _, row := range rows {
			if n := s.hot.number(row); n >= 0 {
				s.moved[n] += terms
				row = int32(s.replica) + n
			} else if others := s.others(row); others != 0 {
				row = s.placeCopy(row, terms, others)
			}
			places = append(places, row)
		}
		lane.Prefetch(s.all, s.source[news:], false)
	}
	lane.Prefetch(s.all, places[from:], true)
	return places
}

// placeCopy returns the row of the shard's copy of a row.
func (s *shard) placeCopy(row, terms int32, others uint8) int32 {
	c := int(s.slot[row])
	if c >= len(s.copies) || s.source[c] != row {
		c = len(s.copies)
		s.slot[row] = int32(c)
		s.copies = append(s.copies, rowCopy{shards: others | 1<<s.number})
		s.source = append(s.source, row)
	}
	s.copies[c].terms += terms
	return int32(s.base + c)
}

// fillCopies copies the rows whose copies are new. They have been asked for a while ago.
func (s *shard) fillCopies() {
	if n := len(s.copies); s.copied < n {
		lane.Gather(s.all.Slice(s.base+s.copied, s.base+n, 0, s.all.Cols), s.all, s.source[s.copied:])
		s.copied = n
	}
}

// others returns the set of the other shards that need a row in this round.
func (s *shard) others(row int32) uint8 {
	block, bit := row/64, row%64
	set := uint64(0)
	for i := range maxShards {
		set |= s.needs[i][block] >> bit & 1 << i
	}
	return uint8(set) &^ (1 << s.number)
}

// learn moves the rows of a window against the gradient of −Σᵢ Σⱼ log σ(sⱼ·xᵢ·yⱼ) for the input rows xᵢ, the output rows yⱼ and their
// signs sⱼ: eq. 4 of Mikolov et al. 2013b for negatives, eq. 3 for a path.
func (s *shard) learn(w *window) {
	inputs, outputs := s.inputsOf(w), s.outputAt[w.outputs.from:w.outputs.to]
	if s.options.Model == CBOW {
		s.cbow(w, inputs, outputs)
		return
	}
	score := s.score[:len(inputs)*len(outputs)]
	lane.DotPairs(score, s.all, inputs, outputs)
	lane.AddPairs(s.all, inputs, outputs, s.errors(score, w, len(inputs)), s.sums)
	s.pairs += int64(len(inputs))
}

// inputsOf returns the rows of a window's inputs.
func (s *shard) inputsOf(w *window) []int32 {
	left, right := s.wordAt[w.left.from:w.left.to], s.wordAt[w.right.from:w.right.to]
	switch {
	case len(left) == 0:
		return right
	case len(right) == 0:
		return left
	}
	s.around = append(append(s.around[:0], left...), right...)
	return s.around
}

// cbow is the same for one input, the mean of the neighbours' rows. Each neighbour has a share of 1/n in the mean and so in its gradient,
// which word2vec.c and gensim leave undivided (İrsoy, Benton & Stratos 2021).
func (s *shard) cbow(w *window, inputs, outputs []int32) {
	score, n := s.score[:len(outputs)], float32(len(inputs))
	s.share[0] = 1 / n
	lane.SumRows(s.mean, s.share[:], 0, s.all, inputs)
	lane.DotRows(score, s.mean, s.all, outputs)
	step := s.errors(score, w, 1)
	lane.SumRows(s.change, step, 1, s.all, outputs)
	lane.AxpyRows(s.all, outputs, step, 1, s.mean)
	s.share[0] = s.options.inputShare(len(inputs))
	lane.AxpyRows(s.all, inputs, s.share[:], 0, s.change)
	s.pairs++
}

// errors returns rate·sⱼ·(1 − σ(sⱼ·score)) for scores, by which rows are moved, and adds −log σ to the loss.
func (s *shard) errors(score []float32, w *window, inputs int) []float32 {
	signs, right, step := s.signs(w, inputs)[:len(score)], s.right[:len(score)], s.steps[:len(score)]
	lane.LogisticErrors(step, right, score, s.rate, signs)
	s.loss.add(right, score)
	return step
}

// signs returns +1 for each score that should be high, −1 for the others.
func (s *shard) signs(w *window, inputs int) []float32 {
	period := w.outputs.len()
	switch {
	case s.tree != nil:
		_, path := s.tree.path(w.word)
		for at := 0; at < period*inputs; at += period {
			copy(s.pattern[at:], path)
		}
	case period != s.period:
		s.period = period
		for k := range s.pattern {
			s.pattern[k] = -1
			if k%period == 0 {
				s.pattern[k] = 1
			}
		}
	}
	return s.pattern
}
