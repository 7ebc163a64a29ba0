package main

import (
	"strconv"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A chunk is the part of a loop that is emitted at once: some whole vectors
// from an index on, or the rest of one.
type chunk struct {
	g       *generator
	label   string
	index   reg.GPVirtual
	vectors int
	rest    reg.GPVirtual // how many elements are left, if less than a vector
	mask    operand.Op    // of the rest; nil for whole vectors
}

// span emits a loop over n elements: blocks of several vectors, then single
// ones, then what is left under a mask. It destroys n.
func (g *generator) span(label string, n reg.GPVirtual, blocks int, body func(c chunk)) {
	c := chunk{g: g, label: label, index: g.GP64()}
	g.XORQ(c.index, c.index)
	if blocks > 1 {
		c.vectors = blocks
		g.whole(label+"Block", n, c, body)
	}
	c.vectors = 1
	g.whole(label+"Vector", n, c, body)

	g.TESTQ(n, n)
	g.JZ(operand.LabelRef(label + "End"))
	c.rest, c.mask = n, g.firstLanes(g, n)
	body(c)
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
	if c.mask != nil {
		c.g.loadMasked(c.g, c.at(base, i), c.mask, v)
	} else {
		c.g.VMOVUPS(c.at(base, i), v)
	}
	return v
}

// operand returns vector i of the chunk as an instruction's source.
func (c chunk) operand(base reg.GPVirtual, i int) operand.Op {
	if c.mask != nil {
		return c.load(base, i)
	}
	return c.at(base, i)
}

// store writes vector i of the chunk, and may destroy v.
func (c chunk) store(v reg.VecVirtual, base reg.GPVirtual, i int) {
	if c.mask != nil {
		c.g.stores++
		c.g.storeFirst(c.g, v, c.rest, c.mask, c.at(base, i), c.label+strconv.Itoa(c.g.stores))
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
