package main

import (
	"bufio"
	"fmt"
	"io"
	"math"

	"github.com/lane-go/lane/models/corpus"
	"github.com/spf13/cobra"
)

// The built-in corpus that commands read when no other is named: a text to
// learn, and another from the same grammar to be judged by.
const (
	trainSample   = 1
	heldOutSample = 2

	trainTokens   = 500_000
	heldOutTokens = 40_000
)

func builtinGrammar() *corpus.Generator {
	g, err := corpus.NewGenerator(corpus.DefaultConfig())
	if err != nil {
		panic(err) // the default is in range
	}
	return g
}

func builtinText(o corpus.Options) *corpus.Text {
	return builtinGrammar().Text(trainSample, trainTokens, o)
}

func heldOutText(o corpus.Options) *corpus.Text {
	return builtinGrammar().Text(heldOutSample, heldOutTokens, o)
}

func newCorpus() *cobra.Command {
	config := corpus.DefaultConfig()
	var tokens int
	var sample uint64
	var entropy, analogies, groups, asJSON bool
	c := &cobra.Command{
		Use:   "corpus",
		Short: "Print the built-in corpus, or what is known about it",
		Long: fmt.Sprintf(`Print the built-in corpus: pseudo-English with relations planted in it, words
that agree over a distance no n-gram sees, noise, and frequencies that fall off as those of words do.
The words alone tell the state of the grammar, so the probability of every text is known exactly.

Seeds of texts: %d is what commands read when no corpus is named, %d what they are judged by.`, trainSample, heldOutSample),
		Example: "  lane corpus --tokens 1000\n  lane corpus --entropy\n  lane corpus --analogies > questions.txt",
		Args:    arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if tokens < 1 {
				return usagef("--tokens %d: it must be at least 1", tokens)
			}
			if entropy && analogies || entropy && groups || analogies && groups {
				return usagef("--entropy, --analogies and --groups each print something else: name one")
			}
			if asJSON && !entropy {
				return usagef("--json is for --entropy: the rest is text")
			}
			g, err := corpus.NewGenerator(config)
			if err != nil {
				return usageError{err}
			}
			switch {
			case entropy:
				return printEntropy(c, g, asJSON)
			case analogies:
				return g.WriteAnalogies(c.OutOrStdout())
			case groups:
				return printGroups(c.OutOrStdout(), g)
			}
			return writeText(c.OutOrStdout(), g.Text(sample, tokens, corpus.Options{}).WithContext(c.Context()))
		},
	}
	f := c.Flags()
	f.IntVar(&tokens, "tokens", trainTokens, "tokens of the text, line ends among them, rounded up to whole sentences")
	f.Uint64Var(&sample, "seed", trainSample, "seed of the text")
	f.BoolVar(&entropy, "entropy", false, "print the exact entropy rate and the perplexity floor that follows")
	f.BoolVar(&analogies, "analogies", false, "print the planted analogies as questions")
	f.BoolVar(&groups, "groups", false, "print the groups of similar words")
	f.Uint64Var(&config.Seed, "grammar-seed", config.Seed, "seed of the grammar")
	f.IntVar(&config.People, "people", config.People, "people (king, queen) in the grammar")
	f.IntVar(&config.Animals, "animals", config.Animals, "animals (goose, geese)")
	f.IntVar(&config.Verbs, "verbs", config.Verbs, "verbs (hide, hid)")
	f.IntVar(&config.Qualities, "qualities", config.Qualities, "qualities (sweet, sweeter)")
	f.IntVar(&config.Places, "places", config.Places, "places (a country, its capital)")
	f.Float64Var(&config.Noise, "noise", config.Noise, "probability that a word is replaced at random")
	f.IntVar(&config.Distance, "distance", config.Distance, "most phrases between words that depend on each other")
	jsonFlag(c, &asJSON)
	return c
}

func printEntropy(c *cobra.Command, g *corpus.Generator, asJSON bool) error {
	nats := g.EntropyRate()
	if asJSON {
		return printJSON(c, map[string]any{"entropy": nats, "bits": nats / math.Ln2, "floor": math.Exp(nats), "types": g.Vocab().Len()})
	}
	fmt.Fprintf(c.OutOrStdout(), "entropy rate %.4f nats (%.4f bits) a token: no model has a perplexity below %.3f on an endless text\n",
		nats, nats/math.Ln2, math.Exp(nats))
	return nil
}

func printGroups(w io.Writer, g *corpus.Generator) error {
	out := bufio.NewWriter(w)
	for _, group := range g.Groups() {
		fmt.Fprintf(out, "%s:", group.Name)
		for _, word := range group.Words {
			fmt.Fprint(out, " ", word)
		}
		fmt.Fprintln(out)
	}
	return out.Flush()
}
