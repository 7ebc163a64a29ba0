// Command asm writes the assembly of package lane, kernels_amd64.s with AVX2 and AVX-512
// kernels, and of package bench, roof_amd64.s with what they are measured against,
// and the Go declarations beside them. Run it with go generate from the
// module's root; its test fails while the files there are not what it writes.
//
// A kernel is written once, over vectors of any width: an [isa] says how wide
// they are, and has the few steps that instruction sets do differently.
package main

import (
	"fmt"
	"os"
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

func write(files map[string][]byte) error {
	for name, content := range files {
		if err := os.WriteFile(name, content, 0o666); err != nil {
			return err
		}
	}
	return nil
}
