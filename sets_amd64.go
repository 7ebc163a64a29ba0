//go:build !purego && amd64

package lane

import "github.com/lane-go/lane/kernels"

// sets returns the kernel sets that this CPU can run, best first.
func sets() []*kernels.Set { return []*kernels.Set{&kernels.Portable} }
