package corpus

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/lane-go/lane/internal/packing"
)

const (
	// MaxLineTokens is the most tokens of a line a Scanner yields at once, as gensim's MAX_WORDS_IN_BATCH: a longer line
	// comes in several chunks.
	MaxLineTokens = 10_000

	// bufferBytes bounds a chunk's bytes, hence a scanner's memory and the longest word.
	bufferBytes = 1 << 20
)

// Scanner reads a text as lines of tokens, in the manner of [bufio.Scanner]:
//
//	s := text.Scan()
//	defer s.Close()
//	for s.Next() {
//		use(s.Tokens())
//	}
//	return s.Err()
//
// A line ends with "\n" or "\r\n", or with its file. A line of more than [MaxLineTokens] tokens, or whose tokens
// fill 1 MiB, comes in several chunks; only its last one ends with [EOS]. A leading byte order mark is dropped. Once
// its buffers have grown a Scanner allocates nothing, except for lower-casing words outside ASCII.
//
// Errors name the file, line and byte: bytes that are not UTF-8, a word longer than 1 MiB, damaged or truncated
// compressed data.
type Scanner struct {
	text *Text
	next int // index of the source to open next
	in   io.ReadCloser
	name string
	path string // of the file, if it is one

	buf      []byte // buf[pos:end] is read but not yet scanned
	pos, end int
	base     int64 // offset in the source of buf[0]
	behind   int64 // bytes of the sources before this one
	eof      bool
	midline  bool // the last chunk didn't end its line
	line     int64

	tokens [][]byte
	joiner joiner
	lower  []byte // lower-cased words that didn't fit their place in buf
	err    error
}

// Scan starts reading the text from its beginning.
func (t *Text) Scan() *Scanner {
	return &Scanner{text: t, buf: make([]byte, bufferBytes), tokens: make([][]byte, 0, 64)}
}

// Tokens are the tokens of the line, or of the chunk of it, that Next read, never none. They are valid until the
// next call of Next, and not to be appended to: what follows in a token's array is the text.
func (s *Scanner) Tokens() [][]byte { return s.tokens }

// Name is the name of the file being read.
func (s *Scanner) Name() string { return s.name }

// Line is the number, from 1, in its file of the line that Next read.
func (s *Scanner) Line() int64 { return s.line }

// EndsLine reports whether the line that Next read ends with these tokens; a long one comes in several chunks. It does so of every line
// with [Options].EOS; without, what is left of a line after a chunk may be no tokens, of which Next tells nothing.
func (s *Scanner) EndsLine() bool { return !s.midline }

// Bytes is how many bytes of (decompressed) text are behind the scanner, all files taken together.
func (s *Scanner) Bytes() int64 { return s.behind + s.base + int64(s.pos) }

// Err is the error that ended the scan, nil at the end of the text.
func (s *Scanner) Err() error { return s.err }

// Close frees the open file. It is called before the text's end only; there it does nothing.
func (s *Scanner) Close() error {
	if s.in == nil {
		return nil
	}
	err := s.in.Close()
	s.in = nil
	return err
}

// Next reads the next line that has tokens. It is false at the end of the text and after an error.
func (s *Scanner) Next() bool {
	for s.err == nil {
		if s.in == nil && !s.open() {
			break
		}
		if s.scan() {
			s.joinPhrases()
			return true
		}
	}
	s.Close()
	s.tokens = s.tokens[:0]
	return false
}

// joinPhrases joins those of the line that was read, pass by pass. Its end is none of their words.
func (s *Scanner) joinPhrases() {
	words, ended := s.tokens, s.text.options.EOS && !s.midline
	if ended {
		words = words[:len(words)-1]
	}
	s.joiner.reset()
	for _, p := range s.text.phrases {
		words = s.joiner.join(p, words)
	}
	if ended {
		words = append(words, eos)
	}
	s.tokens = words
}

