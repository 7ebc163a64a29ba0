package wordvec

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
)

// wordsPath returns where the words of an .npy or .tsv file are written: vectors.tsv beside vectors.npy, vectors.metadata.tsv
// beside vectors.tsv.
func wordsPath(path string) string {
	stem, ending := splitEnding(path)
	if ending == ".tsv" {
		return stem + ".metadata.tsv"
	}
	return stem + ".tsv"
}

// metadataPath returns where the words of a projector's table are: beside it under the name that [Vectors.Save] gives them, or one of
// those that others do, as in x_tensor.tsv and x_metadata.tsv (gensim's word2vec2tensor), vectors.tsv and metadata.tsv.
func metadataPath(path string) string {
	own := wordsPath(path)
	if exists(own) {
		return own
	}
	dir, name := filepath.Split(path)
	for _, table := range []string{"tensors", "tensor", "vectors", "vecs"} {
		if before, after, found := strings.Cut(name, table); found && exists(dir+before+"metadata"+after) {
			return dir + before + "metadata" + after
		}
	}
	return own
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// writeTable writes one row of tab-separated values a vector, as the embedding projector (projector.tensorflow.org) reads them.
func (v *Vectors) writeTable(w io.Writer) error {
	var line []byte
	for _, row := range v.all() {
		line = append(appendNumbers(line[:0], row, '\t'), '\n')
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
	s.skipMark()
	if len(s.peek(1)) == 0 {
		return nil, fmt.Errorf("wordvec: %s is empty: it holds no vectors", s.name)
	}
	var b *builder
	for b == nil || b.rows() < s.limited(math.MaxInt32) {
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
			b = newBuilder(dim, s.rowsToReserve(math.MaxInt32, 2*dim))
		}
		if err != nil {
			done := 0
			if b != nil {
				done = b.rows()
			}
			return nil, s.rowFailed(err, done, -1, start)
		}
		if firstBeyond(line) < 0 && b.rows() > 0 {
			if more, err := s.skipBlanks(); err != nil {
				return nil, err
			} else if !more {
				break
			}
		}
		if j, err := parseRow(b.vector(), line); err != nil {
			return nil, s.rowError(b.rows(), start, nil, "%w", atValue(j, err))
		}
	}
	words, err := readWords(metadataPath(path), path, b.rows(), s.Limit == 0)
	if err != nil {
		return nil, err
	}
	return b.build(words), nil
}

// readWords reads a word a line for the vectors of another file: count lines, and no more if that is the whole file. Where the first line has
// several columns, it is their heading, and the words are the column "word", "label" or "name", or else the first one.
func readWords(path, vectors string, count int, whole bool) ([]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("wordvec: %s holds vectors without words: put the words, one a line, into %s", vectors, path)
	}
	defer file.Close()
	s := newSource(file, path, unknownSize)
	s.skipMark()
	words := make([]string, 0, min(count, bufferSize))
	column, columns, number := 0, 1, 0
	for whole || len(words) < count {
		line, err := s.line(maxWordBytes)
		if err == io.EOF {
			break
		}
		number++
		if err != nil {
			return nil, fmt.Errorf("wordvec: %s, for the vectors of %s: line %d is no word: %w", path, vectors, number, err)
		}
		fields := strings.Split(string(line), "\t")
		if number == 1 && len(fields) > 1 {
			column, columns = wordColumn(fields), len(fields)
			continue
		}
		if len(fields) != columns {
			return nil, fmt.Errorf("wordvec: %s: line %d has %d columns, want %d: the words of %s, one a line, or a table with a heading",
				path, number, len(fields), columns, vectors)
		}
		words = append(words, fields[column])
	}
	if len(words) != count {
		return nil, fmt.Errorf("wordvec: %s has %d lines for the %d vectors in %s: it must give every vector one word, with a heading only if there are several columns",
			path, len(words), count, vectors)
	}
	return words, nil
}

func wordColumn(heading []string) int {
	for i, name := range heading {
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "word", "words", "label", "name":
			return i
		}
	}
	return 0
}
