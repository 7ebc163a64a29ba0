package main

import "github.com/spf13/cobra"

func newWord2vec() *cobra.Command {
	g := group("word2vec", "Train, query, judge and convert word vectors",
		newWord2vecTrain(), newSimilar(), newAnalogy(), newOdd(), newDistance(), newRank(), newExplore(), newWord2vecEval(), newConvert(), newPhrases())
	g.Example = "  lane word2vec train corpus.txt.zst -o vectors.bin\n  lane word2vec similar vectors.bin house"
	return g
}
