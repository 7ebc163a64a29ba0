package word2vec

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/lane-go/lane/models/wordvec"
)

// Architecture says what predicts what (Mikolov et al. 2013a, §3).
type Architecture int

const (
	SkipGram Architecture = iota // a word and each of its neighbours, pair by pair
	CBOW                         // the mean of the neighbours predicts the word
)

var architectures = []string{"skipgram", "cbow"}

// String returns "skipgram" or "cbow", and the number of anything else, as "Architecture(7)".
func (a Architecture) String() string { return nameOf("Architecture", architectures, int(a)) }

// MarshalText writes "skipgram" or "cbow".
func (a Architecture) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads "skipgram" or "cbow"; anything else is an error.
func (a *Architecture) UnmarshalText(text []byte) error {
	return parse((*int)(a), "model", architectures, string(text))
}

// Loss says how the probability of a word among all words is modelled.
type Loss int

const (
	NegativeSampling    Loss = iota // tells the word from words drawn at random (Mikolov et al. 2013b, eq. 4)
	Softmax                         // the full softmax over the vocabulary (2013b, eq. 2): the simple one-hot model
	HierarchicalSoftmax             // a binary decision at each node of a Huffman tree (2013b, eq. 3; Morin & Bengio 2005)
)

var losses = []string{"ns", "softmax", "hs"}

// String returns "ns", "softmax" or "hs", and the number of anything else, as "Loss(7)".
func (l Loss) String() string { return nameOf("Loss", losses, int(l)) }

// MarshalText writes "ns", "softmax" or "hs".
func (l Loss) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads "ns", "softmax" or "hs"; anything else is an error.
func (l *Loss) UnmarshalText(text []byte) error {
	return parse((*int)(l), "loss", losses, string(text))
}

func nameOf(kind string, names []string, i int) string {
	if i < 0 || i >= len(names) {
		return fmt.Sprintf("%s(%d)", kind, i)
	}
	return names[i]
}

func parse(dst *int, option string, names []string, name string) error {
	for i, known := range names {
		if name == known {
			*dst = i
			return nil
		}
	}
	return fmt.Errorf("word2vec: unknown %s %q: take one of %q", option, name, names)
}

// Compat says whose arithmetic is followed where lane's own differs by default.
type Compat int

const (
	Lane     Compat = iota // as the package documentation explains
	Word2vec               // word2vec.c's and gensim's: CBOW's gradient undivided, and PrivateNegatives
)

var compats = []string{"lane", "word2vec"}

// String returns "lane" or "word2vec", and the number of anything else, as "Compat(7)".
func (c Compat) String() string { return nameOf("Compat", compats, int(c)) }

// MarshalText writes "lane" or "word2vec".
func (c Compat) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads "lane" or "word2vec"; anything else is an error.
func (c *Compat) UnmarshalText(text []byte) error {
	return parse((*int)(c), "compat", compats, string(text))
}

