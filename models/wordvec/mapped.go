package wordvec

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/lane-go/lane"
)

// mapped are rows that stay in a file, little-endian float32s at any address, and are decoded when they are asked for.
type mapped struct {
	data   []byte // the file
	starts []int64
	first  int64 // of row 0, where the rows follow each other and there are no starts
	dim    int
}

func (m *mapped) start(row int) int64 {
	if m.starts == nil {
		return m.first + int64(row)*4*int64(m.dim)
	}
	return m.starts[row]
}

func (m *mapped) decode(dst []float32, row int) {
	decodeFloats(dst, m.data[m.start(row):][:4*m.dim])
}

func (m *mapped) close() error {
	data := m.data
	m.data = nil
	if data == nil {
		return nil
	}
	return unmapFile(data)
}

// mapping returns the bytes of the source's file, nil if they can't or shall not be mapped.
func (s *source) mapping() []byte {
	file, isFile := s.in.(*os.File)
	if !s.Map || !isFile || s.size <= 0 || s.size > math.MaxInt {
		return nil
	}
	return mapFile(file, int(s.size))
}

// mapRows returns vectors whose rows follow each other in the source's file from byte first on, nil if they can't or shall not be mapped.
func (s *source) mapRows(words []string, first int64, dim int) (*Vectors, error) {
	data := s.mapping()
	if data == nil {
		return nil, nil
	}
	v, err := s.finishMapped(words, &mapped{data: data, first: first, dim: dim})
	if err != nil {
		unmapFile(data)
	}
	return v, err
}

// mapBinary is readBinary for a file in memory, whose vectors stay there.
func (s *source) mapBinary(data []byte, rows, dim int) (*Vectors, error) {
	b := newBuilder(dim, 0)
	m := &mapped{data: data, dim: dim, starts: make([]int64, 0, s.rowsToReserve(rows, 4*dim+1))}
	for len(m.starts) < s.limited(rows) {
		start := s.offset
		rest := data[start:]
		end := bytes.IndexByte(rest[:min(len(rest), maxWordBytes)], ' ')
		switch {
		case end < 0 && len(rest) >= maxWordBytes:
			return nil, s.noWord(len(m.starts), start)
		case end < 0 || len(rest) < end+1+4*dim:
			s.offset = int64(len(data))
			return nil, s.rowFailed(io.ErrUnexpectedEOF, len(m.starts), rows, start)
		}
		b.word(bytes.TrimLeft(rest[:end], "\n"))
		m.starts = append(m.starts, start+int64(end)+1)
		s.offset = start + int64(end+1+4*dim)
	}
	if len(m.starts) == rows {
		if at := firstBeyond(data[s.offset:]); at >= 0 {
			s.offset += int64(at)
			return nil, s.moreFollows(rows)
		}
	}
	return s.finishMapped(b.words(), m)
}

// finishMapped makes vectors of rows in a mapping, of which the first of every word is kept, and checks that they are finite.
func (s *source) finishMapped(words []string, m *mapped) (*Vectors, error) {
	v := &Vectors{Words: words, dim: m.dim, mapped: m}
	lengths := v.lengths()
	for row, length := range lengths {
		if finite(length) {
			continue
		}
		x := v.Row(row)
		if j := lane.IndexNonFinite(x); j >= 0 {
			return nil, s.rowError(row+1, m.start(row), []byte(words[row]), "%w", errNotFinite(j, x[j]))
		}
	}
	v.Words, v.index = firstOfEach(words, func(to, from int) {
		if m.starts == nil { // a row is left out: their distances differ from here on
			starts := make([]int64, len(words))
			for i := range starts {
				starts[i] = m.start(i)
			}
			m.starts = starts
		}
		m.starts[to], lengths[to] = m.starts[from], lengths[from]
	})
	v.Duplicates = len(words) - len(v.Words)
	v.norms = func() []float32 { return lengths[:v.Len()] }
	return v, nil
}

func errNotFinite(j int, value float32) error {
	return fmt.Errorf("value %d is %v: vectors must be finite; the file is damaged, or its training diverged", j+1, value)
}

// firstBeyond returns the place of the first byte that is no white space, or −1.
func firstBeyond(data []byte) int {
	for i, c := range data {
		if c != '\n' && !isBlank(c) {
			return i
		}
	}
	return -1
}
