//go:build !purego && amd64

package lane

import (
	"github.com/klauspost/cpuid/v2"

	"github.com/lane-go/lane/kernels"
)

// sets returns the kernel sets that this CPU can run, best first.
func sets() []*kernels.Set { return runnable }

// runnable is what sets returns; active depends on it, and so it is ready before.
var runnable = detect(cpuid.CPU.Supports)

// detect returns the sets of a CPU that supports what it says. cpuid reports wide registers
// only if the operating system saves them.
func detect(supports func(...cpuid.FeatureID) bool) []*kernels.Set {
	var all []*kernels.Set
	if supports(cpuid.AVX512F, cpuid.AVX512DQ, cpuid.AVX512VL, cpuid.BMI2, cpuid.FMA3) {
		s := avx512()
		if supports(cpuid.AVX512BF16, cpuid.AVX512BW) {
			s.RoundBF16, s.PackBF16, s.TileBF16 = roundBF16AVX512, packBF16AVX512, tileBF16AVX512
		}
		all = append(all, s)
	}
	if supports(cpuid.AVX2, cpuid.FMA3) {
		all = append(all, avx2())
	}
	return append(all, &kernels.Portable)
}
