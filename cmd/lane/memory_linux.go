package main

import "syscall"

// totalMemory returns the bytes of memory that the machine has, 0 if unknown.
func totalMemory() int64 {
	var info syscall.Sysinfo_t
	if syscall.Sysinfo(&info) != nil {
		return 0
	}
	return int64(info.Totalram) * int64(info.Unit)
}
