package rnnlm

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
	"github.com/stretchr/testify/require"
)

// hardConfig and hardOptions have everything that a checkpoint must carry: the random numbers of all kinds of dropout, the
// optimizer's averages, the schedule, the best model, two layers' states.
func hardConfig() Config {
	c := tinyConfig(LSTM)
	c.Dropout, c.EmbedDropout, c.WeightDrop = 0.3, 0.1, 0.2
	return c
}

func hardOptions(optimizer, schedule string) Options {
	return Options{
		Batch: 3, BPTT: 4, Optimizer: optimizer, LR: 2 * DefaultLR(optimizer), Clip: 0.25,
		Schedule: schedule, Epochs: 3, Seed: 5, KeepBest: true,
	}
}

func TestResumeGivesTheBitsOfAnUninterruptedTraining(t *testing.T) {
	train, valid := walk(101, 9, 1), walk(60, 9, 2) // 8 steps an epoch
	for _, c := range []struct {
		optimizer, schedule string
		cutoffs             []int
		dropoutWarmup       float64
	}{
		{"sgd", "plateau", nil, 0}, {"momentum", "onecycle", nil, 0}, {"adagrad", "constant", []int{5}, 0.5},
		{"adam", "cosine", nil, 1}, {"adamw", "onecycle", nil, 0},
	} {
		t.Run(c.optimizer+"/"+c.schedule, func(t *testing.T) {
			o, config := hardOptions(c.optimizer, c.schedule), hardConfig()
			config.Cutoffs, o.DropoutWarmup = c.cutoffs, c.dropoutWarmup
			m := tinyModel(t, config, 9)
			want, err := Train(t.Context(), m, train, valid, o)
			require.NoError(t, err)

			for _, cut := range []int{1, 7, 8, 9, 16, 23, 24} {
				for _, atEpochEnd := range []bool{false, true} {
					if atEpochEnd && cut%8 != 0 {
						continue
					}
					path := filepath.Join(t.TempDir(), "c")
					first := o
					first.Checkpoint = path
					first.Progress = func(p Progress) error {
						if p.Step == cut && p.EpochEnd == atEpochEnd {
							return errEnough
						}
						return nil
					}
					_, err := Train(t.Context(), tinyModel(t, config, 9), train, valid, first)
					require.ErrorIs(t, err, errEnough)

					second := o
					second.Resume, err = LoadCheckpoint(path)
					require.NoError(t, err)
					require.Equal(t, cut, second.Resume.Step)
					got, err := Train(t.Context(), second.Resume.Model, train, valid, second)
					require.NoError(t, err)
					require.Equal(t, weights(m), weights(second.Resume.Model), "cut after step %d", cut)
					got.Seconds, got.PerSec = want.Seconds, want.PerSec
					require.Equal(t, want, got)
				}
			}
		})
	}
}

// Wherever a checkpoint claims to stand, under a checksum that is right, it is refused or can be gone on from.
func FuzzCheckpointPosition(f *testing.F) {
	train := walk(101, 9, 1)
	o := hardOptions("adam", "plateau")
	o.Checkpoint = filepath.Join(f.TempDir(), "c")
	o.Progress = func(p Progress) error { return errEnough }
	_, err := Train(f.Context(), tinyModel(f, hardConfig(), 9), train, train, o)
	require.ErrorIs(f, err, errEnough)
	c, err := LoadCheckpoint(o.Checkpoint)
	require.NoError(f, err)
	at := c.header.Position
	f.Add(at.Epoch, at.Window, at.Step, at.BestEpoch, at.Waited, 0.5)
	path := o.Checkpoint
	o.Checkpoint, o.Progress = "", nil
	f.Fuzz(func(t *testing.T, epoch, window, step, best, waited int, loss float64) {
		c, err := LoadCheckpoint(path)
		require.NoError(t, err)
		p := &c.header.Position
		p.Epoch, p.Window, p.Step, p.BestEpoch, p.Waited, p.LossSum, p.BestLoss = epoch, window, step, best, waited, loss, loss
		o := o
		o.Resume = c
		_, _ = Train(t.Context(), c.Model, train, train, o) // a loss so far may be absurd
	})
}

