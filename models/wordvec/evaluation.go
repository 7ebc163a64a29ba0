package wordvec

import "strings"

// An Evaluation says how vectors are judged. Its zero value is gensim's way, but among all words, of which gensim takes the first 300,000.
type Evaluation struct {
	Top int // only the first Top words exist, as if the vocabulary ended there; 0: all

	// CaseSensitive has "Paris" and "paris" be two words. Else they are one, in the files and among the vectors, of which the first
	// one, the most frequent, counts; an analogy's answer is right in either case.
	CaseSensitive bool

	CountUnknown bool // questions with an unknown word are wrong, and pairs with one of similarity 0, instead of skipped (gensim's dummy4unknown)
	Multiply     bool // analogies by 3CosMul, as in [Query]
}

// knownWords are those that an evaluation knows.
type knownWords struct {
	top     int
	fold    func(string) string
	ids     map[string]int32
	classes []int32 // of each row the first that is the same word; nil: itself
}

func (e Evaluation) lookUp(v *Vectors) (*knownWords, error) {
	top, err := v.confined(e.Top)
	if err != nil {
		return nil, err
	}
	if e.CaseSensitive {
		return &knownWords{top: top, fold: func(word string) string { return word }, ids: v.index}, nil
	}
	k := &knownWords{top: top, fold: strings.ToUpper, ids: make(map[string]int32, top), classes: make([]int32, top)}
	for i, word := range v.Words[:top] {
		word = k.fold(word)
		first, known := k.ids[word]
		if !known {
			first = int32(i)
			k.ids[word] = first
		}
		k.classes[i] = first
	}
	return k, nil
}

// find sets ids to the rows of the words, and reports whether all are known.
func (k *knownWords) find(ids []int32, words []string) bool {
	for i, word := range words {
		id, known := k.ids[k.fold(word)]
		if !known || int(id) >= k.top {
			return false
		}
		ids[i] = id
	}
	return true
}

// class returns the first row that is the same word.
func (k *knownWords) class(row int32) int32 {
	if k.classes == nil {
		return row
	}
	return k.classes[row]
}
