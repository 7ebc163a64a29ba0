package neon

import (
	"bytes"
	"fmt"

	"github.com/mmcloughlin/avo/buildtags"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/printer"
)

// constraint is that of both files; the name of each restricts it to arm64.
const constraint = "!purego"

// A File is assembly, and the Go file that declares its functions.
type File struct {
	functions []*Function
	constants constants
}

// Function begins the function of the given name, doc comment and Go type.
func (f *File) Function(name, doc, signature string) *Function {
	function := newFunction(name, doc, signature, &f.constants)
	f.functions = append(f.functions, function)
	return function
}

// Assembly returns the text of the assembly.
func (f *File) Assembly(config printer.Config) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "// %s\n\n//go:build %s\n\n#include \"textflag.h\"\n", config.GeneratedWarning(), constraint)
	f.constants.write(&b)
	for _, function := range f.functions {
		s := function.signature
		fmt.Fprintf(&b, "\n// func %s%v\nTEXT ·%s(SB), NOSPLIT, $0-%d\n", function.name, s, function.name, s.Bytes())
		b.WriteString(function.prologue.String())
		b.WriteString(function.lines.String())
	}
	return b.Bytes()
}

// Stubs returns the text of the declarations.
func (f *File) Stubs(config printer.Config) ([]byte, error) {
	file := ir.NewFile()
	restricted, err := buildtags.ParseConstraint(constraint)
	if err != nil {
		return nil, err
	}
	file.Constraints = buildtags.And(restricted)
	for _, function := range f.functions {
		stub := ir.NewFunction(function.name)
		stub.SetSignature(function.signature)
		stub.Doc = []string{function.doc}
		stub.AddPragma("noescape")
		file.AddSection(stub)
	}
	return printer.NewStubs(config).Print(file)
}
