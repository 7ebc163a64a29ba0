package word2vec

import (
	"fmt"
	"math"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/models/corpus"
)

// maxLogits bounds the scores of a round, in bytes.
const maxLogits = 256 << 20

// checkSoftmax refuses vocabularies for which the full softmax is absurd.
func checkSoftmax(words int, o Options) error {
	if bytes := 4 * int64(words) * int64(o.round); bytes > maxLogits {
		return fmt.Errorf("word2vec: the full softmax over %d words takes %d MiB of scores at dim %d and rounds of %d windows, and %.1g operations a word: train with the loss ns or hs, or limit the vocabulary to %d words",
			words, bytes>>20, o.Dim, o.round, 6*float64(words)*float64(o.Dim), maxLogits/4/o.round)
	}
	return nil
}

const (
	maxSoftmaxRound = 256

	// stability bounds the learning rate times the terms of a round's loss that one row is in. A term's second
	// derivative along a row x is at most |y|²/4, so that the steps of a row converge while the bound
	// times |y|²/4 is below 2.
	stability = 1
)

// softmaxRound returns how many centre words' gradients are taken at the same parameters. Large products of matrices are fast; but
// gradients of one row add up, and where one word is in most windows, a large step overshoots, which one after the other would
// not. So a round is as large as keeps the expected terms of the most frequent row times the learning rate below a bound: a
// few words for a vocabulary of two.
func softmaxRound(vocab *corpus.Vocab, o Options) int {
	subsampler := corpus.NewSubsampler(vocab, o.Sample)
	var kept, most float64
	for id, count := range vocab.Counts() {
		k := float64(count) * subsampler.Keep(int32(id))
		kept, most = kept+k, max(most, k)
	}
	terms := 4 * most / kept // every row is in every window: on 24 words it diverges at a rate of 0.1 without this factor
	if o.Model == SkipGram {
		terms *= float64(o.Window + 1) // twice the mean of 1 … window
	}
	return int(max(1, min(maxSoftmaxRound, stability/(o.LR*terms))))
}

// softmax is the learner that scores a window against the whole vocabulary: −Σ log softmax(x·Outᵀ)[target]. For
// skip-gram x is the centre's row and the neighbours are the targets (eq. 1 and 2 of Mikolov et al. 2013b),
// so that a window needs its scores once; for CBOW x is the mean of the neighbours' rows and the
// centre is the target. A round is three products of matrices.
type softmax struct {
	in, out lane.Matrix
	options Options
	readers []*reader // one
	ahead   round

	inputs, targets list // of the round's windows
	rate            float32

	x, dx   lane.Matrix // B×dim
	scores  lane.Matrix // B×V: scores, then gradient with respect to them
	rowLoss []float64
	windows int
	rows    func(lo, hi int)
	collect func() int
}

// A list is a list of lists of words.
type list struct {
	words []int32
	ends  []int32
}

func (l *list) reset() { l.words, l.ends = l.words[:0], l.ends[:0] }

func (l *list) end() { l.ends = append(l.ends, int32(len(l.words))) }

func (l *list) at(i int) []int32 {
	from := int32(0)
	if i > 0 {
		from = l.ends[i-1]
	}
	return l.words[from:l.ends[i]]
}

func newSoftmax(readers []*reader, vocab *corpus.Vocab, o Options) *softmax {
	newList := func(words int) list {
		return list{make([]int32, 0, words), make([]int32, 0, o.round)}
	}
	words := vocab.Len()
	s := &softmax{
		in: lane.NewMatrix(words, o.Dim), out: lane.NewMatrix(words, o.Dim), options: o, readers: readers,
		inputs: newList(o.round), targets: newList(o.round * 2 * o.Window),
		x: lane.NewMatrix(o.round, o.Dim), dx: lane.NewMatrix(o.round, o.Dim),
		scores: lane.NewMatrix(o.round, words), rowLoss: make([]float64, o.round),
	}
	if o.Model == CBOW {
		s.inputs, s.targets = s.targets, s.inputs
	}
	s.rows, s.collect = s.scoreRows, s.read
	return s
}

func (s *softmax) tables() (in, out lane.Matrix) { return s.in, s.out }

func (s *softmax) seek(c cursor) {
	s.ahead.start(c, s.readers)
	s.ahead.prepare(s.readers, s.options.Epochs, s.collect)
}

func (s *softmax) next() *round { return &s.ahead }

// step takes three products of matrices, with the parameters as they are before it.
func (s *softmax) step(rate func(seen int64) float64) (loss float64, pairs int64) {
	s.rate = float32(rate(s.ahead.seen))
	x, scores := s.x.Top(s.windows), s.scores.Top(s.windows)
	for i := range s.windows {
		meanRow(s.x.Row(i), s.in, s.inputs.at(i))
	}
	lane.Gemm(scores, 0, 1, x, s.out.T())
	lane.Parallel(s.windows, 1, s.rows)
	for _, l := range s.rowLoss[:s.windows] {
		loss += l
	}
	pairs = int64(len(s.targets.words))
	dx := s.dx.Top(s.windows)
	lane.Gemm(dx, 0, 1, scores, s.out)
	lane.Gemm(s.out, 1, -s.rate, scores.T(), x)
	for i := range s.windows {
		inputs := s.inputs.at(i)
		for _, id := range inputs {
			lane.Axpy(s.in.Row(int(id)), -s.rate*s.options.inputShare(len(inputs)), s.dx.Row(i))
		}
	}
	s.ahead.prepare(s.readers, s.options.Epochs, s.collect)
	return loss, pairs
}

// read lists the inputs and targets of the next round's windows.
func (s *softmax) read() (windows int) {
	s.inputs.reset()
	s.targets.reset()
	around, centre := &s.targets, &s.inputs
	if s.options.Model == CBOW {
		around, centre = centre, around
	}
	s.windows = 0
	for s.windows < s.options.round {
		run := s.readers[0].next(s.options.round - s.windows)
		if run.centres == 0 {
			break
		}
		for i := range run.centres {
			reach, _ := run.window(i, s.options.Window)
			at := run.first + i
			around.words = append(around.words, run.words[max(0, at-reach):at]...)
			around.words = append(around.words, run.words[at+1:min(len(run.words), at+1+reach)]...)
			around.end()
			centre.words = append(centre.words, run.words[at])
			centre.end()
		}
		s.windows += run.centres
	}
	return s.windows
}

// meanRow sets dst to the mean of the rows with these ids.
func meanRow(dst []float32, table lane.Matrix, ids []int32) {
	lane.SumRows(dst, unit, 0, table, ids)
	lane.Scale(dst, 1/float32(len(ids)), dst)
}

var unit = []float32{1} // made once, so that a call allocates nothing

// scoreRows turns rows of scores z into the gradient of Σₜ (log Σ eᶻ − z[t]) over their targets t: n·softmax(z),
// less 1 at each of the n targets.
func (s *softmax) scoreRows(lo, hi int) {
	for i := lo; i < hi; i++ {
		z, targets, loss := s.scores.Row(i), s.targets.at(i), 0.0
		highest := lane.Max(z)
		for _, t := range targets {
			loss -= float64(z[t]) - float64(highest)
		}
		sum := lane.ExpSum(z, highest, z)
		n := float32(len(targets))
		s.rowLoss[i] = loss + float64(n)*math.Log(float64(sum))
		lane.Scale(z, n/sum, z)
		for _, t := range targets {
			z[t]--
		}
	}
}