// Resumed where only the end of an epoch is left of it, a training reports that end as if it had not stopped.
func TestResumeAtTheEndOfAnEpochReportsItsLastStep(t *testing.T) {
	train := walk(101, 9, 1) // 8 steps an epoch
	o := hardOptions("sgd", "constant")
	o.Epochs, o.Checkpoint = 1, filepath.Join(t.TempDir(), "c")
	var want, got Progress
	o.Progress = func(p Progress) error { want = p; return nil }
	_, err := Train(t.Context(), tinyModel(t, hardConfig(), 9), train, nil, o)
	require.NoError(t, err)
	require.True(t, want.EpochEnd)
	require.Positive(t, want.Loss)
	require.Positive(t, want.Norm)
	require.Equal(t, o.LR, want.LR)

	o.Progress = func(p Progress) error {
		if p.Step == 8 {
			return errEnough
		}
		return nil
	}
	_, err = Train(t.Context(), tinyModel(t, hardConfig(), 9), train, nil, o)
	require.ErrorIs(t, err, errEnough)
	o.Resume, err = LoadCheckpoint(o.Checkpoint)
	require.NoError(t, err)
	o.Progress = func(p Progress) error { got = p; return nil }
	_, err = Train(t.Context(), o.Resume.Model, train, nil, o)
	require.NoError(t, err)
	require.Positive(t, got.Seconds)
	require.Positive(t, got.PerSec)
	got.Seconds, got.PerSec = want.Seconds, want.PerSec
	require.Equal(t, want, got)
}

// Whatever file a killed training leaves behind, the last of the periodic ones or the one before it, it leads to the same bits.
func TestEveryCheckpointOfATrainingLeadsToItsEnd(t *testing.T) {
	train, valid := walk(101, 9, 1), walk(60, 9, 2)
	o := hardOptions("adam", "plateau")
	o.Checkpoint, o.CheckpointEvery = filepath.Join(t.TempDir(), "c"), 1
	var kept [][]byte
	o.Progress = func(p Progress) error {
		for _, name := range []string{o.Checkpoint, o.Checkpoint + ".previous"} {
			if content, err := os.ReadFile(name); err == nil && p.Step%5 == 0 {
				kept = append(kept, content)
			}
		}
		return nil
	}
	m := tinyModel(t, hardConfig(), 9)
	_, err := Train(t.Context(), m, train, valid, o)
	require.NoError(t, err)
	require.Greater(t, len(kept), 6)

	for _, content := range kept {
		path := filepath.Join(t.TempDir(), "kept")
		require.NoError(t, os.WriteFile(path, content, 0o600))
		rest := hardOptions("adam", "plateau")
		rest.Resume, err = LoadCheckpoint(path)
		require.NoError(t, err)
		other := tinyModel(t, hardConfig(), 9) // resuming fills any model of the same shape
		_, err := Train(t.Context(), other, train, valid, rest)
		require.NoError(t, err)
		require.Equal(t, weights(m), weights(other))
	}
}

// askedTimes is a context that is done once it has been asked so many times.
type askedTimes struct {
	context.Context
	left *int
}

func (c askedTimes) Err() error {
	if *c.left--; *c.left < 0 {
		return context.Canceled
	}
	return nil
}

// A training can be cancelled in the middle of a validation, which then begins again.
func TestCancelledValidationsBeginAgain(t *testing.T) {
	train, valid := walk(101, 9, 1), walk(200, 9, 2) // 8 steps an epoch, 4 of validation
	o := hardOptions("sgd", "plateau")
	o.AverageFrom = 2
	m := tinyModel(t, hardConfig(), 9)
	want, err := Train(t.Context(), m, train, valid, o)
	require.NoError(t, err)

	o.Checkpoint = filepath.Join(t.TempDir(), "c")
	inValidation := 0
	for asked := 0; ; asked++ {
		o.Resume = nil
		model, left := tinyModel(t, hardConfig(), 9), asked
		_, err := Train(askedTimes{t.Context(), &left}, model, train, valid, o)
		if err == nil {
			require.Equal(t, 3*(8+4)+1, asked)
			break
		}
		require.ErrorIs(t, err, context.Canceled)
		o.Resume, err = LoadCheckpoint(o.Checkpoint)
		require.NoError(t, err)
		if p := o.Resume.header.Position; p.Window == 8 {
			inValidation++
		}
		got, err := Train(t.Context(), o.Resume.Model, train, valid, o)
		require.NoError(t, err)
		require.Equal(t, weights(m), weights(o.Resume.Model), "cancelled when asked %d times", asked)
		got.Seconds, got.PerSec = want.Seconds, want.PerSec
		require.Equal(t, want, got)
	}
	require.Equal(t, 3*(1+4), inValidation)
}

