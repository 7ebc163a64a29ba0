package word2vec

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/lane-go/lane/models/corpus"
	"github.com/stretchr/testify/require"
)

var errStop = errors.New("stop here")

// stopAfter makes training end after so many batches.
func stopAfter(o *Options, batches int) {
	o.ProgressEvery = 1
	o.Progress = func(Progress) error {
		if batches--; batches == 0 {
			return errStop
		}
		return nil
	}
}

func TestResumedTrainingGivesTheSameBits(t *testing.T) {
	for name, o := range kinds() {
		t.Run(name, func(t *testing.T) {
			o = sharded(o, 5)
			o.Sample = 0.05
			stream, vocab := encode(t, topics(150, 9))
			want, err := Train(t.Context(), stream, vocab, o)
			require.NoError(t, err)
			steps := 0
			o.ProgressEvery = 1
			o.Progress = func(Progress) error { steps++; return nil }
			_, err = Train(t.Context(), stream, vocab, o)
			require.NoError(t, err)

			o.Checkpoint = filepath.Join(t.TempDir(), "state")
			stops := []int{1, 2, 7, steps / 2, steps/2 - 1, steps/2 + 1, steps - 1, steps}
			for _, stop := range stops {
				o := o
				o.Threads = 2
				stopAfter(&o, stop)
				_, err = Train(t.Context(), stream, vocab, o)
				require.ErrorIs(t, err, errStop)

				o.Progress, o.Threads, o.Resume = nil, 1, o.Checkpoint
				got, err := Train(t.Context(), stream, vocab, o)
				require.NoError(t, err)
				requireSameBits(t, want, got)

				// The last checkpoint is the end, and can be resumed too.
				again, err := Train(t.Context(), stream, vocab, o)
				require.NoError(t, err)
				requireSameBits(t, want, again)
			}
		})
	}
}

func TestInterruptedAgainAndAgain(t *testing.T) {
	o := sharded(small(SkipGram, NegativeSampling), 4)
	stream, vocab := encode(t, topics(100, 10))
	want, err := Train(t.Context(), stream, vocab, o)
	require.NoError(t, err)

	o.Checkpoint = filepath.Join(t.TempDir(), "state")
	for runs := 0; ; runs++ {
		stopAfter(&o, 3)
		got, err := Train(t.Context(), stream, vocab, o)
		o.Resume = o.Checkpoint
		if err == nil {
			requireSameBits(t, want, got)
			require.Greater(t, runs, 5)
			return
		}
		require.ErrorIs(t, err, errStop)
	}
}

func TestCheckpointsAreWrittenOnTheWay(t *testing.T) {
	o := small(CBOW, NegativeSampling)
	o.round = 20
	path := filepath.Join(t.TempDir(), "state")
	o.Checkpoint, o.CheckpointEvery, o.ProgressEvery = path, 1, 1
	written := 0
	o.Progress = func(Progress) error {
		if _, err := os.Stat(path); err == nil {
			written++
		}
		return os.RemoveAll(path)
	}
	train(t, topics(50, 3), o)
	require.Greater(t, written, 3)

	o.Checkpoint = filepath.Join(t.TempDir(), "no", "such", "place")
	stream, vocab := encode(t, topics(50, 3))
	_, err := Train(t.Context(), stream, vocab, o)
	require.ErrorContains(t, err, "word2vec: the checkpoint is not written: ")
	require.ErrorContains(t, err, o.Checkpoint)
	require.NotErrorIs(t, err, ErrLastCheckpoint)

	// What it came to does not depend on there still being room for the last one.
	o.CheckpointEvery = time.Hour
	model, err := Train(t.Context(), stream, vocab, o)
	require.ErrorIs(t, err, ErrLastCheckpoint)
	o.Checkpoint = ""
	requireSameBits(t, train(t, topics(50, 3), o), model)
}

