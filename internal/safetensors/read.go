package safetensors

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
)

// ReadFile reads the file at path as Read does. Errors name it.
func ReadFile(path string) ([]Tensor, map[string]string, error) {
	info, err := os.Stat(path) // before it is opened, as a pipe would wait for its writer
	if err != nil {
		return nil, nil, fmt.Errorf("safetensors: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("safetensors: %s: not a regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("safetensors: %w", err)
	}
	defer f.Close()
	tensors, metadata, err := read(f, info.Size())
	if err != nil {
		return nil, nil, fmt.Errorf("safetensors: %s: %w", path, err)
	}
	return tensors, metadata, nil
}

// Read reads every tensor of the size bytes at r, sorted by name, and the metadata, which is nil if
// there is none. F32, F16 and BF16 are represented exactly; F64 is rounded to the nearest float32.
//
// It is strict: a file that is truncated or has bytes too many, a header that isn't the format's JSON in all it
// says, doubled names, tensors that overlap or leave gaps, ranges that don't fit shapes, other dtypes, and finite
// F64 values beyond float32 are errors. It reserves memory only for bytes that are there.
func Read(r io.ReaderAt, size int64) ([]Tensor, map[string]string, error) {
	tensors, metadata, err := read(r, size)
	if err != nil {
		return nil, nil, fmt.Errorf("safetensors: %w", err)
	}
	return tensors, metadata, nil
}

// read does the work of Read, with errors that don't name the package.
func read(r io.ReaderAt, size int64) ([]Tensor, map[string]string, error) {
	places, metadata, err := locate(r, size)
	if err != nil {
		return nil, nil, err
	}
	tensors := make([]Tensor, len(places))
	for i, p := range places {
		tensors[i] = Tensor{Name: p.Name, Shape: p.Shape}
		if tensors[i].Data, err = p.read(r, p.Elements()); err != nil {
			return nil, nil, err
		}
	}
	return tensors, metadata, nil
}

// Locate reads and checks the header as Read does, and returns where the tensors lie, sorted by name, and the metadata.
func Locate(r io.ReaderAt, size int64) ([]Place, map[string]string, error) {
	places, metadata, err := locate(r, size)
	if err != nil {
		return nil, nil, fmt.Errorf("safetensors: %w", err)
	}
	return places, metadata, nil
}

func locate(r io.ReaderAt, size int64) ([]Place, map[string]string, error) {
	raw, err := readHeader(r, size)
	if err != nil {
		return nil, nil, err
	}
	entries, metadata, err := parseHeader(raw)
	if err != nil {
		return nil, nil, fmt.Errorf("malformed header: %w; is this a safetensors file?", err)
	}
	start := lengthSize + int64(len(raw))
	if err := checkLayout(entries, size-start); err != nil {
		return nil, nil, err
	}
	places := make([]Place, len(entries))
	for i, e := range entries {
		places[i] = Place{Name: e.name, Shape: e.shape, Offset: start + e.begin, dtype: e.dtype}
	}
	slices.SortFunc(places, func(a, b Place) int { return strings.Compare(a.Name, b.Name) })
	return places, metadata, nil
}

// Read reads the first n elements of a tensor, converted as the function Read does.
func (p Place) Read(r io.ReaderAt, n int) ([]float32, error) {
	data, err := p.read(r, n)
	if err != nil {
		return nil, fmt.Errorf("safetensors: %w", err)
	}
	return data, nil
}

func (p Place) read(r io.ReaderAt, n int) ([]float32, error) {
	section := io.NewSectionReader(r, p.Offset, int64(n)*int64(p.dtype.size))
	data, err := readElements(section, p.dtype, n)
	if err != nil {
		return nil, fmt.Errorf("tensor %q: %w", p.Name, err)
	}
	return data, nil
}

// readHeader returns the bytes of the JSON header.
func readHeader(r io.ReaderAt, size int64) ([]byte, error) {
	if size < lengthSize {
		return nil, fmt.Errorf("truncated: %d bytes, too few for a header; copy or save the file again", size)
	}
	var length [lengthSize]byte
	if _, err := r.ReadAt(length[:], 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > maxHeader {
		return nil, fmt.Errorf("a header of %d bytes, more than the format's %d; is this a safetensors file?", n, maxHeader)
	}
	if int64(n) > size-lengthSize {
		return nil, fmt.Errorf("truncated: a header of %d bytes is announced and %d bytes follow; copy or save the file again",
			n, size-lengthSize)
	}
	raw := make([]byte, n)
	if _, err := io.ReadFull(io.NewSectionReader(r, lengthSize, int64(n)), raw); err != nil {
		return nil, err
	}
	return raw, nil
}

// checkLayout sorts the entries by position and checks that they fill the size bytes after the header, each just
// as large as its shape asks for.
func checkLayout(entries []entry, size int64) error {
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end))
	})
	var position int64
	for _, e := range entries {
		n, err := elements(e.shape)
		switch {
		case err != nil:
			return fmt.Errorf("tensor %q: %w", e.name, err)
		case e.begin > e.end:
			return fmt.Errorf("tensor %q ends at byte %d, before its begin at %d", e.name, e.end, e.begin)
		case e.end-e.begin != int64(n)*int64(e.dtype.size):
			return fmt.Errorf("tensor %q occupies %d bytes and its shape %v as %s needs %d",
				e.name, e.end-e.begin, e.shape, e.dtype.name, int64(n)*int64(e.dtype.size))
		case e.begin < position:
			return fmt.Errorf("tensor %q begins at byte %d, inside the one before, which ends at %d", e.name, e.begin, position)
		case e.begin > position:
			return fmt.Errorf("%d bytes before tensor %q belong to none", e.begin-position, e.name)
		}
		position = e.end
	}
	switch {
	case position > size:
		return fmt.Errorf("truncated: the tensors take %d bytes and %d are there; copy or save the file again", position, size)
	case position < size:
		return fmt.Errorf("the tensors take %d bytes and %d are there: the file was altered or damaged", position, size)
	}
	return nil
}

