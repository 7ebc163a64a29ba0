package wordvec

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"

	"github.com/lane-go/lane"
)

var npyMagic = []byte("\x93NUMPY")

// The parts of NumPy's header, a Python dictionary (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
var (
	npyDescr   = regexp.MustCompile(`'descr': *'([^']*)'`)
	npyFortran = regexp.MustCompile(`'fortran_order': *(True|False)`)
	npyShape   = regexp.MustCompile(`'shape': *\((\d+), *(\d+)\)`)
)

const npyMaxHeader = 1 << 16

// writeNPY writes the matrix as a C-ordered array of little-endian float32, version 1.0 of the format: data starts at a multiple of 64
// bytes.
func (v *Vectors) writeNPY(w io.Writer) error {
	header := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }", v.Len(), v.Dim())
	unpadded := len(npyMagic) + 4 + len(header) + 1
	header += string(bytes.Repeat([]byte(" "), (64-unpadded%64)%64)) + "\n"
	start := append(bytes.Clone(npyMagic), 1, 0)
	start = binary.LittleEndian.AppendUint16(start, uint16(len(header)))
	if _, err := w.Write(append(start, header...)); err != nil {
		return err
	}
	var raw []byte
	for _, row := range v.all() {
		raw = appendFloats(raw[:0], row)
		if _, err := w.Write(raw); err != nil {
			return err
		}
	}
	return nil
}

// readNPY reads a two-dimensional array of float32 or float64, and its words from the .tsv beside it.
func readNPY(s *source, path string) (*Vectors, error) {
	shape, err := s.npyHeader()
	if err != nil {
		return nil, fmt.Errorf("wordvec: %s: %w", s.name, err)
	}
	rowBytes := shape.dim * shape.itemBytes
	rest, known := s.remaining()
	if known && rest/int64(rowBytes) < int64(shape.rows) {
		s.offset += rest
		return nil, s.rowFailed(io.ErrUnexpectedEOF, int(rest/int64(rowBytes)), shape.rows, s.offset)
	}
	words, err := readWords(wordsPath(path), path, shape.rows, true)
	if err != nil {
		return nil, err
	}
	if known && shape.itemBytes == 4 && rest == int64(shape.rows)*int64(rowBytes) {
		if v, err := s.mapRows(words[:s.limited(shape.rows)], s.offset, shape.dim); v != nil || err != nil {
			return v, err
		}
	}
	b := newBuilder(shape.dim, s.rowsToReserve(shape.rows, rowBytes))
	raw := make([]byte, rowBytes)
	for b.rows() < s.limited(shape.rows) {
		start := s.offset
		n, err := io.ReadFull(s.r, raw)
		s.offset += int64(n)
		if err != nil {
			return nil, s.rowFailed(err, b.rows(), shape.rows, start)
		}
		vector := b.vector()
		if shape.itemBytes == 4 {
			decodeFloats(vector, raw)
		} else {
			for j := range vector {
				vector[j] = float32(math.Float64frombits(binary.LittleEndian.Uint64(raw[8*j:])))
			}
		}
		if j := lane.IndexNonFinite(vector); j >= 0 {
			return nil, s.rowError(b.rows(), start, nil, "%w", errNotFinite(j, vector[j]))
		}
	}
	return s.finish(b, words[:b.rows()], shape.rows)
}

type npyArray struct{ rows, dim, itemBytes int }

func (s *source) npyHeader() (npyArray, error) {
	fixed := s.peek(12)
	if len(fixed) < 12 {
		return npyArray{}, fmt.Errorf("the header of the array is cut short: copy it again")
	}
	claimed, start := uint32(binary.LittleEndian.Uint16(fixed[8:])), 10
	if fixed[6] > 1 {
		claimed, start = binary.LittleEndian.Uint32(fixed[8:]), 12
	}
	if claimed > npyMaxHeader {
		return npyArray{}, fmt.Errorf("a header of %d bytes is no array of numbers", claimed)
	}
	length := int(claimed)
	header := s.peek(start + length)
	if len(header) < start+length {
		return npyArray{}, fmt.Errorf("the header of the array is cut short: copy it again")
	}
	s.r.Discard(len(header))
	s.offset += int64(len(header))

	header = header[start:]
	descr, fortran, shape := npyDescr.FindSubmatch(header), npyFortran.FindSubmatch(header), npyShape.FindSubmatch(header)
	if descr == nil || fortran == nil || shape == nil {
		return npyArray{}, fmt.Errorf("header %.100q: want a two-dimensional array, words × dimensions", header)
	}
	if string(fortran[1]) == "True" {
		return npyArray{}, fmt.Errorf("the array lies column after column: save numpy.ascontiguousarray of it")
	}
	var a npyArray
	switch string(descr[1]) {
	case "<f4":
		a.itemBytes = 4
	case "<f8":
		a.itemBytes = 8
	default:
		return npyArray{}, fmt.Errorf("numbers of type %q: save it with astype(numpy.float32)", descr[1])
	}
	var err error
	if a.rows, err = parseSize(string(shape[1]), "words", math.MaxInt32); err != nil {
		return npyArray{}, err
	}
	a.dim, err = parseSize(string(shape[2]), "dimensions", maxDim)
	return a, err
}

// appendFloats appends the little-endian bytes of x.
func appendFloats(raw []byte, x []float32) []byte {
	for _, value := range x {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(value))
	}
	return raw
}

// appendNumbers appends the shortest decimals that give back x, the separator before each but the first.
func appendNumbers(line []byte, x []float32, separator byte) []byte {
	for j, value := range x {
		if j > 0 {
			line = append(line, separator)
		}
		line = strconv.AppendFloat(line, float64(value), 'g', -1, 32)
	}
	return line
}
