package word2vec

import (
	"fmt"
	"math"

	"github.com/lane-go/lane/models/corpus"
)

// maxPiece is the most words that are handled as one sentence; longer ones are cut, as word2vec and gensim do.
const maxPiece = 10_000

// A cursor is where a round begins.
type cursor struct {
	Epoch  int     `json:"epoch"`
	Places []place `json:"places"` // one for each reader; none at the beginning of an epoch
}

// isIn reports whether there is such a place in what the readers read.
func (c cursor) isIn(readers []*reader) bool {
	if c.Epoch < 0 || len(c.Places) != 0 && len(c.Places) != len(readers) {
		return false
	}
	for i, p := range c.Places {
		if p.Piece < readers[i].from || p.Piece > readers[i].to || p.Used < 0 {
			return false
		}
	}
	return true
}

// A place is where a reader stands.
type place struct {
	Piece int64 `json:"piece"` // position in the text of the piece's first word
	Used  int   `json:"used"`  // kept words of the piece that have been centres
}

// A round is a part of the text that is learned from at one learning rate.
type round struct {
	epoch int    // from 0
	seen  int64  // words of the text read before it, in all epochs
	begin cursor // where it begins
	done  bool   // there is nothing left; the round is empty
	err   error  // reading failed
}

// start makes the round empty, and takes the readers to where it begins.
func (r *round) start(c cursor, readers []*reader) {
	*r = round{epoch: c.Epoch, begin: cursor{Places: r.begin.Places[:0]}}
	for i, reader := range readers {
		if len(c.Places) == 0 {
			reader.seek(c.Epoch, place{Piece: reader.from})
		} else {
			reader.seek(c.Epoch, c.Places[i])
		}
	}
}

// prepare makes the round what comes next. read reads windows and returns how many: an epoch is over when there are none.
func (r *round) prepare(readers []*reader, epochs int, read func() int) {
	for r.epoch < epochs {
		r.seen = int64(r.epoch) * readers[0].stream.Len()
		r.begin.Epoch, r.begin.Places = r.epoch, r.begin.Places[:0]
		for _, reader := range readers {
			r.seen += reader.read()
			r.begin.Places = append(r.begin.Places, reader.place())
		}
		windows := read()
		for _, reader := range readers {
			if reader.err != nil {
				r.err = fmt.Errorf("word2vec: reading the text: %w", reader.err)
				return
			}
		}
		if windows > 0 {
			return
		}
		r.epoch++
		for _, reader := range readers {
			reader.seek(r.epoch, place{Piece: reader.from})
		}
	}
	r.begin.Epoch, r.begin.Places = epochs, r.begin.Places[:0]
	r.done = true
}

// A reader reads a part of the text window by window: sentences, subsampled anew in each epoch, one after the other.
type reader struct {
	stream   *corpus.Stream
	from, to int64
	keep     []uint32 // by word: it is kept if a number is not above that
	options  Options

	text  *corpus.StreamReader
	epoch int
	rest  []int32 // what is left of the sentence after the piece
	err   error

	piece, pieceEnd int64   // positions
	kept            []int32 // words of the piece that subsampling kept
	offset          []int32 // their places in the piece
	used            int
}

// newReaders returns readers of n parts of the text.
func newReaders(stream *corpus.Stream, vocab *corpus.Vocab, o Options, n int) ([]*reader, error) {
	keep := keepThresholds(corpus.NewSubsampler(vocab, o.Sample), vocab.Len())
	readers := make([]*reader, n)
	from := int64(0)
	for i := range readers {
		to, err := cut(stream, stream.Len()*int64(i+1)/int64(n))
		if err != nil {
			return nil, err
		}
		readers[i] = &reader{
			stream: stream, from: from, to: max(from, to), keep: keep, options: o,
			kept: make([]int32, 0, maxPiece), offset: make([]int32, 0, maxPiece),
		}
		from = readers[i].to
	}
	return readers, nil
}

