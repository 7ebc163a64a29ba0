package rnnlm

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/internal/atomicfile"
	"github.com/lane-go/lane/internal/safetensors"
	"github.com/lane-go/lane/nn"
)

// A checkpoint's file is a line that names the format and its version, a safetensors file, and the SHA-256 of both.
const (
	checkpointFormat  = "lane language model checkpoint "
	checkpointVersion = "1"
	checkpointMagic   = checkpointFormat + checkpointVersion + "\n"
	checkpointKey     = "lane.checkpoint"
)

// The prefixes of a checkpoint's tensors.
const (
	modelPrefix     = "model."
	bestPrefix      = "best."
	optimizerPrefix = "optimizer."
	averagePrefix   = "average."
	statePrefix     = "state."
)

// Checkpoint is the state of a training between two steps: parameters, optimizer, dropout's random numbers, position, schedule, carried
// hidden states, the average and the best model so far.
type Checkpoint struct {
	Model   *Model  // with its parameters as they were; to train it uses the checkpoint up
	Options Options // the recipe; its files and listeners are empty
	Epoch   int     // under way, from 1
	Step    int     // steps done

	path      string
	header    checkpointHeader
	best      map[string]safetensors.Tensor
	states    []safetensors.Tensor
	optimizer []nn.Named
	average   map[string]safetensors.Tensor
}

// checkpointHeader is what a checkpoint says beside arrays.
type checkpointHeader struct {
	Options  Options     `json:"options"`
	Position position    `json:"position"`
	Plateau  *nn.Plateau `json:"plateau,omitempty"`
	Random   []byte      `json:"random"` // state of the generator of dropout
	Corpus   corpusHash  `json:"corpus"`
	Slots    []string    `json:"slots,omitempty"` // names of the optimizer's tensors, in its order

	Losses   []float64 `json:"losses,omitempty"`   // of the validations so far, until there is an average
	Averaged *int64    `json:"averaged,omitempty"` // steps that the average is over, nil if there is none
}

// corpusHash tells texts apart.
type corpusHash struct {
	Train string `json:"train"`
	Valid string `json:"valid,omitempty"`
}

func hashCorpus(train, valid []int32) corpusHash {
	h := corpusHash{Train: hashIDs(train)}
	if len(valid) > 0 {
		h.Valid = hashIDs(valid)
	}
	return h
}

