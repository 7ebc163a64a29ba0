// Command asm writes the assembly of package lane, kernels_amd64.s with AVX2 and AVX-512
// kernels and kernels_arm64.s with those of NEON, and of package bench, roof_amd64.s with what
// they are measured against, and the Go declarations and sets beside them. Run it with go generate from the
// module's root; its test fails while the files there are not what it writes.
//
// A kernel of amd64 is written once, over vectors of any width: an [isa] says how wide
// they are, and has the few steps that instruction sets do differently. Those of arm64 have a
// [neonGenerator], over package neon.
package main

import (
	"fmt"
	"os"

	"github.com/mmcloughlin/avo/printer"
)

func main() {
	files, err := generate()
	if err == nil {
		err = write(files)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "asm:", err)
		os.Exit(1)
	}
}

// generate returns the generated files by path, from the module's root.
func generate() (map[string][]byte, error) {
	files := map[string][]byte{}
	if err := generateAMD64(files); err != nil {
		return nil, err
	}
	if err := generateARM64(files); err != nil {
		return nil, err
	}
	return files, nil
}

// configuration is what the files of a package say of where they come from.
func configuration(pkg string) printer.Config {
	return printer.Config{Argv: []string{"go", "run", "./asm"}, Pkg: pkg}
}

func write(files map[string][]byte) error {
	for name, content := range files {
		if err := os.WriteFile(name, content, 0o666); err != nil {
			return err
		}
	}
	return nil
}
