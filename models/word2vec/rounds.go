package word2vec

import (
	"math/bits"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/models/corpus"
	"github.com/lane-go/lane/nn"
)

const (
	maxShards = 4

	// roundRows is about how many rows of the tables a shard's round needs, repeats counted: 384 windows of skip-gram. It is
	// large enough that starting threads costs little, and small enough that few cold rows are needed by several shards.
	roundRows = 2700

	// stepCentres is about how many centre words a shard learns from in a step, after which hot rows are merged: so many that
	// merging costs little, and few enough that vectors are as good as from one shard. An epoch of a short text has leastSteps
	// at least.
	stepCentres = 4000
	leastSteps  = 20

	// Outputs are asked for so many rows before their turn, and inputs up to so many windows.
	outputsAhead = 24
	inputsAhead  = 8

	// Shorter texts and smaller vocabularies than these have one shard: its windows learn from each other at once, and
	// there is no time to be saved.
	shardedText  = 100_000
	shardedVocab = 1000
)

// cut decides how the text is cut into shards, rounds and steps, where tests have not.
func (o Options) cut(stream *corpus.Stream, vocab *corpus.Vocab) Options {
	if o.shards == 0 {
		o.shards = shardsFor(stream, vocab, o)
	}
	if o.round == 0 {
		o.round = roundFor(vocab, o)
	}
	if o.rounds == 0 {
		o.rounds = roundsFor(stream, o)
	}
	if o.hot == 0 {
		o.hot = hotFor(vocab, o)
	}
	return o
}

// shardsFor returns into how many parts the text is cut.
func shardsFor(stream *corpus.Stream, vocab *corpus.Vocab, o Options) int {
	if o.Loss == Softmax || stream.Len() < shardedText || vocab.Len() < shardedVocab {
		return 1
	}
	return maxShards
}

// roundFor returns how many centre words a shard's round has.
func roundFor(vocab *corpus.Vocab, o Options) int {
	rows := 2 + o.Negative // the word as an input and what it is scored against
	switch {
	case o.Loss == Softmax:
		return softmaxRound(vocab, o)
	case o.Loss == HierarchicalSoftmax:
		rows = 2 + bits.Len(uint(vocab.Len()))
	case o.PrivateNegatives:
		rows *= 2 * (o.Window + 1) // half as many windows: of so many cold rows, other shards need fewer in shorter rounds
	}
	return max(1, roundRows/rows)
}

// roundsFor returns how many rounds a step has.
func roundsFor(stream *corpus.Stream, o Options) int {
	if o.shards == 1 || o.Hogwild {
		return 1
	}
	centres := min(stepCentres, stream.Len()/int64(o.shards*leastSteps))
	return max(1, int(centres)/o.round)
}

// rounds is the learner whose outputs are a few rows a window: the word and its negatives, or the path in the Huffman tree.
//
// The text has a fixed number of parts, a shard each. In a round every shard learns from some windows of its part,
// one after the other, as if it were alone. Hot rows of the tables it has replicas of, which are merged at the end of the step.
// Of the cold rows, those that no other shard needs in this round it moves where they are, and of the others it has copies, which
// are merged at the end of the round. So no row has two writers, and nothing depends on
// which thread works for which shard, or when.
type rounds struct {
	in, out lane.Matrix // the tables
	all     lane.Matrix // their rows, those of in before those of out, and below them each shard's replicas and copies
	count   int         // rows of both tables
	hot
	options Options
	sampler *nn.Sampler // negative sampling
	tree    *huffman    // hierarchical softmax

	readers []*reader
	shards  []*shard
	needs   [maxShards]rowSet // the cold rows that the shards need in this round
	ahead   round
	rate    float32

	relay  *relay
	before phase // of the next round, which begins with it
	plan   func() int
}

