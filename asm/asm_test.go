package main

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/printer"
	"github.com/stretchr/testify/require"
)

// The files are what the generator writes today.
func TestFresh(t *testing.T) {
	files, err := generate()
	require.NoError(t, err)
	require.Len(t, files, 8)
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("..", name))
		require.NoError(t, err)
		require.True(t, string(got) == string(want), "%s is stale: run go generate in the module's root", name)
	}
}

// A kernel needs no more than its name says: what [lane] asks the CPU for.
// SSE is the store of a float32 result, MMX+ the prefetches, CMOV the conditional moves: every amd64 CPU has them.
func TestInstructionSets(t *testing.T) {
	for _, c := range []struct {
		set  isa
		need []string
		bf16 []string // more, for the kernels of bfloat16s; nil if there are none, else there is one that AMX alone can run
	}{
		{avx2, []string{"AVX", "AVX2", "FMA3", "CMOV", "SSE", "MMX+"}, nil},
		{avx512, []string{"AVX", "AVX512F", "AVX512DQ", "AVX512VL", "BMI2", "FMA3", "CMOV", "SSE", "MMX+"}, []string{"AVX512BW", "AVX512_BF16"}},
	} {
		file, err := amd64(c.set)
		require.NoError(t, err)
		generated := map[string]bool{}
		for _, f := range file.Functions() {
			if f.Name == "tileBF16AMX" {
				require.NotNil(t, c.bf16)
				require.Subset(t, []string{"AMX_TILE", "AMX_BF16", "CMOV", "MMX+"}, f.ISA)
				continue
			}
			kernel := strings.TrimSuffix(f.Name, c.set.suffix)
			generated[kernel] = true
			if strings.HasSuffix(kernel, "BF16") {
				require.Subset(t, slices.Concat(c.need, c.bf16), f.ISA, f.Name)
			} else {
				require.Subset(t, c.need, f.ISA, f.Name)
			}
			require.NotEmpty(t, f.Doc, f.Name)
			require.Contains(t, f.Stub(), f.Name)
		}
		for kernel := range signatures {
			require.Equal(t, c.bf16 != nil || !strings.HasSuffix(kernel, "BF16"), generated[kernel], kernel+c.set.suffix)
		}
	}
}

// The registers 16 to 31 exist in AVX-512 only, but are handed out to any function that runs out of others.
func TestRegisters(t *testing.T) {
	for _, emit := range []func(...isa) (*ir.File, error){amd64, amd64Roof} {
		file, err := emit(avx2)
		require.NoError(t, err)
		content, err := printer.NewGoAsm(printer.Config{}).Print(file)
		require.NoError(t, err)
		require.NotRegexp(t, regexp.MustCompile(`\b([XY](1[6-9]|2\d|3[01])|Z\d+|K\d)\b`), string(content))
	}
}

// Every kernel of vectors clears the upper halves before each return, and before it
// stores a result with an SSE instruction.
func TestUpperHalvesAreCleared(t *testing.T) {
	file, err := amd64(avx512, avx2)
	require.NoError(t, err)
	for _, f := range file.Functions() {
		if f.Name == "tileBF16AMX" {
			continue
		}
		instructions := f.Instructions()
		for i, instruction := range instructions {
			switch instruction.Opcode {
			case "RET":
				before := instructions[i-1]
				if before.Opcode == "MOVSS" {
					before = instructions[i-2]
				}
				require.Equal(t, "VZEROUPPER", before.Opcode, f.Name)
			case "MOVSS":
				require.Equal(t, "VZEROUPPER", instructions[i-1].Opcode, f.Name)
			}
		}
		require.Equal(t, "RET", instructions[len(instructions)-1].Opcode, f.Name)
	}
}

// The polynomials are as near to the functions as exp.go says, before any rounding.
func TestPolynomials(t *testing.T) {
	const steps = 10000
	worst := 0.0
	for i := -steps; i <= steps; i++ {
		r := float64(i) / steps * ln2 / 2
		worst = max(worst, math.Abs((1+r*evaluate(expCoefficients, r))/math.Exp(r)-1))
	}
	require.Less(t, worst, 0.06*0x1p-24, "exp")

	worst = 0
	for i := 1; i <= steps; i++ {
		x := float64(i) / steps * tanhSmall
		worst = max(worst, math.Abs((x+x*x*x*evaluate(tanhCoefficients, x*x))/math.Tanh(x)-1))
	}
	require.Less(t, worst, 0.08*0x1p-24, "tanh")
}

func evaluate(coefficients []float32, x float64) float64 {
	sum := 0.0
	for _, c := range coefficients {
		sum = sum*x + float64(c)
	}
	return sum
}
