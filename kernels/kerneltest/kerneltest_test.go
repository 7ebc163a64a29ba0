package kerneltest

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lane-go/lane/kernels"
)

func TestEveryKernelIsChecked(t *testing.T) {
	checked := map[string]bool{}
	for _, c := range checks {
		checked[c.kernel] = true
	}
	set := reflect.TypeFor[kernels.Set]()
	for i := range set.NumField() {
		if f := set.Field(i); f.Type.Kind() == reflect.Func {
			require.True(t, checked[f.Name], "no check of %s", f.Name)
		}
	}
}

// A mutant is a set with a mistake that kernels are prone to.
type mutant struct {
	kernel, mistake string
	mutate          func(s *kernels.Set)
}

// The suite must see each mistake, in the thin run that emulated CPUs get.
func TestMistakesAreCaught(t *testing.T) {
	for _, m := range slices.Concat(mutants, lossMutants, optimizerMutants, bf16Mutants, rowProductMutants, rowPairMutants) {
		t.Run(m.kernel+" "+m.mistake, func(t *testing.T) {
			s := kernels.Portable
			m.mutate(&s)
			require.NoError(t, checkOf(m.kernel).run(&kernels.Portable, short), "without the mistake")
			err := checkOf(m.kernel).run(&s, short)
			require.Error(t, err)
			t.Log(err)
		})
	}
}

func TestLoadsOutsideAreCaught(t *testing.T) {
	if len(pageChecks) == 0 {
		t.Skip("memory cannot be fenced here")
	}
	if err := checkOf("Pages").run(&kernels.Portable, short); errors.Is(err, errSkipped) {
		t.Skip(err)
	}
	var used float32
	for name, outside := range map[string]func([]float32) float32{"behind the end": beyond, "before the start": before} {
		s := kernels.Portable
		s.Sum = func(x []float32) float32 {
			used += outside(x)
			return kernels.Portable.Sum(x)
		}
		require.NoError(t, checkOf("Sum").run(&s, short), "guards do not see what is not used")
		require.ErrorContains(t, checkOf("Pages").run(&s, short), "Sum of 0 touches memory outside", name)
	}
	require.NotZero(t, used)
}

func checkOf(kernel string) check {
	i := slices.IndexFunc(checks, func(c check) bool { return c.kernel == kernel })
	return checks[i]
}

func TestUlps(t *testing.T) {
	inf, nan, negativeZero := float32(math.Inf(1)), float32(math.NaN()), float32(math.Copysign(0, -1))
	require.Zero(t, Ulps(1, 1))
	require.InDelta(t, 1, Ulps(1+0x1p-23, 1), 1e-9)
	require.InDelta(t, 0.5, Ulps(1, 1+0x1p-24), 1e-9)
	require.InDelta(t, 3, Ulps(4*0x1p-149, 0x1p-149), 1e-9)
	require.Zero(t, Ulps(nan, math.NaN()))
	require.Zero(t, Ulps(inf, 1e39))
	for _, wrong := range []struct {
		got   float32
		exact float64
	}{{1, math.NaN()}, {nan, 1}, {inf, 1}, {math.MaxFloat32, 1e39}, {-inf, 1e39}, {negativeZero, 0}} {
		require.True(t, math.IsInf(Ulps(wrong.got, wrong.exact), 1), "%v", wrong)
	}
}

func TestFusedMultiplyAdd(t *testing.T) {
	a, x := float32(1+0x1p-23), float32(1+0x1p-23)
	require.Equal(t, float32(0x1p-46), fusedMultiplyAdd(a, x, -(1+0x1p-22)))
	require.Zero(t, multiplyAdd(a, x, -(1+0x1p-22)))
	require.Equal(t, float32(1+0x1p-23), fusedMultiplyAdd(0x1p-24, 1+0x1p-23, 1), "above the tie")
	require.Equal(t, float32(1), fusedMultiplyAdd(0x1p-24, 1, 1), "the tie")
	// Rounded to nearest in float64, this is a tie between two float32s, and it is not.
	require.Equal(t, float32(1+0x1p-23), fusedMultiplyAdd(0x1p-24*(1+0x1p-18), 1-0x1p-18, 1+0x1p-23))
}
