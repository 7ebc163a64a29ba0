package wordvec

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/lane-go/lane"
)

const (
	maxDim       = 1 << 20 // dimensions of a vector that a header may claim
	maxWordBytes = 1 << 16
	maxHeader    = 1 << 10
)

// readWord2vec reads word2vec's text and binary formats, and GloVe's, which is the text without its header "words dimensions".
func (s *source) readWord2vec() (*Vectors, error) {
	head := s.peek(bufferSize)
	first, rest, ended := bytes.Cut(head, []byte("\n"))
	if ended || len(head) < bufferSize {
		if dim := looksLikeGloVe(first); dim > 0 {
			return s.readText(-1, dim)
		}
	}
	if len(first) > maxHeader {
		return nil, fmt.Errorf("wordvec: %s: no header in its first %d bytes: want \"words dimensions\" as word2vec files begin, or the rows of GloVe",
			s.name, maxHeader)
	}
	rows, dim, err := parseHeader(first)
	if err != nil {
		return nil, fmt.Errorf("wordvec: %s: header %q: %w", s.name, first, err)
	}
	asText := looksLikeText(rest, dim, !strings.HasSuffix(stemOf(s.name), ".bin"))
	if _, err := s.line(maxHeader + 1); err != nil {
		return nil, s.failed(err)
	}
	if asText {
		return s.readText(rows, dim)
	}
	if data := s.mapping(); data != nil {
		v, err := s.mapBinary(data, rows, dim)
		if err != nil {
			unmapFile(data)
		}
		return v, err
	}
	return s.readBinary(rows, dim)
}

func stemOf(name string) string {
	stem, ending := splitEnding(name)
	return stem + ending
}

// parseHeader reads "words dimensions".
func parseHeader(line []byte) (rows, dim int, err error) {
	fields := strings.Fields(string(line))
	if len(fields) != 2 {
		return 0, 0, fmt.Errorf("want two whole numbers, words and dimensions")
	}
	if rows, err = parseSize(fields[0], "words", math.MaxInt32); err != nil {
		return 0, 0, err
	}
	if dim, err = parseSize(fields[1], "dimensions", maxDim); err != nil {
		return 0, 0, err
	}
	return rows, dim, nil
}

func parseSize(field, what string, limit int) (int, error) {
	n, err := strconv.ParseInt(field, 10, 64)
	switch {
	case err != nil && !strings.Contains(err.Error(), "range"):
		return 0, fmt.Errorf("want two whole numbers, words and dimensions")
	case err != nil || n < 1 || n > int64(limit):
		return 0, fmt.Errorf("%s %s: want 1 to %d", field, what, limit)
	}
	return int(n), nil
}

// looksLikeGloVe returns the number of dimensions if a first line is a word and two numbers or more, else 0.
func looksLikeGloVe(line []byte) int {
	word, values, found := bytes.Cut(line, []byte(" "))
	if !found || len(word) > maxWordBytes {
		return 0
	}
	fields := bytes.Fields(values)
	if len(fields) < 2 || len(fields) > maxDim {
		return 0
	}
	for _, field := range fields {
		if _, err := strconv.ParseFloat(string(field), 32); err != nil {
			return 0
		}
	}
	return len(fields)
}

// looksLikeText tells text from binary by the first row. A text row is a word and dim numbers. Otherwise the raw bytes of float32s
// show by bytes that no text has; if they don't, the guess of the file's ending holds.
func looksLikeText(rows []byte, dim int, guess bool) bool {
	_, values, found := bytes.Cut(rows, []byte(" "))
	if !found {
		values = rows
	}
	line, _, ended := bytes.Cut(values, []byte("\n"))
	if fields := bytes.Fields(line); ended && len(fields) == dim && found && allNumbers(fields) {
		return true
	}
	for _, c := range values[:min(len(values), 4*dim)] {
		if c < ' ' && c != '\t' && c != '\r' && c != '\n' || c == 0x7f {
			return false
		}
	}
	for _, c := range line {
		if c >= 0x80 {
			return false
		}
	}
	return guess
}

