package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/lane-go/lane/internal/atomicfile"
	"github.com/lane-go/lane/models/corpus"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func checkpointFlags(f *pflag.FlagSet, path *string, every *time.Duration, resume *string) {
	f.StringVar(path, "checkpoint", "", "keep the whole state of the training in this file")
	f.DurationVar(every, "checkpoint-every", time.Minute, "how often to write the checkpoint")
	f.StringVar(resume, "resume", "", "go on from this checkpoint: the result is that of an uninterrupted training, bit for bit, with the same kernel set (lane cpu)")
}

// checkTrainingFiles refuses, before any work is done, files of a training that would overwrite each other or what is read, and
// outputs that could not be written after it. A checkpoint may go on in the file that it is resumed from; nothing else may. The log is the one file
// that is written where it is.
func checkTrainingFiles(inputs, outputs []string, log, checkpoint, resume string) error {
	replaced := outputs
	outputs = append(slices.Clone(outputs), log)
	if resume != "" {
		if _, err := os.Stat(resume); err != nil {
			return fmt.Errorf("cannot resume: %w: check the path", err)
		}
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
	replaced = append(slices.Clone(replaced), checkpoint)
	if checkpoint != "" && !strings.HasPrefix(checkpoint, "/dev/") { // devices are not kept
		replaced = append(replaced, atomicfile.Previous(checkpoint))
	}
	if err := checkWritable(replaced...); err != nil {
		return err
	}
	return checkAppends(log)
}

// checkGiven refuses names that are empty, as that of a shell variable that is not set: what they ask for would not happen.
func checkGiven(c *cobra.Command) (err error) {
	c.Flags().Visit(func(f *pflag.Flag) {
		if err == nil && f.Value.Type() == "string" && f.Value.String() == "" {
			err = usagef(`--%s "": give it a value, or leave it out`, f.Name)
		}
	})
	return err
}

// checkRate refuses the 0 that stands for the default.
func checkRate(c *cobra.Command, lr float64) error {
	if c.Flags().Changed("lr") && lr == 0 {
		return usagef("--lr 0: nothing would be learned: give a positive number, or leave it out for the default")
	}
	return nil
}

func checkEvery(c *cobra.Command, every time.Duration) error {
	if given := c.Flags().Changed; given("checkpoint-every") && !given("checkpoint") && !given("resume") {
		return usagef("--checkpoint-every %v of no checkpoint: add --checkpoint FILE", every)
	}
	if every <= 0 {
		return usagef("--checkpoint-every %v: it must be longer than 0s", every)
	}
	return nil
}

func quietFlag(f *pflag.FlagSet, quiet *bool) {
	f.BoolVar(quiet, "quiet", false, "show no progress")
}

// warnUndercount says so if words may be left out, or be numbered, as rarer than they are.
func warnUndercount(say *progress, text *corpus.Text, vocab *corpus.Vocab) {
	if n := vocab.Undercount(); n > 0 {
		say.warn("%s: more types than are counted at a time: counts may be up to %d too low", text.Name(), n)
	}
}

// sayIfUnkept says so if a training that goes on from a checkpoint writes no more of them.
func sayIfUnkept(say *progress, checkpoint, resume string) {
	if resume != "" && checkpoint == "" {
		say.say("no checkpoint is written from here on: --checkpoint %s would go on with it", resume)
	}
}

// ended adds to the end of a training which text it learned from or, if it was interrupted, where to go on from, if there is a checkpoint.
func ended(err error, text, checkpoint string) error {
	if !errors.Is(err, context.Canceled) {
		return fmt.Errorf("%s: %w", text, err)
	}
	if _, missing := os.Stat(checkpoint); missing == nil {
		return fmt.Errorf("%w; go on with --resume %s", err, checkpoint)
	}
	return err
}
