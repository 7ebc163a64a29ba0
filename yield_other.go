//go:build !linux

package lane

import "runtime"

// yieldCore lets other goroutines run: there is no portable way to give up the core.
func yieldCore() { runtime.Gosched() }
