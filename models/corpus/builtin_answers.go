package corpus

import (
	"bufio"
	"fmt"
	"io"
)

// Section is a family of analogies: in every pair the second word is to the first as in any other pair.
type Section struct {
	Name  string
	Pairs [][2]string
}

// Questions are the analogies a : b :: c : d of all ordered pairs of different pairs.
func (s Section) Questions() [][4]string {
	var all [][4]string
	for _, p := range s.Pairs {
		for _, q := range s.Pairs {
			if p != q {
				all = append(all, [4]string{p[0], p[1], q[0], q[1]})
			}
		}
	}
	return all
}

// Analogies are the relations planted in the corpus: the words of a pair share what they say of their entity, the
// first words of all pairs share their place in sentences, and so do the second ones.
func (g *Generator) Analogies() []Section {
	w := g.world
	section := func(name string, entities []entity, first, second int) Section {
		s := Section{Name: name}
		for _, e := range entities {
			s.Pairs = append(s.Pairs, [2]string{g.world.words[e.words[first]], g.world.words[e.words[second]]})
		}
		return s
	}
	return []Section{
		section("country-capital", w.places, country, capital),
		section("country-adjective", w.places, country, demonym),
		section("male-female", w.people, male, female),
		section("singular-plural", w.animals, singular, plural),
		section("base-past", w.verbs, base, past),
		section("positive-comparative", w.qualities, positive, comparative),
	}
}

// WriteAnalogies writes the questions of [Generator.Analogies] as word2vec's questions-words.txt has them: a line
// ": name" for every section and then a line of four words for every question.
func (g *Generator) WriteAnalogies(out io.Writer) error {
	b := bufio.NewWriter(out)
	for _, s := range g.Analogies() {
		fmt.Fprintln(b, ":", s.Name)
		for _, q := range s.Questions() {
			fmt.Fprintln(b, q[0], q[1], q[2], q[3])
		}
	}
	return b.Flush()
}

// Group is words that take the same place in sentences, and so are more alike than words of different groups.
type Group struct {
	Name  string
	Words []string
}

// Groups are the groups of similar words: the roles of the entities and the kinds of their features.
func (g *Generator) Groups() []Group {
	w := g.world
	var groups []Group
	add := func(name string, ids []int32) {
		group := Group{Name: name}
		for _, id := range ids {
			if _, ok := g.vocab.ID(w.words[id]); ok {
				group.Words = append(group.Words, w.words[id])
			}
		}
		groups = append(groups, group)
	}
	add("country", roles(w.places, country))
	add("capital", roles(w.places, capital))
	add("nationality", roles(w.places, demonym))
	add("man", roles(w.people, male))
	add("woman", roles(w.people, female))
	add("animal", roles(w.animals, singular))
	add("animals", roles(w.animals, plural))
	add("verb", roles(w.verbs, base))
	add("past verb", roles(w.verbs, past))
	add("quality", roles(w.qualities, positive))
	add("greater quality", roles(w.qualities, comparative))
	add("tool", w.tools)
	add("manner", w.manners)
	add("trait", w.traits)
	add("den", w.dens)
	add("good", w.goods)
	add("sky", w.skies)
	add("stuff", w.stuff)
	return groups
}
