//go:build !purego && amd64

package lane

import (
	"github.com/klauspost/cpuid/v2"

	"github.com/lane-go/lane/kernels"
)

// sets returns the kernel sets that this CPU can run, best first.
func sets() []*kernels.Set { return runnable }

// runnable is what sets returns; active depends on it, and so it is ready before.
var runnable = detect(cpuid.CPU.Supports, amxPermitted)

// detect returns the sets of a CPU that supports what it says. cpuid reports wide registers
// only if the operating system saves them; for the tiles of AMX, permitted asks it.
func detect(supports func(...cpuid.FeatureID) bool, permitted func() bool) []*kernels.Set {
	var all []*kernels.Set
	if supports(cpuid.AVX512F, cpuid.AVX512DQ, cpuid.AVX512VL, cpuid.BMI2, cpuid.FMA3) {
		s := avx512()
		if supports(cpuid.AVX512BF16, cpuid.AVX512BW) {
			s.RoundBF16, s.PackBF16, s.PackPairsBF16, s.AddExpSumBF16 = roundBF16AVX512, packBF16AVX512, packPairsBF16AVX512, addExpSumBF16AVX512
			s.TileBF16 = tileBF16AVX512
			s.MRBF16, s.StepsBF16 = s.MR, 1
			if supports(cpuid.AMXTILE, cpuid.AMXBF16) && permitted() {
				s.TileBF16, s.MRBF16, s.StepsBF16 = tileBF16AMX, 32, 16
			}
		}
		all = append(all, s)
	}
	if supports(cpuid.AVX2, cpuid.FMA3) {
		all = append(all, avx2())
	}
	return append(all, &kernels.Portable)
}
