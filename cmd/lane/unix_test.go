//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A terminal that goes away interrupts a training, which keeps its checkpoint.
func TestHangup(t *testing.T) {
	// A program inherits that the signal is ignored, as by nohup, but not that it is caught.
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGHUP)
	defer signal.Stop(caught)
	for _, training := range longTrainings {
		dir := t.TempDir()
		checkpoint, out := filepath.Join(dir, "checkpoint"), filepath.Join(dir, training.out)
		code, said := end(t, syscall.SIGHUP, checkpoint, append(training.args[:len(training.args):len(training.args)], sampleFile(t), "-o", out)...)
		require.Equal(t, exitInterrupted, code, said)
		require.Contains(t, said, "interrupted; go on with --resume "+checkpoint)
	}
}

// Whoever reads the events of a training may leave: what is learned is written.
func TestTrainingOutlivesItsReaders(t *testing.T) {
	for _, training := range longTrainings {
		out := filepath.Join(t.TempDir(), training.out)
		reader, writer, err := os.Pipe()
		require.NoError(t, err)
		require.NoError(t, reader.Close())
		var stderr bytes.Buffer
		child := exec.Command(os.Args[0], append(training.args[:len(training.args):len(training.args)], sampleFile(t), "-o", out, "--json")...)
		child.Env = append(os.Environ(), asLane+"=1")
		child.Stdout, child.Stderr = writer, &stderr
		if err := child.Start(); err != nil {
			t.Skipf("this program can't start itself: %v", err) // as under an emulator
		}
		require.NoError(t, writer.Close())
		require.Error(t, child.Wait())
		require.Equal(t, exitFailed, child.ProcessState.ExitCode(), stderr.String())
		require.Contains(t, stderr.String(), out+" is written, but not all events of the training")
		require.FileExists(t, out)
	}
}

// A pipe is refused as a model, where opening it would wait for its writer.
func TestPipesAreNoModels(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe.safetensors")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	hangs := time.AfterFunc(time.Minute, func() { panic("it waits for a writer") })
	defer hangs.Stop()
	fails(t, exitFailed, []string{"lm", "info", pipe}, pipe, "not a regular file")
	fails(t, exitFailed, []string{"lm", "train", "-o", "m.safetensors", "--resume", pipe}, pipe, "not a regular file")
}

// A log is written where it is, though its directory takes no other files.
func TestLogInADirectoryThatTakesNoOthers(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write anywhere")
	}
	dir := t.TempDir()
	log := filepath.Join(dir, "log")
	require.NoError(t, os.WriteFile(log, nil, 0o600))
	require.NoError(t, os.Chmod(dir, 0o500))
	defer os.Chmod(dir, 0o700)
	trainModel(t, "--log", log)
	require.NotEmpty(t, read(t, log))
	fails(t, exitFailed, append(append([]string{}, smallModel...), "-o", filepath.Join(dir, "m.safetensors")), "change the permissions of its directory")
}
