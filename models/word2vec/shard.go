package word2vec

import (
	"slices"

	"github.com/lane-go/lane"
)

// A shard learns from one part of the text.
type shard struct {
	_ padding
	*rounds
	number int
	reader *reader

	windows []window
	words   []int32 // rows of the input table: runs of words
	outputs []int32 // rows of the output table: what the windows are scored against, one after the other
	needed  *rowSet // all of these that are cold

	wordAt, outputAt []int32 // where the shard has the words' and outputs' rows

	around      []int32 // inputs of the window at hand
	once, times []int32 // each of them once, and how many times it is there

	private int     // the first of the rows that the shard has for itself: the replicas of hot rows, and copies after them
	terms   []int32 // by private row: in how many terms of the loss it was since it was last merged, about
	copies  copies

	hotWords, hotOutputs hotTable

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

// newShard returns a shard whose own rows begin at row private.
func newShard(r *rounds, number int, reader *reader, private int) *shard {
	o := r.options
	inputs, outputs := r.window()
	words, windows, outs := r.most()
	wordTerms := int32(outputs)
	if o.Model == SkipGram {
		wordTerms *= int32(o.Window + 1)
	}
	privates := r.privates()
	s := &shard{
		rounds: r, number: number, reader: reader, wordTerms: wordTerms,
		windows: make([]window, 0, windows), words: apart[int32](words), outputs: apart[int32](outs),
		needed: &r.needs[number], wordAt: apart[int32](words), outputAt: apart[int32](outs),
		around: apart[int32](inputs), once: apart[int32](inputs), times: apart[int32](inputs),
		private: private, terms: apart[int32](privates)[:privates], copies: newCopies(r.count, r.mostCopied(), max(words, outs)),
		pattern: apartFloats(inputs * outputs), score: apartFloats(inputs * outputs), right: apartFloats(inputs * outputs), steps: apartFloats(inputs * outputs),
		sums: apartFloats((inputs + outputs) * r.all.Cols),
		mean: apartFloats(r.all.Cols), change: apartFloats(r.all.Cols),
		merging: newMerging(max(r.mostCopied(), r.replicas())),
	}
	s.hotWords, s.hotOutputs = r.hot.rows(s.private, s.terms)
	return s
}

// run learns from a piece of the windows, one after the other. Outputs are asked for outputsAhead rows before their turn, inputs up to inputsAhead windows.
func (s *shard) run(piece int) {
	if piece == 0 {
		s.loss, s.pairs = logProduct{product: 1}, 0
		s.place()
	}
	from, to := len(s.windows)*piece/pieces, len(s.windows)*(piece+1)/pieces
	if from == to {
		return
	}
	first := &s.windows[from]
	asked := int(first.left.from)
	lane.Prefetch(s.all, s.outputsAt(first.outputs.from, first.outputs.from+outputsAhead), true)
	for i := from; i < to; i++ {
		if (i-from)%(inputsAhead/2) == 0 {
			asked = s.askForWords(asked, i+inputsAhead)
		}
		w := &s.windows[i]
		s.learn(w, s.outputsAt(w.outputs.from, w.outputs.to), s.outputsAt(w.outputs.from+outputsAhead, w.outputs.to+outputsAhead))
	}
}

// outputsAt returns the rows of some of the outputs, as far as there are so many.
func (s *shard) outputsAt(from, to int32) []int32 {
	n := int32(len(s.outputAt))
	return s.outputAt[min(from, n):min(to, n)]
}

// askForWords asks for the inputs of the first so many windows, but for those words that were asked for. It returns how many are then.
func (s *shard) askForWords(asked, windows int) int {
	last := &s.windows[min(windows, len(s.windows))-1]
	end := max(asked, int(last.left.to), int(last.right.to))
	lane.Prefetch(s.all, s.wordAt[asked:end], true)
	return end
}

// learn moves the rows of a window against the gradient of −Σᵢ Σⱼ log σ(sⱼ·xᵢ·yⱼ) for the input rows xᵢ, the output rows yⱼ and their
// signs sⱼ: eq. 4 of Mikolov et al. 2013b for negatives, eq. 3 for a path. It asks for the rows next, of a window to come.
func (s *shard) learn(w *window, outputs, next []int32) {
	inputs := s.inputsOf(w)
	if s.options.Model == CBOW {
		s.cbow(w, inputs, outputs, next)
		return
	}
	s.pairs += int64(len(inputs))
	if s.options.PrivateNegatives {
		s.learnPairs(w, inputs, outputs, next)
		return
	}
	if len(inputs) == 1 {
		input := s.all.Row(int(inputs[0]))
		s.learnOne(w, input, input, outputs, next)
		return
	}
	once, times := s.withoutRepeats(inputs)
	score := s.score[:len(once)*len(outputs)]
	lane.DotPairs(score, s.all, once, outputs)
	steps := s.errors(score, w, len(once))
	s.repeat(times, score, steps, len(outputs))
	lane.AddPairs(s.all, once, outputs, steps, s.sums, next)
}

// learnPairs moves each of the inputs with outputs of its own, one after the other.
func (s *shard) learnPairs(w *window, inputs, outputs, next []int32) {
	each := 1 + s.options.Negative
	if n := len(outputs); n == each*len(inputs) {
		score, right := s.score[:n], s.right[:n]
		lane.LogisticPairs(s.all, inputs, outputs, s.steps[:n], right, score, s.rate, s.signs(w, 1, each)[:each], next)
		s.loss.add(right, score)
		return
	}
	for _, row := range inputs { // some of which have fewer outputs
		n := 1
		for n < len(outputs) && outputs[n] != outputs[0] {
			n++
		}
		ask, input := min(n, len(next)), s.all.Row(int(row))
		s.learnOne(w, input, input, outputs[:n], next[:ask])
		outputs, next = outputs[n:], next[ask:]
	}
}

// withoutRepeats returns each of the inputs once, and how many times it is there, or no times if that is once for all.
func (s *shard) withoutRepeats(inputs []int32) (once, times []int32) {
	seen := uint64(0)
	for i, row := range inputs {
		bit := uint64(1) << (uint32(row) % 64)
		if seen&bit != 0 && slices.Contains(inputs[:i], row) {
			return s.countRepeats(inputs)
		}
		seen |= bit
	}
	return inputs, nil
}

func (s *shard) countRepeats(inputs []int32) (once, times []int32) {
	once, times = s.once[:0], s.times[:0]
	for _, row := range inputs {
		if i := slices.Index(once, row); i >= 0 {
			times[i]++
		} else {
			once, times = append(once, row), append(times, 1)
		}
	}
	return once, times
}

// repeat gives inputs that are there several times as many times the loss and the steps of one.
func (s *shard) repeat(times []int32, score, steps []float32, outputs int) {
	for i, n := range times {
		from, to := i*outputs, (i+1)*outputs
		for range n - 1 {
			s.loss.add(s.right[from:to], score[from:to])
		}
		for k := from; k < to; k++ {
			steps[k] *= float32(n)
		}
	}
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
func (s *shard) cbow(w *window, inputs, outputs, next []int32) {
	s.share[0] = 1 / float32(len(inputs))
	lane.SumRows(s.mean, s.share[:], 0, s.all, inputs)
	clear(s.change)
	s.learnOne(w, s.change, s.mean, outputs, next)
	s.share[0] = s.options.inputShare(len(inputs))
	lane.AxpyRows(s.all, inputs, s.share[:], 0, s.change)
	s.pairs++
}

// learnOne moves the output rows of a window with one input, and adds to change by what that should move.
func (s *shard) learnOne(w *window, change, input []float32, outputs, next []int32) {
	n := len(outputs)
	score, right := s.score[:n], s.right[:n]
	lane.LogisticRows(change, input, s.all, outputs, s.steps[:n], right, score, s.rate, s.signs(w, 1, n)[:n], next)
	s.loss.add(right, score)
}

// errors returns rate·sⱼ·(1 − σ(sⱼ·score)) for scores, by which rows are moved, and adds −log σ to the loss.
func (s *shard) errors(score []float32, w *window, inputs int) []float32 {
	signs, right, step := s.signs(w, inputs, len(score)/inputs)[:len(score)], s.right[:len(score)], s.steps[:len(score)]
	lane.LogisticErrors(step, right, score, s.rate, signs)
	s.loss.add(right, score)
	return step
}

// signs returns +1 for each score that should be high, −1 for the others: so many scores of each input.
func (s *shard) signs(w *window, inputs, period int) []float32 {
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
