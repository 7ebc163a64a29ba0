package word2vec

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/models/corpus"
	"github.com/lane-go/lane/nn"
	"github.com/stretchr/testify/require"
)

// encode returns a text, a sentence a line, ready for training.
func encode(t testing.TB, text string) (*corpus.Stream, *corpus.Vocab) {
	t.Helper()
	stream, vocab, err := EncodeSentences(func(yield func([]string) bool) {
		for line := range strings.Lines(text) {
			if !yield(strings.Fields(line)) {
				return
			}
		}
	}, 1)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, stream.Close()) })
	return stream, vocab
}

// topics are lines of words of which those with the same letter go together.
func topics(lines int, seed uint64) string {
	random := rand.New(rand.NewPCG(seed, 0))
	var b strings.Builder
	for range lines {
		topic := string(rune('a' + random.IntN(4)))
		for range 3 + random.IntN(12) {
			b.WriteString(topic + string(rune('0'+random.IntN(6))) + " ")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// small returns settings for texts of some hundred words.
func small(model Architecture, loss Loss) Options {
	o := DefaultOptions()
	o.Model, o.Loss, o.Dim, o.Window, o.Sample, o.Epochs = model, loss, 12, 3, 0, 2
	return o
}

// kinds are all objectives.
func kinds() map[string]Options {
	private := small(SkipGram, NegativeSampling)
	private.PrivateNegatives = true
	compat := small(CBOW, NegativeSampling)
	compat.Compat = Word2vec
	return map[string]Options{
		"skipgram/ns":      small(SkipGram, NegativeSampling),
		"skipgram/private": private,
		"skipgram/softmax": small(SkipGram, Softmax),
		"skipgram/hs":      small(SkipGram, HierarchicalSoftmax),
		"cbow/ns":          small(CBOW, NegativeSampling),
		"cbow/softmax":     small(CBOW, Softmax),
		"cbow/hs":          small(CBOW, HierarchicalSoftmax),
		"cbow/compat":      compat,
	}
}

// A textbook is the model in float64 and as the papers write it, one term of the loss after the other.
type textbook struct {
	dim     int
	options Options
	in, out []float64
	sampler *nn.Sampler
	tree    *huffman
}

// A term is −Σⱼ log σ(signⱼ·h·outputⱼ), or −log softmax(h·Outᵀ)[outputs[0]] where there are no signs; h
// is the mean of the input rows.
type term struct {
	inputs, outputs []int32
	signs           []float32
}

func newTextbook(tr *Trainer) *textbook {
	b := &textbook{dim: tr.options.Dim, options: tr.options, in: float64s(tr.in), out: float64s(tr.out)}
	switch tr.options.Loss {
	case NegativeSampling:
		b.sampler = nn.NewSampler(tr.vocab.Counts(), 0.75)
	case HierarchicalSoftmax:
		b.tree = newHuffman(tr.vocab.Counts())
	}
	return b
}

// float64s returns the elements of a table, row after row.
func float64s(table lane.Matrix) (y []float64) {
	for i := range table.Rows {
		for _, v := range table.Row(i) {
			y = append(y, float64(v))
		}
	}
	return y
}

// terms returns the terms of the windows of the next so many centres.
func (m *textbook) terms(r *reader, centres int) (terms []term) {
	for centres > 0 {
		run := r.next(centres)
		if run.centres == 0 {
			break
		}
		for i := range run.centres {
			terms = append(terms, m.window(neighbours(run, i, m.options))...)
		}
		centres -= run.centres
	}
	return terms
}

func (m *textbook) window(word int32, around []int32, numbers random) (terms []term) {
	o := m.options
	draw := func() term {
		switch o.Loss {
		case NegativeSampling:
			t := term{outputs: []int32{word}, signs: []float32{1}}
			for range o.Negative {
				if n := m.sampler.Pick(numbers.next()); n != word {
					t.outputs, t.signs = append(t.outputs, n), append(t.signs, -1)
				}
			}
			return t
		case HierarchicalSoftmax:
			nodes, signs := m.tree.path(word)
			return term{outputs: nodes, signs: signs}
		}
		return term{outputs: []int32{word}}
	}
	switch {
	case o.Model == CBOW:
		t := draw()
		t.inputs = around
		terms = append(terms, t)
	case o.Loss == Softmax:
		for _, neighbour := range around {
			terms = append(terms, term{inputs: []int32{word}, outputs: []int32{neighbour}})
		}
	default:
		t := draw()
		for i, neighbour := range around {
			if o.PrivateNegatives && i > 0 {
				t = draw()
			}
			t.inputs = []int32{neighbour}
			terms = append(terms, t)
		}
	}
	return terms
}

func (m *textbook) hidden(t term) []float64 {
	h := make([]float64, m.dim)
	for _, id := range t.inputs {
		for d := range h {
			h[d] += m.in[int(id)*m.dim+d] / float64(len(t.inputs))
		}
	}
	return h
}

func (m *textbook) score(h []float64, output int) (s float64) {
	for d, v := range h {
		s += v * m.out[output*m.dim+d]
	}
	return s
}

func (m *textbook) loss(terms []term) (loss float64) {
	for _, t := range terms {
		h := m.hidden(t)
		for j, sign := range t.signs {
			loss += math.Log1p(math.Exp(-float64(sign) * m.score(h, int(t.outputs[j]))))
		}
		if t.signs == nil {
			sum := 0.0
			for v := range len(m.out) / m.dim {
				sum += math.Exp(m.score(h, v))
			}
			loss += math.Log(sum) - m.score(h, int(t.outputs[0]))
		}
	}
	return loss
}

// step moves the parameters against the gradient of all terms.
func (m *textbook) step(terms []term, rate float64) {
	in, out := slices.Clone(m.in), slices.Clone(m.out)
	for _, t := range terms {
		h := m.hidden(t)
		inputRate := rate
		if m.options.Model == CBOW && m.options.Compat == Lane {
			inputRate *= float64(m.options.Window+1) / float64(len(t.inputs))
		}
		move := func(output int, g float64) { // g is the derivative by the output's score
			for d := range h {
				out[output*m.dim+d] -= rate * g * h[d]
				for _, id := range t.inputs {
					in[int(id)*m.dim+d] -= inputRate * g * m.out[output*m.dim+d]
				}
			}
		}
		for j, output := range t.outputs {
			if t.signs != nil {
				sign := float64(t.signs[j])
				move(int(output), -sign/(1+math.Exp(sign*m.score(h, int(output)))))
			}
		}
		if t.signs == nil {
			sum := 0.0
			for v := range len(m.out) / m.dim {
				sum += math.Exp(m.score(h, v))
			}
			for v := range len(m.out) / m.dim {
				move(v, math.Exp(m.score(h, v))/sum)
			}
			move(int(t.outputs[0]), -1)
		}
	}
	m.in, m.out = in, out
}

// trainer returns a trainer with its first round ready. Its output table is random, so that no gradient is 0.
func trainer(t testing.TB, text string, o Options) *Trainer {
	t.Helper()
	stream, vocab := encode(t, text)
	tr, err := NewTrainer(stream, vocab, o)
	require.NoError(t, err)
	randomize(tr)
	tr.learner.seek(tr.state.Next)
	require.NoError(t, tr.learner.next().err)
	return tr
}

func randomize(tr *Trainer) {
	random := rand.New(rand.NewPCG(7, 7))
	for _, table := range []lane.Matrix{tr.out, tr.in} {
		for i := range table.Rows {
			for j := range table.Row(i) {
				table.Set(i, j, random.Float32()-0.5)
			}
		}
	}
}

// readerBeside returns a reader of what the trainer reads.
func readerBeside(t testing.TB, tr *Trainer) *reader {
	t.Helper()
	readers, err := newReaders(tr.stream, tr.vocab, tr.options, 1)
	require.NoError(t, err)
	readers[0].seek(0, place{})
	return readers[0]
}

// A window of private negatives is a step for each of its pairs, and word2vec.c's CBOW no gradient: they are tested below.
func TestGradientIsThatOfTheLoss(t *testing.T) {
	for name, o := range kinds() {
		if o.PrivateNegatives || o.Compat == Word2vec {
			continue
		}
		t.Run(name, func(t *testing.T) {
			o.Dim, o.round, o.Epochs = 5, 1, 1
			if o.Loss == Softmax {
				o.round = 16
			}
			tr := trainer(t, "a b c a d\nb a a e\nc d a\ne\nb f a c a", o)
			reader, all := readerBeside(t, tr), int64(0)
			for !tr.learner.next().done {
				randomize(tr)
				book := newTextbook(tr)
				terms := book.terms(reader, o.round)
				const rate = 1
				loss, pairs := tr.learner.step(func(int64) float64 { return rate })
				require.InEpsilon(t, book.loss(terms), loss, 1e-5)
				require.EqualValues(t, len(terms), pairs)
				all += pairs
				inputRate := 1.0
				if o.Model == CBOW {
					inputRate = 4 // the window and 1
				}
				in, out := slices.Clone(book.in), slices.Clone(book.out)
				requireDescent(t, book, terms, book.in, in, float64s(tr.in), inputRate)
				requireDescent(t, book, terms, book.out, out, float64s(tr.out), rate)
			}
			require.Greater(t, all, int64(10))
		})
	}
}

// requireDescent compares the step from before to after with central differences by each parameter.
func requireDescent(t *testing.T, book *textbook, terms []term, params, before, after []float64, rate float64) {
	t.Helper()
	const h = 1e-5
	for i := range params {
		p := params[i]
		params[i] = p + h
		up := book.loss(terms)
		params[i] = p - h
		down := book.loss(terms)
		params[i] = p
		require.InDelta(t, rate*(up-down)/(2*h), before[i]-after[i], 2e-5, "parameter %d", i)
	}
}

func TestWindowsAreStepsOfTheTextbook(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			o.round, o.LR, o.Epochs = 1, 0.1, 1
			tr := trainer(t, topics(40, 1), o)
			book, reader := newTextbook(tr), readerBeside(t, tr)
			steps, want := 0, 0.0
			for next := tr.learner.next(); !next.done; steps++ {
				rate := float64(float32(tr.rate(next.seen)))
				terms := book.terms(reader, 1)
				together := len(terms)
				if o.PrivateNegatives {
					together = 1
				}
				for ; len(terms) > 0; terms = terms[together:] {
					want += book.loss(terms[:together])
					book.step(terms[:together], rate)
				}
				require.NoError(t, tr.step())
			}
			require.Greater(t, steps, 200)
			require.InEpsilon(t, want, tr.state.Epoch.Sum, 1e-5)
			require.InDeltaSlice(t, book.in, float64s(tr.in), 1e-4)
			require.InDeltaSlice(t, book.out, float64s(tr.out), 1e-4)
		})
	}
}

