// Command lane trains and queries word vectors and recurrent language models
// on the CPU at hand.
//
// Results go to standard output, as one JSON object a result with --json;
// what is for people to watch goes to standard error. It exits with 0 when
// done, 1 when it failed, 2 when it was called wrongly, and 130 when
// interrupted.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"time"

	"github.com/lane-go/lane/internal/atomicfile"
	"github.com/spf13/cobra"
)

const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

func main() {
	asked := interrupts()
	ctx, stop := signal.NotifyContext(context.Background(), asked...)
	done := make(chan int, 1)
	go func() { done <- run(ctx, os.Args[1:], os.Stdout, os.Stderr) }()
	select {
	case code := <-done:
		os.Exit(code)
	case <-ctx.Done():
	}
	again := make(chan os.Signal, 1) // which ends the program at once
	signal.Notify(again, asked...)
	stop()
	os.Exit(afterInterrupt(done, again))
}

// saving says that what is being done ends by itself when it is interrupted, but has something to save first.
var saving atomic.Bool

// afterInterrupt waits for an interrupted command to end by itself, and ends one that takes its time with nothing to save, as one
// that waits for input.
func afterInterrupt(done <-chan int, again <-chan os.Signal) (code int) {
	const moment = 300 * time.Millisecond
	begun := time.Now()
	for waits := true; waits; {
		select {
		case code := <-done:
			return code
		case <-again:
			waits = time.Since(begun) < moment // timeout(1) sends its signal twice, to the program and to its group
		case <-time.After(moment):
			waits = saving.Load()
		}
	}
	signal.Reset(interrupts()...) // what follows may have to wait
	atomicfile.Abandon()
	fmt.Fprintln(os.Stderr, "lane: interrupted")
	return exitInterrupted
}

// run is main without the process around it, but for standard input, which texts read by themselves.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	out := &output{Writer: stdout}
	root := newRoot(out, stderr)
	root.SetArgs(args)
	called, err := root.ExecuteContextC(ctx)
	if err == nil && out.err != nil {
		err = fmt.Errorf("cannot write standard output: %w; what it has is not the whole result", out.err)
	}
	if err == nil {
		return exitDone
	}
	if errors.Is(err, context.Canceled) {
		// What the library calls a cancelled context is to the user an interruption.
		fmt.Fprintln(stderr, "lane:", strings.ReplaceAll(err.Error(), context.Canceled.Error(), "interrupted"))
		return exitInterrupted
	}
	fmt.Fprintln(stderr, "lane:", err)
	var wrong usageError
	if errors.As(err, &wrong) {
		fmt.Fprintf(stderr, "Run '%s --help' for usage.\n", called.CommandPath())
		return exitUsage
	}
	return exitFailed
}

// A usageError is a mistake in the call, not in the work.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

func newRoot(stdout, stderr io.Writer) *cobra.Command {
	root := group("lane", "Word vectors and recurrent language models, trained on the CPU at hand",
		newDemo(), newWord2vec(), newLM(), newGradients(), newCorpus(), newCPU(), newVersion())
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.Version = version()
	root.Example = "  lane demo\n  lane word2vec train corpus.txt -o vectors.bin\n  lane lm train corpus.txt -o model.safetensors"
	root.SilenceErrors = true
	root.SilenceUsage = true
	root.SetFlagErrorFunc(flagError)
	root.SetHelpCommand(newHelp())
	root.InitDefaultCompletionCmd() // it keeps the output it finds
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			polishCompletion(c)
		}
	}
	return root
}

// group returns a command that only holds others: called by itself it shows
// them, called with an unknown name it is a mistake.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	g := &cobra.Command{Use: use, Short: short, Args: noSuchCommand, RunE: showHelp}
	g.SuggestionsMinimumDistance = 2
	g.AddCommand(commands...)
	return g
}

func showHelp(c *cobra.Command, _ []string) error { return c.Help() }

// noSuchCommand are the arguments of a group: every one is a mistake.
func noSuchCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	message := fmt.Sprintf("unknown command %q for %q", args[0], c.CommandPath())
	for _, s := range c.SuggestionsFor(args[0]) {
		message += fmt.Sprintf("; did you mean %q?", s)
	}
	return usagef("%s", message)
}

// arguments makes a wrong number of arguments a usage error.
func arguments(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return usagef("%w: %s %s", err, c.Parent().CommandPath(), c.Use)
		}
		return nil
	}
}
