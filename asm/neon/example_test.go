package neon_test

import (
	"fmt"
	"strings"

	"github.com/lane-go/lane/asm/neon"
	"github.com/mmcloughlin/avo/printer"
)

// A function that adds two numbers, by the vector instruction that Go's assembler doesn't know.
func Example() {
	var file neon.File
	f := file.Function("add", "add returns x + y.", "func(x, y float32) float32")
	x, y := f.Broadcast("x"), f.Broadcast("y")
	f.Word(neon.FADD(neon.S4, y, x, x))
	f.ReturnFloat32(x)

	assembly := string(file.Assembly(printer.Config{Argv: []string{"generate"}, Pkg: "some"}))
	fmt.Print(assembly[strings.Index(assembly, "TEXT"):])
	// Output:
	// TEXT ·add(SB), NOSPLIT, $0-12
	// 	FMOVS x+0(FP), F0
	// 	VDUP V0.S[0], V0.S4
	// 	FMOVS y+4(FP), F1
	// 	VDUP V1.S[0], V1.S4
	// 	WORD $0x4e21d400 // fadd v0.4s, v0.4s, v1.4s
	// 	FMOVS F0, ret+8(FP)
	// 	RET
}
