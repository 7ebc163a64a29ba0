package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// longTrainings are trainings that write a checkpoint at every chance, so that there is time to end them.
var longTrainings = []struct {
	name string
	args []string
	out  string
}{
	{"word2vec", []string{"word2vec", "train", "--dim", "6", "--min-count", "2", "--epochs", "40"}, "v.bin"},
	{"lm", []string{"lm", "train", "--embed", "8", "--hidden", "8", "--layers", "1", "--batch", "4", "--bptt", "8", "--epochs", "8"}, "m.safetensors"},
}

// end starts a training in a process of its own, waits until its checkpoint is
// newer than before, sends the signal, and returns the exit code and what was
// said.
func end(t *testing.T, signal os.Signal, checkpoint string, args ...string) (code int, said string) {
	t.Helper()
	before, _ := os.ReadFile(checkpoint)
	var stderr bytes.Buffer
	child := exec.Command(os.Args[0], append(args, "--checkpoint", checkpoint, "--checkpoint-every", "1ns")...)
	child.Env = append(os.Environ(), asLane+"=1")
	child.Stderr = &stderr
	if err := child.Start(); err != nil {
		t.Skipf("this program can't start itself: %v", err) // as under an emulator
	}
	ended := make(chan error, 1)
	go func() { ended <- child.Wait() }()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(time.Millisecond) {
		if now, err := os.ReadFile(checkpoint); err == nil && !bytes.Equal(now, before) {
			break
		}
		if len(ended) > 0 || time.Now().After(deadline) {
			child.Process.Kill()
			require.FailNow(t, "no checkpoint", "%v %s", <-ended, stderr.String())
		}
	}
	time.Sleep(5 * time.Millisecond) // somewhere in a step
	require.NoError(t, child.Process.Signal(signal))
	<-ended
	return child.ProcessState.ExitCode(), stderr.String()
}

// A training that is killed and then interrupted goes on to the very bytes of
// one that was left alone.
func TestKilledAndInterruptedTrainingsResume(t *testing.T) {
	text := sampleFile(t)
	for _, training := range longTrainings {
		t.Run(training.name, func(t *testing.T) {
			dir := t.TempDir()
			checkpoint, out := filepath.Join(dir, "checkpoint"), filepath.Join(dir, training.out)
			args := append(training.args[:len(training.args):len(training.args)], text, "-o", out)
			ok(t, args...)
			want := sum(t, out)
			require.NoError(t, os.Remove(out))

			code, _ := end(t, os.Kill, checkpoint, args...)
			require.Equal(t, -1, code, "killed")
			require.NoFileExists(t, out)

			resume := args
			if training.name == "lm" { // whose recipe the checkpoint brings along
				resume = []string{"lm", "train", text, "-o", out}
			}
			resume = append(resume[:len(resume):len(resume)], "--resume", checkpoint)
			code, said := end(t, syscall.SIGINT, checkpoint, resume...)
			require.Equal(t, exitInterrupted, code, said)
			require.Contains(t, said, "interrupted; go on with --resume "+checkpoint)
			require.NoFileExists(t, out)
			for _, name := range names(t, dir) {
				// The kill may leave what it was writing; the interruption may not.
				require.Contains(t, name, "checkpoint")
			}

			require.Contains(t, ok(t, resume...).err, "no checkpoint is written from here on")
			require.Equal(t, want, sum(t, out))
		})
	}
}

// Ended before it begins, a training leaves nothing behind.
func TestInterruptedAtOnce(t *testing.T) {
	text := sampleFile(t)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, training := range longTrainings {
		dir := t.TempDir()
		c := invokeUntil(cancelled, append(training.args[:len(training.args):len(training.args)], text, "-o", filepath.Join(dir, training.out))...)
		require.Equal(t, exitInterrupted, c.code, c.err)
		require.Contains(t, c.err, "interrupted")
		require.NotContains(t, c.err, "context")
		require.Empty(t, names(t, dir))
		require.Empty(t, c.out)
	}
}

