//go:build amd64 && !purego

package lane

import "syscall"

// amxPermitted asks the system for the tiles of AMX, whose 8 KiB it keeps only for programs that do, and reports whether it grants them.
func amxPermitted() bool {
	const requestPermission, tileData = 0x1023, 18
	_, _, refused := syscall.RawSyscall(syscall.SYS_ARCH_PRCTL, requestPermission, tileData, 0)
	return refused == 0
}
