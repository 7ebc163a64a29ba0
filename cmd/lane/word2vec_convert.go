package main

import (
	"github.com/lane-go/lane/models/wordvec"
	"github.com/spf13/cobra"
)

func newConvert() *cobra.Command {
	var vectors vectorsFlags
	c := &cobra.Command{
		Use:   "convert IN OUT",
		Short: "Write word vectors in another format, by the ending of OUT",
		Long: `Write word vectors in another format, by the ending of OUT:

  .bin               word2vec binary
  .vec .txt          word2vec text
  .glove             GloVe text, without the first line
  .npy               NumPy array, with the words beside it in .tsv
  .safetensors       safetensors, with the words in its metadata
  .tsv               embedding projector: vectors, and .metadata.tsv beside it

.gz or .zst after the first four packs the file. What IN is shows in its content.`,
		Example: "  lane word2vec convert vectors.bin vectors.vec\n  lane word2vec convert glove.6B.300d.txt small.bin --limit 100000",
		Args:    arguments(cobra.ExactArgs(2)),
		RunE: func(c *cobra.Command, args []string) error {
			if err := wordvec.CheckEnding(args[1]); err != nil {
				return usageError{err}
			}
			outputs := wordvec.Files(args[1])
			if err := checkDistinct(wordvec.InputFiles(args[0]), outputs...); err != nil {
				return err
			}
			if err := checkWritable(outputs...); err != nil {
				return err
			}
			v, err := vectors.load(c, args[0])
			if err != nil {
				return err
			}
			defer v.Close()
			return v.Save(args[1])
		},
	}
	vectors.flags(c)
	return c
}
