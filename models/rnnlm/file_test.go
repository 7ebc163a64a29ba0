package rnnlm

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/lane-go/lane/internal/safetensors"
	"github.com/lane-go/lane/models/corpus"
	"github.com/stretchr/testify/require"
)

func TestSaveAndLoad(t *testing.T) {
	for _, cell := range Cells() {
		for _, c := range []Config{{}, {Tied: true}, {Cutoffs: []int{4}}, {Tied: true, Cutoffs: []int{4, 6}}} {
			c.Cell, c.Embed, c.Hidden, c.Layers = cell, 8, 8, 2
			c.Dropout, c.Variational, c.Text = 0.25, true, corpus.Options{EOS: true, Lowercase: true}
			m := tinyModel(t, c, 9)
			path := filepath.Join(t.TempDir(), "m.safetensors")
			require.NoError(t, m.Save(path))

			loaded, err := Load(path)
			require.NoError(t, err)
			require.Equal(t, m.Config(), loaded.Config())
			require.Equal(t, m.Vocab().Words(), loaded.Vocab().Words())
			require.Equal(t, weights(m), weights(loaded))

			tensors, metadata, err := safetensors.ReadFile(path)
			require.NoError(t, err)
			require.Len(t, tensors, len(m.Params()))
			require.Equal(t, `["w0","w1","w2","w3","w4","w5","w6","w7","w8"]`, metadata["lane.vocab"])
			stored := slices.ContainsFunc(tensors, func(t safetensors.Tensor) bool { return t.Name == "decoder.weight" })
			require.Equal(t, !c.Tied && c.Cutoffs == nil, stored, "a tied decoder is stored once")
		}
	}
}

// A vocabulary may have "<eos>" as a word like any other.
func TestSavedTextOptions(t *testing.T) {
	for _, text := range []corpus.Options{{}, {EOS: true}, {Units: corpus.Chars, Lowercase: true}} {
		m := talker(t, text, "<eos>", "a", "b")
		path := filepath.Join(t.TempDir(), "m.safetensors")
		require.NoError(t, m.Save(path))
		loaded, err := Load(path)
		require.NoError(t, err)
		require.Equal(t, text, loaded.Config().Text)
	}
}

func TestVocabulariesTooLargeForAFile(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a hundred MB")
	}
	var words []string
	for i := range 100 {
		words = append(words, strings.Repeat("x", 1_000_000)+strconv.Itoa(i))
	}
	vocab, err := corpus.NewVocab(words, nil)
	require.NoError(t, err)
	m, err := New(tinyConfig(RNN), vocab, 1)
	require.NoError(t, err)
	require.ErrorContains(t, m.CheckSave(), "a model of these 100 words cannot be saved")
	require.NoError(t, tinyModel(t, tinyConfig(RNN), 9).CheckSave())
}

func TestSaveRefusesUnwritablePaths(t *testing.T) {
	err := tinyModel(t, tinyConfig(RNN), 3).Save("/no/such/directory/m.safetensors")
	require.ErrorContains(t, err, "rnnlm: cannot save the model")
	require.ErrorContains(t, err, "/no/such/directory/m.safetensors")
}

// rewrite loads the tensors and metadata of a model, lets change have its way with them, and loads the result.
func rewrite(t *testing.T, m *Model, change func(tensors map[string]safetensors.Tensor, metadata map[string]string)) (*Model, error) {
	t.Helper()
	metadata, err := m.metadata()
	require.NoError(t, err)
	tensors := map[string]safetensors.Tensor{}
	for _, tensor := range m.tensors("") {
		tensors[tensor.Name] = tensor
	}
	change(tensors, metadata)
	path := filepath.Join(t.TempDir(), "m.safetensors")
	f, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, safetensors.Write(f, slices.Collect(maps.Values(tensors)), metadata))
	require.NoError(t, f.Close())
	return Load(path)
}

