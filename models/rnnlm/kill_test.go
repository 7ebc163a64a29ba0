//go:build unix

package rnnlm

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// victimEnv names the checkpoint of the training that the test's own program runs as a child, to be killed.
const victimEnv = "LANE_TEST_CHECKPOINT"

func victimOptions() ([]int32, []int32, Options) {
	o := hardOptions("adam", "plateau")
	o.Epochs = 30
	return walk(101, 9, 1), walk(60, 9, 2), o
}

// TestVictim is the child: it trains, or goes on where an earlier child was killed, with a checkpoint after every step.
func TestVictim(t *testing.T) {
	path := os.Getenv(victimEnv)
	if path == "" {
		t.Skip("runs as the child of TestKilledTrainingResumes")
	}
	train, valid, o := victimOptions()
	o.Checkpoint, o.CheckpointEvery = path, 1
	m := tinyModel(t, hardConfig(), 9)
	if _, err := os.Stat(path); err == nil {
		o.Resume, err = LoadCheckpoint(path)
		require.NoError(t, err)
	}
	_, err := Train(t.Context(), m, train, valid, o)
	require.NoError(t, err)
}

// A training killed at any moment, again and again, ends with the bits of one that was left alone.
func TestKilledTrainingResumes(t *testing.T) {
	train, valid, o := victimOptions()
	want := tinyModel(t, hardConfig(), 9)
	_, err := Train(t.Context(), want, train, valid, o)
	require.NoError(t, err)

	path := filepath.Join(t.TempDir(), "c")
	for _, delay := range []time.Duration{20, 70, 150} {
		child := exec.Command(os.Args[0], "-test.run=^TestVictim$")
		child.Env = append(os.Environ(), victimEnv+"="+path)
		if err := child.Start(); err != nil {
			t.Skipf("this program can't start itself: %v", err) // as under an emulator
		}
		require.Eventually(t, func() bool { _, err := os.Stat(path); return err == nil }, 20*time.Second, time.Millisecond)
		time.Sleep(delay * time.Millisecond)
		require.NoError(t, child.Process.Kill())
		child.Wait() // the error says that it was killed
	}

	o.Resume, err = LoadCheckpoint(path)
	require.NoError(t, err)
	m := o.Resume.Model
	_, err = Train(t.Context(), m, train, valid, o)
	require.NoError(t, err)
	require.Equal(t, weights(want), weights(m))
}
