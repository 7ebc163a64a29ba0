package main

import (
	"fmt"
	"os"

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
	var top, threads int
	var asJSON bool
	c := &cobra.Command{
		Use:   "eval VECTORS",
		Short: "Judge word vectors by analogies and by people's similarity scores",
		Long: `Judge word vectors by analogies and by people's similarity scores.

A file of analogies holds lines of four words under section lines ": name"; a file of
similarities holds lines of two words and a score. What is printed of similarities is Spearman's rank correlation.`,
		Example: "  lane word2vec eval vectors.bin --similarity wordsim353.tsv --analogies questions-words.txt",
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if analogies == "" && len(similarity) == 0 {
				return usagef("word2vec eval: name a file by --analogies or --similarity")
			}
			if top < 1 {
				return usagef("--top %d: it must be at least 1", top)
			}
			if err := setThreads(threads); err != nil {
				return err
			}
			v, err := loadVectors(c, args[0])
			if err != nil {
				return err
			}
			e := word2vecEvaluation{Similarity: []wordvec.SimilarityResult{}}
			for _, path := range similarity {
				if err := e.addSimilarity(v, path); err != nil {
					return err
				}
			}
			if analogies != "" {
				if err := e.addAnalogies(v, analogies, top); err != nil {
					return err
				}
			}
			if asJSON {
				return printJSON(c, e)
			}
			e.print(c)
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&analogies, "analogies", "", "file of analogy questions")
	f.StringArrayVar(&similarity, "similarity", nil, "file of word pairs with scores; may be given several times")
	f.IntVar(&top, "top", wordvec.DefaultTop, "how many of the most frequent words analogies are confined to")
	threadsFlag(c, &threads)
	jsonFlag(c, &asJSON)
	return c
}

func (e *word2vecEvaluation) addSimilarity(v *wordvec.Vectors, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := v.EvalSimilarity(f, path)
	e.Similarity = append(e.Similarity, r)
	return err
}

func (e *word2vecEvaluation) addAnalogies(v *wordvec.Vectors, path string, top int) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := v.EvalAnalogies(f, path, top)
	e.Analogies = &r
	return err
}

func (e *word2vecEvaluation) print(c *cobra.Command) {
	out := c.OutOrStdout()
	for _, s := range e.Similarity {
		fmt.Fprintf(out, "%s: Spearman %.4f over %d pairs, %d skipped\n", s.File, s.Spearman, s.Pairs, s.Skipped)
	}
	if a := e.Analogies; a != nil {
		for _, s := range a.Sections {
			fmt.Fprintf(out, "  %-30s %6.2f%%  %d of %d, %d skipped\n", s.Section, 100*s.Accuracy, s.Correct, s.Total, s.Skipped)
		}
		fmt.Fprintf(out, "%s: accuracy %.4f, %d of %d, %d skipped\n", a.File, a.Accuracy, a.Correct, a.Total, a.Skipped)
	}
}
