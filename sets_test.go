package lane

import (
	"errors"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lane-go/lane/kernels"
)

// TestRequiredSets fails where LANE_REQUIRE=avx2,… names a set that this CPU
// cannot run: without it, a kernel that was never tested looks like one that passed.
func TestRequiredSets(t *testing.T) {
	for _, name := range strings.FieldsFunc(os.Getenv("LANE_REQUIRE"), func(r rune) bool { return r == ',' }) {
		require.Contains(t, Sets(), name, "LANE_REQUIRE")
	}
}

// Every set has every kernel, but for those of bfloat16s, which are there all or none.
func TestSetsAreComplete(t *testing.T) {
	for _, s := range sets() {
		var lacks []string
		set := reflect.ValueOf(*s)
		for i := range set.NumField() {
			if set.Field(i).IsZero() {
				lacks = append(lacks, set.Type().Field(i).Name)
			}
		}
		if len(lacks) > 0 && s != &kernels.Portable {
			require.Equal(t, []string{"RoundBF16", "PackBF16", "PackPairsBF16", "AddExpSumBF16", "TileBF16", "MRBF16", "StepsBF16"}, lacks, s.Name)
		} else {
			require.Empty(t, lacks, s.Name)
		}
	}
}

func TestSets(t *testing.T) {
	all := sets()
	require.Same(t, &kernels.Portable, all[len(all)-1], "portable runs everywhere, and is the last choice")
	for i, name := range Sets() {
		require.Equal(t, all[i].Name, name)
		require.Zero(t, defaultBlocks.n%all[i].NR, "a block of columns is whole panels")
	}
	require.Contains(t, Sets(), SetName())
	require.Zero(t, testing.AllocsPerRun(10, func() { sets() }))
}

func TestChoose(t *testing.T) {
	for name, want := range map[string]*kernels.Set{"": sets()[0], "portable": &kernels.Portable, SetName(): active} {
		set, err := choose(name)
		require.NoError(t, err)
		require.Equal(t, want.Name, set.Name)
	}
	for _, s := range sets() {
		set, err := choose(s.Name)
		require.NoError(t, err)
		require.Same(t, s, set)
	}
	_, err := choose("sse")
	require.EqualError(t, err, "lane: LANE_SET=sse: no such kernel set on this CPU; it can run "+strings.Join(Sets(), ", "))
}

// A program with a wrong set doesn't start.
func TestWrongSetEndsTheProgram(t *testing.T) {
	program := exec.Command(os.Args[0], "-test.run=^$")
	program.Env = append(os.Environ(), "LANE_SET=sse")
	said, err := program.CombinedOutput()
	require.Error(t, err)
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Skipf("this program can't start itself: %v", err) // as under an emulator
	}
	require.Equal(t, 2, exit.ExitCode())
	// Started from an emulated program it may run on the CPU itself, which can run more.
	require.Regexp(t, `^lane: LANE_SET=sse: no such kernel set on this CPU; it can run .*portable\n$`, string(said))
}
