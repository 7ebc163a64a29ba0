package corpus

import (
	"encoding/binary"
	"fmt"
	"io/fs"
	"slices"
)

// DefaultStreamMemory is how many bytes of ids a [Stream] keeps in memory by default: 512 MiB, 134 million tokens.
const DefaultStreamMemory = 512 << 20

const (
	blockTokens = 1 << 16
	blockBytes  = 4 * blockTokens
)

// Stream is a text as sentences of ids, ready to be read many times, from any token on: the input of word2vec.
// Tokens are numbered from 0 through the whole text. Ids are kept in memory up to a bound and in a temporary file
// beyond it, 4 bytes each. It is filled by one goroutine and may then be read by any number of them.
type Stream struct {
	blocks [][]int32 // full blocks, from the start of the text; none once there is a file
	file   *tempFile
	onFile int     // full blocks in the file
	last   []int32 // the block being filled

	closed bool

	memory         int64
	tokens         int64
	sentences, oov int64
	sum            uint64
}

// A sentence's last token is stored as ^id, which is negative: boundaries cost no memory and survive any cut.

// NewStream is an empty stream that keeps up to memory bytes of ids in memory (0: [DefaultStreamMemory]). It panics
// on a negative bound.
func NewStream(memory int64) *Stream {
	if memory < 0 {
		panic(fmt.Sprintf("corpus: NewStream: negative memory %d", memory))
	}
	if memory == 0 {
		memory = DefaultStreamMemory
	}
	return &Stream{memory: memory, last: make([]int32, 0, blockTokens), sum: fnvOffset}
}

// EncodeStream is the text as ids of the vocabulary, each line or chunk of a long line (see [Scanner]) a sentence.
// Words that the vocabulary doesn't hold are left out, as are sentences without any word left. memory is as in
// [NewStream].
func EncodeStream(text *Text, v *Vocab, memory int64) (*Stream, error) {
	stream := NewStream(memory)
	scan := text.Scan()
	defer scan.Close()
	var sentence []int32
	for scan.Next() {
		sentence = sentence[:0]
		for _, token := range scan.Tokens() {
			if id, ok := v.IDBytes(token); ok {
				sentence = append(sentence, id)
			} else {
				stream.oov++
			}
		}
		if err := stream.Append(sentence); err != nil {
			stream.Close()
			return nil, err
		}
	}
	if scan.Err() != nil {
		stream.Close()
		return nil, scan.Err()
	}
	return stream, nil
}

// Append adds a sentence; an empty one is nothing. It fails if the temporary file can't be written or the stream is closed, and
// panics on a negative id.
func (s *Stream) Append(sentence []int32) error {
	if s.closed {
		return errClosedStream
	}
	if len(sentence) == 0 {
		return nil
	}
	for i, id := range sentence {
		if id < 0 {
			panic(fmt.Sprintf("corpus: Stream.Append: id %d", id))
		}
		if i == len(sentence)-1 {
			id = ^id
		}
		s.sum = (s.sum ^ uint64(uint32(id))) * fnvPrime
		s.last = append(s.last, id)
		if len(s.last) == blockTokens {
			if err := s.flush(); err != nil {
				return err
			}
		}
	}
	s.tokens += int64(len(sentence))
	s.sentences++
	return nil
}

// flush puts the full last block where full blocks go, and all of them into the file once memory is used up.
func (s *Stream) flush() error {
	s.blocks = append(s.blocks, s.last)
	if s.file == nil && int64(len(s.blocks)+1)*blockBytes <= s.memory {
		s.last = make([]int32, 0, blockTokens)
		return nil
	}
	if s.file == nil {
		file, err := newTempFile()
		if err != nil {
			return err
		}
		s.file = file
	}
	bytes := make([]byte, 0, blockBytes)
	for _, block := range s.blocks {
		bytes = bytes[:0]
		for _, id := range block {
			bytes = binary.LittleEndian.AppendUint32(bytes, uint32(id))
		}
		if _, err := s.file.Write(bytes); err != nil {
			return s.file.explain(err)
		}
		s.onFile++
	}
	s.blocks = nil
	s.last = s.last[:0]
	return nil
}

