package main

import (
	"bufio"
	"fmt"

	"github.com/lane-go/lane/models/corpus"
	"github.com/lane-go/lane/models/rnnlm"
	"github.com/spf13/cobra"
)

func newLMScore() *cobra.Command {
	var threads int
	var asJSON bool
	c := &cobra.Command{
		Use:   "score MODEL CORPUS",
		Short: "Log-probability and perplexity of each line of a text",
		Long: `Log-probability and perplexity of each line of a text under a model.

Each line is judged by itself, whatever comes before it, from its first word to
its end. A line of output has the line's number, its log-probability (natural),
its perplexity and the number of tokens judged, with tabs between. A model without
<unk>, which training with --min-count 2 or more makes, stops at the first word that it doesn't know.`,
		Example: "  lane lm score model.safetensors sentences.txt\n  echo 'the company said' | lane lm score model.safetensors - --json",
		Args:    arguments(cobra.ExactArgs(2)),
		RunE: func(c *cobra.Command, args []string) error {
			if err := setThreads(threads); err != nil {
				return err
			}
			m, err := loadModel(args[0])
			if err != nil {
				return err
			}
			text := corpus.Files(m.Config().Text, args[1]).WithContext(c.Context())
			defer text.Close()
			out := bufio.NewWriter(c.OutOrStdout())
			for s, err := range m.ScoreSentences(text) {
				if err != nil {
					out.Flush() // what came before the error
					return err
				}
				if err := printScore(out, s, asJSON); err != nil {
					return err
				}
				if err := c.Context().Err(); err != nil {
					out.Flush()
					return err
				}
			}
			return out.Flush()
		},
	}
	threadsFlag(c, &threads)
	jsonFlag(c, &asJSON)
	return c
}

func printScore(out *bufio.Writer, s rnnlm.SentenceScore, asJSON bool) error {
	if asJSON {
		return encodeLine(out, struct {
			Line           int64   `json:"line"`
			LogProbability float64 `json:"logprob"`
			Perplexity     float64 `json:"perplexity"`
			Tokens         int     `json:"tokens"`
			OOV            int     `json:"oov"`
		}{s.Line, s.LogProbability, s.Perplexity(), s.Tokens, s.OOV})
	}
	_, err := fmt.Fprintf(out, "%d\t%.4f\t%s\t%d\n", s.Line, s.LogProbability, perplexity(s.Perplexity()), s.Tokens)
	return err
}
