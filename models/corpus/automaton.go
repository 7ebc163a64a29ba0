package corpus

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
)

// distribution is a probability for each of some words, every word once.
type distribution struct {
	words []int32
	probs []float64
	upTo  []float64 // probs summed up to and including each
	place map[int32]int

	entropy float64 // −Σ p log p, in nats
}

// weighted normalises the weights. A word that comes twice gets the sum, one without weight is left out.
func weighted(words []int32, weights []float64) *distribution {
	d := &distribution{place: map[int32]int{}}
	total := 0.0
	for _, w := range weights {
		total += w
	}
	for i, word := range words {
		if weights[i] == 0 {
			continue
		}
		at, ok := d.place[word]
		if !ok {
			at = len(d.words)
			d.place[word] = at
			d.words, d.probs = append(d.words, word), append(d.probs, 0)
		}
		d.probs[at] += weights[i] / total
	}
	sum := 0.0
	for _, p := range d.probs {
		sum += p
		d.upTo = append(d.upTo, sum)
		d.entropy -= p * math.Log(p)
	}
	return d
}

// mix is (1−p)·d + p·other.
func (d *distribution) mix(p float64, other *distribution) *distribution {
	var weights []float64
	for _, w := range d.probs {
		weights = append(weights, (1-p)*w)
	}
	for _, w := range other.probs {
		weights = append(weights, p*w)
	}
	return weighted(slices.Concat(d.words, other.words), weights)
}

func (d *distribution) sample(rng *rand.Rand) int {
	return min(sort.SearchFloat64s(d.upTo, rng.Float64()*d.upTo[len(d.upTo)-1]), len(d.words)-1)
}

// automaton is a unifilar hidden Markov source: in each node it picks a branch, and in the branch a word. No two
// branches of a node share a word, so the words alone tell the nodes passed through, and the probability of a text
// is a product along one path. Every text is a sequence of sentences that start at node 0 and end with the word eos;
// between them the nodes form no cycle but that a node may follow itself. The eos is alone in its branch.
type automaton struct {
	nodes [][]branch
	eos   int32

	visits  []float64 // expected number in a sentence, by node
	length  float64   // expected tokens in a sentence, the eos included
	entropy float64   // expected −Σ log p of a sentence, in nats
}

type branch struct {
	weight float64
	words  *distribution
	next   []int32 // node after each of the words; a single one for all
}

func (b *branch) after(i int) int32 {
	if len(b.next) == 1 {
		return b.next[0]
	}
	return b.next[i]
}

// step is the probability of the word in the node and the node that follows; ok is false if the word can't come.
func (a *automaton) step(node, word int32) (p float64, next int32, ok bool) {
	for i := range a.nodes[node] {
		b := &a.nodes[node][i]
		if at, ok := b.words.place[word]; ok {
			return b.weight * b.words.probs[at], b.after(at), true
		}
	}
	return 0, 0, false
}

// sample draws a word in the node.
func (a *automaton) sample(node int32, rng *rand.Rand) (word, next int32) {
	branches := a.nodes[node]
	u, i := rng.Float64(), 0
	for ; i < len(branches)-1 && u >= branches[i].weight; i++ {
		u -= branches[i].weight
	}
	b := &branches[i]
	at := b.words.sample(rng)
	return b.words.words[at], b.after(at)
}

// check panics unless the automaton is what its comment says.
func (a *automaton) check(name func(int32) string) {
	type couple struct{ a, b *distribution }
	shared := map[couple]int32{} // a word of both, −1 without one
	for node, branches := range a.nodes {
		total := 0.0
		for i, b := range branches {
			total += b.weight
			for _, other := range branches[:i] {
				pair := couple{other.words, b.words}
				word, known := shared[pair]
				if !known {
					word = other.words.common(b.words)
					shared[pair] = word
				}
				if word >= 0 {
					panic(fmt.Sprintf("corpus: the grammar is not unifilar: node %d has %q in two branches", node, name(word)))
				}
			}
		}
		if math.Abs(total-1) > 1e-9 {
			panic(fmt.Sprintf("corpus: the branches of node %d have probability %v", node, total))
		}
	}
}

// common is a word of both distributions, −1 if they share none.
func (d *distribution) common(other *distribution) int32 {
	for _, word := range d.words {
		if _, ok := other.place[word]; ok {
			return word
		}
	}
	return -1
}

// solve computes the exact expectations over a sentence. In topological order all visits to a node's predecessors are
// known: visits = (Σ visits·p over ways from other nodes) / (1 − p of staying). The entropy of a sentence is
// Σ visits·(entropy of the node's next word), its length Σ visits. A branch of weight w adds w·(its entropy − log w)
// to a node's.
func (a *automaton) solve() {
	a.visits = make([]float64, len(a.nodes))
	a.visits[0] = 1
	for _, node := range a.topological() {
		staying := 0.0
		a.ways(node, func(p float64, next int32) {
			if next == node {
				staying += p
			}
		})
		a.visits[node] /= 1 - staying
		v := a.visits[node]
		a.length += v
		for _, b := range a.nodes[node] {
			a.entropy += v * b.weight * (b.words.entropy - math.Log(b.weight))
		}
		a.ways(node, func(p float64, next int32) {
			if next != node {
				a.visits[next] += v * p
			}
		})
	}
}

// ways calls do for all nodes that may follow the node in its sentence, with their probabilities; the same one may
// come several times.
func (a *automaton) ways(node int32, do func(p float64, next int32)) {
	for _, b := range a.nodes[node] {
		if _, ends := b.words.place[a.eos]; ends {
			continue
		}
		if len(b.next) == 1 {
			do(b.weight, b.next[0])
			continue
		}
		for i, next := range b.next {
			do(b.weight*b.words.probs[i], next)
		}
	}
}

// topological is all nodes reachable from node 0, each before those that follow it.
func (a *automaton) topological() []int32 {
	const (
		unseen = iota
		open
		done
	)
	mark := make([]uint8, len(a.nodes))
	var order []int32
	var visit func(node int32)
	visit = func(node int32) {
		mark[node] = open
		a.ways(node, func(_ float64, next int32) {
			if next == node {
				return
			}
			if mark[next] == open {
				panic(fmt.Sprintf("corpus: the grammar has a cycle through node %d", next))
			}
			if mark[next] == unseen {
				visit(next)
			}
		})
		mark[node] = done
		order = append(order, node)
	}
	visit(0)
	slices.Reverse(order)
	return order
}

// frequency is the expected number of every word in a sentence.
func (a *automaton) frequency(words int) []float64 {
	var order []*distribution
	drawn := map[*distribution]float64{}
	for node, branches := range a.nodes {
		for _, b := range branches {
			if _, ok := drawn[b.words]; !ok {
				order = append(order, b.words)
			}
			drawn[b.words] += a.visits[node] * b.weight
		}
	}
	f := make([]float64, words)
	for _, d := range order {
		for i, word := range d.words {
			f[word] += drawn[d] * d.probs[i]
		}
	}
	return f
}

// rename gives every word its new number.
func (a *automaton) rename(to []int32) {
	renamed := map[*distribution]bool{}
	for _, branches := range a.nodes {
		for _, b := range branches {
			if renamed[b.words] {
				continue
			}
			renamed[b.words] = true
			words := make([]int32, len(b.words.words))
			clear(b.words.place)
			for i, word := range b.words.words {
				words[i] = to[word]
				b.words.place[to[word]] = i
			}
			b.words.words = words
		}
	}
	a.eos = to[a.eos]
}