func allNumbers(fields [][]byte) bool {
	for _, field := range fields {
		if _, err := strconv.ParseFloat(string(field), 32); err != nil {
			return false
		}
	}
	return true
}

// readText reads rows of "word value … value"; as many as come if rows is −1.
func (s *source) readText(rows, dim int) (*Vectors, error) {
	promised := rows
	if rows < 0 {
		promised = math.MaxInt32
	}
	b := newBuilder(dim, s.rowsToReserve(promised, 2*dim))
	for b.rows() < s.limited(promised) {
		start := s.offset
		line, err := s.line(maxWordBytes + 64*dim)
		if err == io.EOF && rows < 0 && b.rows() > 0 {
			break
		}
		if err != nil {
			return nil, s.rowFailed(err, b.rows(), rows, start)
		}
		if rows < 0 && b.rows() > 0 && firstBeyond(line) < 0 {
			if more, err := s.skipBlanks(); err != nil {
				return nil, err
			} else if !more {
				break
			}
		}
		word, values := cutWord(line, dim, rows < 0)
		if j, err := parseRow(b.row(word), values); err != nil {
			if j < 0 && s.unended && rows > 0 {
				return nil, s.rowFailed(io.ErrUnexpectedEOF, b.rows()-1, rows, start)
			}
			return nil, s.rowError(b.rows(), start, word, "%w", atValue(j, err))
		}
	}
	if rows < 0 {
		return b.build(b.words()), nil
	}
	return s.finish(b, b.words(), rows)
}

// cutWord splits a row at the first space. GloVe's words may hold spaces themselves: there, what is too much for
// dim values and no number belongs to the word.
func cutWord(line []byte, dim int, spaced bool) (word, values []byte) {
	end := bytes.IndexByte(line, ' ')
	if end < 0 {
		return line, nil
	}
	if !spaced {
		return line[:end], line[end+1:]
	}
	for extra := len(bytes.Fields(line[end:])) - dim; extra > 0; extra-- {
		next, _, _ := bytes.Cut(line[end+1:], []byte(" "))
		if _, err := strconv.ParseFloat(string(next), 32); err == nil {
			break
		}
		end += 1 + len(next)
	}
	return line[:end], line[min(end+1, len(line)):]
}

// parseRow fills dst with the numbers of a row, set apart by spaces or tabs. An error is about value j, or the row if j is −1.
func parseRow(dst []float32, row []byte) (j int, err error) {
	n := 0
	for {
		start := 0
		for start < len(row) && isBlank(row[start]) {
			start++
		}
		row = row[start:]
		if len(row) == 0 {
			break
		}
		end := 0
		for end < len(row) && !isBlank(row[end]) {
			end++
		}
		if n < len(dst) {
			value, err := strconv.ParseFloat(string(row[:end]), 32)
			switch {
			case err != nil && !math.IsInf(value, 0):
				return n, fmt.Errorf("%.40q is not a number", row[:end])
			case err != nil:
				return n, fmt.Errorf("%.40q is beyond the range of float32", row[:end])
			case !finite(float32(value)):
				return n, fmt.Errorf("%.40q: vectors must be finite", row[:end])
			}
			dst[n] = float32(value)
		}
		n++
		row = row[end:]
	}
	if n != len(dst) {
		return -1, fmt.Errorf("%d values, want %d: mend the row, or the dimensions in the header", n, len(dst))
	}
	return 0, nil
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f' }

func atValue(j int, err error) error {
	if j < 0 {
		return err
	}
	return fmt.Errorf("value %d: %w", j+1, err)
}

// readBinary reads rows of a word, a space and dim little-endian float32s. The original word2vec ends every vector with a
// newline, which is no part of the next word.
func (s *source) readBinary(rows, dim int) (*Vectors, error) {
	b := newBuilder(dim, s.rowsToReserve(rows, 4*dim+1))
	raw := make([]byte, 4*dim)
	for b.rows() < s.limited(rows) {
		start := s.offset
		word, err := s.r.ReadSlice(' ')
		s.offset += int64(len(word))
		if err == nil && len(word) > maxWordBytes || err != nil && len(word) >= s.r.Size() {
			return nil, s.noWord(b.rows(), start)
		}
		if err != nil {
			return nil, s.rowFailed(err, b.rows(), rows, start)
		}
		word = bytes.TrimLeft(word[:len(word)-1], "\n")
		vector := b.row(word)
		n, err := io.ReadFull(s.r, raw)
		s.offset += int64(n)
		if err != nil {
			return nil, s.rowFailed(err, b.rows()-1, rows, start)
		}
		decodeFloats(vector, raw)
		if j := lane.IndexNonFinite(vector); j >= 0 {
			word := b.text[len(b.text)-len(word):]
			return nil, s.rowError(b.rows(), start, word, "%w", errNotFinite(j, vector[j]))
		}
	}
	return s.finish(b, b.words(), rows)
}

// decodeFloats reads little-endian float32s, four at a time for speed.
func decodeFloats(dst []float32, raw []byte) {
	for ; len(dst) >= 4 && len(raw) >= 16; dst, raw = dst[4:], raw[16:] {
		dst[0] = math.Float32frombits(binary.LittleEndian.Uint32(raw))
		dst[1] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4:]))
		dst[2] = math.Float32frombits(binary.LittleEndian.Uint32(raw[8:]))
		dst[3] = math.Float32frombits(binary.LittleEndian.Uint32(raw[12:]))
	}
	for j := range dst {
		dst[j] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*j:]))
	}
}

