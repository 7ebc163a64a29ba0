package main

import (
	"github.com/lane-go/lane/models/rnnlm"
	"github.com/spf13/cobra"
)

func newLM() *cobra.Command {
	g := group("lm", "Train, judge and speak with recurrent language models",
		newLMTrain(), newLMEval(), newLMScore(), newLMGenerate(), newLMInfo())
	g.Example = "  lane lm train train.txt --valid valid.txt -o model.safetensors\n  lane lm generate model.safetensors --prompt 'the'"
	return g
}

func loadModel(path string) (*rnnlm.Model, error) {
	if path == "-" {
		return nil, usagef("a model can't be read from standard input: name its file")
	}
	return rnnlm.Load(path)
}
