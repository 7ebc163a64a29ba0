package main

import (
	"fmt"
	"math/bits"
	"strings"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Instructions that neither avo nor Go's assembler knows: PREFETCHW, and others of opcode map 0F38 with W0 (Intel's manual, volume 2, sections
// 2.1, 2.3 and 2.7).
var unknowns = map[string]struct {
	isa    string
	encode func(prefix, opcode byte, operands []operand.Op) []byte
	prefix byte // of legacy encodings: 1 for 66, 2 for F3, 3 for F2
	opcode byte
}{
	"VDPBF16PS":      {"AVX512_BF16", evex, 2, 0x52},
	"VCVTNE2PS2BF16": {"AVX512_BF16", evex, 3, 0x72},
	"LDTILECFG":      {"AMX_TILE", vexMemory, 0, 0x49},
	"TILERELEASE":    {"AMX_TILE", vexTiles, 0, 0x49},
	"TILEZERO":       {"AMX_TILE", vexTiles, 3, 0x49},
	"TILELOADD":      {"AMX_TILE", vexMemory, 3, 0x4b},
	"TILESTORED":     {"AMX_TILE", vexMemory, 2, 0x4b},
	"TDPBF16PS":      {"AMX_BF16", vexTiles, 2, 0x5c},
	"PREFETCHW":      {"MMX+", legacyMemory, 0, 0x0d}, // as avo has it of other prefetches
}

// unknown emits an instruction. Registers are allocated to it as to any other one.
func (g *generator) unknown(opcode string, operands, inputs, outputs []operand.Op) {
	g.Instruction(&ir.Instruction{Opcode: opcode, Operands: operands, Inputs: inputs, Outputs: outputs, ISA: []string{unknowns[opcode].isa}})
}

// unknownVector emits dst = opcode(b, a), which also reads what more names.
func (g *generator) unknownVector(opcode string, b, a, dst operand.Op, more ...operand.Op) {
	g.unknown(opcode, []operand.Op{b, a, dst}, append([]operand.Op{b, a}, more...), []operand.Op{dst})
}

// encodeUnknown puts bytes in the place of the unknown instructions, each under a comment.
func encodeUnknown(file *ir.File) {
	for _, f := range file.Functions() {
		var nodes []ir.Node
		for _, node := range f.Nodes {
			i, ok := node.(*ir.Instruction)
			if !ok || unknowns[i.Opcode].encode == nil {
				nodes = append(nodes, node)
				continue
			}
			var operands []string
			for _, op := range i.Operands {
				operands = append(operands, op.Asm())
			}
			nodes = append(nodes, ir.NewComment(strings.TrimSpace(i.Opcode+" "+strings.Join(operands, ", "))))
			for code := bytesOf(i.Opcode, i.Operands); len(code) > 0; {
				var part *ir.Instruction
				part, code = cut(code)
				nodes = append(nodes, part)
			}
		}
		f.Nodes = nodes
	}
}

// cut returns the first bytes of code as an instruction, and the others.
func cut(code []byte) (first *ir.Instruction, rest []byte) {
	switch {
	case len(code) >= 4:
		return &ir.Instruction{Opcode: "LONG", Operands: []operand.Op{operand.U32(word(code)) | operand.U32(word(code[2:]))<<16}}, code[4:]
	case len(code) >= 2:
		return &ir.Instruction{Opcode: "WORD", Operands: []operand.Op{word(code)}}, code[2:]
	}
	return &ir.Instruction{Opcode: "BYTE", Operands: []operand.Op{operand.U8(code[0])}}, code[1:]
}

func word(code []byte) operand.U16 { return operand.U16(code[0]) | operand.U16(code[1])<<8 }

// bytesOf returns an unknown instruction, whose registers are allocated.
func bytesOf(opcode string, operands []operand.Op) []byte {
	u := unknowns[opcode]
	return u.encode(u.prefix, u.opcode, operands)
}

// number returns which register op is, or which tile.
func number(op operand.Op) byte {
	switch op := op.(type) {
	case reg.Physical:
		return byte(op.PhysicalIndex())
	case operand.U8:
		return byte(op)
	}
	panic(fmt.Sprintf("%s is neither a register nor a tile", op.Asm()))
}

// without returns the complement of a bit of r, as the fields of prefixes hold it.
func without(r byte, bit, at int) byte { return ^r >> bit & 1 << at }

// evex returns the instruction of three 512-bit registers dst = opcode(b, a), from b, a and dst.
func evex(prefix, opcode byte, operands []operand.Op) []byte {
	b, a, dst := number(operands[0]), number(operands[1]), number(operands[2])
	return []byte{
		0x62,
		without(dst, 3, 7) | without(b, 4, 6) | without(b, 3, 5) | without(dst, 4, 4) | 2,
		^a&15<<3 | 4 | prefix,
		2<<5 | without(a, 4, 3),
		opcode,
		3<<6 | dst&7<<3 | b&7,
	}
}

// vexTiles returns the instruction of up to three tiles dst += a·b, from b, a and dst: of the last ones, if there are fewer.
func vexTiles(prefix, opcode byte, operands []operand.Op) []byte {
	var tiles [3]byte
	for i, op := range operands {
		tiles[3-len(operands)+i] = number(op)
	}
	return []byte{0xc4, 7<<5 | 2, ^tiles[0]&15<<3 | prefix, opcode, 3<<6 | tiles[2]<<3 | tiles[1]}
}

// vexMemory returns the instruction of a memory, whose index is the distance of rows if it has one, and the tile after it, if there is one.
func vexMemory(prefix, opcode byte, operands []operand.Op) []byte {
	m, tile := operands[0].(operand.Mem), byte(0)
	if len(operands) > 1 {
		tile = number(operands[1])
	}
	base, index := registers(m)
	return append([]byte{0xc4, 1<<7 | without(index, 3, 6) | without(base, 3, 5) | 2, 15<<3 | prefix, opcode}, place(m, tile)...)
}

// legacyMemory returns the instruction of a memory and the extension /1 of an opcode of map 0F.
func legacyMemory(_, opcode byte, operands []operand.Op) []byte {
	m := operands[0].(operand.Mem)
	base, index := registers(m)
	code := append([]byte{0x0f, opcode}, place(m, 1)...)
	if extended := index>>3<<1 | base>>3; extended != 0 {
		return append([]byte{4<<4 | extended}, code...)
	}
	return code
}

// registers returns which a memory's base and index are.
func registers(m operand.Mem) (base, index byte) {
	const none = 4
	if m.Index == nil {
		return number(m.Base), none
	}
	return number(m.Base), number(m.Index)
}

// place returns the bytes that say where a memory is, and the field beside it.
func place(m operand.Mem, field byte) []byte {
	base, index := registers(m)
	scale := byte(bits.TrailingZeros8(max(m.Scale, 1)))
	code, d := []byte{1<<6 | field<<3 | 4, scale<<6 | index&7<<3 | base&7, byte(m.Disp)}, uint32(m.Disp)
	if m.Disp != int(int8(m.Disp)) {
		code[0] ^= 3 << 6
		code = append(code, byte(d>>8), byte(d>>16), byte(d>>24))
	}
	return code
}