// However many probabilities are multiplied up, and however small they are, their product stays a number.
func TestLogOfManySmallProbabilities(t *testing.T) {
	for _, p := range []float32{2e-8, 1e-7, 2e-30, 1} {
		for n := range 40 {
			var l logProduct
			l.product = 1
			sigma, z := make([]float32, n), make([]float32, n)
			for i := range sigma {
				sigma[i], z[i] = p, float32(math.Log(float64(p)))
			}
			l.add(sigma, z)
			require.InDelta(t, -float64(n)*math.Log(float64(p)), l.total(), 1e-5*float64(n+1)*max(1, -math.Log(float64(p))), "%d times %v", n, p)
		}
	}
}

// A score so low that its probability is no float32 has its loss all the same.
func TestLossOfExtremeScores(t *testing.T) {
	o := small(SkipGram, NegativeSampling)
	o.Dim, o.round = 1, 1
	tr := trainer(t, "a b a b a b\nb a b a b a\n", o)
	for _, scale := range []float32{1, 5, 9, 20} { // scores up to 400
		for i := range 2 {
			tr.in.Set(i, 0, scale)
			tr.out.Set(i, 0, scale)
		}
		tr.in.Set(0, 0, -scale)
		tr.learner.seek(cursor{})
		book := newTextbook(tr)
		want := book.loss(book.terms(readerBeside(t, tr), 1))
		loss, _ := tr.learner.step(func(int64) float64 { return 0.1 })
		require.InEpsilon(t, want, loss, 1e-5, "scale %v", scale)
	}
}