// What ends before its first step has nothing to write, and leaves both checkpoints.
func TestResumedAndCancelledAtOnce(t *testing.T) {
	ids := walk(101, 9, 1) // 8 steps an epoch
	o := hardOptions("sgd", "constant")
	path := checkpointFile(t, hardConfig(), o, ids, nil)
	o.Checkpoint = path
	for range 2 {
		before := files(t, path)
		require.NotEqual(t, before[0], before[1])
		var err error
		o.Resume, err = LoadCheckpoint(path)
		require.NoError(t, err)
		none := 0
		_, err = Train(askedTimes{t.Context(), &none}, o.Resume.Model, ids, nil, o)
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, before, files(t, path))
	}
}

// files is what a checkpoint and the one before it hold.
func files(t testing.TB, path string) [2]string {
	now, err := os.ReadFile(path)
	require.NoError(t, err)
	before, err := os.ReadFile(path + ".previous")
	require.NoError(t, err)
	return [2]string{string(now), string(before)}
}

// A divergence is told of even if the training is cancelled at the same time.
func TestDivergenceBeatsCancellation(t *testing.T) {
	train, valid := walk(101, 9, 1), walk(200, 9, 2) // 8 steps an epoch, 4 of validation
	o := hardOptions("sgd", "constant")
	o.Checkpoint = filepath.Join(t.TempDir(), "c")
	m := tinyModel(t, hardConfig(), 9)
	o.Progress = func(p Progress) error {
		if p.Step == 8 && !p.EpochEnd {
			m.decoder.(*nn.Linear).Bias.Value.Set(0, 2, float32(math.Inf(1)))
		}
		return nil
	}
	left := 1 + 8 + 4
	_, err := Train(askedTimes{t.Context(), &left}, m, train, valid, o)
	var d *DivergenceError
	require.ErrorAs(t, err, &d)
	require.Equal(t, "validation loss", d.What)
	require.Equal(t, -1, left, "cancelled as the validation was over")
}

// checkpointFile trains for some steps and returns the checkpoint's path.
func checkpointFile(t *testing.T, c Config, o Options, train, valid []int32) string {
	t.Helper()
	o.Checkpoint = filepath.Join(t.TempDir(), "c")
	o.Progress = func(p Progress) error {
		if p.Step == 10 {
			return errEnough
		}
		return nil
	}
	_, err := Train(t.Context(), tinyModel(t, c, 9), train, valid, o)
	require.ErrorIs(t, err, errEnough)
	return o.Checkpoint
}