func TestBadCheckpoint(t *testing.T) {
	text := sampleFile(t)
	for _, small := range [][]string{smallVectors, smallModel} {
		t.Run(small[0], func(t *testing.T) {
			dir := t.TempDir()
			out, checkpoint := filepath.Join(dir, "v.bin"), filepath.Join(dir, "checkpoint")
			resume := append(append([]string{}, small...), text, "-o", out)
			if small[0] == "lm" {
				out = filepath.Join(dir, "m.safetensors")
				resume = []string{"lm", "train", text, "-o", out}
			}
			ok(t, append(append([]string{}, small...), text, "-o", out, "--checkpoint", checkpoint, "--checkpoint-every", "1ns")...)
			before := sum(t, out)
			whole := read(t, checkpoint)
			broken := func(content string) []string {
				return append(resume[:len(resume):len(resume)], "--resume", file(t, "broken", content))
			}

			middle := len(whole) / 2
			altered := whole[:middle] + string(whole[middle]^1) + whole[middle+1:]
			fails(t, exitFailed, broken(whole[:middle]), "broken", "truncated")
			fails(t, exitFailed, broken(altered), "broken", "checksum")
			fails(t, exitFailed, broken(whole+"more"), "broken")
			fails(t, exitFailed, broken(sampleText()), "broken", "checkpoint")
			fails(t, exitFailed, broken(""), "broken")
			fails(t, exitFailed, append(resume[:len(resume):len(resume)], "--resume", checkpoint+"x"), checkpoint+"x", "no such file")

			// The one before is there, is named, and is whole.
			require.FileExists(t, checkpoint+".previous")
			require.NoError(t, os.WriteFile(checkpoint, []byte(altered), 0o666))
			fails(t, exitFailed, append(resume[:len(resume):len(resume)], "--resume", checkpoint), checkpoint+".previous")
			require.Equal(t, before, sum(t, out), "the old result stays")
			ok(t, append(resume[:len(resume):len(resume)], "--resume", checkpoint+".previous")...)
			require.Equal(t, before, sum(t, out))
		})
	}
}

// A checkpoint is of one text and one recipe.
func TestResumeAnotherTraining(t *testing.T) {
	text, other := sampleFile(t), file(t, "other", strings.Repeat(sampleText(), 2))
	dir := t.TempDir()
	vectors, model, checkpoint := filepath.Join(dir, "v.bin"), filepath.Join(dir, "m.safetensors"), filepath.Join(dir, "checkpoint")

	trainVectors(t, text, "-o", vectors, "--checkpoint", checkpoint)
	again := append(append([]string{}, smallVectors...), "-o", vectors, "--resume", checkpoint)
	fails(t, exitFailed, append(again, other), checkpoint, "another text")
	reversed := strings.Split(strings.TrimSpace(sampleText()), "\n")
	slices.Reverse(reversed)
	fails(t, exitFailed, append(again, file(t, "reversed", strings.Join(reversed, "\n"))), checkpoint, "another text")
	fails(t, exitFailed, append(again, text, "--window", "3"), checkpoint, "window 5", "window 3")
	before := sum(t, checkpoint)
	fails(t, exitUsage, append(again, text, "--loss-log", checkpoint), checkpoint, "named twice")
	require.Equal(t, before, sum(t, checkpoint))

	trainModel(t, text, "-o", model, "--checkpoint", checkpoint)
	fails(t, exitFailed, []string{"lm", "train", other, "-o", model, "--resume", checkpoint}, "the training text is not the checkpoint's")
	fails(t, exitUsage, []string{"lm", "train", text, "-o", model, "--resume", checkpoint, "--log", checkpoint}, checkpoint, "named twice")
	fails(t, exitUsage, []string{"lm", "train", text, "-o", model, "--resume", checkpoint, "--lr", "3", "--hidden", "9", "--embed", "9"}, "--embed beside --resume")
	fails(t, exitUsage, []string{"lm", "train", text, "-o", model, "--resume", checkpoint, "--preset", "book-rnn"}, "--preset beside --resume")
}

