package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A chunk is the part of a loop that is emitted at once: some vectors from an
// index on, the last of which may be the rest of one.
type chunk struct {
	g       *generator
	label   string
	index   reg.GPVirtual
	vectors int
	rest    reg.GPVirtual // how many elements are left, if less than a vector
	mask    operand.Op    // of the rest; nil if there are but whole vectors
	stores  *int          // how many of the rest there are so far, for their labels
}

// span emits a loop over n elements: blocks of several vectors, then single
// ones, then what is left under a mask. It destroys n.
func (g *generator) span(label string, n reg.GPVirtual, blocks int, body func(c chunk)) {
	g.begin(label).run(n, blocks, body)
}

// alignedSpan is span with stores to dst that are slow where they straddle cache lines. Where a
// vector fills a line, a long loop begins with what is before the first whole one.
func (g *generator) alignedSpan(label string, n, dst reg.GPVirtual, blocks int, body func(c chunk)) {
	c := g.begin(label)
	if 4*g.lanes == cacheLine {
		c.align(n, dst, body)
	}
	c.run(n, blocks, body)
}

const cacheLine = 64

// begin returns an empty chunk at the first element.
func (g *generator) begin(label string) chunk {
	c := chunk{g: g, label: label, index: g.GP64(), stores: new(int)}
	g.XORQ(c.index, c.index)
	return c
}

// align emits the elements up to the first cache line of dst, if so many follow that it pays.
func (c chunk) align(n, dst reg.GPVirtual, body func(c chunk)) {
	const linesThatPay = 16
	g, aligned := c.g, c.label+"Aligned"
	g.CMPQ(n, operand.U32(linesThatPay*g.lanes))
	g.JLT(operand.LabelRef(aligned))
	head := g.GP64()
	g.MOVQ(dst, head)
	g.NEGQ(head)
	g.SHRQ(operand.Imm(2), head)
	g.ANDQ(operand.U32(g.lanes-1), head)
	g.JZ(operand.LabelRef(aligned))
	c.vectors, c.rest, c.mask = 1, head, g.firstLanes(g, head)
	body(c)
	g.ADDQ(head, c.index)
	g.SUBQ(head, n)
	g.Label(aligned)
}

// run emits the loop over n elements from the chunk's index on.
func (c chunk) run(n reg.GPVirtual, blocks int, body func(c chunk)) {
	g := c.g
	if blocks > 1 {
		c.vectors = blocks
		g.whole(c.label+"Block", n, c, body)
	}
	c.vectors = 1
	g.whole(c.label+"Vector", n, c, body)

	g.TESTQ(n, n)
	g.JZ(operand.LabelRef(c.label + "End"))
	c.rest, c.mask = n, g.firstLanes(g, n)
	body(c)
	g.Label(c.label + "End")
}

// columns is span for bodies with a loop of their own, which run as seldom as can be: what is left of
// the blocks is one chunk, of as many vectors as it takes. It destroys n.
func (g *generator) columns(label string, n reg.GPVirtual, blocks int, body func(c chunk)) {
	c := g.begin(label)
	c.vectors, c.label = blocks, label+"Block"
	g.whole(c.label, n, c, body)
	for whole := blocks - 1; whole >= 0; whole-- {
		c.label = fmt.Sprint(label, whole)
		if whole > 0 {
			g.CMPQ(n, operand.U32(whole*g.lanes))
			g.JLT(operand.LabelRef(c.label + "TooMany"))
			g.SUBQ(operand.U32(whole*g.lanes), n)
		} else {
			g.TESTQ(n, n)
		}
		g.JZ(operand.LabelRef(c.label + "Exactly"))
		rest := c
		rest.label += "AndRest"
		rest.vectors, rest.rest, rest.mask = whole+1, n, g.firstLanes(g, n)
		body(rest)
		g.JMP(operand.LabelRef(label + "End"))

		g.Label(c.label + "Exactly")
		if whole > 0 {
			c.vectors = whole
			body(c)
			g.JMP(operand.LabelRef(label + "End"))
			g.Label(c.label + "TooMany")
		}
	}
	g.Label(label + "End")
}

// whole emits the loop over chunks of whole vectors.
func (g *generator) whole(label string, n reg.GPVirtual, c chunk, body func(c chunk)) {
	step := operand.U32(c.vectors * g.lanes)
	g.SUBQ(step, n)
	g.JLT(operand.LabelRef(label + "sDone"))
	g.Label(label)
	body(c)
	g.ADDQ(step, c.index)
	g.SUBQ(step, n)
	g.JGE(operand.LabelRef(label))
	g.Label(label + "sDone")
	g.ADDQ(step, n)
}

// masked reports whether vector i of the chunk is the rest of one.
func (c chunk) masked(i int) bool { return c.mask != nil && i == c.vectors-1 }

// each emits body for every vector of the chunk. Their instructions take turns: each waits for
// the one before it, and the scheduler has not the room to look ahead to the next vector by itself.
func (c chunk) each(body func(i int)) { c.g.interleave(c.vectors, body) }

// at returns the address of vector i of the chunk.
func (c chunk) at(base reg.GPVirtual, i int) operand.Mem {
	return operand.Mem{Base: base, Index: c.index, Scale: 4, Disp: 4 * c.g.lanes * i}
}

// load returns vector i of the chunk. Lanes beyond the end are zero.
func (c chunk) load(base reg.GPVirtual, i int) reg.VecVirtual {
	v := c.g.vector()
	if c.masked(i) {
		c.g.loadMasked(c.g, c.at(base, i), c.mask, v)
	} else {
		c.g.VMOVUPS(c.at(base, i), v)
	}
	return v
}

// loadAll returns all vectors of the chunk.
func (c chunk) loadAll(base reg.GPVirtual) []reg.VecVirtual {
	v := make([]reg.VecVirtual, c.vectors)
	for i := range v {
		v[i] = c.load(base, i)
	}
	return v
}

// doubles returns the two halves of vector i of the chunk as float64s.
func (c chunk) doubles(base reg.GPVirtual, i int) [2]reg.VecVirtual {
	var lower, upper operand.Op = c.at(base, i), c.at(base, i).Offset(2 * c.g.lanes)
	if c.masked(i) {
		lower, upper = c.g.halves(c.g, c.load(base, i))
	}
	v := [2]reg.VecVirtual{c.g.vector(), c.g.vector()}
	c.g.VCVTPS2PD(lower, v[0])
	c.g.VCVTPS2PD(upper, v[1])
	return v
}

// operand returns vector i of the chunk as an instruction's source.
func (c chunk) operand(base reg.GPVirtual, i int) operand.Op {
	if c.masked(i) {
		return c.load(base, i)
	}
	return c.at(base, i)
}

// store writes vector i of the chunk, and may destroy v.
func (c chunk) store(v reg.VecVirtual, base reg.GPVirtual, i int) {
	if c.masked(i) {
		c.g.storeFirst(c.g, v, c.rest, c.mask, c.at(base, i), fmt.Sprint(c.label, "Store", *c.stores))
		*c.stores++
	} else {
		c.g.VMOVUPS(v, c.at(base, i))
	}
}

// storeTwice writes vector i of the chunk to two places, and may destroy v.
func (c chunk) storeTwice(v reg.VecVirtual, base, other reg.GPVirtual, i int) {
	again := c.g.vector()
	c.g.VMOVAPS(v, again)
	c.store(v, base, i)
	c.store(again, other, i)
}
