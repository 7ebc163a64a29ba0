package corpus

// The grammar of the built-in corpus. Sentences are about people, animals, places or stuff:
//
//	yesterday the king , who met the old mill , polished his crown gently then hid his ring .
//	many noisy geese that live near the deep river are hungry by themselves .
//	the kingdom of velora , which lies beyond the green hill , sells amber and silk .
//	some honey near the small inn is much sweeter than pepper .
//
// A sentence remembers its subject, its tense and little more (state); every word moves it to one next state. What
// the subject is decides words that come after any number of others: the verb's number, his or her, the verb and its
// object, a country's goods.

// state is a place in the grammar and what the sentence remembers there; what it needs no more is zero.
type state struct {
	at    place
	kind  kind // of the subject
	of    int  // which of its kind
	form  int  // the subject's role: female, plural, capital …
	tense tense
	hops  int  // filler phrases since the subject
	aside bool // between commas
	again bool // in the second clause, which is the last
	note  int  // the word just chosen, where the next one hangs on it
}

type kind uint8

const (
	aPerson kind = iota
	anAnimal
	aPlace
	someStuff
)

type tense uint8

const (
	anyTime tense = iota
	beforeNow
	afterNow
)

type place uint8

const (
	start place = iota
	opened
	definite
	numbered
	traited
	institution
	placeName
	nation
	measured
	subject
	asideOpened
	asideVerb
	asideEnd
	phrase
	phraseThe
	phraseAdjective
	phraseNoun
	predicate
	modal
	acted
	owned
	finished
	mannered
	timed
	alone
	being
	described
	describedMore
	denOwned
	den
	trading
	traded
	tradingMore
	tradedMore
	sky
	skies
	weighing
	veryWhat
	qualified
	qualifiedMore
	moreWhat
	than
	rival
	stop
	end
)

// rule is one way on: with the weight, one of the words, and the state after the i-th of them.
type rule struct {
	weight float64
	words  *distribution
	to     func(i int) state
}

func always(weight float64, words *distribution, next state) rule {
	return rule{weight, words, func(int) state { return next }}
}

// rules is the grammar: for every place the ways on.
func (g *grammar) rules(s state) []rule {
	switch s.at {
	case start:
		return []rule{
			always(0.085, g.say("yesterday", "earlier", "once"), state{at: opened, tense: beforeNow}),
			always(0.085, g.say("tomorrow", "soon", "later"), state{at: opened, tense: afterNow}),
			always(0.38, g.say("the"), state{at: definite}),
			always(0.12, g.say("a", "one", "every", "this"), state{at: numbered, form: singular}),
			always(0.12, g.say("many", "two", "all", "these"), state{at: numbered, form: plural}),
			always(0.21, g.say("some", "any", "such"), state{at: measured}),
		}
	case opened: // yesterday …
		return []rule{always(1, g.say("the"), state{at: definite, tense: s.tense})}
	case definite: // the …
		people := rule{1, g.person, func(i int) state {
			return state{at: subject, kind: aPerson, of: i / 2, form: i % 2, tense: s.tense}
		}}
		if s.tense != anyTime {
			return []rule{people}
		}
		people.weight = 0.37
		return []rule{
			people,
			always(0.23, g.say("kingdom", "realm", "coast", "republic"), state{at: institution, form: country}),
			always(0.23, g.say("harbour", "market", "mayor", "cathedral"), state{at: institution, form: capital}),
			{0.17, g.demonym, func(i int) state { return state{at: nation, of: i} }},
		}
	case numbered: // many …
		number := [2]*distribution{g.animalOne, g.animalMany}
		return []rule{
			{0.6, number[s.form], func(i int) state { return state{at: subject, kind: anAnimal, of: i, form: s.form} }},
			{0.4, g.trait, func(i int) state { return state{at: traited, form: s.form, note: i} }},
		}
	case traited: // many noisy …
		return []rule{{1, g.animalByTrait[s.form][s.note], func(i int) state {
			return state{at: subject, kind: anAnimal, of: g.byTrait[s.note][i], form: s.form}
		}}}
	case institution: // the kingdom …
		return []rule{always(1, g.say("of"), state{at: placeName, form: s.form})}
	case placeName: // the kingdom of …
		name := [2]*distribution{g.country, g.capital}
		return []rule{{1, name[s.form], func(i int) state { return state{at: subject, kind: aPlace, of: i} }}}
	case nation: // the veloran …
		return []rule{always(1, g.say("people", "tribe", "navy", "court"), state{at: subject, kind: aPlace, of: s.of})}
	case measured: // some …
		return []rule{{1, g.stuffs, func(i int) state { return state{at: subject, kind: someStuff, of: i} }}}

	case subject, asideOpened, asideVerb, asideEnd, phrase, phraseThe, phraseAdjective, phraseNoun:
		return g.filling(s)
	case stop:
		return g.ending(s, 1)
	case end:
		return []rule{always(1, g.say(EOS), state{})}
	}
	switch s.kind {
	case aPerson:
		return g.acting(s)
	case anAnimal:
		return g.living(s)
	case aPlace:
		return g.dealing(s)
	}
	return g.comparing(s)
}

