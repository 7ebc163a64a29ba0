// Package kerneltest is the conformance suite of kernel sets: [Run] judges any
// [kernels.Set], [Bench] times it, and the Check functions judge it on one
// given input, for fuzzing.
//
// # Policy
//
//   - Every slice is carved out of a larger one full of NaN, at each of the
//     offsets 0…15 from wherever that starts, so that every alignment occurs.
//     The guards, and every input, are compared bit for bit afterwards; a
//     guard that is read and used turns the result into NaN. Where the system
//     can fence memory, operands also lie next to pages that must not even be read.
//   - Lengths are 0…300 without exception, then primes.
//   - Destinations are apart from the sources, and the same slice as each.
//   - Operations that round at most once (Add, Sub, Mul, Div, Scale, Gather, Outer, PackRows, Transpose, RoundBF16, PackBF16, PackPairsBF16) must give
//     the bits of their definition, and so must Max but for the sign of zero.
//     Axpy, AxpyRows and ScatterAdd round once or twice an addition: the bits are those
//     of the fused or of the unfused definition. All NaNs count as equal.
//   - Reductions, DotRows, SumRows, DotPairs, AddPairs, Tile, TileBF16 and DotTile are compared with a float64 oracle:
//     |error| ≤ n·2⁻²⁴·Σ|xᵢyᵢ|, and not with another set.
//     Each element of ExpSum and AddExpSum is judged as one of Exp, and the sum as one of what
//     was written; what LogisticErrors takes for σ is judged as Sigmoid. LogisticRows is judged as all that it consists of,
//     and LogisticPairs must give its bits.
//   - The steps of optimizers are compared with float64 oracles that keep book of
//     what one rounding an operation adds up to; SumSquares, with |error| ≤ n·2⁻⁵²·Σ x².
//   - Exp, Sigmoid and Tanh are compared with a float64 oracle over a dense
//     sweep of all float32s and a list of special ones, in units in the last
//     place of the true value ([Functions] has the bounds). They overflow,
//     vanish and keep the sign of zero exactly where correct rounding does.
//   - The cells of recurrent networks are compared with a float64 oracle, unit
//     by unit: activations as the functions are, and what is computed from them by
//     |error| ≤ 6·2⁻²⁴ times the size of the terms.
//
// [testing.Short] thins out offsets and sweeps, for emulated CPUs. The
// environment variable LANE_EXHAUSTIVE=1 sweeps all 2³² float32s instead and
// logs the worst error of each function.
package kerneltest

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lane-go/lane/kernels"
)

// Run judges every kernel of s, in a subtest each.
func Run(t *testing.T, s *kernels.Set) {
	e := full
	if testing.Short() {
		e = short
	}
	if os.Getenv("LANE_EXHAUSTIVE") == "1" {
		e.stride = 1
	}
	for _, c := range checks {
		t.Run(c.kernel, func(t *testing.T) {
			e.logf = t.Logf
			err := c.run(s, e)
			if errors.Is(err, errSkipped) {
				t.Skip(err)
			}
			require.NoError(t, err)
		})
	}
}

// An effort is how much of the input space a run covers.
type effort struct {
	lengths []int
	offsets int    // offsets tried for each length; one, varying with the length, when it is 1
	stride  uint32 // distance in bit patterns of the sweep over all float32s
	logf    func(format string, args ...any)
}

var (
	full  = effort{lengths: lengths(300, 307, 401, 509, 1021, 2053, 4099), offsets: 16, stride: 509, logf: discard}
	short = effort{lengths: lengths(300, 1021), offsets: 1, stride: 65521, logf: discard}
)

func discard(string, ...any) {}

// lengths returns 0…exhaustive and then more.
func lengths(exhaustive int, more ...int) []int {
	var all []int
	for n := range exhaustive + 1 {
		all = append(all, n)
	}
	return append(all, more...)
}

// each calls check for every length and offset of e up to the first error.
func (e effort) each(check func(n, offset int) error) error {
	for _, n := range e.lengths {
		for o := range e.offsets {
			offset := (n + o) % 16
			if err := check(n, offset); err != nil {
				return fmt.Errorf("length %d, offset %d: %w", n, offset, err)
			}
		}
	}
	return nil
}

// A check judges one kernel; its error says what is wrong.
type check struct {
	kernel string // the field of the set, or what is checked of all
	run    func(s *kernels.Set, e effort) error
}

// errSkipped is the error of a check that means nothing here.
var errSkipped = errors.New("skipped")

// checks has an entry for each function of a set.
var checks = allChecks()

func allChecks() []check {
	var all []check
	for _, op := range reductions {
		all = append(all, check{op.kernel, op.run})
	}
	for _, op := range elementwises {
		all = append(all, check{op.kernel, op.run})
	}
	for _, o := range optimizers {
		all = append(all, check{o.kernel, o.run})
	}
	for _, c := range cells {
		all = append(all, check{c.kernel, c.run})
	}
	all = append(all,
		check{"SumSquares", runSumSquares},
		check{"ExpSum", runExpSum},
		check{"AddExpSum", runAddExpSum},
		check{"LogisticErrors", runLogisticErrors},
		check{"Gather", runGather},
		check{"ScatterAdd", runScatterAdd},
		check{"DotRows", runDotRows},
		check{"SumRows", runSumRows},
		check{"Outer", runOuter},
		check{"DotPairs", runDotPairs},
		check{"AddPairs", runAddPairs},
		check{"AxpyRows", runAxpyRows},
		check{"LogisticRows", runLogisticRows},
		check{"LogisticPairs", runLogisticPairs},
		check{"Prefetch", runPrefetch},
		check{"Tile", runTile},
		check{"DotTile", runDotTile},
		check{"PackRows", runPackRows},
		check{"Transpose", runTranspose},
		check{"RoundBF16", runRoundBF16},
		check{"PackBF16", runPackBF16},
		check{"PackPairsBF16", runPackPairsBF16},
		check{"AddExpSumBF16", runAddExpSumBF16},
		check{"TileBF16", runTileBF16},
	)
	return append(all, pageChecks...)
}
