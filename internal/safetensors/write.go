package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Write writes the tensors as F32, sorted by name, and the metadata, which may be nil. The header is padded with
// spaces so that the tensors start at a multiple of 8 bytes. Equal tensors and metadata give equal bytes.
//
// It refuses, before anything is written, a name that is doubled, "__metadata__" or not UTF-8, a
// shape that doesn't fit its data, metadata that isn't UTF-8, and a header of more than 100 MB.
func Write(w io.Writer, tensors []Tensor, metadata map[string]string) error {
	tensors = sorted(tensors)
	header, err := encodeHeader(tensors, metadata)
	if err != nil {
		return fmt.Errorf("safetensors: %w", err)
	}
	if _, err := w.Write(header); err != nil {
		return fmt.Errorf("safetensors: %w", err)
	}
	chunk := make([]byte, 0, chunkSize)
	for _, t := range tensors {
		left := t.elements()
		for part := range t.parts() {
			left -= len(part)
			chunk = chunk[:0]
			for _, v := range part {
				chunk = binary.LittleEndian.AppendUint32(chunk, math.Float32bits(v))
			}
			if _, err := w.Write(chunk); err != nil {
				return fmt.Errorf("safetensors: tensor %q: %w", t.Name, err)
			}
		}
		if left != 0 {
			return fmt.Errorf("safetensors: tensor %q: its parts are %d elements short of its shape %v", t.Name, left, t.Shape)
		}
	}
	return nil
}

// Check returns the error with which Write would refuse what is given.
func Check(tensors []Tensor, metadata map[string]string) error {
	if _, err := encodeHeader(sorted(tensors), metadata); err != nil {
		return fmt.Errorf("safetensors: %w", err)
	}
	return nil
}

func sorted(tensors []Tensor) []Tensor {
	return slices.SortedFunc(slices.Values(tensors), func(a, b Tensor) int { return strings.Compare(a.Name, b.Name) })
}

// chunkSize is how many bytes are converted at a time, a multiple of every element's size.
const chunkSize = 64 << 10

// encodeHeader returns the header of the sorted tensors with its length before it.
func encodeHeader(tensors []Tensor, metadata map[string]string) ([]byte, error) {
	var h bytes.Buffer
	h.Write(make([]byte, lengthSize))
	h.WriteByte('{')
	if len(metadata) > 0 {
		for key, value := range metadata {
			if !utf8.ValidString(key) || !utf8.ValidString(value) {
				return nil, fmt.Errorf("metadata %q is not valid UTF-8", key)
			}
		}
		writeJSON(&h, metadataKey)
		h.WriteByte(':')
		writeJSON(&h, metadata)
	}
	offset := 0
	for i, t := range tensors {
		if i > 0 && t.Name == tensors[i-1].Name {
			return nil, fmt.Errorf("two tensors have the name %q", t.Name)
		}
		if err := t.check(); err != nil {
			return nil, fmt.Errorf("tensor %q: %w", t.Name, err)
		}
		end := offset + 4*t.elements()
		if end < offset {
			return nil, errors.New("the tensors are too large together")
		}
		if h.Len() > lengthSize+1 {
			h.WriteByte(',')
		}
		writeJSON(&h, t.Name)
		h.WriteByte(':')
		writeJSON(&h, tensorInfo{"F32", append([]int{}, t.Shape...), [2]int{offset, end}})
		offset = end
	}
	h.WriteByte('}')
	for h.Len()%8 != 0 {
		h.WriteByte(' ')
	}
	size := h.Len() - lengthSize
	if size > maxHeader {
		return nil, fmt.Errorf("the header of %d bytes is larger than the format's %d; keep less metadata", size, maxHeader)
	}
	binary.LittleEndian.PutUint64(h.Bytes(), uint64(size))
	return h.Bytes(), nil
}

// tensorInfo is a tensor's entry in the header, in the order in which other writers put its fields.
type tensorInfo struct {
	DType   string `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets [2]int `json:"data_offsets"`
}

// parts yields the data, some at a time.
func (t Tensor) parts() iter.Seq[[]float32] {
	if t.Parts != nil {
		return t.Parts
	}
	return slices.Chunk(t.Data, chunkSize/4)
}

func (t Tensor) elements() int {
	n, _ := elements(t.Shape) // checked before
	return n
}

func (t Tensor) check() error {
	switch {
	case t.Name == metadataKey:
		return errors.New("the name is reserved for the metadata")
	case !utf8.ValidString(t.Name):
		return errors.New("the name is not valid UTF-8")
	}
	n, err := elements(t.Shape)
	if err != nil {
		return err
	}
	if t.Parts == nil && n != len(t.Data) {
		return fmt.Errorf("shape %v needs %d elements, there are %d", t.Shape, n, len(t.Data))
	}
	return nil
}

// writeJSON appends v as compact JSON without HTML's escapes. It panics where v can't be encoded, which
// none of the types used here can bring about.
func writeJSON(h *bytes.Buffer, v any) {
	e := json.NewEncoder(h)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("safetensors: %v", err))
	}
	h.Truncate(h.Len() - 1) // the newline that Encode adds
}