// dtype is a type of elements in a file.
type dtype struct {
	name    string
	size    int
	convert func(dst []float32, src []byte)
}

var dtypes = []dtype{
	{"F32", 4, func(dst []float32, src []byte) {
		for i := range dst {
			dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(src[4*i:]))
		}
	}},
	{"F16", 2, func(dst []float32, src []byte) {
		for i := range dst {
			dst[i] = fromHalf(binary.LittleEndian.Uint16(src[2*i:]))
		}
	}},
	{"BF16", 2, func(dst []float32, src []byte) { // the upper half of a float32
		for i := range dst {
			dst[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(src[2*i:])) << 16)
		}
	}},
	{"F64", 8, func(dst []float32, src []byte) {
		for i := range dst {
			dst[i] = float32(math.Float64frombits(binary.LittleEndian.Uint64(src[8*i:])))
		}
	}},
}

// fromHalf converts IEEE 754 binary16: a sign, 5 bits of exponent with bias 15, 10 of fraction.
func fromHalf(h uint16) float32 {
	sign := uint32(h>>15) << 31
	exponent := uint32(h>>10) & 0x1f
	fraction := uint32(h) & 0x3ff
	switch exponent {
	case 0: // zero or subnormal: fraction·2⁻²⁴, which float32 holds exactly
		magnitude := float32(fraction) * 0x1p-24
		return math.Float32frombits(sign | math.Float32bits(magnitude))
	case 0x1f: // infinity or NaN
		return math.Float32frombits(sign | 0xff<<23 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
}

// readElements reads n elements and converts them.
func readElements(r io.Reader, d dtype, n int) ([]float32, error) {
	data := make([]float32, n)
	chunk := make([]byte, min(chunkSize, n*d.size))
	for done := 0; done < n; {
		part := chunk[:min(len(chunk), (n-done)*d.size)]
		if _, err := io.ReadFull(r, part); err != nil {
			return nil, err
		}
		dst := data[done : done+len(part)/d.size]
		d.convert(dst, part)
		if d.name == "F64" {
			if err := checkRange(dst, part, done); err != nil {
				return nil, err
			}
		}
		done += len(dst)
	}
	return data, nil
}

// checkRange refuses finite float64 values that became infinite; first is the index of dst[0].
func checkRange(dst []float32, src []byte, first int) error {
	for i, v := range dst {
		if !math.IsInf(float64(v), 0) {
			continue
		}
		if x := math.Float64frombits(binary.LittleEndian.Uint64(src[8*i:])); !math.IsInf(x, 0) {
			return fmt.Errorf("element %d, %g, is beyond float32", first+i, x)
		}
	}
	return nil
}
