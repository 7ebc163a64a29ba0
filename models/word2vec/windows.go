package word2vec

import (
	"math"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/models/corpus"
	"github.com/lane-go/lane/nn"
)

// A step is divided into this many parts, whatever the number of threads: windows into chunks by their
// order, rows of the tables into shares by their number.
const (
	chunks = 32
	shares = 32
)

// windows is the objective whose outputs are a few rows a window: the word and its negatives, or the path in the
// Huffman tree. In the first phase every window computes its gradient from the parameters as they stand
// at the batch's start, chunk by chunk; in the second the gradients are added, share by share, each row's
// in the order of the windows. No row has two writers in either, and no sum depends on which thread took
// a part.
type windows struct {
	in, out lane.Matrix
	options Options
	sampler *nn.Sampler // negative sampling
	tree    *huffman    // hierarchical softmax

	batch     *batch
	rate      float32
	grain     int // windows a chunk
	meanwhile func()
	chunks    []*chunk

	gradientPart, applyPart func(lo, hi int)
}

func newWindows(in, out lane.Matrix, vocab *corpus.Vocab, o Options, size int) *windows {
	w := &windows{in: in, out: out, options: o, grain: (size + chunks - 1) / chunks}
	outputs := 0 // rows that a window is scored against, at most
	if o.Loss == HierarchicalSoftmax {
		w.tree = newHuffman(vocab.Counts())
		outputs = w.tree.depth
	} else {
		w.sampler = nn.NewSampler(vocab.Counts(), 0.75)
		outputs = o.Negative + 1
	}
	for range (size + w.grain - 1) / w.grain {
		w.chunks = append(w.chunks, newChunk(w, outputs))
	}
	w.gradientPart, w.applyPart = w.gradientOf, w.applyTo
	return w
}

func (w *windows) gradient(b *batch, rate float32, meanwhile func()) (loss float64, pairs int64) {
	w.batch, w.rate, w.meanwhile = b, rate, meanwhile
	lane.Parallel(1+len(w.chunks), 1, w.gradientPart)
	for _, c := range w.chunks {
		loss += c.loss
		pairs += c.pairs
	}
	return loss, pairs
}

// gradientOf computes part 0, what else there is to do, or chunk part−1.
func (w *windows) gradientOf(part, _ int) {
	if part == 0 {
		w.meanwhile()
		return
	}
	n := len(w.batch.centres)
	first := min(n, (part-1)*w.grain)
	w.chunks[part-1].compute(w.batch.centres[first:min(n, first+w.grain)])
}

func (w *windows) apply() { lane.Parallel(shares, 1, w.applyPart) }

// applyTo adds the gradients of the rows of one share.
func (w *windows) applyTo(share, _ int) {
	for _, c := range w.chunks {
		for _, e := range c.sorted[c.bounds[share]:c.bounds[share+1]] {
			row := w.row(e.row)
			lane.Add(row, row, c.gradients.Row(int(e.gradient)))
		}
	}
}

// row returns row r of the input table or, counting on, of the output table.
func (w *windows) row(r int32) []float32 {
	if int(r) < w.in.Rows {
		return w.in.Row(int(r))
	}
	return w.out.Row(int(r) - w.in.Rows)
}

// A chunk is a run of windows, their gradients, and the room to compute them.
type chunk struct {
	*windows
	random source

	inputs  []int32 // neighbours of the window at hand
	outputs []int32 // rows of the output table it is scored against
	signs   []float32
	score   []float32 // sign·score, inputs × outputs
	right   []float32 // probability of the right answer, then rate times the gradient of its logarithm
	mean    []float32 // CBOW's input

	gradients lane.Matrix // rate times the gradient, a row each
	used      int         // rows of it
	updates   []update    // in the order of the windows
	sorted    []update    // by share, then in the order of the windows
	bounds    [shares + 1]int

	loss  float64
	pairs int64
}

// An update adds row gradient of the chunk's gradients to a row of the tables.
type update struct{ row, gradient int32 }

func newChunk(w *windows, outputs int) *chunk {
	o := w.options
	inputs := 2 * o.Window
	rows, updates, scores := inputs+outputs, inputs+outputs, inputs*outputs
	switch {
	case o.Model == CBOW:
		rows, scores = 1+outputs, outputs
	case o.PrivateNegatives:
		rows = inputs * (1 + outputs)
		updates, scores = rows, outputs
	}
	return &chunk{
		windows: w, random: newSource(),
		inputs: make([]int32, 0, inputs), outputs: make([]int32, 0, outputs), signs: make([]float32, 0, outputs),
		score: make([]float32, scores), right: make([]float32, scores),
		mean:      make([]float32, o.Dim),
		gradients: lane.NewMatrix(w.grain*rows, o.Dim),
		updates:   make([]update, 0, w.grain*updates), sorted: make([]update, w.grain*updates),
	}
}

// compute finds the loss and the gradients of some windows.
func (c *chunk) compute(centres []centre) {
	c.used, c.updates, c.loss, c.pairs = 0, c.updates[:0], 0, 0
	for _, at := range centres {
		c.inputs = neighbours(c.inputs[:0], c.batch, at, c.options, c.random)
		word := c.batch.words[at.at]
		switch {
		case len(c.inputs) == 0:
		case c.options.Model == CBOW:
			c.drawOutputs(word)
			c.cbow()
		case c.options.PrivateNegatives:
			for i := range c.inputs {
				c.drawOutputs(word)
				c.oneInput(c.inputs[i], c.in.Row(int(c.inputs[i])))
			}
		default:
			c.drawOutputs(word)
			c.skipGram(c.inputs)
		}
	}
	c.sort()
}

