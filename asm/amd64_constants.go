package main

import (
	"math"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// constant returns value in every lane, in memory or in a register.
func (g *generator) constant(name string, value float32) operand.Op {
	return g.constantBits(name, math.Float32bits(value))
}

func (g *generator) constantBits(name string, bits uint32) operand.Op {
	m := g.inMemory(name, bits)
	if v, ok := g.residents.get(g, name, m, false); ok {
		return v
	}
	if g.lanes > lanesInMemory {
		return g.broadcastFrom(m)
	}
	return m
}

// resident returns value in every lane of a register, which a loop shares.
func (g *generator) resident(name string, value float32) reg.VecVirtual {
	m := g.inMemory(name, math.Float32bits(value))
	if v, ok := g.residents.get(g, name, m, true); ok {
		return v
	}
	return g.broadcastFrom(m)
}

func (g *generator) broadcastFrom(m operand.Mem) reg.VecVirtual {
	v := g.vector()
	g.VBROADCASTSS(m, v)
	return v
}

// lanesInMemory is the width of constants in memory. The linker aligns no symbol to more
// than 32 bytes, and a wider constant would be read from two cache lines.
const lanesInMemory = 8

func (g *generator) inMemory(name string, bits uint32) operand.Mem {
	m, ok := g.constants[name]
	if !ok {
		m = g.StaticGlobal(name)
		g.DataAttributes(attr.RODATA | attr.NOPTR)
		for range lanesInMemory {
			g.AppendDatum(operand.U32(bits))
		}
		g.constants[name] = m
	}
	return m
}

// residents are the constants of a loop that stay in registers.
type residents struct {
	room    int // for constants that could be in memory as well
	vectors map[string]reg.VecVirtual
	loads   []func()
}

// get returns the register of a constant: a new one if it is needed, or if there is room.
func (r *residents) get(g *generator, name string, m operand.Mem, needed bool) (reg.VecVirtual, bool) {
	if r == nil {
		return nil, false
	}
	v, ok := r.vectors[name]
	if !ok && (needed || r.room > 0) {
		v, ok = g.vector(), true
		r.vectors[name] = v
		r.loads = append(r.loads, func() { g.VBROADCASTSS(m, v) })
		r.room--
	}
	return v, ok
}

// hoist emits a loop, and before it the loads of constants that the loop asks for.
func (g *generator) hoist(loop func()) {
	r := &residents{room: g.kept, vectors: map[string]reg.VecVirtual{}}
	g.residents = r
	body := g.apart(loop)
	g.residents = nil
	for _, load := range r.loads {
		load()
	}
	g.append(body)
}
