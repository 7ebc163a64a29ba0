package wordvec

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/lane-go/lane/internal/atomicfile"
	"github.com/lane-go/lane/internal/packing"
)

// Save writes the vectors in the format that the path ends with, whole or not at all:
//
//	.bin          word2vec's binary format, the bytes that gensim writes
//	.txt .vec     word2vec's text format, as gensim and fastText read it
//	.glove        GloVe's format, word2vec's text without its first line
//	.npy          a NumPy array, and NAME.tsv with a word a line
//	.tsv          the embedding projector's table, and its metadata in NAME.metadata.tsv, a word a line
//	.safetensors  a tensor "vectors" (V×D), the words as a JSON array in the metadata under "lane.words"
//
// .gz or .zst after .bin, .txt, .vec or .glove packs the file. Text holds the shortest decimals that give the very float32s back.
//
// A word that the format can't hold is an error before anything is written: one with a space or a newline in word2vec's formats, with a tab or
// a line's end in .tsv, not UTF-8 in .safetensors, and one of 64 KiB or more in any but that. NAME.npy and NAME.tsv can't be side by side:
// the words of the one would be the table of the other.
func (v *Vectors) Save(path string) error {
	f, err := formatFor(path, v.Words, v.Dim())
	if err != nil {
		return err
	}
	files := []atomicfile.File{{Path: path, Write: packing.Pack(path, func(w io.Writer) error { return f.write(v, w) })}}
	if f.words {
		files = append(files, atomicfile.File{Path: wordsPath(path), Write: v.writeWords})
	}
	if err := atomicfile.WriteAll(files...); err != nil {
		return fmt.Errorf("wordvec: %w", err)
	}
	return nil
}

// Files returns the files that [Vectors.Save] writes for this path: itself and, beside .npy and .tsv, that of the words. Of
// "" there are none.
func Files(path string) []string {
	if path == "" {
		return nil
	}
	if _, ending := splitEnding(path); formats[ending].words {
		return []string{path, wordsPath(path)}
	}
	return []string{path}
}

// CheckEnding returns the error that [Vectors.Save] would return for the ending of the path, before there is anything to save.
func CheckEnding(path string) error {
	_, err := formatOf(path)
	return err
}

// CheckSave returns the error with which [Vectors.Save] would refuse the path, these words and vectors of dim numbers, before there are any.
func CheckSave(path string, words []string, dim int) error {
	_, err := formatFor(path, words, dim)
	return err
}

// InputFiles returns the files that [Load] reads at this path: itself and, beside .npy and .tsv, that of the words. Of "" there are none.
func InputFiles(path string) []string {
	files := Files(path)
	if _, ending := splitEnding(path); ending == ".tsv" {
		files[1] = metadataPath(path)
	}
	return files
}

func formatOf(path string) (format, error) {
	_, ending := splitEnding(path)
	f, known := formats[ending]
	if !known {
		return f, fmt.Errorf("wordvec: cannot tell the format of %s: end it with .bin, .txt, .vec, .glove, .npy, .tsv or .safetensors", path)
	}
	if packing.Ending(path) != "" && !f.packs {
		return f, fmt.Errorf("wordvec: %s: only .bin, .txt, .vec and .glove can be packed: leave out %s", path, packing.Ending(path))
	}
	return f, nil
}

// formatFor is formatOf for these words and vectors of so many numbers, which the format must accept.
func formatFor(path string, words []string, dim int) (format, error) {
	f, err := formatOf(path)
	if err != nil {
		return f, err
	}
	for i, word := range words {
		if err := f.accepts(word, i == 0); err != nil {
			return f, fmt.Errorf("wordvec: cannot write %s: row %d: %w", path, i+1, err)
		}
	}
	if f.holds != nil {
		if err := f.holds(words, dim); err != nil {
			return f, fmt.Errorf("wordvec: cannot write %s: %w", path, err)
		}
	}
	return f, nil
}

type format struct {
	write   func(*Vectors, io.Writer) error
	accepts func(word string, first bool) error
	holds   func(words []string, dim int) error // nil if it holds any
	words   bool                                // in a file of their own
	packs   bool
}

var formats = map[string]format{
	".bin":         {write: (*Vectors).WriteBinary, accepts: noSpace, packs: true},
	".txt":         {write: (*Vectors).WriteText, accepts: noSpace, packs: true},
	".vec":         {write: (*Vectors).WriteText, accepts: noSpace, packs: true},
	".glove":       {write: (*Vectors).WriteGloVe, accepts: gloVeWord, holds: gloVeDim, packs: true},
	".npy":         {write: (*Vectors).writeNPY, accepts: noTab, words: true},
	".tsv":         {write: (*Vectors).writeTable, accepts: noTab, words: true},
	".safetensors": {write: (*Vectors).writeSafetensors, accepts: onlyUTF8, holds: inHeader},
}

