package main

import (
	"fmt"
	"slices"

	"github.com/lane-go/lane/models/corpus"
	"github.com/lane-go/lane/models/wordvec"
	"github.com/spf13/cobra"
)

// word2vecEvaluation is the result of "lane word2vec eval".
type word2vecEvaluation struct {
	Similarity []wordvec.SimilarityResult `json:"similarity"`
	Analogies  *wordvec.AnalogyResult     `json:"analogies,omitempty"`
}

func newWord2vecEval() *cobra.Command {
	var analogies string
	var similarity []string
	var e wordvec.Evaluation
	var vectors vectorsFlags
	var threads int
	var asJSON bool
	c := &cobra.Command{
		Use:   "eval VECTORS",
		Short: "Judge word vectors by analogies and by people's similarity scores",
		Long: `Judge word vectors by analogies and by people's similarity scores.

A file of analogies holds lines of four words under section lines ": name"; a file of
similarities holds lines of two words and a score, which Spearman's rank correlation and Pearson's compare with the
cosines. Letter case doesn't count, as in gensim, whose figures these are. Files may be plain, .gz or .zst; one
of them may be -, standard input.`,
		Example: "  lane word2vec eval vectors.bin --similarity wordsim353.tsv --analogies questions-words.txt",
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkGiven(c); err != nil {
				return err
			}
			if analogies == "" && len(similarity) == 0 {
				return usagef("word2vec eval: name a file by --analogies or --similarity")
			}
			if err := checkReadOnce(append(slices.Clone(similarity), analogies, args[0])); err != nil {
				return err
			}
			if e.Top < 1 {
				return usagef("--top %d: it must be at least 1", e.Top)
			}
			if err := setThreads(threads); err != nil {
				return err
			}
			v, err := vectors.load(c, args[0])
			if err != nil {
				return err
			}
			defer v.Close()
			r := word2vecEvaluation{Similarity: []wordvec.SimilarityResult{}}
			for _, path := range similarity {
				if err := r.addSimilarity(e, v, path); err != nil {
					return err
				}
			}
			if analogies != "" {
				if err := r.addAnalogies(e, v, analogies); err != nil {
					return err
				}
			}
			if asJSON {
				return printJSON(c, r)
			}
			r.print(c)
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&analogies, "analogies", "", "file of analogy questions")
	f.StringArrayVar(&similarity, "similarity", nil, "file of word pairs with scores; may be given several times")
	f.BoolVar(&e.CaseSensitive, "case-sensitive", false, "tell words in capitals from others")
	f.BoolVar(&e.CountUnknown, "count-unknown", false, "count questions with an unknown word as wrong, and pairs as of similarity 0")
	f.BoolVar(&e.Multiply, "cosmul", false, "answer analogies by products of similarities (3CosMul)")
	f.IntVar(&e.Top, "top", wordvec.DefaultTop, "how many of the most frequent words analogies are confined to")
	vectors.flags(c)
	threadsFlag(c, &threads)
	jsonFlag(c, &asJSON)
	return c
}

func (r *word2vecEvaluation) addSimilarity(e wordvec.Evaluation, v *wordvec.Vectors, path string) error {
	f, err := corpus.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	e.Top = 0 // it is for analogies
	s, err := e.Similarity(v, f, path)
	r.Similarity = append(r.Similarity, s)
	return err
}

func (r *word2vecEvaluation) addAnalogies(e wordvec.Evaluation, v *wordvec.Vectors, path string) error {
	f, err := corpus.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	a, err := e.Analogies(v, f, path)
	r.Analogies = &a
	return err
}

func (r *word2vecEvaluation) print(c *cobra.Command) {
	out := c.OutOrStdout()
	for _, s := range r.Similarity {
		fmt.Fprintf(out, "%s: Spearman %.4f, Pearson %.4f over %d pairs, %d skipped\n", s.File, s.Spearman, s.Pearson, s.Pairs, s.Skipped)
	}
	if a := r.Analogies; a != nil {
		for _, s := range a.Sections {
			fmt.Fprintf(out, "  %-30s %6.2f%%  %d of %d, %d skipped\n", s.Section, 100*s.Accuracy, s.Correct, s.Total, s.Skipped)
		}
		fmt.Fprintf(out, "%s: accuracy %.4f, %d of %d, %d skipped\n", a.File, a.Accuracy, a.Correct, a.Total, a.Skipped)
	}
}
