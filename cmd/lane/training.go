package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lane-go/lane/internal/atomicfile"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func checkpointFlags(f *pflag.FlagSet, path *string, every *time.Duration, resume *string) {
	f.StringVar(path, "checkpoint", "", "keep the whole state of the training in this file")
	f.DurationVar(every, "checkpoint-every", time.Minute, "how often to write the checkpoint")
	f.StringVar(resume, "resume", "", "go on from this checkpoint: the result is that of an uninterrupted training, bit for bit")
}

// checkTrainingFiles refuses, before any work is done, files of a training that would overwrite each other or what is read, and
// outputs that could not be written after it. A checkpoint may go on in the file that it is resumed from; nothing else may.
func checkTrainingFiles(inputs, outputs []string, checkpoint, resume string) error {
	if resume != "" {
		if err := checkDistinct([]string{resume, atomicfile.Previous(resume)}, outputs...); err != nil {
			return err
		}
	}
	if checkpoint != "" {
		// The two are the same file for a moment, in which the training may have been killed.
		for _, path := range []string{checkpoint, atomicfile.Previous(checkpoint)} {
			if err := checkDistinct(slices.Concat(inputs, outputs), path); err != nil {
				return err
			}
		}
	}
	if err := checkDistinct(inputs, outputs...); err != nil {
		return err
	}
	outputs = append(slices.Clone(outputs), checkpoint)
	if checkpoint != "" && !strings.HasPrefix(checkpoint, "/dev/") { // devices are not kept
		outputs = append(outputs, atomicfile.Previous(checkpoint))
	}
	return checkWritable(outputs...)
}

// checkRate refuses the 0 that stands for the default.
func checkRate(c *cobra.Command, lr float64) error {
	if c.Flags().Changed("lr") && lr == 0 {
		return usagef("--lr 0: nothing would be learned: give a positive number, or leave it out for the default")
	}
	return nil
}

func checkEvery(every time.Duration) error {
	if every <= 0 {
		return usagef("--checkpoint-every %v: it must be longer than 0s", every)
	}
	return nil
}

func quietFlag(f *pflag.FlagSet, quiet *bool) {
	f.BoolVar(quiet, "quiet", false, "show no progress")
}

// interrupted adds to the end of a training where to go on from.
func interrupted(err error, checkpoint string) error {
	if checkpoint != "" && errors.Is(err, context.Canceled) {
		return fmt.Errorf("%w; go on with --resume %s", err, checkpoint)
	}
	return err
}
