package main

import (
	"github.com/lane-go/lane/models/wordvec"
	"github.com/spf13/cobra"
)

func newConvert() *cobra.Command {
	return &cobra.Command{
		Use:   "convert IN OUT",
		Short: "Write word vectors in another format, by the ending of OUT",
		Long: `Write word vectors in another format, by the ending of OUT:

  .bin               word2vec binary
  .vec .txt          word2vec text
  .npy               NumPy array, with the words beside it in .tsv
  .safetensors       safetensors, with the words in its metadata
  .tsv               embedding projector: vectors, and .metadata.tsv beside it`,
		Example: "  lane word2vec convert vectors.bin vectors.vec",
		Args:    arguments(cobra.ExactArgs(2)),
		RunE: func(c *cobra.Command, args []string) error {
			if err := wordvec.CheckEnding(args[1]); err != nil {
				return usageError{err}
			}
			if err := checkWritable(args[1]); err != nil {
				return err
			}
			v, err := loadVectors(c, args[0])
			if err != nil {
				return err
			}
			return v.Save(args[1])
		},
	}
}
