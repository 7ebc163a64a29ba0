//go:build !purego && arm64

package lane

import "github.com/lane-go/lane/kernels"

// sets returns the kernel sets that this CPU can run, best first.
func sets() []*kernels.Set { return runnable }

// runnable is what sets returns; active depends on it, and so it is ready before. NEON is part
// of arm64, and there is nothing to detect.
var runnable = []*kernels.Set{neon(), &kernels.Portable}
