//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// interrupts returns the signals that ask the program to end: also that of a terminal that goes away, unless it was started to outlive
// that, as by nohup.
func interrupts() []os.Signal {
	all := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		all = append(all, syscall.SIGHUP)
	}
	return all
}

// outliveReaders lets writing to a pipe that nobody reads any more be an error, where it would end the program.
func outliveReaders() { signal.Ignore(syscall.SIGPIPE) }
