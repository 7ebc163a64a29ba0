package word2vec

import (
	"fmt"

	"github.com/lane-go/lane/models/corpus"
)

// maxPiece is the most words that are handled as one sentence; longer ones are cut, as word2vec and gensim do.
const maxPiece = 10_000

// A batch is a run of centre words with the words around them.
type batch struct {
	centres []centre
	words   []int32 // kept words: each piece's centres, with up to a window of its words on both sides

	epoch int    // of all centres, from 0
	seen  int64  // words of the text before the first centre, in all epochs
	next  cursor // where the batch after this one begins
	done  bool   // there is no centre left; the batch is empty
	err   error  // reading failed
}

// A centre is one place of the text, after subsampling.
type centre struct {
	at, left, right int32 // words[at] is the centre, words[left:right] the words of its sentence that may be neighbours
	position        int64 // in the text, before subsampling
}

// A cursor is a place between two batches.
type cursor struct {
	Epoch int   `json:"epoch"`
	Piece int64 `json:"piece"` // position in the text of the piece's first word
	Used  int   `json:"used"`  // kept words of the piece that have been centres
}

// A feeder cuts the text into batches: sentences, subsampled anew in each epoch, one after the other.
type feeder struct {
	stream     *corpus.Stream
	subsampler *corpus.Subsampler
	words      int // in the vocabulary
	options    Options
	size       int // centres a batch
	random     source

	reader *corpus.StreamReader
	epoch  int
	rest   []int32 // what is left of the sentence after the piece
	err    error

	piece, pieceEnd int64   // positions
	kept            []int32 // words of the piece that subsampling kept
	offset          []int32 // their places in the piece
	used            int
}

func newFeeder(stream *corpus.Stream, vocab *corpus.Vocab, o Options, size int) *feeder {
	f := &feeder{
		stream: stream, subsampler: corpus.NewSubsampler(vocab, o.Sample), words: vocab.Len(), options: o, size: size,
		random: newSource(), kept: make([]int32, 0, maxPiece), offset: make([]int32, 0, maxPiece),
	}
	f.seek(cursor{})
	return f
}

func (f *feeder) newBatch() *batch {
	return &batch{centres: make([]centre, 0, f.size), words: make([]int32, 0, f.size+2*f.options.Window)}
}

// seek goes to where an earlier batch ended.
func (f *feeder) seek(c cursor) {
	f.epoch = c.Epoch
	f.reader = f.stream.Read(c.Piece, f.stream.Len())
	f.rest, f.kept, f.used = nil, f.kept[:0], 0
	f.piece, f.pieceEnd = c.Piece, c.Piece
	if c.Used > 0 && f.nextPiece() {
		f.used = min(c.Used, len(f.kept))
	}
}

// fill makes b the next batch. A batch is of one epoch, so an epoch's last one may be short.
func (f *feeder) fill(b *batch) {
	b.centres, b.words = b.centres[:0], b.words[:0]
	b.done, b.err = f.epoch >= f.options.Epochs, nil
	for !b.done && len(b.centres) < f.size {
		switch {
		case f.used < len(f.kept):
			f.take(b)
		case f.nextPiece():
		case f.err != nil:
			b.err = fmt.Errorf("word2vec: reading the text: %w", f.err)
			return
		case len(b.centres) > 0:
			return
		default:
			f.seek(cursor{Epoch: f.epoch + 1})
			b.done = f.epoch >= f.options.Epochs
		}
	}
	b.next = cursor{f.epoch, f.piece, f.used}
}

// take adds as many centres of the piece as there are and as the batch has room for.
func (f *feeder) take(b *batch) {
	if len(b.centres) == 0 {
		b.epoch = f.epoch
		b.seen = int64(f.epoch)*f.stream.Len() + f.piece + int64(f.offset[f.used])
	}
	end := min(len(f.kept), f.used+f.size-len(b.centres))
	from, to := max(0, f.used-f.options.Window), min(len(f.kept), end+f.options.Window)
	left := int32(len(b.words))
	b.words = append(b.words, f.kept[from:to]...)
	for ; f.used < end; f.used++ {
		b.centres = append(b.centres, centre{
			at: left + int32(f.used-from), left: left, right: int32(len(b.words)),
			position: f.piece + int64(f.offset[f.used]),
		})
	}
	b.next = cursor{f.epoch, f.piece, f.used}
}

// nextPiece reads and subsamples the next sentence, or as much of it as a piece holds. It is false at the end of the epoch
// and after an error.
func (f *feeder) nextPiece() bool {
	if len(f.rest) == 0 {
		if !f.reader.Next() {
			f.err = f.reader.Err()
			return false
		}
		f.rest = f.reader.Sentence()
	}
	piece := f.rest[:min(len(f.rest), maxPiece)]
	f.rest = f.rest[len(piece):]
	f.piece, f.pieceEnd = f.pieceEnd, f.pieceEnd+int64(len(piece))
	f.subsample(piece)
	return f.err == nil
}

// subsample keeps each word with its probability. A word alone has no neighbour and is dropped too.
func (f *feeder) subsample(piece []int32) {
	f.kept, f.offset, f.used = f.kept[:0], f.offset[:0], 0
	f.random.start(f.options.Seed, subsampling, f.epoch, f.piece)
	for i, id := range piece {
		if int(id) >= f.words {
			f.err = fmt.Errorf("word %d has id %d, but the vocabulary has only %d words: encode the text with this vocabulary", f.piece+int64(i), id, f.words)
			return
		}
		if f.subsampler.Draw(id, f.random.Rand) {
			f.kept = append(f.kept, id)
			f.offset = append(f.offset, int32(i))
		}
	}
	if len(f.kept) == 1 {
		f.kept = f.kept[:0]
	}
}
