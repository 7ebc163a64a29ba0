package word2vec

import (
	"fmt"
	"math"

	"github.com/lane-go/lane"
)

// maxLogits bounds the scores of a batch, in bytes.
const maxLogits = 256 << 20

// checkSoftmax refuses vocabularies for which the full softmax is absurd.
func checkSoftmax(words int, o Options) error {
	if bytes := 4 * int64(words) * int64(o.batch); bytes > maxLogits {
		return fmt.Errorf("word2vec: the full softmax over %d words takes %d MiB of scores at dim %d and batches of %d, and %.1g operations a word: train with the loss ns or hs, or limit the vocabulary to %d words",
			words, bytes>>20, o.Dim, o.batch, 6*float64(words)*float64(o.Dim), maxLogits/4/o.batch)
	}
	return nil
}

// softmax is the objective that scores a window against the whole vocabulary: −Σ log softmax(x·Outᵀ)[target]. For
// skip-gram x is the centre's row and the neighbours are the targets (eq. 1 and 2 of Mikolov et al. 2013b),
// so that a window needs its scores once; for CBOW x is the mean of the neighbours' rows and the
// centre is the target. A batch is three products of matrices.
type softmax struct {
	in, out lane.Matrix
	options Options
	random  source

	inputs, targets list // of the batch's windows that have neighbours
	rate            float32

	x, dx   lane.Matrix // B×dim
	scores  lane.Matrix // B×V: scores, then gradient with respect to them
	rowLoss []float64
	windows int
	rows    func(lo, hi int)
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

func newSoftmax(in, out lane.Matrix, o Options) *softmax {
	newList := func(words int) list {
		return list{make([]int32, 0, words), make([]int32, 0, o.batch)}
	}
	s := &softmax{
		in: in, out: out, options: o, random: newSource(),
		inputs: newList(o.batch), targets: newList(o.batch * 2 * o.Window),
		x: lane.NewMatrix(o.batch, o.Dim), dx: lane.NewMatrix(o.batch, o.Dim),
		scores: lane.NewMatrix(o.batch, out.Rows), rowLoss: make([]float64, o.batch),
	}
	if o.Model == CBOW {
		s.inputs, s.targets = s.targets, s.inputs
	}
	s.rows = s.scoreRows
	return s
}

func (s *softmax) gradient(b *batch, rate float32, meanwhile func()) (loss float64, pairs int64) {
	s.rate = rate
	s.collect(b)
	meanwhile()
	x, scores := s.x.Slice(0, s.windows, 0, s.x.Cols), s.scores.Slice(0, s.windows, 0, s.scores.Cols)
	lane.Gemm(scores, 0, 1, x, s.out.T())
	lane.Parallel(s.windows, 1, s.rows)
	for _, l := range s.rowLoss[:s.windows] {
		loss += l
	}
	lane.Gemm(s.dx.Slice(0, s.windows, 0, s.dx.Cols), 0, 1, scores, s.out)
	return loss, int64(len(s.targets.words))
}

// collect lists the windows' inputs and targets and gathers the inputs' rows.
func (s *softmax) collect(b *batch) {
	s.inputs.reset()
	s.targets.reset()
	around, centre := &s.targets, &s.inputs
	if s.options.Model == CBOW {
		around, centre = centre, around
	}
	for _, c := range b.centres {
		before := len(around.words)
		around.words = neighbours(around.words, b, c, s.options, s.random)
		if len(around.words) > before {
			centre.words = append(centre.words, b.words[c.at])
			around.end()
			centre.end()
		}
	}
	s.windows = len(s.inputs.ends)
	for i := range s.windows {
		meanRow(s.x.Row(i), s.in, s.inputs.at(i))
	}
}

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

func (s *softmax) apply() {
	if s.windows == 0 {
		return
	}
	x, scores := s.x.Slice(0, s.windows, 0, s.x.Cols), s.scores.Slice(0, s.windows, 0, s.scores.Cols)
	lane.Gemm(s.out, 1, -s.rate, scores.T(), x)
	rate := s.rate * s.options.inputScale()
	for i := range s.windows {
		inputs, dx := s.inputs.at(i), s.dx.Row(i)
		for _, id := range inputs {
			lane.Axpy(s.in.Row(int(id)), -rate/float32(len(inputs)), dx)
		}
	}
}