func TestFilesMadeElsewhere(t *testing.T) {
	c := tinyConfig(LSTM)
	c.Embed, c.Tied = c.Hidden, true
	m := tinyModel(t, c, 9)
	for _, layer := range m.layers {
		for _, p := range layer.Params() {
			if p.Name[:8] == "rnn.bias" {
				p.Value.Zero()
			}
		}
	}
	loaded, err := rewrite(t, m, func(tensors map[string]safetensors.Tensor, metadata map[string]string) {
		metadata["lane.config"] = `{"cell":"lstm","layers":2,"embed":8,"hidden":8,"tied":true}`
		for _, name := range []string{"rnn.bias_hh_l0", "rnn.bias_ih_l1", "decoder.bias"} {
			delete(tensors, name) // either bias may be absent
		}
		twice := tensors["encoder.weight"] // PyTorch's state_dict has a tied weight under both names
		twice.Name = "decoder.weight"
		tensors["decoder.weight"] = twice
	})
	require.NoError(t, err)
	require.Equal(t, weights(m), weights(loaded))
	require.False(t, loaded.Config().Text.EOS, "its words have no line ends")
	ends, err := rewrite(t, talker(t, corpus.Options{}, "<eos>", "a"), func(_ map[string]safetensors.Tensor, metadata map[string]string) {
		metadata["lane.config"] = `{"cell":"lstm","layers":2,"embed":8,"hidden":8}`
	})
	require.NoError(t, err)
	require.True(t, ends.Config().Text.EOS, "unless the file says otherwise")
	want, _, err := m.Perplexity(walk(100, 9, 1), 1, 10)
	require.NoError(t, err)
	got, _, err := loaded.Perplexity(walk(100, 9, 1), 1, 10)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func TestLoadRefuses(t *testing.T) {
	for message, change := range map[string]func(tensors map[string]safetensors.Tensor, metadata map[string]string){
		"the metadata lacks lane.config":              func(_ map[string]safetensors.Tensor, md map[string]string) { delete(md, "lane.config") },
		"the metadata lacks lane.vocab":               func(_ map[string]safetensors.Tensor, md map[string]string) { delete(md, "lane.vocab") },
		"lane.config: unexpected end":                 func(_ map[string]safetensors.Tensor, md map[string]string) { md["lane.config"] = "{" },
		`lane.config: cell "": take lstm, gru or rnn`: func(_ map[string]safetensors.Tensor, md map[string]string) { md["lane.config"] = "{}" },
		"lane.vocab: ":                                func(_ map[string]safetensors.Tensor, md map[string]string) { md["lane.vocab"] = "7" },
		"nonlinearity \"relu\": there is tanh alone": func(_ map[string]safetensors.Tensor, md map[string]string) {
			md["lane.config"] = strings.Replace(md["lane.config"], "{", `{"nonlinearity":"relu",`, 1)
		},
		"bidirectional: there are layers of one direction": func(_ map[string]safetensors.Tensor, md map[string]string) {
			md["lane.config"] = strings.Replace(md["lane.config"], "{", `{"bidirectional":true,`, 1)
		},
		"proj_size 3: there are no projections": func(_ map[string]safetensors.Tensor, md map[string]string) {
			md["lane.config"] = strings.Replace(md["lane.config"], "{", `{"proj_size":3,`, 1)
		},
		"lane.vocab: no words":                                  func(_ map[string]safetensors.Tensor, md map[string]string) { md["lane.vocab"] = "[]" },
		"lane.config says 9 words, lane.vocab has 2":            func(_ map[string]safetensors.Tensor, md map[string]string) { md["lane.vocab"] = `["a","b"]` },
		"tensor rnn.weight_hh_l1 is missing: want shape [32 8]": func(ts map[string]safetensors.Tensor, _ map[string]string) { delete(ts, "rnn.weight_hh_l1") },
		"tensor rnn.weight_ih_l0 has shape [6 32], want [32 6]": func(ts map[string]safetensors.Tensor, _ map[string]string) {
			x := ts["rnn.weight_ih_l0"]
			x.Shape = []int{6, 32}
			ts["rnn.weight_ih_l0"] = x
		},
		"tensor decoder.bias has shape [1 9], want [9]": func(ts map[string]safetensors.Tensor, _ map[string]string) {
			x := ts["decoder.bias"]
			x.Shape = []int{1, 9}
			ts["decoder.bias"] = x
		},
		"tensor rnn.extra of shape [1] has no place in a lstm of 2 layers": func(ts map[string]safetensors.Tensor, _ map[string]string) {
			ts["rnn.extra"] = safetensors.Tensor{Name: "rnn.extra", Shape: []int{1}, Data: []float32{0}}
		},
		"tensor decoder.bias: element 1 is NaN": func(ts map[string]safetensors.Tensor, _ map[string]string) {
			zero := float32(0)
			x := ts["decoder.bias"]
			x.Data = slices.Clone(x.Data)
			x.Data[1] = zero / zero
			ts["decoder.bias"] = x
		},
		"tensor rnn.weight_ih_l0 has shape [32 6], want [262144 6]": func(_ map[string]safetensors.Tensor, md map[string]string) { // refused before 70 GB are taken
			md["lane.config"] = `{"cell":"lstm","layers":64,"embed":6,"hidden":65536}`
		},
		"lane.config: cutoff 9 of 9 classes: take less than 9": func(_ map[string]safetensors.Tensor, md map[string]string) {
			md["lane.config"] = `{"cell":"lstm","layers":2,"embed":6,"hidden":8,"cutoffs":[9]}`
		},
		"tensor decoder.tail.0.0.weight is missing: want shape [2 8]": func(ts map[string]safetensors.Tensor, md map[string]string) {
			md["lane.config"] = `{"cell":"lstm","layers":2,"embed":6,"hidden":8,"cutoffs":[7]}`
			x := ts["decoder.weight"]
			ts["decoder.head.weight"] = safetensors.Tensor{Name: "decoder.head.weight", Shape: []int{8, 8}, Data: x.Data[:64]}
		},
		"tied in lane.config, but decoder.weight differs from encoder.weight": func(ts map[string]safetensors.Tensor, md map[string]string) {
			md["lane.config"] = `{"cell":"lstm","layers":2,"embed":8,"hidden":8,"tied":true}`
			x := ts["encoder.weight"]
			x.Shape, x.Data = []int{9, 8}, make([]float32, 72)
			ts["encoder.weight"] = x
			y := ts["rnn.weight_ih_l0"]
			y.Shape, y.Data = []int{32, 8}, make([]float32, 32*8)
			ts["rnn.weight_ih_l0"] = y
		},
	} {
		_, err := rewrite(t, tinyModel(t, tinyConfig(LSTM), 9), change)
		require.ErrorContains(t, err, message)
		require.ErrorContains(t, err, "rnnlm: cannot load the model")
		require.ErrorContains(t, err, "m.safetensors")
	}
}

func TestLoadRefusesBrokenFiles(t *testing.T) {
	_, err := Load("testdata/no-such-file")
	require.ErrorContains(t, err, "no-such-file")
	require.ErrorIs(t, err, os.ErrNotExist)

	whole, err := os.ReadFile("testdata/gru.safetensors")
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "cut")
	for n := 0; n < len(whole); n += 97 {
		require.NoError(t, os.WriteFile(path, whole[:n], 0o600))
		_, err := Load(path)
		require.Error(t, err, n)
		require.ErrorContains(t, err, path)
	}
}
