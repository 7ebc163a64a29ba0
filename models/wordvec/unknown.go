package wordvec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// An UnknownWordError says that a word has no vector, and which words written alike have one.
type UnknownWordError struct {
	Word        string
	Suggestions []string // at most three, nearest first, then most frequent first
}

// Error names the word, and asks whether one of the suggestions was meant.
func (e *UnknownWordError) Error() string {
	if len(e.Suggestions) == 0 {
		return fmt.Sprintf("wordvec: no vector for %q, nor for a word written alike", e.Word)
	}
	quoted := make([]string, len(e.Suggestions))
	for i, word := range e.Suggestions {
		quoted[i] = fmt.Sprintf("%q", word)
	}
	return fmt.Sprintf("wordvec: no vector for %q: did you mean %s?", e.Word, strings.Join(quoted, " or "))
}

const (
	suggestions     = 3
	suggestionsFrom = 1 << 19 // most frequent words only, so that a typo is answered at once
)

// suggest returns the known words nearest to word in edits, letter case aside: one edit for words of up to
// four letters, two for longer ones.
func (v *Vectors) suggest(word string) []string {
	type candidate struct{ id, edits int }
	var found []candidate
	wanted := lowerRunes(nil, word)
	limit := 1
	if len(wanted) > 4 {
		limit = 2
	}
	var distance editDistance
	var letters []rune
	for id, known := range v.Words[:min(len(v.Words), suggestionsFrom)] {
		letters = lowerRunes(letters[:0], known)
		if edits := distance.between(wanted, letters, limit); edits <= limit && edits < max(len(wanted), 1) {
			found = append(found, candidate{id, edits})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(a.edits, b.edits) })
	var words []string
	for _, c := range found[:min(len(found), suggestions)] {
		words = append(words, v.Words[c.id])
	}
	return words
}

func lowerRunes(dst []rune, word string) []rune {
	for _, letter := range word {
		dst = append(dst, unicode.ToLower(letter))
	}
	return dst
}

// editDistance keeps the rows of the dynamic programme from word to word.
type editDistance struct{ before, last, row []int }

// between returns how many insertions, deletions, substitutions and swaps of neighbours turn a into b (the optimal string alignment
// distance), or some number above limit if more than limit.
func (d *editDistance) between(a, b []rune, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	d.before, d.last, d.row = sized(d.before, len(b)+1), sized(d.last, len(b)+1), sized(d.row, len(b)+1)
	for j := range d.last {
		d.last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		d.row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			substitution := 1
			if a[i-1] == b[j-1] {
				substitution = 0
			}
			edits := min(d.last[j]+1, d.row[j-1]+1, d.last[j-1]+substitution)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				edits = min(edits, d.before[j-2]+1)
			}
			d.row[j] = edits
			least = min(least, edits)
		}
		if least > limit {
			return least
		}
		d.before, d.last, d.row = d.last, d.row, d.before
	}
	return d.last[len(b)]
}

func sized(x []int, n int) []int {
	if cap(x) < n {
		return make([]int, n)
	}
	return x[:n]
}
