//go:build !(linux || darwin || freebsd)

package kerneltest

// pageChecks need memory that can be fenced.
var pageChecks []check
