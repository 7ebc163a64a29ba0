package main

import (
	"fmt"
	"strings"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// An evex is the encoding of an instruction of three 512-bit registers that neither avo nor Go's assembler knows: EVEX.512, opcode map
// 0F38, W0 (Intel's manual, volume 2, section 2.7).
type evex struct {
	isa    string
	prefix byte // of legacy encodings: 1 for 66, 2 for F3, 3 for F2
	opcode byte
}

var unknowns = map[string]evex{
	"VDPBF16PS":      {"AVX512_BF16", 2, 0x52},
	"VCVTNE2PS2BF16": {"AVX512_BF16", 3, 0x72},
}

// unknown emits dst = opcode(b, a), which also reads what more names. Registers are allocated to it as to any other instruction.
func (g *generator) unknown(opcode string, b, a, dst operand.Op, more ...operand.Op) {
	g.Instruction(&ir.Instruction{
		Opcode:   opcode,
		Operands: []operand.Op{b, a, dst},
		Inputs:   append([]operand.Op{b, a}, more...),
		Outputs:  []operand.Op{dst},
		ISA:      []string{unknowns[opcode].isa},
	})
}

// encodeUnknown puts bytes in the place of the instructions that unknown has emitted, each under a comment.
func encodeUnknown(file *ir.File) error {
	for _, f := range file.Functions() {
		var nodes []ir.Node
		for _, node := range f.Nodes {
			i, ok := node.(*ir.Instruction)
			if !ok || unknowns[i.Opcode].isa == "" {
				nodes = append(nodes, node)
				continue
			}
			var registers [3]reg.Physical
			var names []string
			for j, op := range i.Operands {
				r, ok := op.(reg.Physical)
				if !ok {
					return fmt.Errorf("%s: %s: %s is not a register", f.Name, i.Opcode, op.Asm())
				}
				registers[j] = r
				names = append(names, r.Asm())
			}
			code := unknowns[i.Opcode].encode(registers[0].PhysicalIndex(), registers[1].PhysicalIndex(), registers[2].PhysicalIndex())
			nodes = append(nodes,
				ir.NewComment(i.Opcode+" "+strings.Join(names, ", ")),
				&ir.Instruction{Opcode: "LONG", Operands: []operand.Op{operand.U32(code[0]) | operand.U32(code[1])<<8 | operand.U32(code[2])<<16 | operand.U32(code[3])<<24}},
				&ir.Instruction{Opcode: "WORD", Operands: []operand.Op{operand.U16(code[4]) | operand.U16(code[5])<<8}},
			)
		}
		f.Nodes = nodes
	}
	return nil
}

// encode returns the instruction dst = opcode(b, a) of the registers of those numbers.
func (e evex) encode(b, a, dst reg.Index) [6]byte {
	// Fields hold the complement of a bit.
	without := func(r reg.Index, bit, at int) byte { return byte(^r>>bit&1) << at }
	return [6]byte{
		0x62,
		without(dst, 3, 7) | without(b, 4, 6) | without(b, 3, 5) | without(dst, 4, 4) | 2,
		byte(^a&15)<<3 | 4 | e.prefix,
		2<<5 | without(a, 4, 3),
		e.opcode,
		3<<6 | byte(dst&7)<<3 | byte(b&7),
	}
}
