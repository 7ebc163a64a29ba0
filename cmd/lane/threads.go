package main

import (
	"github.com/lane-go/lane"
	"github.com/spf13/cobra"
)

func threadsFlag(c *cobra.Command, n *int) {
	c.Flags().IntVar(n, "threads", 0, "threads to compute with, 0 for all; the results are the same for any number")
}

func setThreads(n int) error {
	if n < 0 {
		return usagef("--threads %d: name 0 for all, or a positive number", n)
	}
	lane.SetThreads(n)
	return nil
}
