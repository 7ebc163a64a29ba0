package corpus

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// world is what the built-in corpus is about: entities, the words for each of their roles, and the features that
// tell an entity's words from another's. The words of one entity share its features, the words of one role share
// their place in the grammar: their contexts are a sum of the two, which is what makes a word vector's analogy a : b
// :: c : d hold.
type world struct {
	words []string
	ids   map[string]int32

	people, animals, verbs, qualities, places  []entity
	tools, manners, traits, dens, goods, skies []int32
	stuff                                      []int32

	toolsOf, verbsOf      []choice // by person
	mannersOf             []choice // by verb
	traitsOf, densOf      []choice // by animal
	goodsOf, skiesOf      []choice // by place
	qualitiesOf           []choice // by stuff
	fillerAdjs, fillers   []int32
	fillersOf             []choice // by filler adjective
	interjected, anything *distribution
}

// entity is a thing's words by role and how often it is spoken of.
type entity struct {
	words  []int32
	weight float64
}

// choice is some numbered things with probabilities: of features the place in their list.
type choice struct {
	of    []int
	probs []float64
}

// Roles of the entities' words.
const (
	male, female              = 0, 1
	singular, plural          = 0, 1
	base, past                = 0, 1
	positive, comparative     = 0, 1
	country, capital, demonym = 0, 1, 2
)

func newWorld(cfg Config) *world {
	rng := rand.New(rand.NewPCG(cfg.Seed, 0x776f726c64))
	w := &world{ids: map[string]int32{}}
	names := &inventor{rng: rng, taken: map[string]bool{}}
	for _, list := range [][][]string{peopleWords, animalWords, verbWords, qualityWords} {
		for _, pair := range list {
			names.take(pair...)
		}
	}
	for _, list := range [][]string{toolWords, mannerWords, traitWords, denWords, goodWords, skyWords, stuffWords, fillerAdjectives, fillerNouns, interjections, functionWords} {
		names.take(list...)
	}
	w.people = w.entities(rng, enough(peopleWords, cfg.People, func() []string { return names.forms("or", "ress") }))
	w.animals = w.entities(rng, enough(animalWords, cfg.Animals, func() []string { return names.forms("", "s") }))
	w.verbs = w.entities(rng, enough(verbWords, cfg.Verbs, func() []string { return names.forms("", "ed") }))
	w.qualities = w.entities(rng, enough(qualityWords, cfg.Qualities, func() []string { return names.forms("y", "ier") }))
	w.places = w.entities(rng, enough(nil, cfg.Places, names.place))

	stuffs := slices.Clone(stuffWords)
	for len(stuffs) < cfg.Qualities { // two of them on average have each quality
		stuffs = append(stuffs, names.forms("um")[0])
	}

	w.tools, w.manners, w.traits = w.list(toolWords), w.list(mannerWords), w.list(traitWords)
	w.dens, w.goods, w.skies, w.stuff = w.list(denWords), w.list(goodWords), w.list(skyWords), w.list(stuffs)
	w.fillerAdjs, w.fillers = w.list(fillerAdjectives), w.list(fillerNouns)

	w.toolsOf = features(rng, len(w.people), len(w.tools), 2)
	w.verbsOf = features(rng, len(w.people), len(w.verbs), max(3, (2*cfg.Verbs+cfg.People-1)/cfg.People)) // every verb has its people
	w.mannersOf = features(rng, len(w.verbs), len(w.manners), 2)
	w.traitsOf = features(rng, len(w.animals), len(w.traits), 2)
	w.densOf = features(rng, len(w.animals), len(w.dens), 1)
	w.goodsOf = features(rng, len(w.places), len(w.goods), 3)
	w.skiesOf = features(rng, len(w.places), len(w.skies), 2)
	w.qualitiesOf = features(rng, len(w.stuff), len(w.qualities), 2)
	w.fillersOf = features(rng, len(w.fillerAdjs), len(w.fillers), 3)

	w.interjected = even(w.list(interjections))
	var anything []int32
	for _, list := range [][]entity{w.people, w.animals, w.verbs, w.qualities, w.places} {
		for _, e := range list {
			anything = append(anything, e.words...)
		}
	}
	for _, list := range [][]int32{w.tools, w.manners, w.traits, w.dens, w.goods, w.skies, w.stuff} {
		anything = append(anything, list...)
	}
	w.anything = even(anything)
	return w
}

// id numbers words as they come.
func (w *world) id(word string) int32 {
	id, ok := w.ids[word]
	if !ok {
		id = int32(len(w.words))
		w.ids[word] = id
		w.words = append(w.words, word)
	}
	return id
}

