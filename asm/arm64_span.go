package main

import (
	"fmt"
	"math/bits"

	"github.com/lane-go/lane/asm/neon"
)

const (
	neonLanes = 4 // float32s in a vector
	neonBlock = 4 // vectors in a block: as many as keep the arithmetic busy
)

// A piece is the part of a loop that is emitted at once: some vectors, or a single one of
// which but the first lanes are elements.
type piece struct {
	k        neonKernel
	elements int
}

// span emits a loop over n elements: blocks, and then what is left of one, halving from piece to piece down
// to one element, each of which runs if its bit of n is set. Pointers move along. It destroys n.
func (k neonKernel) span(label string, n neon.R, body func(p piece), pointers ...neon.R) {
	emit := func(elements int) {
		k.Scope(func() { body(piece{k, elements}) })
		if elements == 1 {
			return // nothing follows
		}
		for _, p := range pointers {
			k.Op("ADD", 4*elements, p)
		}
	}
	const block = neonBlock * neonLanes
	k.Op("SUBS", block, n, n)
	k.Op("BLT", label+"Rest")
	k.Label(label + "Block")
	emit(block)
	k.Op("SUBS", block, n, n)
	k.Op("BGE", label+"Block")

	// n is negative, but its lower bits count what is left.
	k.Label(label + "Rest")
	for elements := block / 2; elements > 0; elements /= 2 {
		without := fmt.Sprint(label, "Without", elements)
		k.Op("TBZ", bits.TrailingZeros(uint(elements)), n, without)
		emit(elements)
		k.Label(without)
	}
}

// vectors is how many vectors the piece takes.
func (p piece) vectors() int { return max(1, p.elements/neonLanes) }

// move is the instruction that loads and stores a vector's elements, and none beyond them.
func (p piece) move() string {
	switch p.elements {
	case 1:
		return "FMOVS"
	case 2:
		return "FMOVD"
	}
	return "FMOVQ"
}

// each emits body for each vector of the piece. They take turns.
func (p piece) each(body func(at int)) {
	p.k.Scope(func() { p.k.Interleave(p.vectors(), body) })
}

// vector returns one vector of the piece. Lanes beyond its elements are zero.
func (p piece) vector(from neon.R, at int) neon.V {
	v := p.k.V()
	p.loadVector(v, from, at)
	return v
}

func (p piece) loadVector(v neon.V, from neon.R, at int) {
	p.k.Op(p.move(), from.At(4*neonLanes*at), v.F())
}

func (p piece) storeVector(v neon.V, to neon.R, at int) {
	p.k.Op(p.move(), v.F(), to.At(4*neonLanes*at))
}

// load returns the vectors of the piece.
func (p piece) load(from neon.R) []neon.V {
	v := p.k.vectors(p.vectors())
	p.loadInto(v, from)
	return v
}

// loadInto is load into given vectors.
func (p piece) loadInto(v []neon.V, from neon.R) {
	for at := range v {
		p.loadVector(v[at], from, at)
	}
}

// next is load of a single vector that moves the pointer past it.
func (p piece) next(from neon.R, v neon.V) {
	p.k.Op(p.move()+".P", from.At(4*p.elements), v.F())
}

// loadFilled is load with lanes beyond the elements that repeat them.
func (p piece) loadFilled(from neon.R) []neon.V {
	v := p.load(from)
	switch p.elements {
	case 1:
		p.k.Op("VDUP", v[0].S(0), v[0].S4())
	case 2:
		p.k.Op("VDUP", v[0].D(0), v[0].D2())
	}
	return v
}

// store writes the vectors of the piece.
func (p piece) store(v []neon.V, to neon.R) {
	for at := range v {
		p.storeVector(v[at], to, at)
	}
}

// clearOthers sets lanes beyond the elements to zero, as moves of less than a vector do.
func (p piece) clearOthers(v []neon.V) {
	if p.elements < neonLanes {
		p.k.Op(p.move(), v[0].F(), v[0].F())
	}
}
