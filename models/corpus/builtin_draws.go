package corpus

import "slices"

// grammar is a world's words as the distributions that the rules draw from; those By are by the number of the entity.
type grammar struct {
	*world
	distance int

	person, country, capital, demonym, stuffs     *distribution
	animalOne, animalMany, trait, fillerAdjective *distribution
	animalByTrait                                 [2][]*distribution // by number, trait
	byTrait                                       [][]int            // the animals of each trait
	toolsBy, mannersBy, traitsBy, densBy          []*distribution
	goodsBy, skiesBy, filler                      []*distribution
	verbsBy, qualitiesBy                          [2][]*distribution // by form
	others                                        [][]*distribution  // by stuff and quality
	said                                          map[string]*distribution
	less                                          map[leftOut]*distribution
}

func newGrammar(w *world, cfg Config) *grammar {
	g := &grammar{world: w, distance: cfg.Distance, said: map[string]*distribution{}, less: map[leftOut]*distribution{}}
	plain := func(d *distribution) *distribution { return d }
	noisy := plain
	if cfg.Noise > 0 {
		noisy = func(d *distribution) *distribution { return d.mix(cfg.Noise, w.anything) }
	}
	var people []int32
	var weights []float64
	for _, e := range w.people {
		people = append(people, e.words...)
		weights = append(weights, e.weight, e.weight)
	}
	g.person = weighted(people, weights)
	g.animalOne, g.animalMany = ofRole(w.animals, singular), ofRole(w.animals, plural)
	g.country, g.capital, g.demonym = ofRole(w.places, country), ofRole(w.places, capital), ofRole(w.places, demonym)
	g.stuffs, g.fillerAdjective = zipf(w.stuff), zipf(w.fillerAdjs)

	g.toolsBy = each(w.toolsOf, w.tools, noisy)
	g.mannersBy = each(w.mannersOf, w.manners, noisy)
	g.traitsBy = each(w.traitsOf, w.traits, noisy)
	g.densBy = each(w.densOf, w.dens, noisy)
	g.goodsBy = each(w.goodsOf, w.goods, noisy)
	g.skiesBy = each(w.skiesOf, w.skies, noisy)
	g.filler = each(w.fillersOf, w.fillers, plain)
	for form := range 2 {
		g.verbsBy[form] = each(w.verbsOf, roles(w.verbs, form), plain)
		g.qualitiesBy[form] = each(w.qualitiesOf, roles(w.qualities, form), plain)
	}
	g.reverseTraits()
	g.findOthers()
	return g
}

// reverseTraits makes an animal after a trait as likely as the trait makes it: P(animal | trait).
func (g *grammar) reverseTraits() {
	var used []int32
	var marginal []float64
	for t, trait := range g.traits {
		var animals []int
		var weights []float64
		total := 0.0
		for n, c := range g.traitsOf {
			if at := slices.Index(c.of, t); at >= 0 {
				weight := g.animals[n].weight * c.probs[at]
				animals, weights = append(animals, n), append(weights, weight)
				total += weight
			}
		}
		if animals == nil {
			continue
		}
		used, marginal = append(used, trait), append(marginal, total)
		g.byTrait = append(g.byTrait, animals)
		for number := range 2 {
			var words []int32
			for _, n := range animals {
				words = append(words, g.animals[n].words[number])
			}
			g.animalByTrait[number] = append(g.animalByTrait[number], weighted(words, weights))
		}
	}
	g.trait = weighted(used, marginal)
}

// findOthers lists for each stuff and quality what else has the quality; all other stuff if nothing has.
func (g *grammar) findOthers() {
	g.others = make([][]*distribution, len(g.stuff))
	for s := range g.stuff {
		for q := range g.qualities {
			var have, rest []int32
			for other, c := range g.qualitiesOf {
				if other != s {
					rest = append(rest, g.stuff[other])
					if slices.Contains(c.of, q) {
						have = append(have, g.stuff[other])
					}
				}
			}
			if have == nil {
				have = rest
			}
			g.others[s] = append(g.others[s], even(have))
		}
	}
}

// each is a distribution over the features' words for every choice, under how.
func each(choices []choice, words []int32, how func(*distribution) *distribution) []*distribution {
	all := make([]*distribution, len(choices))
	for i, c := range choices {
		chosen := make([]int32, len(c.of))
		for j, f := range c.of {
			chosen[j] = words[f]
		}
		all[i] = how(weighted(chosen, c.probs))
	}
	return all
}

func roles(entities []entity, form int) []int32 {
	words := make([]int32, len(entities))
	for i, e := range entities {
		words[i] = e.words[form]
	}
	return words
}

func ofRole(entities []entity, form int) *distribution {
	weights := make([]float64, len(entities))
	for i, e := range entities {
		weights[i] = e.weight
	}
	return weighted(roles(entities, form), weights)
}

// zipf weighs the words by their place in the list.
func zipf(words []int32) *distribution {
	weights := make([]float64, len(words))
	for i := range weights {
		weights[i] = zipfWeight(i)
	}
	return weighted(words, weights)
}

// say is one of the words, the earlier ones more often.
func (g *grammar) say(words ...string) *distribution {
	key := ""
	for _, word := range words {
		key += word + " "
	}
	if g.said[key] == nil {
		g.said[key] = zipf(g.list(words))
	}
	return g.said[key]
}

// feature is one of the subject's features, remembered by its place from 1 so that the next can be another; 0 stands
// for a word that came there by noise.
func (g *grammar) feature(words *distribution, of choice, next state) rule {
	return rule{1, words, func(i int) state {
		if i < len(of.of) {
			return next.noting(i + 1)
		}
		return next
	}}
}

// without is the distribution without the feature at the place from 1.
func (g *grammar) without(words *distribution, place int) *distribution {
	if place == 0 {
		return words
	}
	key := leftOut{words, place}
	if g.less[key] == nil {
		weights := slices.Clone(words.probs)
		weights[place-1] = 0
		g.less[key] = weighted(words.words, weights)
	}
	return g.less[key]
}

type leftOut struct {
	from  *distribution
	place int
}

// one is the first word for the form 0 and the second for the form 1.
func (g *grammar) one(s state, words ...string) *distribution { return g.say(words[s.form]) }
