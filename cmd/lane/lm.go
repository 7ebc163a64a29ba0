package main

import (
	"fmt"

	"github.com/lane-go/lane/internal/packing"
	"github.com/lane-go/lane/models/rnnlm"
	"github.com/spf13/cobra"
)

func newLM() *cobra.Command {
	g := group("lm", "Train, judge and speak with recurrent language models",
		newLMTrain(), newLMEval(), newLMScore(), newLMGenerate(), newLMInfo())
	g.Example = "  lane lm train train.txt --valid valid.txt -o model.safetensors\n  lane lm generate model.safetensors --prompt 'the'"
	return g
}

// loadModel is [rnnlm.Load], for models where they can be read from.
func loadModel(path string) (*rnnlm.Model, error) {
	if path == "-" {
		return nil, usagef("a model can't be read from standard input: name its file")
	}
	if packing.Ending(path) != "" {
		return nil, fmt.Errorf("%s: a model is read from a plain file only: unpack it first", path)
	}
	return rnnlm.Load(path)
}
