package wordvec

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
)

// wordsPath returns where the words of an .npy or .tsv file lie: vectors.tsv beside vectors.npy, vectors.metadata.tsv
// beside vectors.tsv.
func wordsPath(path string) string {
	stem, ending := splitEnding(path)
	if ending == ".tsv" {
		return stem + ".metadata.tsv"
	}
	return stem + ".tsv"
}

// writeTable writes one row of tab-separated values a vector, as the embedding projector (projector.tensorflow.org) reads them.
func (v *Vectors) writeTable(w io.Writer) error {
	var line []byte
	for i := range v.Len() {
		line = append(appendNumbers(line[:0], v.Matrix.Row(i), '\t'), '\n')
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	return nil
}

// writeWords writes one word a line.
func (v *Vectors) writeWords(w io.Writer) error {
	var line []byte
	for _, word := range v.Words {
		line = append(append(line[:0], word...), '\n')
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	return nil
}

// readProjector reads the table at s and the words from the metadata beside it.
func readProjector(s *source, path string) (*Vectors, error) {
	if len(s.peek(1)) == 0 {
		return nil, fmt.Errorf("wordvec: %s is empty: it holds no vectors", s.name)
	}
	var b *builder
	for {
		start := s.offset
		line, err := s.line(bufferSize)
		if err == io.EOF {
			break
		}
		if err == nil && b == nil {
			dim := len(bytes.Fields(line))
			if dim == 0 {
				return nil, fmt.Errorf("wordvec: %s: row 1 has no values", s.name)
			}
			b = newBuilder(dim, s.rowsToReserve(math.MaxInt32, 2*dim, dim))
		}
		if err != nil {
			done := 0
			if b != nil {
				done = b.rows()
			}
			return nil, s.rowFailed(err, done, 0, start)
		}
		if j, err := parseRow(b.vector(), line); err != nil {
			return nil, s.rowError(b.rows(), start, nil, "%w", atValue(j, err))
		}
	}
	words, err := readWords(wordsPath(path), path, b.rows())
	if err != nil {
		return nil, err
	}
	return b.build(words), nil
}

// readWords reads a word a line for the vectors of another file.
func readWords(path, vectors string, count int) ([]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("wordvec: %s holds vectors without words: put the words, one a line, into %s", vectors, path)
	}
	defer file.Close()
	s := newSource(file, path, unknownSize)
	words := make([]string, 0, count)
	for {
		line, err := s.line(maxWordBytes)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("wordvec: %s, for the vectors of %s: line %d is no word: %w", path, vectors, len(words)+1, err)
		}
		if bytes.IndexByte(line, '\t') >= 0 {
			return nil, fmt.Errorf("wordvec: %s: line %d has several columns: want the words of %s, one a line", path, len(words)+1, vectors)
		}
		words = append(words, string(line))
	}
	if len(words) != count {
		return nil, fmt.Errorf("wordvec: %s has %d lines for the %d vectors in %s: it must give every vector one word, without a heading",
			path, len(words), count, vectors)
	}
	return words, nil
}