// The log of a training that resumes goes on; that of a new one begins anew.
func TestLogGoesOn(t *testing.T) {
	text, dir := sampleFile(t), t.TempDir()
	checkpoint, log := filepath.Join(dir, "checkpoint"), filepath.Join(dir, "log.jsonl")
	for _, training := range []struct {
		start, resume []string
		log, counts   string
	}{
		{append(append([]string{}, smallVectors...), text, "-o", filepath.Join(dir, "v.bin")), nil, "--loss-log", "words"},
		{append(append([]string{}, smallModel...), text, "-o", filepath.Join(dir, "m.safetensors")), []string{"lm", "train", text, "-o", filepath.Join(dir, "m.safetensors")}, "--log", "tokens"},
	} {
		if training.resume == nil {
			training.resume = training.start
		}
		start := append(training.start, training.log, log)
		ok(t, append(start, "--checkpoint", checkpoint)...)
		first := read(t, log)
		ok(t, append(training.resume, training.log, log, "--resume", checkpoint)...)
		all := read(t, log)
		require.True(t, strings.HasPrefix(all, first))
		done := objects(t, all[len(first):])[0]
		require.Equal(t, "done", done["event"], "nothing was left to do")
		require.Contains(t, done, training.counts)
		ok(t, start...)
		require.Equal(t, len(objects(t, first)), len(objects(t, read(t, log))))
	}
}

// A command that waits for input is interrupted at once.
func TestInterruptWhileWaitingForInput(t *testing.T) {
	model, _ := sampleModel(t)
	for _, args := range [][]string{{"lm", "eval", model, "-"}, {"word2vec", "train", "-", "-o", filepath.Join(t.TempDir(), "v.bin")}} {
		stdin, end, err := os.Pipe()
		require.NoError(t, err)
		var stderr bytes.Buffer
		child := exec.Command(os.Args[0], args...)
		child.Env = append(os.Environ(), asLane+"=1")
		child.Stdin, child.Stderr = stdin, &stderr
		if err := child.Start(); err != nil {
			t.Skipf("this program can't start itself: %v", err) // as under an emulator
		}
		timeout := time.AfterFunc(30*time.Second, func() { child.Process.Kill() })
		_, err = end.Write(make([]byte, 1<<20)) // more than a pipe holds: the child is reading
		require.NoError(t, err)
		require.NoError(t, child.Process.Signal(syscall.SIGINT))
		child.Wait()
		timeout.Stop()
		require.Equal(t, exitInterrupted, child.ProcessState.ExitCode(), "%v: %s", args, stderr.String())
		require.Equal(t, "lane: interrupted\n", stderr.String())
		require.NoError(t, stdin.Close())
		require.NoError(t, end.Close())
	}
}

// A model is written though the last checkpoint can't be.
func TestModelWithoutTheLastCheckpoint(t *testing.T) {
	dir, out := t.TempDir(), filepath.Join(t.TempDir(), "m.safetensors")
	checkpoint := filepath.Join(dir, "gone", "checkpoint")
	require.NoError(t, os.Mkdir(filepath.Dir(checkpoint), 0o700))
	gone := make(chan error, 1)
	go func() {
		for {
			if _, err := os.Stat(checkpoint); err == nil {
				gone <- os.RemoveAll(filepath.Dir(checkpoint))
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	args := []string{"lm", "train", sampleFile(t), "-o", out, "--epochs", "1", "--hidden", "200", "--batch", "2", "--checkpoint", checkpoint, "--checkpoint-every", "1h"}
	fails(t, exitFailed, args, "the training is over, but for its last checkpoint", checkpoint)
	require.NoError(t, <-gone)
	require.FileExists(t, out)
}