// finish checks that nothing follows the promised rows, unless it has read only the first of them.
func (s *source) finish(b *builder, words []string, rows int) (*Vectors, error) {
	if b.rows() == rows {
		if more, err := s.skipBlanks(); err != nil {
			return nil, err
		} else if more {
			return nil, s.moreFollows(rows)
		}
	}
	return b.build(words), nil
}

// skipBlanks skips blank characters and line ends, and reports whether anything else follows.
func (s *source) skipBlanks() (more bool, err error) {
	for {
		next := s.peek(1)
		if len(next) == 0 {
			if err := s.peekError(); err != nil {
				return false, s.failed(err)
			}
			return false, nil
		}
		if firstBeyond(next) == 0 {
			return true, nil
		}
		s.r.Discard(1)
		s.offset++
	}
}

func (s *source) moreFollows(rows int) error {
	return fmt.Errorf("wordvec: %s: the header promises %d words, but more follows at byte %d: put the right number in the header, or cut the file there",
		s.name, rows, s.offset)
}

func (s *source) noWord(done int, start int64) error {
	return s.rowError(done+1, start, nil, "no word within %d bytes: not word2vec's binary format, or damaged", maxWordBytes)
}

// rowFailed says why row done+1, which starts at a byte, can't be read to its end.
func (s *source) rowFailed(err error, done, promised int, start int64) error {
	switch {
	case err == errLongLine:
		return s.rowError(done+1, start, nil, "the line is too long for a word and its vector: not word2vec's text format, or damaged")
	case err != io.EOF && err != io.ErrUnexpectedEOF:
		return s.failed(err)
	}
	if promised < 0 {
		return fmt.Errorf("wordvec: %s is truncated: it ends in row %d, at byte %d: copy it again", s.name, done+1, s.offset)
	}
	return fmt.Errorf("wordvec: %s is truncated: the header promises %d words, the file ends in row %d, at byte %d: copy it again",
		s.name, promised, done+1, s.offset)
}

// rowError is an error about a row, counted from 1, that starts at a byte.
func (s *source) rowError(row int, start int64, word []byte, format string, args ...any) error {
	at := fmt.Sprintf("row %d (byte %d", row, start)
	if word != nil {
		at += fmt.Sprintf(", word %.40q", word)
	}
	return fmt.Errorf("wordvec: %s: %s): %w", s.name, at, fmt.Errorf(format, args...))
}
