//go:build !purego

package lane

import (
	"slices"
	"testing"

	"github.com/klauspost/cpuid/v2"
	"github.com/stretchr/testify/require"
)

// What other CPUs than this one would run.
func TestDetect(t *testing.T) {
	haswell := []cpuid.FeatureID{cpuid.AVX2, cpuid.FMA3}
	skylake := append([]cpuid.FeatureID{cpuid.AVX512F, cpuid.AVX512DQ, cpuid.AVX512VL, cpuid.BMI2}, haswell...)
	for _, cpu := range []struct {
		name     string
		features []cpuid.FeatureID
		sets     []string
		bf16     bool
	}{
		{"none", nil, []string{"portable"}, false},
		{"AVX2 without FMA", []cpuid.FeatureID{cpuid.AVX2}, []string{"portable"}, false},
		{"Haswell", haswell, []string{"avx2", "portable"}, false},
		{"AVX-512 without BMI2", slices.DeleteFunc(slices.Clone(skylake), func(f cpuid.FeatureID) bool { return f == cpuid.BMI2 }), []string{"avx2", "portable"}, false},
		{"Skylake-SP", skylake, []string{"avx512", "avx2", "portable"}, false},
		{"BF16 without BW", append([]cpuid.FeatureID{cpuid.AVX512BF16}, skylake...), []string{"avx512", "avx2", "portable"}, false},
		{"Cooper Lake", append([]cpuid.FeatureID{cpuid.AVX512BF16, cpuid.AVX512BW}, skylake...), []string{"avx512", "avx2", "portable"}, true},
	} {
		sets := detect(func(wanted ...cpuid.FeatureID) bool {
			return !slices.ContainsFunc(wanted, func(f cpuid.FeatureID) bool { return !slices.Contains(cpu.features, f) })
		})
		var names []string
		for _, s := range sets {
			names = append(names, s.Name)
			if s.Name != "portable" {
				require.Equal(t, cpu.bf16 && s.Name == "avx512", s.TileBF16 != nil, "%s: bfloat16 of %s", cpu.name, s.Name)
			}
		}
		require.Equal(t, cpu.sets, names, cpu.name)
	}
}