func hashIDs(ids []int32) string {
	h := sha256.New()
	var chunk []byte
	for part := range slices.Chunk(ids, 4096) {
		chunk = chunk[:0]
		for _, id := range part {
			chunk = append(chunk, byte(id), byte(id>>8), byte(id>>16), byte(id>>24))
		}
		h.Write(chunk)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// save writes a checkpoint, if there is to be one.
func (t *trainer) save() error {
	path := t.options.Checkpoint
	if path == "" || t.position == t.savedAt {
		return nil
	}
	if !allFinite(t.params) {
		return t.divergedAfter("weights")
	}
	tensors, metadata, err := t.snapshot()
	if err != nil {
		return err
	}
	err = atomicfile.WriteKeepingPrevious(path, func(w io.Writer) error { return writeCheckpoint(w, tensors, metadata) })
	if err != nil {
		return fmt.Errorf("rnnlm: cannot write the checkpoint: %w", err)
	}
	t.lastSave, t.lastGood, t.savedAt = time.Now(), path, t.position
	return nil
}

// snapshot returns the whole state of the training. The tensors are the live ones.
func (t *trainer) snapshot() ([]safetensors.Tensor, map[string]string, error) {
	random, err := t.source.MarshalBinary()
	if err != nil {
		return nil, nil, fmt.Errorf("rnnlm: %w", err)
	}
	header := checkpointHeader{Options: t.options, Position: t.position, Random: random, Corpus: t.corpus}
	header.Plateau, _ = t.schedule.(*nn.Plateau)

	tensors := t.model.tensors(modelPrefix)
	for i, values := range t.best {
		tensors = append(tensors, safetensors.Tensor{Name: bestPrefix + t.params[i].Name, Shape: []int{len(values)}, Data: values})
	}
	for l, s := range t.pass.states {
		tensors = append(tensors, matrixTensor(fmt.Sprint(statePrefix, l), s))
	}
	for _, s := range t.optimize.State() {
		header.Slots = append(header.Slots, s.Name)
		tensors = append(tensors, matrixTensor(optimizerPrefix+s.Name, s.Value))
	}
	header.Losses = t.losses
	if t.average != nil {
		steps := t.average.Steps()
		header.Averaged = &steps
		for _, s := range t.average.State() {
			tensors = append(tensors, matrixTensor(averagePrefix+s.Name, s.Value))
		}
	}
	metadata, err := t.model.metadata()
	if err != nil {
		return nil, nil, err
	}
	text, err := json.Marshal(header)
	if err != nil {
		return nil, nil, fmt.Errorf("rnnlm: %s: %w", checkpointKey, err)
	}
	metadata[checkpointKey] = string(text)
	return tensors, metadata, nil
}

func matrixTensor(name string, m lane.Matrix) safetensors.Tensor {
	return safetensors.Tensor{Name: name, Shape: []int{m.Rows, m.Cols}, Data: m.Data}
}

func writeCheckpoint(w io.Writer, tensors []safetensors.Tensor, metadata map[string]string) error {
	hash := sha256.New()
	both := io.MultiWriter(w, hash)
	if _, err := io.WriteString(both, checkpointMagic); err != nil {
		return err
	}
	if err := safetensors.Write(both, tensors, metadata); err != nil {
		return err
	}
	_, err := w.Write(hash.Sum(nil))
	return err
}

// LoadCheckpoint reads the checkpoint that a training with Options.Checkpoint has written. A file that is truncated, altered or of another version
// is an error, which names the checkpoint before it if there is one.
func LoadCheckpoint(path string) (*Checkpoint, error) {
	c, err := readCheckpoint(path)
	if err == nil {
		c.path = path
		return c, nil
	}
	return nil, fmt.Errorf("rnnlm: cannot load the checkpoint %s: %w%s", path, err, atomicfile.PreviousHint(path))
}

func readCheckpoint(path string) (*Checkpoint, error) {
	info, err := os.Stat(path) // before it is opened, as a pipe would wait for its writer
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	payload, err := verify(f, info.Size())
	if err != nil {
		return nil, err
	}
	tensors, metadata, err := safetensors.Read(payload, payload.Size())
	if err != nil {
		return nil, err
	}
	return checkpointOf(tensors, metadata)
}

// verify checks the frame of a checkpoint and returns what it holds.
func verify(f io.ReaderAt, size int64) (*io.SectionReader, error) {
	head := make([]byte, len(checkpointMagic))
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	head = head[:n]
	if !bytes.HasPrefix(head, []byte(checkpointFormat)) {
		return nil, errors.New("this is not a language model's checkpoint")
	}
	if string(head) != checkpointMagic {
		version, _, _ := strings.Cut(string(head[len(checkpointFormat):]), "\n")
		return nil, fmt.Errorf("its version is %q, this program reads %s: resume with the program that wrote it", version, checkpointVersion)
	}
	end := size - sha256.Size
	if end < int64(len(head)) {
		return nil, errors.New("it is truncated")
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, io.NewSectionReader(f, 0, end)); err != nil {
		return nil, err
	}
	want := make([]byte, sha256.Size)
	if _, err := f.ReadAt(want, end); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if !bytes.Equal(hash.Sum(nil), want) {
		return nil, errors.New("it is truncated or altered: its checksum is wrong")
	}
	return io.NewSectionReader(f, int64(len(head)), end-int64(len(head))), nil
}

// checkpointOf takes apart what snapshot has put together.
func checkpointOf(tensors []safetensors.Tensor, metadata map[string]string) (*Checkpoint, error) {
	c := &Checkpoint{best: map[string]safetensors.Tensor{}, average: map[string]safetensors.Tensor{}}
	if err := json.Unmarshal([]byte(metadata[checkpointKey]), &c.header); err != nil {
		return nil, fmt.Errorf("%s: %w", checkpointKey, err)
	}
	var model []safetensors.Tensor
	slots := map[string]safetensors.Tensor{}
	for _, t := range tensors {
		prefix, name, _ := strings.Cut(t.Name, ".")
		t.Name = name
		switch prefix + "." {
		case modelPrefix:
			model = append(model, t)
		case bestPrefix:
			c.best[name] = t
		case statePrefix:
			c.states = append(c.states, t)
		case optimizerPrefix:
			slots[name] = t
		case averagePrefix:
			c.average[name] = t
		}
	}
	for _, name := range c.header.Slots {
		t, ok := slots[name]
		if !ok || len(t.Shape) != 2 {
			return nil, fmt.Errorf("the optimizer's %s is missing", name)
		}
		c.optimizer = append(c.optimizer, nn.Named{Name: name, Value: lane.MatrixOf(t.Data, t.Shape[0], t.Shape[1])})
	}
	var err error
	if c.Model, err = modelOf(model, metadata); err != nil {
		return nil, err
	}
	c.Options, c.Epoch, c.Step = c.header.Options, c.header.Position.Epoch, c.header.Position.Step
	return c, nil
}

// resume puts the training where c stands.
func (t *trainer) resume(c *Checkpoint) error {
	if err := t.checkResume(c); err != nil {
		return err
	}
	for i, p := range t.params {
		copy(p.Value.Data, c.Model.Params()[i].Value.Data)
	}
	if err := t.resumeBest(c.best); err != nil {
		return err
	}
	for l, s := range t.pass.states {
		i := slices.IndexFunc(c.states, func(t safetensors.Tensor) bool { return t.Name == fmt.Sprint(l) })
		if i < 0 || !slices.Equal(c.states[i].Shape, []int{s.Rows, s.Cols}) {
			return fmt.Errorf("the checkpoint lacks the %v state of layer %d", s, l)
		}
		copy(s.Data, c.states[i].Data)
	}
	if err := t.optimize.Load(c.optimizer); err != nil {
		return err
	}
	if err := t.resumeAverage(c); err != nil {
		return err
	}
	if c.header.Plateau != nil {
		plateau := *c.header.Plateau
		t.schedule = &plateau
	}
	t.position, t.lastGood = c.header.Position, c.path
	return t.source.UnmarshalBinary(c.header.Random)
}

func (t *trainer) resumeBest(best map[string]safetensors.Tensor) error {
	if len(best) == 0 {
		return nil
	}
	t.best = make([][]float32, len(t.params))
	for i, p := range t.params {
		b, ok := best[p.Name]
		if !ok || len(b.Data) != len(p.Value.Data) {
			return fmt.Errorf("the checkpoint lacks the best %s", p.Name)
		}
		t.best[i] = slices.Clone(b.Data)
	}
	return nil
}

func (t *trainer) resumeAverage(c *Checkpoint) error {
	t.losses = slices.Clone(c.header.Losses)
	if c.header.Averaged == nil {
		return nil
	}
	t.average = nn.NewAverage(t.params)
	state := t.average.State()
	for i, s := range state {
		mean, ok := c.average[s.Name]
		if !ok || !slices.Equal(mean.Shape, []int{s.Value.Rows, s.Value.Cols}) {
			return fmt.Errorf("the checkpoint lacks the average of %s", s.Name)
		}
		state[i].Value = lane.MatrixOf(mean.Data, s.Value.Rows, s.Value.Cols)
	}
	return t.average.Load(state, *c.header.Averaged)
}

// checkResume returns an error unless t is the training that c is a checkpoint of.
func (t *trainer) checkResume(c *Checkpoint) error {
	if !t.model.config.equal(c.Model.config) {
		return fmt.Errorf("the checkpoint's model is %+v, this one %+v", c.Model.config, t.model.config)
	}
	if !slices.Equal(t.model.vocab.Words(), c.Model.vocab.Words()) {
		return errors.New("the vocabulary is not the checkpoint's: give the same text and vocabulary options")
	}
	if t.corpus.Train != c.header.Corpus.Train {
		return errors.New("the training text is not the checkpoint's: give the same one")
	}
	if t.corpus.Valid != c.header.Corpus.Valid {
		return errors.New("the validation text is not the checkpoint's: give the same one")
	}
	if p := c.header.Position; !p.isIn(t.windows.count()) {
		return fmt.Errorf("the checkpoint's place, window %d of epoch %d after %d steps, does not exist: take the one before it", p.Window, p.Epoch, p.Step)
	}
	return t.options.sameRecipe(c.Options)
}

// isIn reports whether a training whose epochs have so many windows comes to this position.
func (p position) isIn(windows int) bool {
	return 1 <= p.Epoch && p.Epoch-1 <= p.Step && 0 <= p.Window && p.Window <= windows && p.Step == (p.Epoch-1)*windows+p.Window
}

// sameRecipe returns an error that names a field in which o and the checkpoint's options differ, but for those that are free to.
func (o Options) sameRecipe(c Options) error {
	type field struct {
		name     string
		now, was any
	}
	fields := []field{
		{"batch", o.Batch, c.Batch},
		{"bptt", o.BPTT, c.BPTT},
		{"optimizer", o.Optimizer, c.Optimizer},
		{"lr", o.LR, c.LR},
		{"clip", o.Clip, c.Clip},
		{"schedule", o.Schedule, c.Schedule},
		{"seed", o.Seed, c.Seed},
		{"keep-best", o.KeepBest, c.KeepBest},
		{"dropout-warmup", o.DropoutWarmup, c.DropoutWarmup},
		{"average-from", o.AverageFrom, c.AverageFrom},
		{"nonmono", o.NonMono, c.NonMono},
		{"precision", o.Precision, c.Precision},
	}
	if o.stretched() {
		fields = append(fields, field{"epochs", o.Epochs, c.Epochs})
	}
	for _, f := range fields {
		if f.now != f.was {
			return fmt.Errorf("%s is %v, the checkpoint's %v: give the same", f.name, f.now, f.was)
		}
	}
	return nil
}
