package lane

import (
	"fmt"
	"os"
	"strings"

	"github.com/lane-go/lane/kernels"
)

// active is the kernel set of this process: chosen once, never written again.
var active = choose(os.Getenv("LANE_SET"))

// SetName returns the name of the active kernel set: "avx512", "avx2", "neon" or "portable". It
// is the best one that this CPU can run, unless the environment variable
// LANE_SET names another. One that it can't run, or that there is not, panics
// as the program starts.
func SetName() string { return active.Name }

// Sets returns the names of the kernel sets that this CPU can run, best first.
func Sets() []string {
	var names []string
	for _, s := range sets() {
		names = append(names, s.Name)
	}
	return names
}

// choose returns the set called name, or the best one when name is empty.
func choose(name string) *kernels.Set {
	all := sets()
	if name == "" {
		return all[0]
	}
	for _, s := range all {
		if s.Name == name {
			return s
		}
	}
	panic(fmt.Sprintf("lane: LANE_SET=%s: no such kernel set on this CPU; it can run %s", name, strings.Join(Sets(), ", ")))
}
