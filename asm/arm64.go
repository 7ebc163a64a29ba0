package main

import (
	"fmt"

	"github.com/lane-go/lane/asm/neon"
)

// generateARM64 adds the files of arm64.
func generateARM64(files map[string][]byte) (err error) {
	file, config := arm64(), configuration("lane")
	files["kernels_arm64.s"] = file.Assembly(config)
	if files["kernels_arm64.go"], err = file.Stubs(config); err != nil {
		return err
	}
	files["kernelsets_arm64.go"], err = sets(table{suffix: "NEON", mr: neonTileRows, nr: neonTileWidth, dotMR: neonDotRows})
	return err
}

// arm64 returns the kernels of NEON, which every arm64 CPU has.
func arm64() *neon.File {
	g := &neonGenerator{}
	g.reductions()
	g.elementwise()
	g.functions()
	g.losses()
	g.cells()
	g.optimizers()
	g.rows()
	g.rowProducts()
	g.rowPairs()
	g.logisticRows()
	g.logisticPairs()
	g.tile()
	g.dotTile()
	g.packRows()
	g.transpose()
	return &g.file
}

// A neonGenerator emits the kernels.
type neonGenerator struct{ file neon.File }

// A neonKernel is the kernel that is being emitted.
type neonKernel struct{ *neon.Function }

// kernel begins the kernel of the given name.
func (g *neonGenerator) kernel(name string) neonKernel {
	s := signatures[name]
	return neonKernel{g.file.Function(name+"NEON", fmt.Sprintf(s.doc, name+"NEON"), s.expr)}
}

// vectors returns n new vectors.
func (k neonKernel) vectors(n int) []neon.V {
	v := make([]neon.V, n)
	for i := range v {
		v[i] = k.V()
	}
	return v
}

// zeros returns n new vectors that are zero.
func (k neonKernel) zeros(n int) []neon.V {
	v := k.vectors(n)
	k.clear(v)
	return v
}

// clear sets all of v to zero.
func (k neonKernel) clear(v []neon.V) {
	for _, z := range v {
		k.Op("VEOR", z.B16(), z.B16(), z.B16())
	}
}

// A lanewise is an instruction d = n ∘ m, in lanes.
type lanewise func(a neon.Arrangement, m, n, d neon.V) neon.Word
