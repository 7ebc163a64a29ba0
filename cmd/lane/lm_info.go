package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"
)

func newLMInfo() *cobra.Command {
	return &cobra.Command{
		Use:     "info MODEL",
		Short:   "What a language model is made of",
		Example: "  lane lm info model.safetensors",
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			m, err := loadModel(args[0])
			if err != nil {
				return err
			}
			config, out := m.Config(), c.OutOrStdout()
			fmt.Fprintf(out, "architecture  %s\n", architecture(config))
			fmt.Fprintf(out, "vocabulary    %s %s, such as %q\n", thousands(int64(m.Vocab().Len())), config.Text.Units, slices.Clone(m.Vocab().Words()[:min(8, m.Vocab().Len())]))
			fmt.Fprintf(out, "parameters    %s\n", thousands(config.ParameterCount()))
			for _, p := range m.Params() {
				fmt.Fprintf(out, "  %-22s %v\n", p.Name, p.Value)
			}
			return nil
		},
	}
}