// Options say how to train; start from [DefaultOptions]. The settings up to Seed decide the result, to the last
// bit; those after it don't touch it.
type Options struct {
	Model    Architecture // default SkipGram
	Loss     Loss         // default NegativeSampling
	Dim      int          // length of a vector, default 100
	Window   int          // at most so many words to each side are neighbours, default 5
	Negative int          // words drawn against each true one (negative sampling only), default 5
	Sample   float64      // threshold of [corpus.Subsampler], default 1e-3; 0 keeps every word
	Epochs   int          // passes over the text, default 5

	// LR is the learning rate at the start: default 0.025 for skip-gram and 0.05 for CBOW, which 0 stands for. It falls
	// linearly with the words read, towards 0 at the end of the last epoch, but never below MinLR, default 0.0001, which must not
	// be above LR: an LR below 0.0001 needs a MinLR too.
	// CBOW's input vectors learn at Window+1 times this rate, as the package documentation explains.
	LR, MinLR float64

	// PrivateNegatives draws negatives for every pair of skip-gram, as word2vec.c does, instead of once a window.
	// It is three times slower: each pair has rows of its own to fetch and to move.
	PrivateNegatives bool

	Compat Compat // default Lane

	// Hogwild lets threads race (Recht et al. 2011): all of them move the rows of the tables where they are, without copies, as word2vec.c
	// and gensim do. It is faster, but with more than one thread results differ from run to run, by little, and training that was resumed does not
	// give the bits of one that was not. Such races are by design, and undefined by Go's memory model: kernels in assembly read and write float32s
	// that others write at the same time, whole ones on every processor that lane has kernels for. Without them (-tags purego) the race detector
	// reports it. The full softmax doesn't race.
	Hogwild bool

	// Init, if not nil, has vectors that words begin with, where it knows them, as training goes on from an earlier one on new text; InitContext
	// likewise has output vectors, as [Model.Context] returns them. Their length must be Dim. Words that only they know can be made
	// part of the vocabulary by [corpus.VocabOptions].Keep. A training that is resumed has no use for them.
	Init, InitContext *wordvec.Vectors

	Seed uint64 // default 1

	// Threads is how many threads to train on, 0 as many as [lane.Threads] says; more than four gain nothing, but for the
	// full softmax. While training runs it holds for the
	// whole engine, as [lane.SetThreads] does.
	Threads int

	// Progress, if not nil, is called every ProgressEvery (default one second) and at the end of each epoch. An error that it
	// returns stops training and is returned with what is learned so far.
	Progress      func(Progress) error
	ProgressEvery time.Duration

	// Checkpoint, if not empty, is the file that the whole state of training goes to every CheckpointEvery (default 60
	// seconds), when training is stopped, and at its end; the one before it stays beside it, with ".previous" added to its name. Resume, if not empty, is such a file to go on from: the result is that of
	// the uninterrupted training, bit for bit, if the text, the vocabulary and the settings are the same
	// (else it is refused) and so is the engine's kernel set. It may be the same file.
	Checkpoint      string
	CheckpointEvery time.Duration
	Resume          string

	shards int // parts of the text; 0: as shardsFor says
	round  int // centre words that a shard's round has; 0: as roundFor says
	rounds int // that a step has; 0: as roundsFor says
	hot    int // rows of either table that shards have replicas of; 0: as hotFor says
}

// DefaultOptions returns the defaults of word2vec: skip-gram with negative sampling.
func DefaultOptions() Options {
	return Options{Dim: 100, Window: 5, Negative: 5, Sample: 1e-3, Epochs: 5, MinLR: 0.0001, Seed: 1}
}

// Progress is how far training has come.
type Progress struct {
	Epoch     int     // from 1
	Words     int64   // words read in all epochs, those that subsampling left out included
	Total     int64   // words to read in all epochs
	PerSecond float64 // words read a second since training began or was resumed
	Loss      float64 // mean loss a pair since the last report, in nats; 0 if there was no pair
	LR        float64 // the present learning rate

	// EpochEnd marks the report at the end of an epoch that had pairs; EpochLoss is the mean loss a pair since its beginning.
	EpochEnd  bool
	EpochLoss float64
}

// Sizes beyond these can only be mistakes.
const (
	maxDim      = 100_000
	maxNegative = 10_000
	maxLR       = 1e6
)

// Validate returns nil if the options are in range, and otherwise an error that names one and what it may be.
func (o Options) Validate() error {
	_, err := o.validate()
	return err
}

// validate returns the options with the defaults filled in that zero values stand for.
func (o Options) validate() (Options, error) {
	o = o.withDefaults()
	return o, o.check()
}

func (o Options) withDefaults() Options {
	if o.LR == 0 {
		o.LR = 0.025
		if o.Model == CBOW {
			o.LR = 0.05
		}
	}
	if o.Compat == Word2vec && o.Model == SkipGram && o.Loss == NegativeSampling {
		o.PrivateNegatives = true
	}
	if o.ProgressEvery <= 0 {
		o.ProgressEvery = time.Second
	}
	if o.CheckpointEvery <= 0 {
		o.CheckpointEvery = time.Minute
	}
	return o
}