// saved returns a checkpoint of a short training, its text and settings.
func saved(t testing.TB) (state []byte, stream *corpus.Stream, vocab *corpus.Vocab, o Options) {
	t.Helper()
	o = small(SkipGram, NegativeSampling)
	o.Dim, o.round = 3, 48
	stream, vocab = encode(t, topics(30, 11))
	stopped := o
	stopAfter(&stopped, 2)
	tr, err := NewTrainer(stream, vocab, stopped)
	require.NoError(t, err)
	require.ErrorIs(t, tr.Run(t.Context()), errStop)
	var b bytes.Buffer
	require.NoError(t, tr.Save(&b))
	return b.Bytes(), stream, vocab, o
}

// load resumes from the bytes of a checkpoint.
func load(stream *corpus.Stream, vocab *corpus.Vocab, o Options, state []byte) error {
	tr, err := NewTrainer(stream, vocab, o)
	if err != nil {
		return err
	}
	return tr.Load(bytes.NewReader(state))
}

func TestDamagedCheckpointsAreRefused(t *testing.T) {
	state, stream, vocab, o := saved(t)
	require.NoError(t, load(stream, vocab, o, state))
	for n := range state {
		require.ErrorContains(t, load(stream, vocab, o, state[:n]), "truncated", "cut to %d bytes", n)
	}
	for i := range state {
		altered := bytes.Clone(state)
		altered[i] ^= 1 << (i % 8)
		err := load(stream, vocab, o, altered)
		require.Error(t, err, "byte %d", i)
		require.NotContains(t, err.Error(), "it was made", "damage is not taken for another training's")
	}
	require.ErrorContains(t, load(stream, vocab, o, append(bytes.Clone(state), 0)), "something behind its end")

	altered := bytes.Clone(state)
	altered[len(altered)-100] ^= 1
	require.ErrorContains(t, load(stream, vocab, o, altered), "its checksum does not match its content")
	require.ErrorContains(t, load(stream, vocab, o, []byte("the quick brown fox")), "it is not a checkpoint of word2vec")
	binary.LittleEndian.PutUint32(altered[8:], 1)
	require.ErrorContains(t, load(stream, vocab, o, altered), "it has version 1 and only 3 is known")
	binary.LittleEndian.PutUint32(altered[8:], 3)
	binary.LittleEndian.PutUint32(altered[12:], 1<<31)
	require.ErrorContains(t, load(stream, vocab, o, altered), "its header claims 2147483648 bytes")
}

func TestCheckpointsOfOtherTrainingsAreRefused(t *testing.T) {
	state, stream, vocab, o := saved(t)
	for _, c := range []struct {
		change func(*Options)
		want   string
	}{
		{func(o *Options) { o.Dim = 4 }, "it was made with dim 3 and this training has dim 4: resume with the settings it began with"},
		{func(o *Options) { o.Model = CBOW }, "it was made with model skipgram and this training has model cbow"},
		{func(o *Options) { o.Loss = HierarchicalSoftmax }, "it was made with loss ns and this training has loss hs"},
		{func(o *Options) { o.Seed = 2 }, "it was made with seed 1 and this training has seed 2"},
		{func(o *Options) { o.Sample = 0.5 }, "it was made with sample 0 and this training has sample 0.5"},
		{func(o *Options) { o.MinLR = 0.001 }, "it was made with min-lr 0.0001 and this training has min-lr 0.001"},
		{func(o *Options) { o.Epochs = 3 }, "it was made with epochs 2 and this training has epochs 3"},
		{func(o *Options) { o.Window = 4 }, "it was made with window 3 and this training has window 4"},
		{func(o *Options) { o.Negative = 6 }, "it was made with negative 5 and this training has negative 6"},
		{func(o *Options) { o.LR = 0.02 }, "it was made with lr 0.025 and this training has lr 0.02"},
		{func(o *Options) { o.Compat = Word2vec }, "it was made with compat lane and this training has compat word2vec"},
		{func(o *Options) { o.Hogwild = true }, "it was made with hogwild false and this training has hogwild true"},
		{func(o *Options) { o.PrivateNegatives = true }, "it was made with private-negatives false and this training has private-negatives true"},
	} {
		o := o
		c.change(&o)
		require.ErrorContains(t, load(stream, vocab, o, state), c.want)
	}

	same := o
	same.Threads, same.ProgressEvery, same.CheckpointEvery = 5, 7, 8
	require.NoError(t, load(stream, vocab, same, state))

	otherStream, otherVocab := encode(t, topics(30, 12))
	tr, err := NewTrainer(stream, vocab, o)
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, tr.Save(&b))
	require.ErrorContains(t, load(otherStream, otherVocab, o, b.Bytes()), "it was made on another text or vocabulary")
	for _, change := range []func(h *header){func(h *header) { h.Words++ }, func(h *header) { h.Text++ }, func(h *header) { h.Vocab = digest(otherVocab) }} {
		h := tr.header()
		require.NoError(t, tr.checkSame(h))
		change(&h)
		require.ErrorContains(t, tr.checkSame(h), "it was made on another text or vocabulary")
	}
}

