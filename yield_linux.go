package lane

import "syscall"

// yieldCore lets other threads have the core, where there are any that wait for it. The runtime knows of the call, and can
// stop the goroutine in it for a collection.
func yieldCore() { syscall.Syscall(syscall.SYS_SCHED_YIELD, 0, 0, 0) }
