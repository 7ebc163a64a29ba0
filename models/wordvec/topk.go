package wordvec

import (
	"cmp"
	"slices"
)

type scored struct {
	id    int
	score float32
}

// topK keeps the k best of the candidates offered in the order of their ids: larger scores first, then smaller ids. It lets
// them pile up to twice k and sorts the worse half away, so that most candidates cost one comparison.
type topK struct {
	k    int
	pile []scored
	full bool
	bar  float32 // what a candidate must exceed once full
}

func newTopK(k int) *topK { return &topK{k: k} }

// wants reports whether a candidate that comes after all earlier ones can be among the best.
func (t *topK) wants(score float32) bool { return !t.full || score > t.bar }

func (t *topK) add(id int, score float32) {
	t.pile = append(t.pile, scored{id, score})
	if len(t.pile) >= 2*t.k {
		t.prune()
	}
}

func (t *topK) prune() {
	slices.SortFunc(t.pile, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.id, b.id))
	})
	if len(t.pile) >= t.k {
		t.pile = t.pile[:t.k]
		t.full, t.bar = true, t.pile[t.k-1].score
	}
}

func (t *topK) sorted() []scored {
	t.prune()
	return t.pile
}