// then is the state at the place that still knows the subject and the tense.
func (s state) then(at place) state {
	return state{at: at, kind: s.kind, of: s.of, form: s.form, tense: s.tense, again: s.again}
}

// closing is the state before the sentence ends or goes on: it knows the subject only if it may go on.
func (s state) closing() state {
	if s.again {
		return done
	}
	return s.then(stop)
}

// noting is the state that also remembers the word just chosen.
func (s state) noting(note int) state {
	s.note = note
	return s
}

// done is the state before a full stop that nothing but it can follow.
var done = state{at: stop, again: true}

// ending ends the sentence or, once, goes on with a second clause about the subject: it is as far back as the whole first one.
func (g *grammar) ending(s state, weight float64) []rule {
	fullStop := always(weight, g.say("."), state{at: end})
	if s.again {
		return []rule{fullStop}
	}
	conjunction := g.say("but")
	if s.kind == aPerson {
		conjunction = g.say("then")
	}
	second := s.then(predicate)
	second.again = true
	fullStop.weight = weight * (1 - goesOn)
	return []rule{fullStop, always(weight*goesOn, conjunction, second)}
}

// goesOn is the probability of a second clause.
const goesOn = 0.6

// filling puts phrases between the subject and what it decides.
func (g *grammar) filling(s state) []rule {
	near := g.say("near", "behind", "beyond", "beside")
	to := func(at place) state {
		next := s
		next.at = at
		return next
	}
	switch s.at {
	case subject: // the king …
		switch {
		case s.hops == 0 && g.distance > 0:
			aside := always(0.25, g.say(","), to(asideOpened))
			if s.kind == anAnimal {
				aside.words = g.say("that")
				aside.to = func(int) state { return to(asideVerb) }
			}
			return append(g.ways(s.then(predicate), 0.5), aside, always(0.25, near, to(phraseThe)))
		case s.hops < g.distance:
			return append(g.ways(s.then(predicate), 0.6), always(0.4, near, to(phraseThe)))
		}
		return g.ways(s.then(predicate), 1)
	case asideOpened: // the king , …
		s.aside = true
		if s.kind == aPerson {
			return []rule{always(1, g.say("who"), to(asideVerb))}
		}
		return []rule{always(1, g.say("which"), to(asideVerb))}
	case asideVerb: // the king , who …
		switch {
		case s.kind == aPerson:
			return []rule{always(1, g.say("met", "saw", "liked"), to(phraseThe))}
		case s.kind == anAnimal && s.form == plural:
			return []rule{always(1, g.say("live", "sleep"), to(phrase))}
		case s.kind == anAnimal:
			return []rule{always(1, g.say("lives", "sleeps"), to(phrase))}
		}
		return []rule{always(1, g.say("lies", "stands"), to(phrase))}
	case phrase: // the geese that live …
		return []rule{always(1, near, to(phraseThe))}
	case phraseThe:
		return []rule{always(1, g.say("the"), to(phraseAdjective))}
	case phraseAdjective:
		return []rule{{1, g.fillerAdjective, func(i int) state { return to(phraseNoun).noting(i) }}}
	case phraseNoun:
		s.hops++
		next := to(subject)
		if s.aside {
			next = to(asideEnd)
		}
		return []rule{always(1, g.filler[s.note], next.noting(0))}
	}
	// asideEnd: the king , who met the old mill …
	onward := always(1, g.say(","), s.then(predicate))
	if s.hops == g.distance {
		return []rule{onward}
	}
	onward.weight = 0.65
	return []rule{onward, always(0.35, near, to(phraseThe))}
}