func (s *Scanner) open() bool {
	if s.next == len(s.text.sources) {
		return false
	}
	source := s.text.sources[s.next]
	s.next++
	s.behind += s.base + int64(s.pos)
	s.name, s.path, s.line, s.base, s.pos, s.end, s.eof, s.midline = source.name, source.path, 0, 0, 0, 0, false, false
	in, err := source.open()
	if err != nil {
		s.err = sourceError(s.name, err)
		return false
	}
	s.in = in
	s.fill()
	head := s.buf[:s.end]
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		s.pos = 3
	case packing.Foreign(head) != "":
		s.err = fmt.Errorf("corpus: %s is %s", s.name, packing.Foreign(head))
	default:
		if encoding := utf16Of(head); encoding != "" {
			s.err = fmt.Errorf("corpus: %s is UTF-16, not UTF-8: convert it, e.g. %s", s.name, s.iconv(encoding))
		}
	}
	return s.err == nil
}

// fill moves what is not yet scanned to the front of the buffer and reads until the buffer is full or the source ends.
func (s *Scanner) fill() {
	if s.eof || s.err != nil {
		return
	}
	if s.text.ctx != nil && s.text.ctx.Err() != nil {
		s.err = fmt.Errorf("corpus: reading %s: %w", s.name, s.text.ctx.Err())
		return
	}
	before := copy(s.buf, s.buf[s.pos:s.end])
	s.base += int64(s.pos)
	s.pos, s.end = 0, before
	n, err := io.ReadFull(s.in, s.buf[s.end:])
	s.end += n
	switch {
	case err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF):
		s.eof = true
	case err != nil:
		s.err = sourceError(s.name, err)
	}
}

// utf16Of returns the name of UTF-16, or of its order of bytes, if a text that begins so is in it: it has its mark, or every second of its bytes is
// mostly 0 and no other is.
func utf16Of(head []byte) string {
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return "UTF-16"
	}
	var zeros [2]int
	head = head[:min(len(head), 1024)]
	for i, b := range head {
		if b == 0 {
			zeros[i%2]++
		}
	}
	switch mostly := max(2, len(head)*3/8); {
	case zeros[0] == 0 && zeros[1] >= mostly:
		return "UTF-16LE"
	case zeros[1] == 0 && zeros[0] >= mostly:
		return "UTF-16BE"
	}
	return ""
}

// iconv returns the command that makes UTF-8 of what is being read.
func (s *Scanner) iconv(from string) string {
	return strings.TrimSpace("iconv -f " + from + " -t UTF-8 " + s.path)
}

// sourceError names the file unless the error already does.
func sourceError(name string, err error) error {
	if strings.HasPrefix(err.Error(), "corpus: ") {
		return err
	}
	return fmt.Errorf("corpus: %s: %w", name, err)
}

// scan reads one line or chunk. It is false without one: at the source's end, on a line without tokens, after an error.
func (s *Scanner) scan() bool {
	if s.pos == s.end {
		s.fill()
	}
	if s.err != nil {
		return false
	}
	if s.pos == s.end && !s.midline {
		s.Close()
		return false
	}
	if !s.midline {
		s.line++
	}
	split := s.words
	if s.text.options.Units == Chars {
		split = s.chars
	}
	for s.err == nil {
		s.tokens, s.lower = s.tokens[:0], s.lower[:0]
		at, how := split()
		switch {
		case how == lineEnd:
			return s.yield(at, true)
		case how == chunkEnd:
			return s.yield(at, false)
		case how == badUTF8:
			s.err = fmt.Errorf("corpus: %s:%d: byte %d (%#02x) is not UTF-8: convert the text, e.g. %s",
				s.name, s.line, s.base+int64(at), s.buf[at], s.iconv("ISO-8859-1"))
		case s.pos > 0 || s.end < len(s.buf):
			// The buffer ends inside the line: with more of it read, the line is scanned again from its start. That
			// happens once a buffer and leaves every token in one piece.
			s.fill()
		case at > s.pos:
			return s.yield(at, false)
		default:
			s.err = fmt.Errorf("corpus: %s:%d: the word at byte %d is longer than %d bytes: put white space between words, or read characters",
				s.name, s.line, s.base+int64(at), len(s.buf))
		}
	}
	return false
}

// yield makes what was split off the current chunk, with the unread text beginning at buf[at].
func (s *Scanner) yield(at int, endOfLine bool) bool {
	s.pos, s.midline = at, !endOfLine
	if endOfLine && s.text.options.EOS {
		s.tokens = append(s.tokens, eos)
	}
	return len(s.tokens) > 0
}

var eos = []byte(EOS)