func TestDigestsTellVocabulariesApart(t *testing.T) {
	seen := map[string]bool{}
	for _, words := range [][]string{{"a", "b"}, {"a", "c"}, {"ab", "c"}, {"a", "bc"}} {
		for _, counts := range [][]int64{{3, 2}, {3, 1}, {4, 2}} {
			vocab, err := corpus.NewVocab(words, counts)
			require.NoError(t, err)
			require.False(t, seen[digest(vocab)], "%q %v", words, counts)
			seen[digest(vocab)] = true
		}
	}
}

func TestResumeNamesTheFile(t *testing.T) {
	state, stream, vocab, o := saved(t)
	o.Resume = filepath.Join(t.TempDir(), "state")
	_, err := Train(t.Context(), stream, vocab, o)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "word2vec: cannot resume from ")

	require.NoError(t, os.WriteFile(o.Resume, state[:len(state)/2], 0o666))
	_, err = Train(t.Context(), stream, vocab, o)
	require.ErrorContains(t, err, o.Resume)
	require.ErrorContains(t, err, "the file is truncated; resume from another one")
}

// Wherever a checkpoint claims to stand, under a checksum that is right, it is refused or can be gone on from.
func FuzzCheckpointPosition(f *testing.F) {
	state, stream, vocab, o := saved(f)
	body := state[:len(state)-sha256.Size]
	h, err := readHeader(bytes.NewReader(body), maxHeader)
	require.NoError(f, err)
	tables := body[len(body)-4*2*o.Dim*vocab.Len():]
	f.Add(h.State.Next.Epoch, h.State.Next.Places[0].Piece, h.State.Next.Places[0].Used, len(h.State.Next.Places), h.State.Step, 0.5)
	f.Fuzz(func(t *testing.T, epoch int, piece int64, used, places int, step int64, loss float64) {
		h := h
		h.State.Step, h.State.Next.Epoch, h.State.Next.Places = step, epoch, nil
		for range places % 9 {
			h.State.Next.Places = append(h.State.Next.Places, place{piece, used})
		}
		if !math.IsNaN(loss) && !math.IsInf(loss, 0) {
			h.State.Epoch.Sum = loss
		}
		text, err := json.Marshal(h)
		require.NoError(t, err)
		forged := append(bytes.Clone(state[:len(checkpointMagic)+4]), binary.LittleEndian.AppendUint32(nil, uint32(len(text)))...)
		forged = append(append(forged, text...), tables...)
		sum := sha256.Sum256(forged)
		tr, err := NewTrainer(stream, vocab, o)
		require.NoError(t, err)
		if tr.Load(bytes.NewReader(append(forged, sum[:]...))) == nil {
			_ = tr.Run(t.Context()) // a loss so far may be absurd
		}
	})
}

// An interrupted save is an error, not half a checkpoint.
func TestSaveReportsFailingWrites(t *testing.T) {
	_, stream, vocab, o := saved(t)
	tr, err := NewTrainer(stream, vocab, o)
	require.NoError(t, err)
	var whole bytes.Buffer
	require.NoError(t, tr.Save(&whole))
	full := errors.New("disk full")
	for room := 0; room < whole.Len(); room += 97 {
		require.ErrorIs(t, tr.Save(&limited{room, full}), full)
	}
}

// limited is a disk with so many bytes left.
type limited struct {
	room int
	err  error
}

func (l *limited) Write(p []byte) (int, error) {
	if len(p) > l.room {
		return l.room, l.err
	}
	l.room -= len(p)
	return len(p), nil
}
