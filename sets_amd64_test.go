//go:build !purego

package lane

import (
	"slices"
	"testing"

	"github.com/klauspost/cpuid/v2"
	"github.com/lane-go/lane/kernels/kerneltest"
	"github.com/stretchr/testify/require"
)

// What other CPUs than this one would run.
func TestDetect(t *testing.T) {
	haswell := []cpuid.FeatureID{cpuid.AVX2, cpuid.FMA3}
	skylake := append([]cpuid.FeatureID{cpuid.AVX512F, cpuid.AVX512DQ, cpuid.AVX512VL, cpuid.BMI2}, haswell...)
	cooperLake := append([]cpuid.FeatureID{cpuid.AVX512BF16, cpuid.AVX512BW}, skylake...)
	sapphireRapids := append([]cpuid.FeatureID{cpuid.AMXTILE, cpuid.AMXBF16}, cooperLake...)
	for _, cpu := range []struct {
		name     string
		features []cpuid.FeatureID
		sets     []string
		bf16     bool
		amx      bool
	}{
		{"none", nil, []string{"portable"}, false, false},
		{"AVX2 without FMA", []cpuid.FeatureID{cpuid.AVX2}, []string{"portable"}, false, false},
		{"Haswell", haswell, []string{"avx2", "portable"}, false, false},
		{"AVX-512 without BMI2", slices.DeleteFunc(slices.Clone(skylake), func(f cpuid.FeatureID) bool { return f == cpuid.BMI2 }), []string{"avx2", "portable"}, false, false},
		{"Skylake-SP", skylake, []string{"avx512", "avx2", "portable"}, false, false},
		{"BF16 without BW", append([]cpuid.FeatureID{cpuid.AVX512BF16}, skylake...), []string{"avx512", "avx2", "portable"}, false, false},
		{"Cooper Lake", cooperLake, []string{"avx512", "avx2", "portable"}, true, false},
		{"Sapphire Rapids", sapphireRapids, []string{"avx512", "avx2", "portable"}, true, true},
		{"without tiles", append([]cpuid.FeatureID{cpuid.AMXBF16}, cooperLake...), []string{"avx512", "avx2", "portable"}, true, false},
	} {
		supports := func(wanted ...cpuid.FeatureID) bool {
			return !slices.ContainsFunc(wanted, func(f cpuid.FeatureID) bool { return !slices.Contains(cpu.features, f) })
		}
		for _, permitted := range []bool{true, false} {
			var names []string
			for _, s := range detect(supports, func() bool { return permitted }) {
				names = append(names, s.Name)
				if s.Name != "portable" {
					require.Equal(t, cpu.bf16 && s.Name == "avx512", s.TileBF16 != nil, "%s: bfloat16 of %s", cpu.name, s.Name)
					require.Equal(t, cpu.amx && permitted && s.Name == "avx512", s.StepsBF16 == 16, "%s: tiles of %s", cpu.name, s.Name)
				}
			}
			require.Equal(t, cpu.sets, names, cpu.name)
		}
	}
}

// The kernel that other CPUs, or systems, have in the place of that for AMX.
func TestTileBF16WithoutAMX(t *testing.T) {
	s := detect(cpuid.CPU.Supports, func() bool { return false })[0]
	if s.TileBF16 == nil || active.StepsBF16 == 1 {
		t.Skip("no CPU with AMX")
	}
	for m := 1; m <= s.MRBF16; m++ {
		for n := 1; n <= 3*s.NR; n += m {
			for _, k := range []int{1, 2, 7, 64, 65, 300} {
				call := kerneltest.Tile{M: m, N: n, K: k, Gap: n % 3, Add: n%2 == 1, Packed: k%2 == 1, Ahead: n % 5 * 100}
				require.NoError(t, kerneltest.CheckTile(s, n%16, call), "%v", call)
			}
		}
	}
}
