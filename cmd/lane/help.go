package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// newHelp is cobra's help command, but for an unknown topic being a mistake.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND...]",
		Short:   "Help about any command",
		Example: "  lane help word2vec train",
		RunE: func(c *cobra.Command, args []string) error {
			topic, rest, err := c.Root().Find(args)
			if err != nil {
				return usageError{err}
			}
			if len(rest) > 0 {
				return noSuchCommand(topic, rest)
			}
			topic.InitDefaultHelpFlag() // so that help shows them
			topic.InitDefaultVersionFlag()
			return topic.Help()
		},
		ValidArgsFunction: func(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			if topic, rest, err := c.Root().Find(args); err == nil && len(rest) == 0 {
				for _, sub := range topic.Commands() {
					if sub.IsAvailableCommand() {
						names = append(names, sub.Name()+"\t"+sub.Short)
					}
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// polishCompletion makes cobra's completion command err and show examples as
// all others do.
func polishCompletion(completion *cobra.Command) {
	completion.Args, completion.RunE = noSuchCommand, showHelp
	completion.Example = "  lane completion bash > /etc/bash_completion.d/lane"
	for _, shell := range completion.Commands() {
		shell.Args = arguments(cobra.NoArgs)
		shell.Example = fmt.Sprintf("  lane completion %s", shell.Name())
	}
}

// flagError says which flag may be meant by an unknown one.
func flagError(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) || len(unknown.GetSpecifiedName()) < 2 {
		return usageError{err}
	}
	names := new(cobra.Command) // commands know which names are alike
	names.SuggestionsMinimumDistance = 2
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names.AddCommand(&cobra.Command{Use: f.Name, Run: func(*cobra.Command, []string) {}})
		}
	})
	var alike []string
	for _, name := range names.SuggestionsFor(unknown.GetSpecifiedName()) {
		alike = append(alike, "--"+name)
	}
	if len(alike) == 0 {
		return usageError{err}
	}
	return usagef("%w; did you mean %s?", err, strings.Join(alike, " or "))
}
