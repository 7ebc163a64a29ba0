package corpus

import (
	"encoding/json"
	"fmt"
)

// Vocab numbers words from 0: the rows of an embedding, the classes of a softmax. It never changes once made and is
// safe for any number of goroutines. As JSON it is the array of its words.
type Vocab struct {
	words  []string
	counts []int64
	ids    map[string]int32
	total  int64
	lost   int64
}

// NewVocab is the vocabulary of the words in this order, with how often each is seen; nil counts are all 0. It fails
// on a word that comes twice and on counts that are negative or not one a word. It keeps both slices.
func NewVocab(words []string, counts []int64) (*Vocab, error) {
	if counts == nil {
		counts = make([]int64, len(words))
	}
	if len(counts) != len(words) {
		return nil, fmt.Errorf("corpus: a vocabulary of %d words with %d counts", len(words), len(counts))
	}
	v := &Vocab{words: words, counts: counts, ids: make(map[string]int32, len(words))}
	for i, word := range words {
		if first, ok := v.ids[word]; ok {
			return nil, fmt.Errorf("corpus: the vocabulary has %q twice, as ids %d and %d", word, first, i)
		}
		if counts[i] < 0 {
			return nil, fmt.Errorf("corpus: the vocabulary counts %q %d times", word, counts[i])
		}
		v.ids[word] = int32(i)
		v.total += counts[i]
	}
	return v, nil
}

// Len is the number of words; ids are 0 … Len()−1.
func (v *Vocab) Len() int { return len(v.words) }

// Word is the word with the id. It panics if there is none.
func (v *Vocab) Word(id int32) string { return v.words[id] }

// Words are all words by id. The slice is the vocabulary's own: don't change it.
func (v *Vocab) Words() []string { return v.words }

// Count is how often the text has the word with the id.
func (v *Vocab) Count(id int32) int64 { return v.counts[id] }

// Counts are all counts by id. The slice is the vocabulary's own: don't change it.
func (v *Vocab) Counts() []int64 { return v.counts }

// Total is the sum of all counts: the text's tokens but for those left out of the vocabulary.
func (v *Vocab) Total() int64 { return v.total }

// Undercount bounds how much lower a count may be than the truth, because bounded memory made [BuildVocab] forget rare
// words while counting; 0 says that all counts are exact.
func (v *Vocab) Undercount() int64 { return v.lost }

// ID is the id of the word, if the vocabulary has it.
func (v *Vocab) ID(word string) (id int32, ok bool) {
	id, ok = v.ids[word]
	return id, ok
}

// IDBytes is [Vocab.ID] of a token as a [Scanner] yields it; it allocates nothing.
func (v *Vocab) IDBytes(word []byte) (id int32, ok bool) {
	id, ok = v.ids[string(word)]
	return id, ok
}

// Decode are the words with the ids.
func (v *Vocab) Decode(ids []int32) []string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = v.words[id]
	}
	return words
}

// MarshalJSON writes the words as an array, index = id; the counts are left out.
func (v *Vocab) MarshalJSON() ([]byte, error) { return json.Marshal(v.words) }

// UnmarshalJSON reads an array of words as [NewVocab] does, with all counts 0.
func (v *Vocab) UnmarshalJSON(data []byte) error {
	var words []string
	if err := json.Unmarshal(data, &words); err != nil {
		return fmt.Errorf("corpus: a vocabulary is a JSON array of words: %w", err)
	}
	made, err := NewVocab(words, nil)
	if err != nil {
		return err
	}
	*v = *made
	return nil
}