func (w *world) list(words []string) []int32 {
	ids := make([]int32, len(words))
	for i, word := range words {
		ids[i] = w.id(word)
	}
	return ids
}

// zipfWeight falls with the rank, from 0, by the law of Zipf and Mandelbrot.
func zipfWeight(rank int) float64 { return math.Pow(float64(rank+4), -0.8) }

// entities numbers the word forms and ranks them in random order.
func (w *world) entities(rng *rand.Rand, forms [][]string) []entity {
	all := make([]entity, len(forms))
	for i, rank := range rng.Perm(len(forms)) {
		all[i] = entity{words: w.list(forms[i]), weight: zipfWeight(rank)}
	}
	return all
}

// enough is the first n entries of the list, and invented ones beyond its end.
func enough(list [][]string, n int, invent func() []string) [][]string {
	all := append([][]string(nil), list[:min(n, len(list))]...)
	for len(all) < n {
		all = append(all, invent())
	}
	return all
}

// features gives each of n entities k of the features with falling probabilities: evenly used, and any two entities
// sharing at most one as long as that can be had.
func features(rng *rand.Rand, n, features, k int) []choice {
	k = min(k, features)
	used := make([]int, features)
	all := make([]choice, n)
	for i := range all {
		for try := 0; ; try++ {
			of := leastUsed(rng, used, k, 1+try/20)
			if try < 200 && sharesTwo(all[:i], of) {
				continue
			}
			all[i].of = of
			break
		}
		for rank, f := range all[i].of {
			used[f]++
			all[i].probs = append(all[i].probs, math.Pow(0.6, float64(rank)))
		}
		total := 0.0
		for _, p := range all[i].probs {
			total += p
		}
		for rank := range all[i].probs {
			all[i].probs[rank] /= total
		}
	}
	return all
}

// leastUsed is k different features in random order, among the least used ones with the given slack.
func leastUsed(rng *rand.Rand, used []int, k, slack int) []int {
	var of []int
	order := rng.Perm(len(used))
	for level := slack; len(of) < k; level++ {
		least := used[order[0]]
		for _, u := range used {
			least = min(least, u)
		}
		of = of[:0]
		for _, f := range order {
			if used[f] < least+level && len(of) < k {
				of = append(of, f)
			}
		}
	}
	return of
}

func sharesTwo(all []choice, of []int) bool {
	for _, c := range all {
		shared := 0
		for _, f := range c.of {
			for _, g := range of {
				if f == g {
					shared++
				}
			}
		}
		if shared >= 2 {
			return true
		}
	}
	return false
}

// inventor makes up pronounceable names, none twice.
type inventor struct {
	rng   *rand.Rand
	taken map[string]bool
}

func (v *inventor) take(words ...string) {
	for _, word := range words {
		v.taken[word] = true
	}
}

// stem is a syllable or two that end with a consonant: "vel", "tramog".
func (v *inventor) stem(syllables int) string {
	pick := func(list string) string {
		all := strings.Fields(list)
		return all[v.rng.IntN(len(all))]
	}
	var b strings.Builder
	for range syllables {
		b.WriteString(pick("b d f g l m n p r s t v z br dr gl kr pl tr"))
		b.WriteString(pick("a e i o u a e o"))
	}
	b.WriteString(pick("l r n m v d g b"))
	return b.String()
}

// forms is a new stem with each of the endings.
func (v *inventor) forms(endings ...string) []string {
	for syllables := 1; ; syllables++ {
		for range 50 {
			stem := v.stem(syllables)
			words := make([]string, len(endings))
			fresh := true
			for i, ending := range endings {
				words[i] = stem + ending
				fresh = fresh && !v.taken[words[i]]
			}
			if fresh {
				v.take(words...)
				return words
			}
		}
	}
}

// place is a new country, its capital and its adjective.
func (v *inventor) place() []string {
	endings := [][2]string{{"ia", "ian"}, {"ora", "oran"}, {"land", "landish"}, {"esh", "eshi"}, {"ona", "onese"}}
	capitals := []string{"burg", "ton", "polis", "haven", "grad", "mouth"}
	e := endings[v.rng.IntN(len(endings))]
	named := v.forms(e[0], e[1])
	return []string{named[0], v.forms(capitals[v.rng.IntN(len(capitals))])[0], named[1]}
}

func even(words []int32) *distribution {
	weights := make([]float64, len(words))
	for i := range weights {
		weights[i] = 1
	}
	return weighted(words, weights)
}
