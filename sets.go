package lane

import (
	"fmt"
	"os"
	"strings"

	"github.com/lane-go/lane/kernels"
)

// active is the kernel set of this process: chosen once, never written again.
var active = chosen()

// chosen returns the set that LANE_SET names, or ends the program: what nothing can recover from needs no stack trace.
func chosen() *kernels.Set {
	s, err := choose(os.Getenv("LANE_SET"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	return s
}

// SetName returns the name of the active kernel set: "avx512", "avx2", "neon" or "portable". It
// is the best one that this CPU can run, unless the environment variable
// LANE_SET names another. One that it can't run, or that there is not, ends the
// program as it starts, with exit code 2 and a line on standard error.
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
func choose(name string) (*kernels.Set, error) {
	all := sets()
	if name == "" {
		return all[0], nil
	}
	for _, s := range all {
		if s.Name == name {
			return s, nil
		}
	}
	return nil, fmt.Errorf("lane: LANE_SET=%s: no such kernel set on this CPU; it can run %s", name, strings.Join(Sets(), ", "))
}
