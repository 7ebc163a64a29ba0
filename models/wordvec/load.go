package wordvec

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/lane-go/lane/internal/packing"
)

// Load reads word vectors from a file: [Reader.Load] with the zero Reader.
func Load(path string) (*Vectors, error) { return Reader{}.Load(path) }

// Read reads word vectors from a stream: [Reader.Read] with the zero Reader.
func Read(r io.Reader, name string) (*Vectors, error) { return Reader{}.Read(r, name) }

// A Reader says how word vectors are read. Its zero value reads all of them into memory.
type Reader struct {
	Limit int // read only the first so many rows, the most frequent words; 0: all

	// Map leaves the numbers in the file, if it is word2vec's binary format, an .npy of float32 or .safetensors of F32, and not packed, and the
	// system can map files into memory (Linux, macOS, BSD): only the words take memory, and programs that
	// have the same file open share the rest. Other files are read as usual. [Vectors.Matrix] is then empty; every method works the
	// same. The file must not be shortened or overwritten before [Vectors.Close]: the program would be killed, or read what is new.
	Map bool
}

// Load reads word vectors from a file, or from standard input if path is "-".
//
// What the file is shows in its content: word2vec text or binary, GloVe's text without a header, NumPy's .npy with its words in
// the .tsv beside it, .safetensors (see [Vectors.Save]), any of the first three packed by gzip or zstd. The ending decides only
// where the content can't: a .tsv is the projector's table, whose words are in the metadata beside it (NAME.metadata.tsv, or the name with
// "metadata" for "tensor", "tensors" or "vectors").
//
// Where a word comes again, its first row stays, as in gensim, and Duplicates counts the others. Errors name the file, the row and the
// byte (of the unpacked content), and what to do: a file that ends early, that is longer than its header says, whose header is no
// header, a row of another length, a value that is no finite number.
func (o Reader) Load(path string) (*Vectors, error) {
	if path == "-" {
		return o.Read(os.Stdin, "standard input")
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("wordvec: cannot read %s: %w; check the path", path, errors.Unwrap(err))
	}
	if err != nil {
		return nil, fmt.Errorf("wordvec: cannot read %s: %w", path, errors.Unwrap(err))
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("wordvec: cannot read %s: %w", path, errors.Unwrap(err))
	}
	if info.IsDir() {
		return nil, fmt.Errorf("wordvec: %s is a directory: name a file in it", path)
	}
	size := int64(unknownSize)
	if info.Mode().IsRegular() {
		size = info.Size()
	}
	s := newSource(file, path, size)
	s.Reader = o
	if s, err = s.unpack(); err != nil {
		return nil, err
	}
	defer s.close()
	if _, ending := splitEnding(path); ending == ".tsv" {
		return readProjector(s, path)
	}
	switch head := s.peek(16); {
	case bytes.HasPrefix(head, npyMagic):
		return readNPY(s, path)
	case looksLikeSafetensors(head):
		return readSafetensors(s, path)
	}
	return s.read()
}

// Read reads word vectors as [Reader.Load] does, from a stream of word2vec text or binary or GloVe text, packed or not. The name stands in errors.
func (o Reader) Read(r io.Reader, name string) (*Vectors, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	s := newSource(r, name, unknownSize)
	s.Reader = o
	s, err := s.unpack()
	if err != nil {
		return nil, err
	}
	defer s.close()
	return s.read()
}

func (o Reader) check() error {
	if o.Limit < 0 {
		return fmt.Errorf("wordvec: a limit of %d rows: want 1 or more, or 0 for all", o.Limit)
	}
	return nil
}

// limited returns how many of the rows of a file are to be read.
func (o Reader) limited(rows int) int {
	if o.Limit == 0 {
		return rows
	}
	return min(rows, o.Limit)
}

// read reads any format that is one stream.
func (s *source) read() (*Vectors, error) {
	s.skipMark()
	head := s.peek(16)
	if len(head) == 0 {
		if err := s.peekError(); err != nil {
			return nil, s.failed(err)
		}
		return nil, fmt.Errorf("wordvec: %s is empty: it holds no vectors", s.name)
	}
	if mend := packing.Foreign(head); mend != "" {
		return nil, fmt.Errorf("wordvec: %s is %s", s.name, mend)
	}
	for _, other := range foreign {
		if bytes.HasPrefix(head, []byte(other.magic)) {
			return nil, fmt.Errorf("wordvec: %s is %s", s.name, other.mend)
		}
	}
	if looksLikeSafetensors(head) {
		return nil, fmt.Errorf("wordvec: %s is .safetensors, which can't be read from a stream: name the file", s.name)
	}
	return s.readWord2vec()
}

// foreign are files that people hold to be word vectors, or offer in their place.
var foreign = []struct{ magic, mend string }{
	{"\xba\x16\x4f\x2f", "a fastText model: give its vectors, the .vec file that fastText writes beside it"},
	{"\x80\x02", "a Python pickle: save it with gensim's save_word2vec_format"},
	{"\x80\x03", "a Python pickle: save it with gensim's save_word2vec_format"},
	{"\x80\x04", "a Python pickle: save it with gensim's save_word2vec_format"},
	{"\x80\x05", "a Python pickle: save it with gensim's save_word2vec_format"},
	{string(npyMagic), "an array of NumPy, which can't be read from a stream, as its words are in another file: name the file"},
}

// splitEnding splits a path into what comes before its ending and the ending in lower case, that of a packer left out.
func splitEnding(path string) (stem, ending string) {
	stem = path
	if packing.Ending(path) != "" {
		stem = path[:len(path)-len(filepath.Ext(path))]
	}
	ending = filepath.Ext(stem)
	return stem[:len(stem)-len(ending)], strings.ToLower(ending)
}