// neighbours appends the words at most b places from the centre, b drawn uniformly from 1 … window, so that
// near words count more. It leaves random where the window's further draws begin.
func neighbours(dst []int32, b *batch, c centre, o Options, random source) []int32 {
	random.start(o.Seed, windowAndNegatives, b.epoch, c.position)
	reach := int32(1 + random.IntN(o.Window))
	dst = append(dst, b.words[max(c.left, c.at-reach):c.at]...)
	return append(dst, b.words[c.at+1:min(c.right, c.at+1+reach)]...)
}

// drawOutputs finds what the prediction of the word is scored against: the word itself and negatives, of which those that are the
// word are left out, or the nodes of its path. The sign is +1 for what should score high, −1 else.
func (c *chunk) drawOutputs(word int32) {
	if c.tree != nil {
		c.outputs, c.signs = c.tree.path(word)
		return
	}
	c.outputs, c.signs = append(c.outputs[:0], word), append(c.signs[:0], 1)
	for range c.options.Negative {
		if negative := c.sampler.Sample(c.random.Rand); negative != word {
			c.outputs, c.signs = append(c.outputs, negative), append(c.signs, -1)
		}
	}
}

// skipGram is the gradient of −Σᵢ Σⱼ log σ(sⱼ·xᵢ·yⱼ) for the input rows xᵢ, the output rows yⱼ and their
// signs sⱼ: eq. 4 of Mikolov et al. 2013b for negatives, eq. 3 for a path.
func (c *chunk) skipGram(inputs []int32) {
	m := len(c.outputs)
	for i, id := range inputs {
		c.scores(c.score[i*m:][:m], c.in.Row(int(id)))
	}
	g := c.errors(len(inputs) * m)
	for i, id := range inputs {
		lane.SumRows(c.newGradient(id), g[i*m:][:m], 1, c.out, c.outputs)
	}
	for j, node := range c.outputs {
		lane.SumRows(c.newGradient(c.outputRow(node)), g[j:], m, c.in, inputs)
	}
	c.pairs += int64(len(inputs))
}

// oneInput is the same for one input x, whose gradient goes to an input row.
func (c *chunk) oneInput(row int32, x []float32) {
	c.scores(c.score[:len(c.outputs)], x)
	g := c.errors(len(c.outputs))
	lane.SumRows(c.newGradient(row), g, 1, c.out, c.outputs)
	first := c.used
	for _, node := range c.outputs {
		c.newGradient(c.outputRow(node))
	}
	lane.Outer(c.gradients.Slice(first, c.used, 0, len(x)), g, x)
	c.pairs++
}

// cbow is the same for one input, the mean of the neighbours' rows. Each neighbour has a share of 1/n in the mean and so in its gradient,
// which word2vec.c and gensim leave undivided (İrsoy, Benton & Stratos 2021).
func (c *chunk) cbow() {
	share, at := c.options.inputScale()/float32(len(c.inputs)), c.used
	meanRow(c.mean, c.in, c.inputs)
	c.oneInput(c.inputs[0], c.mean)
	lane.Scale(c.gradients.Row(at), share, c.gradients.Row(at))
	for _, id := range c.inputs[1:] {
		c.updates = append(c.updates, update{id, int32(at)})
	}
}

// meanRow sets dst to the mean of the rows with these ids.
func meanRow(dst []float32, table lane.Matrix, ids []int32) {
	lane.SumRows(dst, unit, 0, table, ids)
	lane.Scale(dst, 1/float32(len(ids)), dst)
}

var unit = []float32{1} // made once, so that a call allocates nothing

// scores sets dst[j] = sⱼ·x·yⱼ.
func (c *chunk) scores(dst, x []float32) {
	lane.DotRows(dst, x, c.out, c.outputs)
	lane.Mul(dst, dst, c.signs)
}

// leastLogged is the probability below which log σ(s) is s, in every bit of a float64.
const leastLogged = 1e-30

// errors adds −log σ of the first n scores to the loss and returns rate·sⱼ·(1 − σ), by which rows are moved.
// Probabilities are multiplied up while a float64 holds the product, as one logarithm is cheaper than many.
func (c *chunk) errors(n int) []float32 {
	score, right := c.score[:n], c.right[:n]
	lane.Sigmoid(right, score)
	product := 1.0
	for k, p := range right {
		if p > leastLogged {
			product *= float64(p)
			if product < 1e-250 {
				c.loss -= math.Log(product)
				product = 1
			}
		} else { // NaN comes here too, and stays
			c.loss -= float64(score[k])
		}
		right[k] = c.rate * (1 - p)
	}
	c.loss -= math.Log(product)
	for at := 0; at < n; at += len(c.signs) {
		lane.Mul(right[at:at+len(c.signs)], right[at:at+len(c.signs)], c.signs)
	}
	return right
}

func (c *chunk) outputRow(node int32) int32 { return int32(c.in.Rows) + node }

// newGradient returns the next free row of the gradients, to be added to a row of the tables.
func (c *chunk) newGradient(row int32) []float32 {
	c.updates = append(c.updates, update{row, int32(c.used)})
	c.used++
	return c.gradients.Row(c.used - 1)
}

// sort orders the updates by share and keeps their order within each.
func (c *chunk) sort() {
	clear(c.bounds[:])
	for _, u := range c.updates {
		c.bounds[u.row%shares+1]++
	}
	for s := range shares {
		c.bounds[s+1] += c.bounds[s]
	}
	next := c.bounds
	for _, u := range c.updates {
		s := u.row % shares
		c.sorted[next[s]] = u
		next[s]++
	}
}
