package main

import (
	"fmt"

	"github.com/lane-go/lane/models/wordvec"
	"github.com/spf13/cobra"
)

func newSimilar() *cobra.Command {
	var q query
	c := &cobra.Command{
		Use:     "similar VECTORS WORD",
		Short:   "The words nearest to a word",
		Example: "  lane word2vec similar vectors.bin house -n 5",
		Args:    arguments(cobra.ExactArgs(2)),
		RunE: func(c *cobra.Command, args []string) error {
			return q.answer(c, args[0], func(v *wordvec.Vectors) ([]wordvec.Match, error) {
				return v.Similar(args[1:], nil, q.n)
			})
		},
	}
	q.flags(c)
	return c
}

func newAnalogy() *cobra.Command {
	var q query
	c := &cobra.Command{
		Use:     "analogy VECTORS A B C",
		Short:   "A is to B as C is to which word?",
		Example: "  lane word2vec analogy vectors.bin man king woman",
		Args:    arguments(cobra.ExactArgs(4)),
		RunE: func(c *cobra.Command, args []string) error {
			return q.answer(c, args[0], func(v *wordvec.Vectors) ([]wordvec.Match, error) {
				return v.Analogy(args[1], args[2], args[3], q.n)
			})
		},
	}
	q.flags(c)
	return c
}

func newOdd() *cobra.Command {
	return &cobra.Command{
		Use:     "odd VECTORS WORD...",
		Short:   "The word that doesn't go with the others",
		Example: "  lane word2vec odd vectors.bin breakfast cereal dinner lunch",
		Args:    arguments(cobra.MinimumNArgs(2)),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) < 4 {
				return usagef("odd: of fewer than three words none is odd")
			}
			v, err := loadVectors(c, args[0])
			if err != nil {
				return err
			}
			word, err := v.Odd(args[1:]...)
			if err != nil {
				return err
			}
			fmt.Fprintln(c.OutOrStdout(), word)
			return nil
		},
	}
}

// A query asks vectors for their best matches.
type query struct {
	n      int
	asJSON bool
}

func (q *query) flags(c *cobra.Command) {
	c.Flags().IntVarP(&q.n, "number", "n", 10, "how many words to name")
	jsonFlag(c, &q.asJSON)
}

func (q *query) answer(c *cobra.Command, path string, ask func(*wordvec.Vectors) ([]wordvec.Match, error)) error {
	if q.n < 1 {
		return usagef("-n %d: ask for at least one word", q.n)
	}
	v, err := loadVectors(c, path)
	if err != nil {
		return err
	}
	matches, err := ask(v)
	if err != nil {
		return err
	}
	if q.asJSON {
		return printJSON(c, matches)
	}
	for _, m := range matches {
		fmt.Fprintf(c.OutOrStdout(), "%-24s %.4f\n", m.Word, m.Similarity)
	}
	return nil
}

// loadVectors reads vectors, and warns of words that come more than once.
func loadVectors(c *cobra.Command, path string) (*wordvec.Vectors, error) {
	v, err := wordvec.Load(path)
	if err == nil && v.Duplicates > 0 {
		fmt.Fprintf(c.ErrOrStderr(), "warning: %s: left out %d rows whose word had come before\n", path, v.Duplicates)
	}
	return v, err
}
