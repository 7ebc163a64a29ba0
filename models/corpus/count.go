package corpus

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// VocabOptions say which words of a text make its vocabulary. The zero value takes all.
type VocabOptions struct {
	MinCount int64    // words seen less often are left out; default 1
	MaxSize  int      // keeps the most frequent words, at most so many in all; 0: no bound
	Keep     []string // words that are in the vocabulary however rare they are, even if the text lacks them
	Unknown  bool     // adds [Unknown], counted as often as words left out are seen, even if that is never

	// MaxCounted bounds the memory of counting, about 100 bytes a word: default 5,000,000 different words, half a GB.
	// Words are counted in up to 16 parts, each of which has its share of the bound. Beyond it the rarest are forgotten, as
	// in word2vec's ReduceVocab: at the r-th forgetting all words seen at most r times so far, and further ones with growing r until a quarter of the bound is free. A word forgotten and seen
	// again starts from 0, so after R forgettings a count may be R(R+1)/2 lower than the truth ([Vocab.Undercount]).
	MaxCounted int

	// Progress, if not nil, is called about once a million tokens with the tokens and bytes of text read so far.
	Progress func(tokens, bytes int64)
}

const defaultMaxCounted = 5_000_000

// BuildVocab counts the words of the text, in one reading, bounded memory and GOMAXPROCS goroutines, and numbers them from the most frequent
// down, equally frequent ones by first appearance, those to Keep first. [EOS], if the text's options add it, is kept however rare. It
// fails if the text can't be read, is empty, or no word is frequent enough, and panics on negative options.
func BuildVocab(text *Text, opts VocabOptions) (*Vocab, error) {
	if opts.MinCount < 0 || opts.MaxSize < 0 || opts.MaxCounted < 0 {
		panic(fmt.Sprintf("corpus: BuildVocab: negative option: MinCount %d, MaxSize %d, MaxCounted %d", opts.MinCount, opts.MaxSize, opts.MaxCounted))
	}
	if opts.MaxCounted == 0 {
		opts.MaxCounted = defaultMaxCounted
	}
	t := newTally(opts.MaxCounted, opts.Keep)
	defer t.stop()
	s := text.Scan()
	defer s.Close()
	for report := int64(1 << 20); s.Next(); {
		for _, token := range s.Tokens() {
			t.add(token)
		}
		if opts.Progress != nil && t.tokens >= report {
			opts.Progress(t.tokens, s.Bytes())
			report = t.tokens + 1<<20
		}
	}
	if s.Err() != nil {
		return nil, s.Err()
	}
	t.finish()
	return t.vocab(text, opts)
}

// vocab is the vocabulary of what was counted: the special tokens asked for, the words to keep, and the most frequent others.
func (t *tally) vocab(text *Text, opts VocabOptions) (*Vocab, error) {
	special := func(w counted) bool {
		return w.word == EOS && text.options.EOS || w.word == Unknown && opts.Unknown
	}
	if t.tokens == t.ends(text.options) {
		return nil, fmt.Errorf("corpus: %s: the text is empty: there is not one word in it", text.Name())
	}
	words := t.kept(opts, special)
	if !slices.ContainsFunc(words, func(w counted) bool { return w.count > 0 && !special(w) }) {
		mend := "lower min-count"
		if opts.MaxSize > 0 {
			mend += ", or let the vocabulary be larger"
		}
		return nil, fmt.Errorf("corpus: %s: of %d tokens no word is seen %d times and fits the vocabulary: %s", text.Name(), t.tokens, max(1, opts.MinCount), mend)
	}
	if opts.Unknown {
		t.creditUnknown(words)
	}
	names, counts := make([]string, len(words)), make([]int64, len(words))
	for i, w := range words {
		names[i], counts[i] = w.word, w.count
	}
	v, err := NewVocab(names, counts)
	if err != nil {
		return nil, err
	}
	for _, part := range t.parts {
		v.lost = max(v.lost, part.rounds*(part.rounds+1)/2)
	}
	return v, nil
}

// ends is how many of the tokens are ends of lines.
func (t *tally) ends(o Options) (count int64) {
	if o.EOS {
		for _, part := range t.parts {
			for _, w := range part.seen {
				if w.word == EOS {
					count += w.count
				}
			}
		}
	}
	return count
}

// kept returns the words of the vocabulary, in order. What is special and what is to be kept takes its place first.
func (t *tally) kept(opts VocabOptions, special func(counted) bool) []counted {
	var words []counted
	for _, part := range t.parts {
		for _, w := range part.seen {
			w.reserved = w.reserved || special(w)
			if w.reserved || w.count >= opts.MinCount {
				words = append(words, w)
			}
		}
	}
	if opts.Unknown && !slices.ContainsFunc(words, func(w counted) bool { return w.word == Unknown }) {
		words = append(words, counted{word: Unknown, sightings: sightings{first: math.MaxInt64}, reserved: true})
	}
	slices.SortFunc(words, moreFrequent)
	if opts.MaxSize > 0 {
		words = largest(words, opts.MaxSize)
	}
	return words
}

// largest returns the first size of the words, with all that are reserved.
func largest(words []counted, size int) []counted {
	for _, w := range words {
		if w.reserved {
			size--
		}
	}
	return slices.DeleteFunc(words, func(w counted) bool {
		if w.reserved {
			return false
		}
		size--
		return size < 0
	})
}

// creditUnknown counts for Unknown what has no other place among the words.
func (t *tally) creditUnknown(words []counted) {
	left := t.tokens
	for _, w := range words {
		left -= w.count
	}
	unknown := slices.IndexFunc(words, func(w counted) bool { return w.word == Unknown })
	words[unknown].count += left
	slices.SortFunc(words, moreFrequent)
}

func moreFrequent(a, b counted) int {
	return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.first, b.first))
}
