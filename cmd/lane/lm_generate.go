package main

import (
	"fmt"
	"strings"

	"github.com/lane-go/lane/models/corpus"
	"github.com/lane-go/lane/models/rnnlm"
	"github.com/spf13/cobra"
)

func newLMGenerate() *cobra.Command {
	s := rnnlm.Sampling{Temperature: 1, Skip: []string{corpus.Unknown}}
	var prompt string
	var n, threads int
	var keepUnknown bool
	c := &cobra.Command{
		Use:   "generate MODEL",
		Short: "Let a model go on with a text",
		Long: `Let a model go on with a text, word by word, each drawn from its distribution.

<unk> is not drawn unless --unk says so. An empty prompt starts a new line.`,
		Example: "  lane lm generate model.safetensors --prompt 'the company said' -n 50 --temperature 0.8",
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if n < 0 {
				return usagef("-n %d: it must be 0 or more", n)
			}
			if s.TopP == 0 {
				return usagef("--top-p 0: no word has this probability; it must be more, up to 1 for all words")
			}
			if err := s.Validate(); err != nil {
				return usageError{err}
			}
			if err := setThreads(threads); err != nil {
				return err
			}
			m, err := loadModel(args[0])
			if err != nil {
				return err
			}
			if keepUnknown {
				s.Skip = nil
			}
			words, err := m.Generate(prompt, n, s)
			if err != nil {
				return err
			}
			units := m.Config().Text.Units
			out := c.OutOrStdout()
			fmt.Fprint(out, prompt)
			line := prompt != "" && !strings.HasSuffix(prompt, "\n") // in it, and not at its beginning
			spaced := strings.HasSuffix(prompt, " ")
			drawn := 0
			for word := range words {
				drawn++
				if err := c.Context().Err(); err != nil {
					fmt.Fprintln(out)
					return err
				}
				switch {
				case word == corpus.EOS:
					fmt.Fprintln(out)
				case line && !spaced && units == corpus.Words:
					fmt.Fprint(out, " ", word)
				default:
					fmt.Fprint(out, word)
				}
				line, spaced = word != corpus.EOS, false
			}
			if line {
				fmt.Fprintln(out)
			}
			if drawn < n {
				return fmt.Errorf("%s: after %d tokens the model's numbers overflow: its file is damaged, or its training diverged: take another", args[0], drawn)
			}
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&prompt, "prompt", "", "text to go on with")
	f.IntVarP(&n, "number", "n", 100, "tokens to draw")
	f.Float64Var(&s.Temperature, "temperature", s.Temperature, "below 1 keeps to probable words, 0 to the most probable one")
	f.IntVar(&s.TopK, "top-k", 0, "draw among so many most probable words only, 0 for all")
	f.Float64Var(&s.TopP, "top-p", 1, "draw among the fewest words that have this probability together")
	f.BoolVar(&keepUnknown, "unk", false, "let <unk> be drawn")
	f.Uint64Var(&s.Seed, "seed", 1, "seed of the draws")
	threadsFlag(c, &threads)
	return c
}
