package main

import (
	"testing"

	"github.com/mmcloughlin/avo/reg"
	"github.com/stretchr/testify/require"
)

// The bytes are those of GNU as.
func TestEVEX(t *testing.T) {
	for _, c := range []struct {
		opcode    string
		b, a, dst reg.Index
		want      [6]byte
	}{
		{"VDPBF16PS", 3, 20, 9, [6]byte{0x62, 0x72, 0x5e, 0x40, 0x52, 0xcb}},
		{"VDPBF16PS", 31, 0, 17, [6]byte{0x62, 0x82, 0x7e, 0x48, 0x52, 0xcf}},
		{"VCVTNE2PS2BF16", 12, 27, 30, [6]byte{0x62, 0x42, 0x27, 0x40, 0x72, 0xf4}},
	} {
		require.Equal(t, c.want, unknowns[c.opcode].encode(c.b, c.a, c.dst), c.opcode)
	}
}