// notLong refuses a word that would not be read again.
func notLong(word string) error {
	if len(word) >= maxWordBytes {
		return fmt.Errorf("word %.20q… has %d bytes, and readers take less than %d: use .safetensors, or leave it out", word, len(word), maxWordBytes)
	}
	return nil
}

// gloVeWord refuses a word that [cutWord] would cut elsewhere.
func gloVeWord(word string, first bool) error {
	const mend = "use word2vec's format or .safetensors, or rename it"
	if err := notLong(word); err != nil {
		return err
	}
	parts := strings.Split(word, " ")
	if first && strings.HasPrefix(word, byteOrderMark) {
		return fmt.Errorf("word %q begins with a byte order mark, which would be left out at the beginning of a file: %s", word, mend)
	}
	if first && len(parts) > 1 {
		return fmt.Errorf("word %q has a space, which the first word of a GloVe file can't have: %s", word, mend)
	}
	for _, part := range parts[1:] {
		if _, err := strconv.ParseFloat(part, 32); err == nil || strings.TrimSpace(part) == "" {
			return fmt.Errorf("word %q: what follows its space would be read as a number or as nothing: %s", word, mend)
		}
	}
	if strings.Contains(word, "\n") {
		return fmt.Errorf("word %q has a newline: %s", word, mend)
	}
	return nil
}

func noSpace(word string, _ bool) error {
	if err := notLong(word); err != nil {
		return err
	}
	if strings.ContainsAny(word, " \n") {
		return fmt.Errorf("word %q has a space or a newline, which end a word in word2vec's formats: use .safetensors, or rename it", word)
	}
	return nil
}

func noTab(word string, first bool) error {
	if err := notLong(word); err != nil {
		return err
	}
	if first && strings.HasPrefix(word, byteOrderMark) {
		return fmt.Errorf("word %q begins with a byte order mark, which would be left out at the beginning of a file: use .safetensors, or rename it", word)
	}
	if strings.ContainsAny(word, "\t\n\r") {
		return fmt.Errorf("word %q has a tab or a line's end, which .tsv can't hold: use .safetensors, or rename it", word)
	}
	return nil
}

func onlyUTF8(word string, _ bool) error {
	if !utf8.ValidString(word) {
		return fmt.Errorf("word %q is not UTF-8, which .safetensors can't hold: use .bin", word)
	}
	return nil
}

// WriteBinary writes word2vec's binary format as gensim does: "V D", a newline, then for every word its bytes, a space, and D
// little-endian float32s. A word with a space or a newline is an error.
func (v *Vectors) WriteBinary(w io.Writer) error {
	return v.writeRows(w, func(row []byte, x []float32) []byte { return appendFloats(row, x) })
}

// WriteText writes word2vec's text format: "V D", then a line for every word and its values, with spaces between. A word with a
// space or a newline is an error.
func (v *Vectors) WriteText(w io.Writer) error { return v.writeRows(w, appendTextRow) }

// WriteGloVe writes GloVe's format, word2vec's text without its first line. A word may hold spaces, as GloVe's do, but not one that
// would be read otherwise. One dimension is too few to tell such a file from a header.
func (v *Vectors) WriteGloVe(w io.Writer) error {
	if err := gloVeDim(nil, v.Dim()); err != nil {
		return fmt.Errorf("wordvec: %w", err)
	}
	return v.writeBody(w, gloVeWord, appendTextRow)
}

func gloVeDim(_ []string, dim int) error {
	if dim == 1 {
		return errors.New("GloVe's format takes two dimensions or more: use word2vec's")
	}
	return nil
}

func appendTextRow(line []byte, x []float32) []byte { return append(appendNumbers(line, x, ' '), '\n') }

func (v *Vectors) writeRows(w io.Writer, appendVector func(row []byte, x []float32) []byte) error {
	if _, err := fmt.Fprintf(w, "%d %d\n", v.Len(), v.Dim()); err != nil {
		return err
	}
	return v.writeBody(w, noSpace, appendVector)
}

// writeBody writes a word, a space and its vector for every row.
func (v *Vectors) writeBody(w io.Writer, accepts func(word string, first bool) error, appendVector func(row []byte, x []float32) []byte) error {
	var line []byte
	for i, row := range v.all() {
		if err := accepts(v.Words[i], i == 0); err != nil {
			return fmt.Errorf("wordvec: row %d: %w", i+1, err)
		}
		line = append(append(line[:0], v.Words[i]...), ' ')
		line = appendVector(line, row)
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	return nil
}
