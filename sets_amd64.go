//go:build !purego && amd64

package lane

import (
	"github.com/klauspost/cpuid/v2"

	"github.com/lane-go/lane/kernels"
)

// sets returns the kernel sets that this CPU can run, best first.
func sets() []*kernels.Set { return runnable }

// runnable is what sets returns; active depends on it, and so it is ready before.
var runnable = detect(cpuid.CPU.Supports(cpuid.AVX2, cpuid.FMA3))

// detect returns the sets of a CPU with or without AVX2 and FMA. cpuid reports
// them only if the operating system saves their registers.
func detect(hasAVX2 bool) []*kernels.Set {
	if !hasAVX2 {
		return []*kernels.Set{&kernels.Portable}
	}
	return []*kernels.Set{avx2(), &kernels.Portable}
}

// avx2 returns the portable set with everything replaced by AVX2 and FMA.
func avx2() *kernels.Set {
	s := kernels.Portable
	s.Name = "avx2"
	s.Dot, s.Sum, s.Max = dotAVX2, sumAVX2, maxAVX2
	s.Axpy, s.Scale = axpyAVX2, scaleAVX2
	s.Add, s.Sub, s.Mul, s.Div = addAVX2, subAVX2, mulAVX2, divAVX2
	s.Exp, s.Sigmoid, s.Tanh = expAVX2, sigmoidAVX2, tanhAVX2
	s.Gather, s.ScatterAdd = gatherAVX2, scatterAddAVX2
	s.Tile, s.MR, s.NR = tileAVX2, 6, 16
	return &s
}