// check returns an error that names an option out of range.
func (o Options) check() error {
	if o.Model < SkipGram || o.Model > CBOW {
		return fmt.Errorf("word2vec: unknown model %v: take one of %q", o.Model, architectures)
	}
	if o.Loss < NegativeSampling || o.Loss > HierarchicalSoftmax {
		return fmt.Errorf("word2vec: unknown loss %v: take one of %q", o.Loss, losses)
	}
	for _, r := range []struct {
		option          string
		value, min, max int
	}{
		{"dim", o.Dim, 1, maxDim},
		{"window", o.Window, 1, maxPiece},
		{"negative", o.Negative, 1, maxNegative},
		{"epochs", o.Epochs, 1, math.MaxInt32},
		{"threads", o.Threads, 0, math.MaxInt32},
	} {
		if r.option == "negative" && o.Loss != NegativeSampling {
			r.min = 0
		}
		if r.value < r.min || r.value > r.max {
			return fmt.Errorf("word2vec: %s is %d; it must be from %d to %d", r.option, r.value, r.min, r.max)
		}
	}
	for _, r := range []struct {
		option     string
		value, max float64
		legal      string
	}{
		{"sample", o.Sample, 1, "from 0 (keep every word) to 1"},
		{"lr", o.LR, maxLR, "a positive number, such as 0.025, up to 1e6"},
		{"min-lr", o.MinLR, maxLR, "from 0 to lr"},
	} {
		if !(r.value >= 0 && r.value <= r.max) {
			return fmt.Errorf("word2vec: %s is %v; it must be %s", r.option, r.value, r.legal)
		}
	}
	if o.MinLR > o.LR {
		return fmt.Errorf("word2vec: lr is %v and min-lr is %v, but the learning rate falls from lr to min-lr: raise lr, or lower min-lr (0 to let it fall to nothing)", o.LR, o.MinLR)
	}
	if o.PrivateNegatives && (o.Model != SkipGram || o.Loss != NegativeSampling) {
		return fmt.Errorf("word2vec: private-negatives is an option of skip-gram with negative sampling, not of %v with %v", o.Model, o.Loss)
	}
	if o.Compat < Lane || o.Compat > Word2vec {
		return fmt.Errorf("word2vec: unknown compat %v: take one of %q", o.Compat, compats)
	}
	if o.InitContext != nil && o.Loss == HierarchicalSoftmax {
		return errors.New("word2vec: hierarchical softmax has no output vectors of words that could begin with others: take another loss")
	}
	for _, v := range []*wordvec.Vectors{o.Init, o.InitContext} {
		if v != nil && v.Dim() != o.Dim {
			return fmt.Errorf("word2vec: dim is %d and the vectors to begin with have %d: take dim %d", o.Dim, v.Dim(), v.Dim())
		}
	}
	return nil
}

// inputShare is how much of the change that would suit the mean of n inputs each of them gets. CBOW divides it by their number,
// and multiplies it by what that is in the middle of a sentence on average, Window+1.
func (o Options) inputShare(n int) float32 {
	if o.Model == SkipGram || o.Compat == Word2vec {
		return 1
	}
	return float32(o.Window+1) / float32(n)
}

// A setting is an option that decides the result, under the name that the command line has for it.
type setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func (o Options) settings() []setting {
	float := func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
	return []setting{
		{"model", o.Model.String()},
		{"loss", o.Loss.String()},
		{"dim", strconv.Itoa(o.Dim)},
		{"window", strconv.Itoa(o.Window)},
		{"negative", strconv.Itoa(o.Negative)},
		{"sample", float(o.Sample)},
		{"epochs", strconv.Itoa(o.Epochs)},
		{"lr", float(o.LR)},
		{"min-lr", float(o.MinLR)},
		{"compat", o.Compat.String()},
		{"hogwild", strconv.FormatBool(o.Hogwild)},
		{"private-negatives", strconv.FormatBool(o.PrivateNegatives)},
		{"seed", strconv.FormatUint(o.Seed, 10)},
		{"shards", strconv.Itoa(o.shards)},
		{"round", strconv.Itoa(o.round)},
		{"rounds", strconv.Itoa(o.rounds)},
		{"hot", strconv.Itoa(o.hot)},
	}
}
