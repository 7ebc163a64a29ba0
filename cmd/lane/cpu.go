package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/klauspost/cpuid/v2"
	"github.com/lane-go/lane"
	"github.com/spf13/cobra"
)

type cpuReport struct {
	CPU      string   `json:"cpu"`
	Features []string `json:"features"`
	Set      string   `json:"set"`
	Why      string   `json:"why"`
	Sets     []string `json:"sets"`
	L1       int      `json:"l1_bytes"`
	L2       int      `json:"l2_bytes"`
	L3       int      `json:"l3_bytes"`
	Cores    int      `json:"cores"`
	Threads  int      `json:"threads"`
}

func newCPU() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "cpu",
		Short:   "Show the CPU, its features, and the kernel set in use and why",
		Example: "  lane cpu\n  LANE_SET=portable lane cpu --json",
		Args:    arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			r := describeCPU()
			if asJSON {
				return printJSON(c, r)
			}
			out := c.OutOrStdout()
			fmt.Fprintf(out, "CPU         %s\n", r.CPU)
			fmt.Fprintf(out, "features    %s\n", strings.Join(r.Features, " "))
			fmt.Fprintf(out, "kernel set  %s: %s\n", r.Set, r.Why)
			fmt.Fprintf(out, "runnable    %s\n", strings.Join(r.Sets, ", "))
			fmt.Fprintf(out, "caches      L1 %s, L2 %s, L3 %s\n", cacheSize(r.L1), cacheSize(r.L2), cacheSize(r.L3))
			fmt.Fprintf(out, "cores       %d, of which %d threads are used\n", r.Cores, r.Threads)
			return nil
		},
	}
	jsonFlag(c, &asJSON)
	return c
}

// relevant are the features that a kernel set needs or may need.
var relevant = []cpuid.FeatureID{
	cpuid.SSE2, cpuid.AVX, cpuid.AVX2, cpuid.FMA3, cpuid.AVX512F, cpuid.AVX512BW, cpuid.AVX512DQ, cpuid.AVX512VL, cpuid.AVX512BF16, cpuid.AMXTILE, cpuid.AMXBF16, cpuid.ASIMD,
}

func describeCPU() cpuReport {
	r := cpuReport{
		CPU: cpuid.CPU.BrandName, Features: []string{},
		Set: lane.SetName(), Sets: lane.Sets(), Why: "the best of those that this CPU and this build can run",
		L1: cpuid.CPU.Cache.L1D, L2: cpuid.CPU.Cache.L2, L3: cpuid.CPU.Cache.L3,
		Cores: runtime.NumCPU(), Threads: lane.Threads(),
	}
	if os.Getenv("LANE_SET") != "" {
		r.Why = "LANE_SET names it"
	}
	for _, f := range relevant {
		if cpuid.CPU.Supports(f) {
			r.Features = append(r.Features, f.String())
		}
	}
	return r
}

func cacheSize(bytes int) string {
	if bytes <= 0 {
		return "unknown"
	}
	return fmt.Sprintf("%d KiB", bytes>>10)
}