// Len is the number of tokens.
func (s *Stream) Len() int64 { return s.tokens }

// Sentences is the number of sentences.
func (s *Stream) Sentences() int64 { return s.sentences }

// OOV is how many tokens [EncodeStream] left out because the vocabulary doesn't hold them.
func (s *Stream) OOV() int64 { return s.oov }

// FNV-1a of 64 bits (Fowler, Noll & Vo).
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// Sum64 is a hash of all ids and ends of sentences in their order, FNV-1a taking an id at a time: it tells texts apart, but for
// those made to deceive it.
func (s *Stream) Sum64() uint64 { return s.sum }

// Close frees the temporary file. The stream can't be read after it; to close it again is nothing.
func (s *Stream) Close() error {
	if s.closed {
		return nil
	}
	s.closed, s.blocks, s.last = true, nil, nil
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}

var errClosedStream = fmt.Errorf("corpus: the stream of ids: %w", fs.ErrClosed)

// Read starts reading the tokens from … to−1. It panics unless 0 ≤ from ≤ to ≤ Len().
func (s *Stream) Read(from, to int64) *StreamReader {
	if from < 0 || from > to || to > s.tokens {
		panic(fmt.Sprintf("corpus: Stream.Read: tokens %d … %d of %d", from, to, s.tokens))
	}
	return &StreamReader{stream: s, pos: from, to: to, block: -1}
}

// StreamReader reads sentences of a [Stream]:
//
//	r := stream.Read(0, stream.Len())
//	for r.Next() {
//		use(r.Sentence())
//	}
//	return r.Err()
//
// It allocates nothing once its buffers have grown.
type StreamReader struct {
	stream   *Stream
	pos, to  int64
	sentence []int32
	block    int // index of the block in ids
	ids      []int32
	own      []int32 // room for a block from the file
	bytes    []byte
	err      error
}

// Next reads the next sentence: what is left of it if the reader started in its middle, and only up to the reader's
// end. It is false at the end and after an error.
func (r *StreamReader) Next() bool {
	r.sentence = r.sentence[:0]
	for r.pos < r.to && r.err == nil {
		if block := int(r.pos / blockTokens); block != r.block {
			r.load(block)
			if r.err != nil {
				break
			}
		}
		start := int(r.pos % blockTokens)
		ids := r.ids[start:min(int64(len(r.ids)), int64(start)+r.to-r.pos)]
		end := slices.IndexFunc(ids, func(id int32) bool { return id < 0 })
		if end < 0 {
			r.sentence = append(r.sentence, ids...)
			r.pos += int64(len(ids))
			continue
		}
		r.sentence = append(append(r.sentence, ids[:end]...), ^ids[end])
		r.pos += int64(end) + 1
		return true
	}
	return r.err == nil && len(r.sentence) > 0
}

// Sentence is what Next read, never empty. It is valid until the next call of Next, and the caller may change it.
func (r *StreamReader) Sentence() []int32 { return r.sentence }

// Position is the number of the token that Next reads next: reading from there goes on just as this reader does.
func (r *StreamReader) Position() int64 { return r.pos }

// Err is the error that ended the reading, nil at the end of the tokens.
func (r *StreamReader) Err() error { return r.err }

func (r *StreamReader) load(block int) {
	s := r.stream
	r.block = block
	switch {
	case s.closed:
		r.err = errClosedStream
	case block < len(s.blocks):
		r.ids = s.blocks[block]
	case block >= s.onFile:
		r.ids = s.last
	default:
		if r.bytes == nil {
			r.bytes, r.own = make([]byte, blockBytes), make([]int32, blockTokens)
		}
		if _, err := s.file.ReadAt(r.bytes, int64(block)*blockBytes); err != nil {
			r.err = fmt.Errorf("corpus: reading back the spooled text: %w", err)
			return
		}
		for i := range r.own {
			r.own[i] = int32(binary.LittleEndian.Uint32(r.bytes[4*i:]))
		}
		r.ids = r.own
	}
}
