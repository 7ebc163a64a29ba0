package word2vec

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/lane-go/lane/models/corpus"
)

// TrainSentences learns vectors of anything that comes in sequences: the words of sentences, the items of baskets (item2vec,
// Barkan & Koenigstein 2016), the nodes of walks through a graph. Those seen less often than minCount are left
// out. Apart from that it is [EncodeSentences], which ctx ends between two of them, then [Train].
func TrainSentences(ctx context.Context, sentences iter.Seq[[]string], minCount int64, o Options) (*Model, error) {
	stream, vocab, err := EncodeSentences(until(ctx, sentences), minCount)
	if err == nil {
		defer stream.Close()
	}
	if ctx.Err() != nil {
		return nil, fmt.Errorf("word2vec: reading the sentences: %w", ctx.Err())
	}
	if err != nil {
		return nil, err
	}
	return Train(ctx, stream, vocab, o)
}

// until returns the sequence up to where ctx is done.
func until(ctx context.Context, sentences iter.Seq[[]string]) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for s := range sentences {
			if ctx.Err() != nil || !yield(s) {
				return
			}
		}
	}
}

// EncodeSentences reads the sequence once and returns it as [Train] takes it, with its vocabulary: most
// frequent first, equally frequent words by first appearance, those seen less often than minCount left out (0 and 1 keep all).
// A sentence may be changed once the next is asked for. The caller closes the stream.
func EncodeSentences(sentences iter.Seq[[]string], minCount int64) (*corpus.Stream, *corpus.Vocab, error) {
	if minCount < 0 {
		return nil, nil, fmt.Errorf("word2vec: min-count is %d; it must be 0 or more", minCount)
	}
	var words []string // by first appearance
	var counts []int64
	ids := map[string]int32{}
	all := corpus.NewStream(0) // in ids by first appearance
	defer all.Close()
	var sentence []int32
	for s := range sentences {
		sentence = sentence[:0]
		for _, word := range s {
			id, known := ids[word]
			if !known {
				id = int32(len(words))
				ids[word] = id
				words, counts = append(words, word), append(counts, 0)
			}
			counts[id]++
			sentence = append(sentence, id)
		}
		if err := all.Append(sentence); err != nil {
			return nil, nil, err
		}
	}
	vocab, rank, err := frequent(words, counts, minCount)
	if err != nil {
		return nil, nil, err
	}
	stream, err := renumber(all, rank)
	return stream, vocab, err
}

// frequent returns the vocabulary of the words seen often enough, and the id there of each word, −1 for the others.
func frequent(words []string, counts []int64, minCount int64) (*corpus.Vocab, []int32, error) {
	rank := make([]int32, len(words))
	var order []int
	for i, count := range counts {
		rank[i] = -1
		if count >= minCount {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(counts[j], counts[i]) })
	var keptWords []string
	var keptCounts []int64
	for id, i := range order {
		rank[i] = int32(id)
		keptWords, keptCounts = append(keptWords, words[i]), append(keptCounts, counts[i])
	}
	vocab, err := corpus.NewVocab(keptWords, keptCounts)
	return vocab, rank, err
}

// renumber returns the stream with each id replaced by its rank, or left out where that is −1.
func renumber(all *corpus.Stream, rank []int32) (*corpus.Stream, error) {
	stream := corpus.NewStream(0)
	r := all.Read(0, all.Len())
	for r.Next() {
		kept := r.Sentence()[:0]
		for _, id := range r.Sentence() {
			if rank[id] >= 0 {
				kept = append(kept, rank[id])
			}
		}
		if err := stream.Append(kept); err != nil {
			stream.Close()
			return nil, err
		}
	}
	if r.Err() != nil {
		stream.Close()
		return nil, r.Err()
	}
	return stream, nil
}
