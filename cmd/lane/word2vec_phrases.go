package main

import (
	"fmt"
	"io"
	"math"

	"github.com/lane-go/lane/internal/atomicfile"
	"github.com/lane-go/lane/internal/packing"
	"github.com/lane-go/lane/models/corpus"
	"github.com/spf13/cobra"
)

// maxPasses bounds how often phrases are joined: each pass at most doubles their length.
const maxPasses = 10

// phrasing is one call of "lane word2vec phrases".
type phrasing struct {
	options                corpus.PhraseOptions
	passes                 int
	lowercase, list        bool
	english, quiet, asJSON bool
	out                    string
}

func newPhrases() *cobra.Command {
	var p phrasing
	c := &cobra.Command{
		Use:   "phrases [CORPUS...]",
		Short: "Join words that belong together, new_york, in a corpus",
		Long: `Join words that belong together, new_york, in a corpus, or list them. A pair of words is a phrase if its score is
above the threshold: word2phrase's, which favours rare words, or npmi, from -1 to 1. Further passes join phrases to longer ones.
` + corpusHelp,
		Example: "  lane word2vec phrases corpus.txt.zst -o joined.txt\n  lane word2vec phrases corpus.txt --list --score npmi --english",
		RunE:    p.run,
	}
	f := c.Flags()
	f.StringVarP(&p.out, "output", "o", "", "file to write the corpus with its phrases joined to, packed if it ends in .gz or .zst (default standard output)")
	f.BoolVar(&p.list, "list", false, "print the phrases with their counts and scores instead, the best first")
	textFlag(f, &p.options.Score, "score", "word2phrase or npmi")
	f.Float64Var(&p.options.Threshold, "threshold", 0, "score that a phrase exceeds (default 100, for npmi 0.5)")
	f.Int64Var(&p.options.MinCount, "min-count", 5, "leave out pairs seen less often")
	f.StringSliceVar(&p.options.Connectors, "connectors", nil, "words that a phrase may hold but neither begin nor end with, with commas between")
	f.BoolVar(&p.english, "english", false, "English connectors: of, the, and, …")
	f.IntVar(&p.passes, "passes", 1, "how many times to join pairs")
	f.BoolVar(&p.lowercase, "lowercase", false, "read the corpus in lower case")
	quietFlag(f, &p.quiet)
	jsonFlag(c, &p.asJSON)
	return c
}

func (p *phrasing) run(c *cobra.Command, args []string) error {
	if err := checkGiven(c); err != nil {
		return err
	}
	if p.passes < 1 || p.passes > maxPasses {
		return usagef("--passes %d: it must be from 1 to %d", p.passes, maxPasses)
	}
	if p.options.MinCount < 1 {
		return usagef("--min-count %d: it must be at least 1", p.options.MinCount)
	}
	if p.asJSON && !p.list {
		return usagef("--json is for --list: a corpus is text")
	}
	if p.list && p.out != "" {
		return usagef("--list goes to standard output: leave out -o")
	}
	if c.Flags().Changed("threshold") && p.options.Threshold == 0 {
		p.options.Threshold = math.SmallestNonzeroFloat64 // 0 stands for the default
	}
	if err := p.options.Validate(); err != nil {
		return usageError{err}
	}
	if err := checkReadOnce(args); err != nil {
		return err
	}
	if err := checkDistinct(args, p.out); err != nil {
		return err
	}
	if err := checkWritable(p.out); err != nil {
		return err
	}
	if p.english {
		p.options.Connectors = append(p.options.Connectors, corpus.EnglishConnectors...)
	}
	text := openText(c, corpus.Options{Units: corpus.Words, Lowercase: p.lowercase}, args)
	defer text.Close()
	say := newProgress(c.ErrOrStderr(), "words", 0, p.quiet)
	var found []*corpus.Phrases
	joined, err := joinPhrases(text, p.options, p.passes, say, func(phrases *corpus.Phrases) { found = append(found, phrases) })
	if err != nil {
		return err
	}
	switch {
	case p.list:
		return p.print(c, found)
	case p.out == "":
		return writeText(c.OutOrStdout(), joined)
	}
	return atomicfile.Write(p.out, packing.Pack(p.out, func(w io.Writer) error { return writeText(w, joined) }))
}

func (p *phrasing) print(c *cobra.Command, found []*corpus.Phrases) error {
	for _, phrases := range found {
		for _, phrase := range phrases.All() {
			if p.asJSON {
				if err := printJSON(c, phrase); err != nil {
					return err
				}
				continue
			}
			if _, err := fmt.Fprintf(c.OutOrStdout(), "%-32s %8d %10.4g\n", phrase, phrase.Count, phrase.Score); err != nil {
				return err
			}
		}
	}
	return nil
}

// joinPhrases returns the text with phrases of so many passes joined, and tells of each.
func joinPhrases(text *corpus.Text, o corpus.PhraseOptions, passes int, say *progress, visit func(*corpus.Phrases)) (*corpus.Text, error) {
	for pass := range passes {
		phrases, err := corpus.LearnPhrases(text, o)
		if err != nil {
			return nil, err
		}
		say.say("phrases, pass %d: %s", pass+1, thousands(int64(phrases.Len())))
		visit(phrases)
		text = text.WithPhrases(phrases)
	}
	return text, nil
}