func TestCheckpointsThatAreBrokenAreRefused(t *testing.T) {
	ids := walk(101, 9, 1)
	path := checkpointFile(t, hardConfig(), hardOptions("adam", "plateau"), ids, ids)
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	previous, err := LoadCheckpoint(path + ".previous")
	require.NoError(t, err, "the one before is whole too")
	require.Equal(t, 8, previous.Step)

	refused := func(content []byte, message string) {
		t.Helper()
		require.NoError(t, os.WriteFile(path, content, 0o600))
		_, err := LoadCheckpoint(path)
		require.ErrorContains(t, err, "rnnlm: cannot load the checkpoint "+path)
		require.ErrorContains(t, err, message)
		require.ErrorContains(t, err, "the one before it is "+path+".previous")
	}
	refused(nil, "this is not a language model's checkpoint")
	refused([]byte("hello, world: some other file, long enough for all that is asked of it"), "this is not a language model's checkpoint")
	refused(whole[:len(checkpointMagic)+5], "it is truncated")
	refused(append([]byte("lane language model checkpoint 2\n"), whole[len(checkpointMagic):]...), `its version is "2", this program reads 1`)
	for n := len(checkpointMagic) + 40; n < len(whole); n += len(whole) / 13 {
		refused(whole[:n], "truncated or altered")
	}
	for i := len(checkpointMagic); i < len(whole); i += len(whole) / 13 {
		altered := append([]byte(nil), whole...)
		altered[i] ^= 1
		refused(altered, "truncated or altered")
	}
	refused(append(append([]byte(nil), whole...), 0), "truncated or altered")

	_, err = LoadCheckpoint(path + ".none")
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestResumeRefusesAnotherTraining(t *testing.T) {
	train, valid := walk(101, 9, 1), walk(60, 9, 2)
	o := hardOptions("adam", "cosine")
	checkpoint, err := LoadCheckpoint(checkpointFile(t, hardConfig(), o, train, valid))
	require.NoError(t, err)
	o.Resume = checkpoint

	changed := append([]int32(nil), train...)
	changed[50] = (changed[50] + 1) % 9
	for message, attempt := range map[string]func() (*Model, []int32, []int32, Options){
		"the training text is not the checkpoint's": func() (*Model, []int32, []int32, Options) {
			return checkpoint.Model, changed, valid, o
		},
		"the validation text is not the checkpoint's": func() (*Model, []int32, []int32, Options) {
			return checkpoint.Model, train, nil, o
		},
		"the validation text is not the checkpoint's: give": func() (*Model, []int32, []int32, Options) {
			return checkpoint.Model, train, changed[:60], o
		},
		"the checkpoint's model is": func() (*Model, []int32, []int32, Options) {
			return tinyModel(t, tinyConfig(GRU), 9), train, valid, o
		},
		"Cutoffs:[5]": func() (*Model, []int32, []int32, Options) {
			c := hardConfig()
			c.Cutoffs = []int{5}
			return tinyModel(t, c, 9), train, valid, o
		},
		"the vocabulary is not the checkpoint's": func() (*Model, []int32, []int32, Options) {
			m := tinyModel(t, hardConfig(), 9)
			m.vocab = renamed(t, 9)
			return m, train, valid, o
		},
	} {
		m, a, b, options := attempt()
		_, err := Train(t.Context(), m, a, b, options)
		require.ErrorContains(t, err, "rnnlm: cannot resume from ")
		require.ErrorContains(t, err, message)
	}
	for message, change := range map[string]func(o *Options){
		"batch is 2, the checkpoint's 3":          func(o *Options) { o.Batch = 2 },
		"bptt is 5, the checkpoint's 4":           func(o *Options) { o.BPTT = 5 },
		"optimizer is sgd, the checkpoint's adam": func(o *Options) { o.Optimizer = "sgd" },
		"lr is 3, the checkpoint's 0.004":         func(o *Options) { o.LR = 3 },
		"clip is 0.5, the checkpoint's 0.25":      func(o *Options) { o.Clip = 0.5 },
		"schedule is constant, the checkpoint's":  func(o *Options) { o.Schedule = "constant" },
		"seed is 6, the checkpoint's 5":           func(o *Options) { o.Seed = 6 },
		"keep-best is false, the checkpoint's":    func(o *Options) { o.KeepBest = false },
		"dropout-warmup is 0.5, the checkpoint's": func(o *Options) { o.DropoutWarmup = 0.5 },
		"average-from is 2, the checkpoint's 0":   func(o *Options) { o.AverageFrom = 2 },
		"nonmono is 1, the checkpoint's 0":        func(o *Options) { o.NonMono = 1 },
		"precision is bfloat16, the checkpoint's": func(o *Options) { o.Precision = lane.BFloat16 },
		"epochs is 9, the checkpoint's 3":         func(o *Options) { o.Epochs = 9 },
	} {
		p := o
		change(&p)
		_, err := Train(t.Context(), checkpoint.Model, train, valid, p)
		if message[:2] == "ba" || message[:2] == "bp" { // which move the place it stands at, too
			message = "cannot resume"
		}
		require.ErrorContains(t, err, message)
	}
	for _, stretched := range []Options{{Schedule: "cosine"}, {Schedule: "onecycle"}, {Schedule: "constant", DropoutWarmup: 0.5}} {
		stretched.Epochs = 3
		longer := stretched
		longer.Epochs = 9
		require.ErrorContains(t, longer.sameRecipe(stretched), "epochs is 9")
	}
}

func TestEveryTokenTellsTextsApart(t *testing.T) {
	ids := walk(5000, 9, 1)
	whole := hashIDs(ids)
	for _, i := range []int{0, 4095, 4096, 4999} {
		ids[i]++
		require.NotEqual(t, whole, hashIDs(ids), "token %d", i)
		ids[i]--
	}
	require.NotEqual(t, whole, hashIDs(ids[:4999]))
}

// A training stopped where it has just written its checkpoint doesn't write it twice, and so keeps the one before.
func TestStoppingAtTheEndOfAnEpochKeepsThePreviousCheckpoint(t *testing.T) {
	o := hardOptions("sgd", "constant")
	o.Checkpoint = filepath.Join(t.TempDir(), "c")
	o.Progress = func(p Progress) error {
		if p.EpochEnd {
			return errEnough
		}
		return nil
	}
	_, err := Train(t.Context(), tinyModel(t, hardConfig(), 9), walk(101, 9, 1), nil, o)
	require.ErrorIs(t, err, errEnough)
	for path, step := range map[string]int{o.Checkpoint: 8, o.Checkpoint + ".previous": 0} {
		c, err := LoadCheckpoint(path)
		require.NoError(t, err)
		require.Equal(t, step, c.Step)
	}
}

// Resumed, a training leaves the checkpoint before alone until it has a new one, and knows that it can go back to what it began with.
func TestResumingKeepsThePreviousCheckpoint(t *testing.T) {
	ids := walk(101, 9, 1)
	o := hardOptions("sgd", "constant")
	path := checkpointFile(t, hardConfig(), o, ids, nil)
	stale := filepath.Join(filepath.Dir(path), ".c.0badc0de.tmp")
	require.NoError(t, os.WriteFile(stale, nil, 0o600))
	var err error
	o.Resume, err = LoadCheckpoint(path)
	require.NoError(t, err)
	o.Checkpoint = path
	m := o.Resume.Model
	o.Progress = func(p Progress) error {
		if p.Step == 11 {
			previous, err := LoadCheckpoint(path + ".previous")
			require.NoError(t, err)
			require.Equal(t, 8, previous.Step)
			m.decoder.(*nn.Linear).Bias.Value.Set(0, 2, float32(math.NaN()))
		}
		return nil
	}
	_, err = Train(t.Context(), m, ids, nil, o)
	require.ErrorContains(t, err, "step 12 of epoch 2")
	require.ErrorContains(t, err, "the last good checkpoint is "+path)
	require.NoFileExists(t, stale, "a killed writing's")
}

// A finished training can be given more epochs where the schedule doesn't stretch over them.
func TestResumeWithMoreEpochs(t *testing.T) {
	train, valid := walk(101, 9, 1), walk(60, 9, 2)
	o := hardOptions("sgd", "plateau")
	o.Epochs = 5
	want := tinyModel(t, hardConfig(), 9)
	_, err := Train(t.Context(), want, train, valid, o)
	require.NoError(t, err)

	o.Epochs, o.Checkpoint = 2, filepath.Join(t.TempDir(), "c")
	_, err = Train(t.Context(), tinyModel(t, hardConfig(), 9), train, valid, o)
	require.NoError(t, err)
	o.Epochs = 5
	o.Resume, err = LoadCheckpoint(o.Checkpoint)
	require.NoError(t, err)
	m := o.Resume.Model
	_, err = Train(t.Context(), m, train, valid, o)
	require.NoError(t, err)
	require.Equal(t, weights(want), weights(m))
}

func TestCheckpointsOfAFileThatCannotBeKept(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(dir+"/c", []byte("an old one"), 0o600))
	require.NoError(t, os.MkdirAll(dir+"/c.previous.tmp/full", 0o700))
	o := tinyOptions()
	o.Checkpoint = dir + "/c"
	_, err := Train(t.Context(), tinyModel(t, tinyConfig(RNN), 9), walk(100, 9, 1), nil, o)
	require.ErrorContains(t, err, fmt.Sprintf("cannot keep %q", dir+"/c"))
}