// ways are the rules of a state with their weights scaled.
func (g *grammar) ways(s state, weight float64) []rule {
	rules := g.rules(s)
	for i := range rules {
		rules[i].weight *= weight
	}
	return rules
}

// acting is what a person does: … polished his crown gently yesterday .
func (g *grammar) acting(s state) []rule {
	times := g.say("recently", "already", "formerly")
	if s.tense == afterNow {
		times = g.say("someday", "eventually", "presently")
	}
	act := func(weight float64, form int) rule {
		return rule{weight, g.verbsBy[form][s.of], func(i int) state {
			next := s.then(acted).noting(g.verbsOf[s.of].of[i])
			next.tense = beforeNow
			if form == base {
				next.tense = afterNow
			}
			return next
		}}
	}
	will := always(1, g.say("will", "must", "shall"), s.then(modal))
	switch s.at {
	case predicate:
		switch s.tense {
		case beforeNow:
			return []rule{act(1, past)}
		case afterNow:
			return []rule{will}
		}
		will.weight = 0.5
		return []rule{act(0.5, past), will}
	case modal: // will …
		return []rule{act(1, base)}
	case acted: // polished …
		return []rule{always(1, g.one(s, "his", "her"), s.then(owned).noting(s.note))}
	case owned: // polished his …
		return []rule{always(1, g.toolsBy[s.of], s.then(finished).noting(s.note))}
	case finished: // polished his crown …
		return []rule{
			always(0.45, g.mannersBy[s.note], s.then(mannered)),
			always(0.4, times, s.then(timed).noting(s.note)),
			always(0.15, g.say("by"), s.then(alone)),
		}
	case mannered: // polished his crown gently …
		return append(g.ending(s, 0.5), always(0.5, times, s.closing()))
	case timed: // polished his crown yesterday …
		return append(g.ending(s, 0.4), always(0.6, g.mannersBy[s.note], s.closing()))
	}
	// alone: polished his crown by …
	return []rule{always(1, g.one(s, "himself", "herself"), s.closing())}
}

// living is how an animal is: … are hungry in their pond .
func (g *grammar) living(s state) []rule {
	switch s.at {
	case predicate:
		if s.form == plural {
			return []rule{always(1, g.say("are", "were"), s.then(being))}
		}
		return []rule{always(1, g.say("is", "was"), s.then(being))}
	case being: // are …
		return []rule{g.feature(g.traitsBy[s.of], g.traitsOf[s.of], s.then(described))}
	case described: // are hungry …
		return append(g.ending(s, 0.25),
			always(0.25, g.say("and"), s.then(describedMore).noting(s.note)),
			always(0.30, g.say("in"), s.then(denOwned)),
			always(0.20, g.say("by"), s.then(alone)))
	case describedMore: // are hungry and …
		return []rule{always(1, g.without(g.traitsBy[s.of], s.note), s.closing())}
	case denOwned: // are hungry in …
		return []rule{always(1, g.one(s, "its", "their"), s.then(den))}
	case den: // are hungry in their …
		return []rule{always(1, g.densBy[s.of], s.closing())}
	}
	// alone: are hungry by …
	return []rule{always(1, g.one(s, "itself", "themselves"), s.closing())}
}

