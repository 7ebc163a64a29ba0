package wordvec

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/internal/safetensors"
)

const (
	tensorName = "vectors"
	wordsKey   = "lane.words"
)

// writeSafetensors writes one tensor, "vectors" (V×D), and the words as a JSON array in the metadata under "lane.words".
func (v *Vectors) writeSafetensors(w io.Writer) error {
	metadata, err := metadataOf(v.Words)
	if err != nil {
		return err
	}
	rows := func(yield func([]float32) bool) {
		for _, row := range v.all() {
			if !yield(row) {
				return
			}
		}
	}
	tensor := safetensors.Tensor{Name: tensorName, Shape: []int{v.Len(), v.Dim()}, Parts: rows}
	return safetensors.Write(w, []safetensors.Tensor{tensor}, metadata)
}

func metadataOf(words []string) (map[string]string, error) {
	list, err := json.Marshal(words)
	return map[string]string{wordsKey: string(list)}, err
}

// inHeader returns an error if the words are more than a file's header holds.
func inHeader(words []string, _ int) error {
	metadata, err := metadataOf(words)
	if err != nil {
		return err
	}
	if err := safetensors.Check(nil, metadata); err != nil {
		return fmt.Errorf("%w: use another format", err)
	}
	return nil
}

// readSafetensors reads what writeSafetensors wrote, or any file of one tensor V×D and those words.
func readSafetensors(s *source, path string) (*Vectors, error) {
	file, isFile := s.in.(*os.File)
	if !isFile || s.size < 0 {
		return nil, fmt.Errorf("wordvec: %s: .safetensors can be read from a plain file only: unpack it first", path)
	}
	tensors, metadata, err := safetensors.Locate(file, s.size)
	if err != nil {
		return nil, fmt.Errorf("wordvec: %s: %w", path, err)
	}
	if len(tensors) != 1 || len(tensors[0].Shape) != 2 {
		return nil, fmt.Errorf("wordvec: %s holds %d tensors: want one, of words × dimensions; a language model is no file of word vectors",
			path, len(tensors))
	}
	var words []string
	if err := json.Unmarshal([]byte(metadata[wordsKey]), &words); err != nil {
		return nil, fmt.Errorf("wordvec: %s: the metadata has no JSON array of words under %q: %w", path, wordsKey, err)
	}
	tensor := tensors[0]
	rows, dim := tensor.Shape[0], tensor.Shape[1]
	if len(words) != rows || rows == 0 || dim == 0 || rows > math.MaxInt32 {
		return nil, fmt.Errorf("wordvec: %s: %d words for a tensor of %d×%d: every row needs one word", path, len(words), rows, dim)
	}
	words = words[:s.limited(rows)]
	if tensor.DType() == "F32" {
		if v, err := s.mapRows(words, tensor.Offset, dim); v != nil || err != nil {
			return v, err
		}
	}
	data, err := tensor.Read(file, len(words)*dim)
	if err != nil {
		return nil, fmt.Errorf("wordvec: %s: %w", path, err)
	}
	for i := range words {
		x := data[i*dim:][:dim]
		if j := lane.IndexNonFinite(x); j >= 0 {
			start := tensor.Offset + int64(i)*(s.size-tensor.Offset)/int64(rows) // the tensor fills the file
			return nil, s.rowError(i+1, start, []byte(words[i]), "%w", errNotFinite(j, x[j]))
		}
	}
	return (&builder{dim: dim, data: data}).build(words), nil
}

// looksLikeSafetensors reports whether a file begins with the length of a header and its brace.
func looksLikeSafetensors(head []byte) bool {
	return len(head) > 8 && head[8] == '{' && binary.LittleEndian.Uint64(head) < 1<<30
}
