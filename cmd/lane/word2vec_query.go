package main

import (
	"fmt"

	"github.com/lane-go/lane/models/wordvec"
	"github.com/spf13/cobra"
)

func newSimilar() *cobra.Command {
	var q query
	var negative []string
	c := &cobra.Command{
		Use:   "similar VECTORS WORD...",
		Short: "The words nearest to a word, or to several together",
		Long: `The words nearest to a word, or to several together and far from others: by the cosine to
the mean of their unit vectors, or by products of similarities with --cosmul.`,
		Example: "  lane word2vec similar vectors.bin house -n 5\n  lane word2vec similar vectors.bin king woman --negative man --cosmul",
		Args:    arguments(cobra.MinimumNArgs(2)),
		RunE: func(c *cobra.Command, args []string) error {
			return q.answer(c, args[0], args[1:], negative)
		},
	}
	q.flags(c)
	c.Flags().StringArrayVar(&negative, "negative", nil, "word to be far from; may be given several times")
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
			return q.answer(c, args[0], []string{args[2], args[3]}, []string{args[1]})
		},
	}
	q.flags(c)
	return c
}

// A query asks vectors for their best matches.
type query struct {
	wordvec.Query
	vectors vectorsFlags
	asJSON  bool
}

func (q *query) flags(c *cobra.Command) {
	f := c.Flags()
	f.IntVarP(&q.N, "number", "n", 10, "how many words to name")
	f.IntVar(&q.Top, "top", 0, "name only some of so many most frequent words, 0 for any")
	f.BoolVar(&q.Multiply, "cosmul", false, "multiply and divide similarities (3CosMul) instead of adding vectors (3CosAdd)")
	q.vectors.flags(c)
	jsonFlag(c, &q.asJSON)
}

func (q *query) answer(c *cobra.Command, path string, positive, negative []string) error {
	if q.N < 1 {
		return usagef("-n %d: ask for at least one word", q.N)
	}
	if q.Top < 0 {
		return usagef("--top %d: name at least one word, or 0 for all", q.Top)
	}
	v, err := q.vectors.load(c, path)
	if err != nil {
		return err
	}
	defer v.Close()
	q.Positive, q.Negative = positive, negative
	answers, err := v.Ask(q.Query)
	if err != nil {
		return err
	}
	return printMatches(c, answers[0], q.asJSON)
}

func printMatches(c *cobra.Command, matches []wordvec.Match, asJSON bool) error {
	if asJSON {
		return printJSON(c, matches)
	}
	for _, m := range matches {
		fmt.Fprintf(c.OutOrStdout(), "%-24s %.4f\n", m.Word, m.Similarity)
	}
	return nil
}

// The results of queries that compare given words.
type (
	oddResult struct {
		Odd   string          `json:"odd"`
		Words []wordvec.Match `json:"words"` // the most central first, by their cosine to the middle
	}
	distanceResult struct {
		Distance   float32 `json:"distance"`
		Similarity float32 `json:"similarity"`
	}
	rankResult struct {
		Rank int `json:"rank"`
	}
)

// A comparison prints itself as a line.
type comparison interface{ String() string }

func (r oddResult) String() string      { return r.Odd }
func (r distanceResult) String() string { return fmt.Sprintf("%.4f", r.Distance) }
func (r rankResult) String() string     { return fmt.Sprint(r.Rank) }

// compare answers one of these queries.
type compare func(v *wordvec.Vectors, words []string) (comparison, error)

func findOdd(v *wordvec.Vectors, words []string) (comparison, error) {
	ranked, err := v.Central(words...)
	if err != nil {
		return nil, err
	}
	return oddResult{ranked[len(ranked)-1].Word, ranked}, nil
}

func measureDistance(v *wordvec.Vectors, words []string) (comparison, error) {
	similarity, err := v.Similarity(words[0], words[1])
	return distanceResult{1 - similarity, similarity}, err
}

func findRank(v *wordvec.Vectors, words []string) (comparison, error) {
	rank, err := v.Rank(words[0], words[1])
	return rankResult{rank}, err
}

func newOdd() *cobra.Command {
	c := newComparison(findOdd, &cobra.Command{
		Use:     "odd VECTORS WORD...",
		Short:   "The word that doesn't go with the others",
		Example: "  lane word2vec odd vectors.bin breakfast cereal dinner lunch",
		Args:    arguments(cobra.MinimumNArgs(2)),
	})
	c.PreRunE = func(_ *cobra.Command, args []string) error {
		if len(args) < 4 {
			return usagef("odd: of fewer than three words none is odd")
		}
		return nil
	}
	return c
}

func newDistance() *cobra.Command {
	return newComparison(measureDistance, &cobra.Command{
		Use:     "distance VECTORS A B",
		Short:   "The cosine distance of two words, from 0 to 2",
		Example: "  lane word2vec distance vectors.bin coffee tea",
		Args:    arguments(cobra.ExactArgs(3)),
	})
}

func newRank() *cobra.Command {
	return newComparison(findRank, &cobra.Command{
		Use:     "rank VECTORS A B",
		Short:   "The place of B among the neighbours of A, 1 for the nearest",
		Example: "  lane word2vec rank vectors.bin coffee tea",
		Args:    arguments(cobra.ExactArgs(3)),
	})
}

func newComparison(how compare, c *cobra.Command) *cobra.Command {
	var vectors vectorsFlags
	var asJSON bool
	c.RunE = func(c *cobra.Command, args []string) error {
		v, err := vectors.load(c, args[0])
		if err != nil {
			return err
		}
		defer v.Close()
		result, err := how(v, args[1:])
		if err != nil {
			return err
		}
		return printComparison(c, result, asJSON)
	}
	vectors.flags(c)
	jsonFlag(c, &asJSON)
	return c
}

func printComparison(c *cobra.Command, result comparison, asJSON bool) error {
	if asJSON {
		return printJSON(c, result)
	}
	_, err := fmt.Fprintln(c.OutOrStdout(), result)
	return err
}

// vectorsFlags say how much of a file of vectors is read.
type vectorsFlags struct{ limit int }

func (f *vectorsFlags) flags(c *cobra.Command) {
	c.Flags().IntVar(&f.limit, "limit", 0, "read only the first so many words of the file, the most frequent ones, 0 for all")
}

// load opens vectors, mapped where that can be, and warns of words that come more than once. The caller closes them.
func (f *vectorsFlags) load(c *cobra.Command, path string) (*wordvec.Vectors, error) {
	if f.limit < 0 {
		return nil, usagef("--limit %d: read at least one word, or 0 for all", f.limit)
	}
	v, err := wordvec.Reader{Limit: f.limit, Map: true}.Load(path)
	if err == nil && v.Duplicates > 0 {
		fmt.Fprintf(c.ErrOrStderr(), "warning: %s: left out %d rows whose word had come before\n", path, v.Duplicates)
	}
	return v, err
}