func newRounds(readers []*reader, vocab *corpus.Vocab, o Options) *rounds {
	r := &rounds{options: o, readers: readers}
	r.plan = r.planAll
	outputs := vocab.Len()
	if o.Loss == HierarchicalSoftmax {
		r.tree = newHuffman(vocab.Counts())
		outputs-- // inner nodes
	} else {
		r.sampler = nn.NewSampler(vocab.Counts(), 0.75)
	}
	r.count = vocab.Len() + outputs
	r.hot = newHot(vocab.Len(), outputs, o)
	r.all = paddedMatrix(r.count+len(readers)*r.privates(), o.Dim)
	r.in, r.out = r.all.Slice(0, vocab.Len(), 0, o.Dim), r.all.Slice(vocab.Len(), r.count, 0, o.Dim)
	words, _, outs := r.most()
	for i := range r.needs {
		r.needs[i] = newRowSet(r.count, words+outs)
	}
	for i, reader := range readers {
		r.shards = append(r.shards, newShard(r, i, reader, r.count+i*r.privates()))
	}
	r.relay = newRelay(r.shards)
	return r
}

// paddedMatrix returns a matrix of so many columns or a few more, so that its rows begin at cache lines. What is more is 0 and stays 0, as rows
// only get multiples of rows, so that kernels need not look where a row ends.
func paddedMatrix(rows, cols int) lane.Matrix {
	const line = 16 // float32s
	stride := (cols + line - 1) / line * line
	return lane.NewMatrix(rows, stride)
}

// window returns how many inputs and outputs a window has at most.
func (r *rounds) window() (inputs, outputs int) {
	if r.tree != nil {
		return 2 * r.options.Window, r.tree.depth
	}
	return 2 * r.options.Window, r.options.Negative + 1
}

// most returns how many words, windows and outputs a shard's round has at most.
func (r *rounds) most() (words, windows, outputs int) {
	inputs, each := r.window()
	words, windows = r.options.round*(1+inputs), r.options.round // a run of one word has a window on both sides
	if r.options.PrivateNegatives {
		each *= inputs
	}
	return words, windows, windows * each
}

// shared reports whether all rows are moved where they are, because there is one shard, or because threads may race.
func (r *rounds) shared() bool { return len(r.readers) == 1 || r.options.Hogwild }

// mostCopied returns how many rows a shard has copies of at most: the cold ones that its round needs.
func (r *rounds) mostCopied() int {
	if r.shared() {
		return 0
	}
	words, _, outputs := r.most()
	return min(r.count-r.replicas(), words+outputs)
}

// privates returns how many rows a shard has for itself.
func (r *rounds) privates() int { return r.replicas() + r.mostCopied() }

func (r *rounds) tables() (in, out lane.Matrix) { return r.in, r.out }

func (r *rounds) seek(c cursor) {
	for _, s := range r.shards {
		s.fillReplicas()
	}
	r.ahead.start(c, r.readers)
	r.before = (*shard).planOnly
	r.ahead.prepare(r.readers, r.options.Epochs, r.plan)
}

func (r *rounds) next() *round { return &r.ahead }

func (r *rounds) step(rate func(seen int64) float64) (loss float64, pairs int64) {
	epoch := r.ahead.epoch
	for range r.options.rounds {
		r.rate = float32(rate(r.ahead.seen))
		r.relay.run((*shard).run)
		for _, s := range r.shards {
			loss += s.loss.total()
			pairs += s.pairs
		}
		r.before = (*shard).mergeAndPlan
		r.ahead.prepare(r.readers, r.options.Epochs, r.plan)
		if r.ahead.err != nil || r.ahead.done || r.ahead.epoch > epoch {
			break
		}
	}
	if r.replicas() > 0 {
		r.relay.run((*shard).settle)
	}
	return loss, pairs
}

// planAll lets all shards plan, and merge what is not merged yet.
func (r *rounds) planAll() (windows int) {
	r.relay.run(r.before)
	r.before = (*shard).planOnly
	for _, s := range r.shards {
		windows += len(s.windows)
	}
	return windows
}
