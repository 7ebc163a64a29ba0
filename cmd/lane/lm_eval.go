package main

import (
	"fmt"

	"github.com/lane-go/lane/models/corpus"
	"github.com/spf13/cobra"
)

func newLMEval() *cobra.Command {
	var batch, bptt, threads int
	var asJSON bool
	c := &cobra.Command{
		Use:   "eval MODEL CORPUS",
		Short: "Perplexity of a text under a model",
		Long: `Perplexity of a text under a model.

The n tokens of the text are cut into --batch streams of (n-1)/batch, which are
walked in windows of --bptt with the state carried; windows that don't fit are
left out. With --batch 1 every token of one stream is judged.

Words that are not in the vocabulary are read as <unk>; under a model without
<unk> they are left out, and said to be.`,
		Example: "  lane lm eval model.safetensors test.txt --json",
		Args:    arguments(cobra.ExactArgs(2)),
		RunE: func(c *cobra.Command, args []string) error {
			if batch < 1 || bptt < 1 {
				return usagef("--batch %d --bptt %d: both must be at least 1", batch, bptt)
			}
			if err := setThreads(threads); err != nil {
				return err
			}
			m, err := loadModel(args[0])
			if err != nil {
				return err
			}
			text := corpus.Files(m.Config().Text, args[1]).WithContext(c.Context())
			defer text.Close()
			ids, oov, err := encodeAll(newProgress(c.ErrOrStderr(), "tokens", 0, true), text, m.Vocab())
			if err != nil {
				return err
			}
			judged, tokens, err := m.Perplexity(ids, batch, bptt)
			if err != nil {
				return fmt.Errorf("%s: %w", text.Name(), err)
			}
			if asJSON {
				return printJSON(c, map[string]any{"perplexity": judged, "tokens": tokens, "oov": oov})
			}
			fmt.Fprintf(c.OutOrStdout(), "perplexity %s over %d tokens, %d out of vocabulary\n", perplexity(judged), tokens, oov)
			return nil
		},
	}
	c.Flags().IntVar(&batch, "batch", 10, "streams that are walked side by side")
	c.Flags().IntVar(&bptt, "bptt", 35, "tokens a window")
	threadsFlag(c, &threads)
	jsonFlag(c, &asJSON)
	return c
}