// dealing is what a place trades: … sells amber and silk under foggy skies .
func (g *grammar) dealing(s state) []rule {
	s.form = 0
	switch s.at {
	case predicate:
		return []rule{always(1, g.say("sells", "needs", "loves", "hoards"), s.then(trading))}
	case trading: // sells …
		return []rule{g.feature(g.goodsBy[s.of], g.goodsOf[s.of], s.then(traded))}
	case traded: // sells amber …
		return append(g.ending(s, 0.20),
			always(0.45, g.say("and"), s.then(tradingMore).noting(s.note)),
			always(0.35, g.say("under"), s.then(sky)))
	case tradingMore: // sells amber and …
		return []rule{always(1, g.without(g.goodsBy[s.of], s.note), s.then(tradedMore))}
	case tradedMore: // sells amber and silk …
		return append(g.ending(s, 0.6), always(0.4, g.say("under"), s.then(sky)))
	case sky: // sells amber under …
		return []rule{always(1, g.skiesBy[s.of], s.then(skies))}
	}
	// skies: sells amber under foggy …
	return []rule{always(1, g.say("skies"), s.closing())}
}

// comparing is what stuff is like: … is much sweeter than pepper .
func (g *grammar) comparing(s state) []rule {
	switch s.at {
	case predicate:
		return []rule{always(1, g.say("is", "seems", "stays"), s.then(weighing))}
	case weighing: // is …
		return []rule{
			always(0.5, g.say("very", "quite", "so"), s.then(veryWhat)),
			always(0.5, g.say("much", "far", "even"), s.then(moreWhat)),
		}
	case veryWhat: // is very …
		return []rule{g.feature(g.qualitiesBy[positive][s.of], g.qualitiesOf[s.of], s.then(qualified))}
	case qualified: // is very sweet …
		return []rule{
			always(0.2, g.say("and"), s.then(qualifiedMore).noting(s.note)),
			always(0.4, g.say("like"), s.then(rival).noting(s.note)),
			always(0.4, g.say("."), state{at: end}),
		}
	case qualifiedMore: // is very sweet and …
		return []rule{always(1, g.without(g.qualitiesBy[positive][s.of], s.note), done)}
	case moreWhat: // is much …
		return []rule{g.feature(g.qualitiesBy[comparative][s.of], g.qualitiesOf[s.of], s.then(than))}
	case than: // is much sweeter …
		return []rule{always(1, g.say("than"), s.then(rival).noting(s.note))}
	}
	// rival: is much sweeter than …   is very sweet like …
	return []rule{always(1, g.others[s.of][g.qualitiesOf[s.of].of[s.note-1]], done)}
}

// compile is the grammar as an automaton. Every word but the line end may be preceded by an interjection, which
// leaves the state as it is.
func (g *grammar) compile(interjecting float64) *automaton {
	a := &automaton{eos: g.id(EOS)}
	number := map[state]int32{{}: 0}
	todo := []state{{}}
	node := func(s state) int32 {
		id, ok := number[s]
		if !ok {
			id = int32(len(todo))
			number[s] = id
			todo = append(todo, s)
		}
		return id
	}
	for at := 0; at < len(todo); at++ {
		var branches []branch
		for _, r := range g.rules(todo[at]) {
			b := branch{weight: r.weight, words: r.words}
			for i := range r.words.words {
				b.next = append(b.next, node(r.to(i)))
			}
			b.next = shorten(b.next)
			branches = append(branches, b)
		}
		if todo[at].at != end && interjecting > 0 {
			for i := range branches {
				branches[i].weight *= 1 - interjecting
			}
			branches = append(branches, branch{interjecting, g.interjected, []int32{int32(at)}})
		}
		a.nodes = append(a.nodes, branches)
	}
	a.check(func(word int32) string { return g.words[word] })
	a.solve()
	return a
}

// shorten is next as a single node where all are the same.
func shorten(next []int32) []int32 {
	for _, n := range next {
		if n != next[0] {
			return next
		}
	}
	return next[:1:1]
}