// What days of training came to does not depend on there still being room for the last checkpoint.
func TestModelWithoutTheLastCheckpoint(t *testing.T) {
	train, want := walk(200, 9, 1), tinyModel(t, tinyConfig(LSTM), 9)
	o := tinyOptions()
	result, err := Train(t.Context(), want, train, train[:50], o)
	require.NoError(t, err)

	dir := filepath.Join(t.TempDir(), "gone")
	require.NoError(t, os.Mkdir(dir, 0o700))
	o.Checkpoint = filepath.Join(dir, "c")
	o.Progress = func(p Progress) error {
		if p.EpochEnd && p.Epoch == o.Epochs {
			return os.RemoveAll(dir)
		}
		return nil
	}
	m := tinyModel(t, tinyConfig(LSTM), 9)
	got, err := Train(t.Context(), m, train, train[:50], o)
	require.ErrorIs(t, err, ErrLastCheckpoint)
	require.ErrorContains(t, err, o.Checkpoint)
	require.Equal(t, weights(want), weights(m))
	require.Equal(t, result.ValidPerplexity, got.ValidPerplexity)
}

// A training that is stopped and can't write its checkpoint tells both.
func TestStoppedWithoutACheckpoint(t *testing.T) {
	dir := t.TempDir()
	enough := errors.New("enough")
	o := tinyOptions()
	o.Checkpoint = filepath.Join(dir, "c", "checkpoint")
	require.NoError(t, os.Mkdir(filepath.Dir(o.Checkpoint), 0o777))
	o.Progress = func(Progress) error { return errors.Join(enough, os.RemoveAll(filepath.Dir(o.Checkpoint))) }
	_, err := Train(context.Background(), tinyModel(t, tinyConfig(LSTM), 9), walk(200, 9, 1), nil, o)
	require.ErrorIs(t, err, enough)
	require.ErrorContains(t, err, "training stopped after step 1")
	require.ErrorIs(t, err, fs.ErrNotExist)
}
