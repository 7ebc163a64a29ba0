package main

import (
	"fmt"

	"github.com/lane-go/lane/models/rnnlm"
)

// perplexity writes one in a few characters, however bad it is.
func perplexity(p float64) string {
	if p >= 1e6 {
		return fmt.Sprintf("%.3g", p)
	}
	return fmt.Sprintf("%.2f", p)
}

// thousands writes a number with its digits in groups of three.
func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// architecture names a model in a few words.
func architecture(c rnnlm.Config) string {
	s := fmt.Sprintf("%s, %d layer(s), embedding %d, hidden %d", c.Cell, c.Layers, c.Embed, c.Hidden)
	if c.Tied {
		s += ", tied"
	}
	if len(c.Cutoffs) > 0 {
		s += ", adaptive " + (*cutoffs)(&c.Cutoffs).String()
	}
	return s
}
