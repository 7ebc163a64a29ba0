package corpus

import (
	"cmp"
	"fmt"
	"slices"
)

// VocabOptions say which words of a text make its vocabulary. The zero value takes all.
type VocabOptions struct {
	MinCount int64    // words seen less often are left out; default 1
	MaxSize  int      // keeps the most frequent words, at most so many in all; 0: no bound
	Keep     []string // words that are in the vocabulary however rare they are, even if the text lacks them
	Unknown  bool     // adds [Unknown], counted as often as words left out are seen, even if that is never

	// MaxCounted bounds the memory of counting, about 100 bytes a word: default 5,000,000 different words, half a GB.
	// Beyond it the rarest are forgotten, as in word2vec's ReduceVocab: at the r-th forgetting all words seen at most
	// r times so far, and further ones with growing r until a quarter of the bound is free. A word forgotten and seen
	// again starts from 0, so after R forgettings a count may be R(R+1)/2 lower than the truth ([Vocab.Undercount]).
	MaxCounted int

	// Progress, if not nil, is called about once a million tokens with the tokens and bytes of text read so far.
	Progress func(tokens, bytes int64)
}

const defaultMaxCounted = 5_000_000

// BuildVocab counts the words of the text, one reading in bounded memory, and numbers them from the most frequent
// down, equally frequent ones by first appearance, those to Keep first. [EOS], if the text's options add it, is kept however rare. It
// fails if the text can't be read, is empty, or no word is frequent enough, and panics on negative options.
func BuildVocab(text *Text, opts VocabOptions) (*Vocab, error) {
	if opts.MinCount < 0 || opts.MaxSize < 0 || opts.MaxCounted < 0 {
		panic(fmt.Sprintf("corpus: BuildVocab: negative option: MinCount %d, MaxSize %d, MaxCounted %d", opts.MinCount, opts.MaxSize, opts.MaxCounted))
	}
	if opts.MaxCounted == 0 {
		opts.MaxCounted = defaultMaxCounted
	}
	c := counter{bound: opts.MaxCounted + len(opts.Keep), free: opts.MaxCounted / 4, index: map[string]int32{}}
	c.keep(opts.Keep)
	s := text.Scan()
	defer s.Close()
	for report := int64(1 << 20); s.Next(); {
		for _, token := range s.Tokens() {
			c.add(token)
		}
		if opts.Progress != nil && c.tokens >= report {
			opts.Progress(c.tokens, s.Bytes())
			report = c.tokens + 1<<20
		}
	}
	if s.Err() != nil {
		return nil, s.Err()
	}
	return c.vocab(text, opts)
}

// counter counts words in bounded memory.
type counter struct {
	bound  int
	free   int              // to be, after rare words are forgotten
	index  map[string]int32 // word → place in seen
	seen   []counted        // by first appearance
	tokens int64
	rounds int64 // how often rare words were forgotten
}

type counted struct {
	word  string
	count int64
	keep  bool
}

// keep has words in the vocabulary whatever their counts will be.
func (c *counter) keep(words []string) {
	for _, word := range words {
		if _, twice := c.index[word]; !twice {
			c.index[word] = int32(len(c.seen))
			c.seen = append(c.seen, counted{word: word, keep: true})
		}
	}
}

func (c *counter) add(token []byte) {
	c.tokens++
	if i, ok := c.index[string(token)]; ok {
		c.seen[i].count++
		return
	}
	if len(c.seen) == c.bound {
		c.forget()
	}
	word := string(token)
	c.index[word] = int32(len(c.seen))
	c.seen = append(c.seen, counted{word: word, count: 1})
}

// forget makes room: each round drops the words seen at most as often as there were rounds.
func (c *counter) forget() {
	for room := c.bound - c.free; len(c.seen) >= c.bound || len(c.seen) > room; {
		c.rounds++
		c.seen = slices.DeleteFunc(c.seen, func(w counted) bool { return w.count <= c.rounds && !w.keep })
	}
	clear(c.index)
	for i, w := range c.seen {
		c.index[w.word] = int32(i)
	}
}

// vocab is the vocabulary of what was counted: the special tokens asked for and the most frequent other words.
func (c *counter) vocab(text *Text, opts VocabOptions) (*Vocab, error) {
	if _, ok := c.index[Unknown]; opts.Unknown && !ok {
		c.seen = append(c.seen, counted{word: Unknown})
	}
	special := func(w counted) bool {
		return w.word == EOS && text.options.EOS || w.word == Unknown && opts.Unknown
	}
	reserved := func(w counted) bool { return w.keep || special(w) }
	seen := func(w counted) bool { return w.count > 0 && !special(w) }
	if !slices.ContainsFunc(c.seen, seen) {
		return nil, fmt.Errorf("corpus: %s: the text is empty: there is not one word in it", text.Name())
	}
	room := len(c.seen)
	if opts.MaxSize > 0 {
		room = opts.MaxSize
		for _, w := range c.seen {
			if reserved(w) {
				room--
			}
		}
	}
	slices.SortStableFunc(c.seen, moreFrequent)
	kept := slices.DeleteFunc(c.seen, func(w counted) bool {
		if reserved(w) {
			return false
		}
		room--
		return room < 0 || w.count < opts.MinCount
	})
	if !slices.ContainsFunc(kept, seen) {
		return nil, fmt.Errorf("corpus: %s: of %d tokens no word is seen %d times and fits the vocabulary: lower the minimum count or raise the size", text.Name(), c.tokens, opts.MinCount)
	}
	if opts.Unknown {
		left := c.tokens
		for _, w := range kept {
			left -= w.count
		}
		unknown := slices.IndexFunc(kept, func(w counted) bool { return w.word == Unknown })
		kept[unknown].count += left
		slices.SortStableFunc(kept, moreFrequent)
	}
	words, counts := make([]string, len(kept)), make([]int64, len(kept))
	for i, w := range kept {
		words[i], counts[i] = w.word, w.count
	}
	v, err := NewVocab(words, counts)
	if err != nil {
		return nil, err
	}
	v.lost = c.rounds * (c.rounds + 1) / 2
	return v, nil
}

func moreFrequent(a, b counted) int { return cmp.Compare(b.count, a.count) }
