package rnnlm

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/internal/atomicfile"
	"github.com/lane-go/lane/internal/safetensors"
	"github.com/lane-go/lane/models/corpus"
)

// The keys of a file's metadata.
const (
	configKey = "lane.config"
	vocabKey  = "lane.vocab"
)

// Save writes the model to a safetensors file, whole or not at all: each parameter under its name (see Params), biases with one
// dimension as PyTorch has them, and as metadata lane.config (the Config as JSON) and lane.vocab (a JSON array of words,
// index = id). A tied decoder is stored once, as encoder.weight.
func (m *Model) Save(path string) error {
	metadata, err := m.metadata()
	if err != nil {
		return err
	}
	tensors := m.tensors("")
	err = atomicfile.Write(path, func(w io.Writer) error { return safetensors.Write(w, tensors, metadata) })
	if err != nil {
		return fmt.Errorf("rnnlm: cannot save the model: %w", err)
	}
	return nil
}

// CheckSave returns the error with which Save would refuse the model's vocabulary, before the model is trained: a file has room for some million
// words.
func (m *Model) CheckSave() error {
	metadata, err := m.metadata()
	if err != nil {
		return err
	}
	if err := safetensors.Check(m.tensors(""), metadata); err != nil {
		return fmt.Errorf("rnnlm: a model of these %d words cannot be saved: %w: leave out rare words, by min-count", m.vocab.Len(), err)
	}
	return nil
}

func (m *Model) metadata() (map[string]string, error) {
	config, err := json.Marshal(m.config)
	if err != nil {
		return nil, fmt.Errorf("rnnlm: %s: %w", configKey, err)
	}
	vocab, err := json.Marshal(m.vocab)
	if err != nil {
		return nil, fmt.Errorf("rnnlm: %s: %w", vocabKey, err)
	}
	return map[string]string{configKey: string(config), vocabKey: string(vocab)}, nil
}

// tensors returns the parameters, sharing their values, with the prefix before their names.
func (m *Model) tensors(prefix string) []safetensors.Tensor {
	var tensors []safetensors.Tensor
	shapes := m.config.params()
	for i, p := range m.Params() {
		tensors = append(tensors, safetensors.Tensor{Name: prefix + p.Name, Shape: shapes[i].shape, Data: p.Value.Data})
	}
	return tensors
}

// Load reads a model that Save has written, or one made elsewhere with the same names, lane.vocab, and in lane.config at least
// cell, layers, embed, hidden and tied. Biases may be absent and count as 0; a tied model may have decoder.weight too if it equals
// encoder.weight. Whatever else doesn't fit is an error that names the file, the tensor and what it should be.
func Load(path string) (*Model, error) {
	tensors, metadata, err := safetensors.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w; check the path", err)
	}
	if err != nil {
		return nil, fmt.Errorf("rnnlm: cannot load the model: %w", err)
	}
	m, err := modelOf(tensors, metadata)
	if err != nil {
		return nil, fmt.Errorf("rnnlm: cannot load the model %s: %w", path, err)
	}
	return m, nil
}

func modelOf(tensors []safetensors.Tensor, metadata map[string]string) (*Model, error) {
	config, vocab, err := parseMetadata(metadata)
	if err != nil {
		return nil, err
	}
	named := make(map[string]safetensors.Tensor, len(tensors))
	for _, t := range tensors {
		named[t.Name] = t
	}
	// All is checked before the memory that the config asks for is taken.
	for _, want := range config.params() {
		t, ok := named[want.name]
		switch {
		case ok:
			err = checkTensor(t, want.shape)
		case !want.isBias():
			err = fmt.Errorf("tensor %s is missing: want shape %v", want.name, want.shape)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := checkNames(config, named); err != nil {
		return nil, err
	}
	m, err := newModel(config, vocab)
	if err != nil {
		return nil, err
	}
	for _, p := range m.Params() {
		copy(p.Value.Data, named[p.Name].Data)
	}
	return m, nil
}

func checkTensor(t safetensors.Tensor, shape []int) error {
	if !slices.Equal(t.Shape, shape) {
		return fmt.Errorf("tensor %s has shape %v, want %v", t.Name, t.Shape, shape)
	}
	if i := lane.IndexNonFinite(t.Data); i >= 0 {
		return fmt.Errorf("tensor %s: element %d is %v: take a model from before its training diverged", t.Name, i, t.Data[i])
	}
	return nil
}

// checkNames returns an error if there are tensors that the model has no use for.
func checkNames(c Config, named map[string]safetensors.Tensor) error {
	known := map[string]bool{}
	var list []string
	for _, p := range c.params() {
		known[p.name] = true
		list = append(list, p.name)
	}
	for _, name := range slices.Sorted(maps.Keys(named)) {
		if known[name] {
			continue
		}
		if c.Tied && name == "decoder.weight" {
			if !slices.Equal(named[name].Data, named["encoder.weight"].Data) {
				return fmt.Errorf("tied in %s, but decoder.weight differs from encoder.weight: say \"tied\":false", configKey)
			}
			continue
		}
		return fmt.Errorf("tensor %s of shape %v has no place in a %s of %d layers: the names are %s",
			name, named[name].Shape, c.Cell, c.Layers, strings.Join(list, ", "))
	}
	return nil
}

// A foreignConfig is what layers of PyTorch can be told and ours cannot: it is an error unless it says what ours are anyway.
type foreignConfig struct {
	Nonlinearity  string `json:"nonlinearity"`
	Bidirectional bool   `json:"bidirectional"`
	ProjSize      int    `json:"proj_size"`
}

func (c *foreignConfig) UnmarshalJSON(data []byte) error {
	type fields foreignConfig
	if err := json.Unmarshal(data, (*fields)(c)); err != nil {
		return err
	}
	switch {
	case c.Nonlinearity != "" && c.Nonlinearity != "tanh":
		return fmt.Errorf("nonlinearity %q: there is tanh alone", c.Nonlinearity)
	case c.Bidirectional:
		return errors.New("bidirectional: there are layers of one direction alone")
	case c.ProjSize != 0:
		return fmt.Errorf("proj_size %d: there are no projections", c.ProjSize)
	}
	return nil
}

func parseMetadata(metadata map[string]string) (Config, *corpus.Vocab, error) {
	config := Config{Text: corpus.Options{EOS: true}} // unless it says otherwise
	for _, key := range []string{configKey, vocabKey} {
		if _, ok := metadata[key]; !ok {
			return config, nil, fmt.Errorf("the metadata lacks %s: is this a language model of lane's?", key)
		}
	}
	for _, into := range []any{&config, new(foreignConfig)} {
		if err := json.Unmarshal([]byte(metadata[configKey]), into); err != nil {
			return config, nil, fmt.Errorf("%s: %w", configKey, err)
		}
	}
	vocab := new(corpus.Vocab)
	if err := json.Unmarshal([]byte(metadata[vocabKey]), vocab); err != nil {
		return config, nil, fmt.Errorf("%s: %w", vocabKey, err)
	}
	if vocab.Len() == 0 {
		return config, nil, fmt.Errorf("%s: no words", vocabKey)
	}
	if config.Vocab == 0 {
		config.Vocab = vocab.Len()
	}
	if config.Vocab != vocab.Len() {
		return config, nil, fmt.Errorf("%s says %d words, %s has %d", configKey, config.Vocab, vocabKey, vocab.Len())
	}
	if err := config.Validate(); err != nil {
		return config, nil, fmt.Errorf("%s: %w", configKey, errors.New(strings.TrimPrefix(err.Error(), "rnnlm: ")))
	}
	return config, vocab, nil
}
