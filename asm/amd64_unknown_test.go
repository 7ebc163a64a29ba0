package main

import (
	"testing"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
	"github.com/stretchr/testify/require"
)

// The bytes are those of GNU as.
func TestUnknown(t *testing.T) {
	tile := func(n int) operand.Op { return operand.U8(n) }
	for _, c := range []struct {
		opcode   string
		operands []operand.Op
		want     []byte
	}{
		{"VDPBF16PS", []operand.Op{reg.Z3, reg.Z20, reg.Z9}, []byte{0x62, 0x72, 0x5e, 0x40, 0x52, 0xcb}},
		{"VDPBF16PS", []operand.Op{reg.Z31, reg.Z0, reg.Z17}, []byte{0x62, 0x82, 0x7e, 0x48, 0x52, 0xcf}},
		{"VCVTNE2PS2BF16", []operand.Op{reg.Z12, reg.Z27, reg.Z30}, []byte{0x62, 0x42, 0x27, 0x40, 0x72, 0xf4}},
		{"LDTILECFG", []operand.Op{operand.Mem{Base: reg.R12, Disp: 0x40}}, []byte{0xc4, 0xc2, 0x78, 0x49, 0x44, 0x24, 0x40}},
		{"TILERELEASE", nil, []byte{0xc4, 0xe2, 0x78, 0x49, 0xc0}},
		{"TILEZERO", []operand.Op{tile(5)}, []byte{0xc4, 0xe2, 0x7b, 0x49, 0xe8}},
		{"TILELOADD", []operand.Op{operand.Mem{Base: reg.R8, Index: reg.RCX, Scale: 1, Disp: 0x40}, tile(6)}, []byte{0xc4, 0xc2, 0x7b, 0x4b, 0x74, 0x08, 0x40}},
		{"TILELOADD", []operand.Op{operand.Mem{Base: reg.RBP, Index: reg.R15, Scale: 1, Disp: 0x40}, tile(1)}, []byte{0xc4, 0xa2, 0x7b, 0x4b, 0x4c, 0x3d, 0x40}},
		{"TILELOADD", []operand.Op{operand.Mem{Base: reg.RDX, Index: reg.RSI, Scale: 1, Disp: -0x40}, tile(7)}, []byte{0xc4, 0xe2, 0x7b, 0x4b, 0x7c, 0x32, 0xc0}},
		{"TILESTORED", []operand.Op{operand.Mem{Base: reg.R13, Index: reg.R9, Scale: 1, Disp: 0x40}, tile(3)}, []byte{0xc4, 0x82, 0x7a, 0x4b, 0x5c, 0x0d, 0x40}},
		{"TDPBF16PS", []operand.Op{tile(7), tile(4), tile(1)}, []byte{0xc4, 0xe2, 0x42, 0x5c, 0xcc}},
		{"TILELOADD", []operand.Op{operand.Mem{Base: reg.RDX, Index: reg.RSI, Scale: 1, Disp: 0x80}, tile(7)}, []byte{0xc4, 0xe2, 0x7b, 0x4b, 0xbc, 0x32, 0x80, 0, 0, 0}},
		{"PREFETCHW", []operand.Op{operand.Mem{Base: reg.RSP, Index: reg.RBP, Scale: 4, Disp: 0x40}}, []byte{0x0f, 0x0d, 0x4c, 0xac, 0x40}},
		{"PREFETCHW", []operand.Op{operand.Mem{Base: reg.R13, Index: reg.R8, Scale: 4, Disp: 0x80}}, []byte{0x43, 0x0f, 0x0d, 0x8c, 0x85, 0x80, 0, 0, 0}},
		{"PREFETCHW", []operand.Op{operand.Mem{Base: reg.R9, Index: reg.RDI, Scale: 1, Disp: -0x40}}, []byte{0x41, 0x0f, 0x0d, 0x4c, 0x39, 0xc0}},
		{"TDPBF16PS", []operand.Op{tile(6), tile(5), tile(2)}, []byte{0xc4, 0xe2, 0x4a, 0x5c, 0xd5}},
	} {
		require.Equal(t, c.want, bytesOf(c.opcode, c.operands), c.opcode)
	}
}
