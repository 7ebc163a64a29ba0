package word2vec

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"
	"os"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/internal/atomicfile"
	"github.com/lane-go/lane/models/corpus"
)

// A checkpoint is, numbers in little-endian order:
//
//	8 bytes   "lanew2v\x00"
//	uint32    version
//	uint32    n
//	n bytes   header, in JSON
//	float32…  input table, then output table, row after row
//	32 bytes  SHA-256 of all before
const (
	checkpointMagic   = "lanew2v\x00"
	checkpointVersion = 3

	// Of the header, some hundred bytes and a number an epoch.
	maxHeader, maxEpochLoss = 1 << 20, 32
)

type header struct {
	Settings []setting `json:"settings"`
	Words    int64     `json:"words"` // of the text
	Text     uint64    `json:"text"`  // its Sum64
	Vocab    string    `json:"vocab"` // SHA-256 of words and counts
	State    state     `json:"state"`
}

func (t *Trainer) header() header {
	return header{t.options.settings(), t.stream.Len(), t.stream.Sum64(), digest(t.vocab), t.state}
}

func digest(v *corpus.Vocab) string {
	h, number := sha256.New(), make([]byte, 8)
	for id, word := range v.Words() {
		h.Write(binary.LittleEndian.AppendUint64(number[:0], uint64(len(word))))
		io.WriteString(h, word)
		h.Write(binary.LittleEndian.AppendUint64(number[:0], uint64(v.Count(int32(id)))))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Save writes the state of the training, for [Trainer.Load].
func (t *Trainer) Save(w io.Writer) error {
	text, err := json.Marshal(t.header())
	if err != nil {
		return err
	}
	sum := sha256.New()
	all := io.MultiWriter(w, sum)
	head := append([]byte(checkpointMagic), binary.LittleEndian.AppendUint32(nil, checkpointVersion)...)
	head = append(binary.LittleEndian.AppendUint32(head, uint32(len(text))), text...)
	if _, err := all.Write(head); err != nil {
		return err
	}
	for _, table := range []lane.Matrix{t.in, t.out} {
		if err := writeFloats(all, table); err != nil {
			return err
		}
	}
	_, err = w.Write(sum.Sum(nil))
	return err
}

// Load replaces the state of the training by one that [Trainer.Save] wrote, of the same text, vocabulary and settings: Run then
// gives the very bits that it would have given there, as long as the engine uses the same kernel set.
// Anything else is refused with an error that says why: a file that is no checkpoint, of another version, of another
// training, truncated, altered or with something behind its end. After an error the trainer must not be used.
func (t *Trainer) Load(r io.Reader) error {
	if err := t.load(r); err != nil {
		return fmt.Errorf("word2vec: cannot load the checkpoint: %w", err)
	}
	return nil
}

func (t *Trainer) load(r io.Reader) error {
	sum := sha256.New()
	all := io.TeeReader(r, sum)
	h, err := readHeader(all, maxHeader+maxEpochLoss*int64(t.options.Epochs))
	if err != nil {
		return err
	}
	if err := t.checkSame(h); err != nil {
		if damage := checkRest(r, sum); damage != nil {
			return damage
		}
		return err
	}
	for _, table := range []lane.Matrix{t.in, t.out} {
		if err := readFloats(all, table); err != nil {
			return truncated(err)
		}
	}
	want, stored := sum.Sum(nil), make([]byte, sha256.Size)
	if _, err := io.ReadFull(r, stored); err != nil {
		return truncated(err)
	}
	if !bytes.Equal(stored, want) {
		return errDamaged
	}
	if n, _ := io.ReadFull(r, make([]byte, 1)); n > 0 {
		return errors.New("there is something behind its end: the file is damaged; resume from another one")
	}
	t.state = h.State
	t.interval = average{}
	return nil
}

// checkRest reads a checkpoint, of whose beginning sum is, to its end, and returns an error unless its checksum is right: then what is
// not as expected in it is not damage.
func checkRest(r io.Reader, sum hash.Hash) error {
	var held []byte // what may be the checksum
	buffer := make([]byte, 4*floatsAtOnce)
	for {
		n, err := r.Read(buffer)
		held = append(held, buffer[:n]...)
		if more := len(held) - sha256.Size; more > 0 {
			sum.Write(held[:more])
			held = append(held[:0], held[more:]...)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	if !bytes.Equal(held, sum.Sum(nil)) {
		return errDamaged
	}
	return nil
}

var errDamaged = errors.New("its checksum does not match its content: the file is truncated or damaged; resume from another one")

// readHeader reads what there is before the tables, a header of so many bytes at most.
func readHeader(r io.Reader, most int64) (h header, err error) {
	fixed := make([]byte, len(checkpointMagic)+8)
	if _, err := io.ReadFull(r, fixed); err != nil {
		return h, truncated(err)
	}
	if string(fixed[:len(checkpointMagic)]) != checkpointMagic {
		return h, errors.New("it is not a checkpoint of word2vec")
	}
	numbers := fixed[len(checkpointMagic):]
	if v := binary.LittleEndian.Uint32(numbers); v != checkpointVersion {
		return h, fmt.Errorf("it has version %d and only %d is known: resume with the release that wrote it", v, checkpointVersion)
	}
	n := binary.LittleEndian.Uint32(numbers[4:])
	if int64(n) > most {
		return h, fmt.Errorf("its header claims %d bytes: the file is damaged; resume from another one", n)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return h, truncated(err)
	}
	if err := json.Unmarshal(text, &h); err != nil {
		return h, fmt.Errorf("its header is damaged (%w); resume from another one", err)
	}
	return h, nil
}

// checkSame refuses a checkpoint of another training.
func (t *Trainer) checkSame(h header) error {
	mine := t.header()
	if h.Words != mine.Words || h.Text != mine.Text || h.Vocab != mine.Vocab {
		return otherTraining(fmt.Sprintf("it was made on another text or vocabulary (%d words of text, here %d): resume with the text, lowercase, min-count, max-vocab, phrases and words to keep that it began with", h.Words, mine.Words))
	}
	if len(h.Settings) != len(mine.Settings) {
		return otherTraining(fmt.Sprintf("it has %d settings and this training %d: resume with the release that wrote it", len(h.Settings), len(mine.Settings)))
	}
	for i, m := range mine.Settings {
		if s := h.Settings[i]; s != m {
			return otherTraining(fmt.Sprintf("it was made with %s %s and this training has %s %s: resume with the settings it began with", s.Name, s.Value, m.Name, m.Value))
		}
	}
	next := h.State.Next
	if !next.isIn(t.readers) {
		return fmt.Errorf("its place in the text, %+v, does not exist: the file is damaged; resume from another one", next)
	}
	return nil
}

// otherTraining is the error of a checkpoint that is whole, but not of this training; nor is the one before it, then.
type otherTraining string

func (o otherTraining) Error() string { return string(o) }

func truncated(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("it ends early: the file is truncated; resume from another one")
	}
	return err
}

// loadFile loads the checkpoint at path.
func (t *Trainer) loadFile(path string) error {
	file, err := os.Open(path)
	if err == nil {
		defer file.Close()
		err = t.load(file)
	}
	if err == nil {
		return nil
	}
	hint := atomicfile.PreviousHint(path)
	if errors.As(err, new(otherTraining)) {
		hint = ""
	}
	return fmt.Errorf("word2vec: cannot resume from %q: %w%s", path, err, hint)
}

const floatsAtOnce = 1 << 14

func writeFloats(w io.Writer, table lane.Matrix) error {
	buffer := make([]byte, 0, 4*(floatsAtOnce+table.Cols))
	for i := range table.Rows {
		for _, v := range table.Row(i) {
			buffer = binary.LittleEndian.AppendUint32(buffer, math.Float32bits(v))
		}
		if len(buffer) >= 4*floatsAtOnce || i == table.Rows-1 {
			if _, err := w.Write(buffer); err != nil {
				return err
			}
			buffer = buffer[:0]
		}
	}
	return nil
}

func readFloats(r io.Reader, table lane.Matrix) error {
	rowsAtOnce := max(1, floatsAtOnce/table.Cols)
	buffer := make([]byte, 4*rowsAtOnce*table.Cols)
	for i := 0; i < table.Rows; i += rowsAtOnce {
		rows := table.Slice(i, min(i+rowsAtOnce, table.Rows), 0, table.Cols)
		bytes := buffer[:4*rows.Rows*rows.Cols]
		if _, err := io.ReadFull(r, bytes); err != nil {
			return err
		}
		for k := range rows.Rows {
			row := rows.Row(k)
			for j := range row {
				row[j] = math.Float32frombits(binary.LittleEndian.Uint32(bytes))
				bytes = bytes[4:]
			}
		}
	}
	return nil
}
