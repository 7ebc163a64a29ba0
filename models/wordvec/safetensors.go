package wordvec

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/internal/safetensors"
)

const (
	tensorName = "vectors"
	wordsKey   = "lane.words"
)

// writeSafetensors writes one tensor, "vectors" (V×D), and the words as a JSON array in the metadata under "lane.words".
func (v *Vectors) writeSafetensors(w io.Writer) error {
	words, err := json.Marshal(v.Words)
	if err != nil {
		return err
	}
	data := v.Matrix.Data
	if !v.Matrix.Contiguous() {
		data = make([]float32, 0, v.Len()*v.Dim())
		for i := range v.Len() {
			data = append(data, v.Matrix.Row(i)...)
		}
	}
	tensor := safetensors.Tensor{Name: tensorName, Shape: []int{v.Len(), v.Dim()}, Data: data}
	return safetensors.Write(w, []safetensors.Tensor{tensor}, map[string]string{wordsKey: string(words)})
}

// readSafetensors reads what writeSafetensors wrote, or any file of one tensor V×D and those words.
func readSafetensors(path string) (*Vectors, error) {
	tensors, metadata, err := safetensors.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("wordvec: %w", err)
	}
	if len(tensors) != 1 || len(tensors[0].Shape) != 2 {
		return nil, fmt.Errorf("wordvec: %s holds %d tensors: want one, of words × dimensions; a language model is no file of word vectors",
			path, len(tensors))
	}
	var words []string
	if err := json.Unmarshal([]byte(metadata[wordsKey]), &words); err != nil {
		return nil, fmt.Errorf("wordvec: %s: the metadata has no JSON array of words under %q: %w", path, wordsKey, err)
	}
	rows, dim := tensors[0].Shape[0], tensors[0].Shape[1]
	v, err := New(words, lane.MatrixOf(tensors[0].Data, rows, dim))
	if err != nil {
		return nil, fmt.Errorf("wordvec: %s: %w", path, err)
	}
	return v, nil
}

// looksLikeSafetensors reports whether a file begins with the length of a header and its brace.
func looksLikeSafetensors(head []byte) bool {
	return len(head) > 8 && head[8] == '{' && binary.LittleEndian.Uint64(head) < 1<<30
}