// cut returns the next place from pos on where a sentence begins, or one where a long sentence has to be cut.
func cut(stream *corpus.Stream, pos int64) (int64, error) {
	if pos == 0 || pos >= stream.Len() {
		return pos, nil
	}
	r := stream.Read(pos-1, min(pos-1+maxPiece, stream.Len()))
	r.Next()
	return r.Position(), r.Err()
}

func keepThresholds(s *corpus.Subsampler, words int) []uint32 {
	keep := make([]uint32, words)
	for id := range keep {
		keep[id] = uint32(min(s.Keep(int32(id))*(1<<32), math.MaxUint32))
	}
	return keep
}

// seek goes to where an earlier round of an epoch ended.
func (r *reader) seek(epoch int, p place) {
	r.epoch = epoch
	r.rest, r.kept, r.used, r.err = nil, r.kept[:0], 0, nil
	r.piece, r.pieceEnd = p.Piece, p.Piece
	r.text = r.stream.Read(p.Piece, r.to)
	if p.Used > 0 && r.nextPiece() {
		r.used = min(p.Used, len(r.kept))
	}
}

func (r *reader) place() place { return place{r.piece, r.used} }

// read returns how many words of its part the reader has read.
func (r *reader) read() int64 {
	if r.used < len(r.kept) {
		return r.piece + int64(r.offset[r.used]) - r.from
	}
	return r.pieceEnd - r.from
}

// A run is some centres that follow one another in a sentence, and the words around them.
type run struct {
	words          []int32 // kept words: the centres, with up to a window of words on both sides
	first, centres int     // the centres are words[first : first+centres]

	numbers uint64
	piece   int64
	offset  []int32 // of the centres
}

// window returns how far the window of a centre reaches, and where its further numbers begin. The words at most so many places
// from the centre are its neighbours: uniformly from 1 … most, so that near words count more. There is one neighbour at least.
func (r *run) window(centre, most int) (reach int, numbers random) {
	numbers = random(at(r.numbers, r.piece+int64(r.offset[centre])))
	return 1 + numbers.below(most), numbers
}

// next returns the next run, of at most so many centres, valid until the next call. It has none at the end of the epoch
// and after an error.
func (r *reader) next(most int) run {
	for r.used == len(r.kept) {
		if !r.nextPiece() {
			return run{}
		}
	}
	from, end := r.used, min(len(r.kept), r.used+most)
	left, right := max(0, from-r.options.Window), min(len(r.kept), end+r.options.Window)
	r.used = end
	return run{
		words: r.kept[left:right], first: from - left, centres: end - from,
		numbers: key(r.options.Seed, windowAndNegatives, r.epoch), piece: r.piece, offset: r.offset[from:end],
	}
}

// nextPiece reads and subsamples the next sentence, or as much of it as a piece holds. It is false at the end of the epoch
// and after an error.
func (r *reader) nextPiece() bool {
	if len(r.rest) == 0 {
		if !r.text.Next() {
			r.piece, r.kept, r.used, r.err = r.pieceEnd, r.kept[:0], 0, r.text.Err()
			return false
		}
		r.rest = r.text.Sentence()
	}
	piece := r.rest[:min(len(r.rest), maxPiece)]
	r.rest = r.rest[len(piece):]
	r.piece, r.pieceEnd = r.pieceEnd, r.pieceEnd+int64(len(piece))
	r.subsample(piece)
	return r.err == nil
}

// subsample keeps each word with its probability. A word alone has no neighbour and is dropped too.
func (r *reader) subsample(piece []int32) {
	r.kept, r.offset, r.used = r.kept[:0], r.offset[:0], 0
	numbers := key(r.options.Seed, subsampling, r.epoch)
	for i, id := range piece {
		if int(id) >= len(r.keep) {
			r.err = fmt.Errorf("word %d has id %d, but the vocabulary has only %d words: encode the text with this vocabulary", r.piece+int64(i), id, len(r.keep))
			return
		}
		if uint32(at(numbers, r.piece+int64(i))>>32) <= r.keep[id] {
			r.kept = append(r.kept, id)
			r.offset = append(r.offset, int32(i))
		}
	}
	if len(r.kept) == 1 {
		r.kept = r.kept[:0]
	}
}
