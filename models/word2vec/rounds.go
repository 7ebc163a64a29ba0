package word2vec

import (
	"math/bits"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/models/corpus"
	"github.com/lane-go/lane/nn"
)

const (
	maxShards = 4

	// roundRows is about how many rows of the tables a shard's round needs, repeats counted: 48 windows of skip-gram. It is
	// large enough that starting threads costs little, and small enough that few rows are needed by several shards.
	roundRows = 340

	// lead is how many windows before its turn a window's outputs are asked for. Its inputs have up to twice as many.
	lead = 4

	// Shorter texts and smaller vocabularies than these have one shard: its windows learn from each other at once, and
	// there is no time to be saved.
	shardedText  = 100_000
	shardedVocab = 1000
)

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
		rows *= o.Window + 1
	}
	return max(1, roundRows/rows)
}

// rounds is the learner whose outputs are a few rows a window: the word and its negatives, or the path in the Huffman tree.
//
// The text has a fixed number of parts, a shard each. In a round every shard learns from some windows of its part,
// one after the other, as if it were alone: rows of the tables that no other shard needs in this round it
// moves where they are, of the others it has copies. Then the copies are merged. So no row has two writers, and nothing depends on
// which thread works for which shard, or when.
type rounds struct {
	in, out lane.Matrix // the tables
	all     lane.Matrix // their rows, those of in before those of out, and below them the shards' copies
	count   int         // rows of both tables
	options Options
	sampler *nn.Sampler // negative sampling
	tree    *huffman    // hierarchical softmax

	readers []*reader
	shards  []*shard
	needs   [maxShards][]uint64 // the sets of rows that the shards need in this round
	ahead   round
	rate    float32

	plan                               func() int
	planPart, runPart, mergePart, part func(lo, hi int)
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
	copies := 0
	if len(readers) > 1 {
		copies = r.mostNeeded()
	}
	r.all = paddedMatrix(r.count+len(readers)*copies, o.Dim)
	r.in, r.out = r.all.Slice(0, vocab.Len(), 0, o.Dim), r.all.Slice(vocab.Len(), r.count, 0, o.Dim)
	r.all.Cols = r.all.RowStride
	for i := range r.needs {
		r.needs[i] = make([]uint64, r.count/64+1)
	}
	for i, reader := range readers {
		r.shards = append(r.shards, newShard(r, i, reader, copies))
	}
	r.planPart = func(lo, hi int) {
		for _, s := range r.shards[lo:hi] {
			s.plan()
		}
	}
	r.runPart = func(lo, hi int) {
		for _, s := range r.shards[lo:hi] {
			s.run()
		}
	}
	r.mergePart = func(lo, hi int) {
		for _, s := range r.shards[lo:hi] {
			s.merge()
			s.plan()
		}
	}
	return r
}

// paddedMatrix returns a matrix whose rows begin at cache lines. What is between them is 0 and stays 0, as rows only get multiples of
// rows, so that kernels need not look where a row ends.
func paddedMatrix(rows, cols int) lane.Matrix {
	const line = 16 // float32s
	stride := (cols + line - 1) / line * line
	return lane.NewMatrix(rows, stride).Slice(0, rows, 0, cols)
}

// window returns how many inputs and outputs a window has at most.
func (r *rounds) window() (inputs, outputs int) {
	if r.tree != nil {
		return 2 * r.options.Window, r.tree.depth
	}
	return 2 * r.options.Window, r.options.Negative + 1
}

// mostNeeded returns how many rows a shard's round needs at most.
func (r *rounds) mostNeeded() int {
	inputs, outputs := r.window()
	o := r.options
	words := o.round + 2*inputs*o.round // runs of one word have a window on both sides
	if o.PrivateNegatives {
		outputs *= inputs
	}
	return min(r.count, words+o.round*outputs)
}

func (r *rounds) tables() (in, out lane.Matrix) { return r.in, r.out }

func (r *rounds) seek(c cursor) {
	r.ahead.start(c, r.readers)
	r.part = r.planPart
	r.ahead.prepare(r.readers, r.options.Epochs, r.plan)
}

func (r *rounds) next() *round { return &r.ahead }

func (r *rounds) step(rate float32) (loss float64, pairs int64) {
	r.rate = rate
	r.parallel(r.runPart)
	for _, s := range r.shards {
		loss += s.loss.total()
		pairs += s.pairs
	}
	r.part = r.mergePart
	r.ahead.prepare(r.readers, r.options.Epochs, r.plan)
	return loss, pairs
}

// planAll lets all shards plan, and merge what is not merged yet.
func (r *rounds) planAll() (windows int) {
	r.parallel(r.part)
	r.part = r.planPart
	for _, s := range r.shards {
		windows += len(s.windows)
	}
	return windows
}

// parallel shares the shards out among the threads, as far as can be always to the same, in whose caches they are.
func (r *rounds) parallel(part func(lo, hi int)) {
	threads := min(lane.Threads(), len(r.shards))
	lane.Parallel(len(r.shards), (len(r.shards)+threads-1)/threads, part)
}
