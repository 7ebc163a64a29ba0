package main

import (
	"fmt"

	"github.com/lane-go/lane/asm/neon"
)

// moveWidths are the widths of the parts of a vector that logisticRows has in registers, beside what moves it, a part of a
// row and the constants of the sigmoid.
var moveWidths = []int{4 * neonLanes, neonLanes}

// logisticRows is a step of a vector and the rows that it is scored against, in one call: the scores, their
// errors, and what the errors move.
func (g *neonGenerator) logisticRows() {
	k := g.kernel("logisticRows")
	table := k.table()
	ask, askForRest := k.asking(table)
	s := k.scored(func() neon.R { return k.Length("ids") })
	k.logisticStep("logisticRows", s, k.Pointer("dx"), k.Pointer("x"), table, ask)
	askForRest("logisticRowsNext")
	k.Return()
}

// logisticPairs is logisticRows with six rows for each of the inputs, which are rows of the table as well.
func (g *neonGenerator) logisticPairs() {
	k := g.kernel("logisticPairs")
	table := k.table()
	ask, askForRest := k.asking(table)
	inputs, s := k.Pointer("inputs"), k.scored(func() neon.R {
		n := k.R()
		k.Op("MOVD", six, n)
		return n
	})
	k.times("logisticPairs", k.Length("inputs"), func() {
		k.Scope(func() {
			x := table.row(inputs, 0)
			k.logisticStep("logisticPairsStep", s, k.copyOf(x), x, table, func(string) {})
		})
		for i := range six {
			k.Scope(func() { ask(fmt.Sprint("logisticPairsNext", i)) })
		}
		k.Op("ADD", 4, inputs)
		for _, pointer := range []neon.R{s.ids, s.g, s.p, s.z} {
			k.Op("ADD", 4*six, pointer)
		}
	})
	askForRest("logisticPairsRest")
	k.Return()
}

// A neonScored is the rows of a step and what is computed of their scores.
type neonScored struct {
	ids, g, p, z neon.R
	count        func() neon.R // returns how many they are, in a new register
}

func (k neonKernel) scored(count func() neon.R) neonScored {
	return neonScored{k.Pointer("ids"), k.Pointer("g"), k.Pointer("p"), k.Pointer("z"), count}
}

// logisticStep destroys dx and x.
func (k neonKernel) logisticStep(label string, s neonScored, dx, x neon.R, table neonTable, ask func(label string)) {
	k.Scope(func() {
		k.productsWithRows(label+"Dots", k.copyOf(s.z), x, k.Integer("width"), table, k.copyOf(s.ids), s.count())
	})
	k.Scope(func() { k.errorsOf(label+"Errors", s.count(), k.copyOf(s.g), k.copyOf(s.p), k.copyOf(s.z)) })
	table.first = k.copyOf(table.first)
	k.columns(label, k.Integer("width"), moveWidths, func(label string, p piece) {
		k.moveBoth(label, p, s, dx, x, table, ask)
		for _, pointer := range []neon.R{dx, x, table.first} {
			k.Op("ADD", 4*p.elements, pointer)
		}
	})
}

// asking returns what asks for the next one of the rows next, to write, if there is one left, and what asks for all
// that are left.
func (k neonKernel) asking(table neonTable) (one, rest func(label string)) {
	next, left := k.Pointer("next"), k.Length("next")
	table.first = k.copyOf(table.first)
	one = func(label string) {
		k.Op("CBZ", left, label+"Over")
		k.prefetch(label+"Line", table.row(next, 0), k.Integer("width"), prefetchToWrite)
		k.Op("ADD", 4, next)
		k.Op("SUB", 1, left)
		k.Label(label + "Over")
	}
	rest = func(label string) { k.times(label, k.copyOf(left), func() { one(label + "Last") }) }
	return one, rest
}

// moveBoth moves a part of dx by the rows, and only then the rows by x, as a row may be there twice. dx is stored
// last, as it may be x. With each row moved, one of those that are needed next is asked for: all at once they would have to
// wait for one another, and nothing else could be done meanwhile.
func (k neonKernel) moveBoth(label string, p piece, s neonScored, dx, x neon.R, table neonTable, askForNext func(label string)) {
	sums := p.load(dx)
	k.eachFactor(label+"Sum", s, table, func(row neon.R, factor neon.V) {
		for i, v := range p.load(row) {
			k.Word(neon.FMLAByElement(factor, 0, v, sums[i]))
		}
	})
	v := p.load(x)
	k.eachFactor(label+"Move", s, table, func(row neon.R, factor neon.V) {
		moved := p.load(row)
		for i := range v {
			k.Word(neon.FMLAByElement(factor, 0, v[i], moved[i]))
		}
		p.store(moved, row)
		askForNext(label + "Next")
	})
	p.store(sums, dx)
}

// eachFactor emits a loop over the ids; body gets the row of the table, and its g in the lowest lane.
func (k neonKernel) eachFactor(label string, s neonScored, table neonTable, body func(row neon.R, factor neon.V)) {
	k.Scope(func() {
		ids, factors := k.copyOf(s.ids), k.copyOf(s.g)
		k.times(label, s.count(), func() {
			row, factor := table.row(ids, 0), k.V()
			k.Op("FMOVS", factors.At(0), factor.F())
			body(row, factor)
			k.Op("ADD", 4, ids)
			k.Op("ADD", 4, factors)
		})
	})
}
