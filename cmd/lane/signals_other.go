//go:build !unix

package main

import (
	"os"
	"syscall"
)

// interrupts returns the signals that ask the program to end.
func interrupts() []os.Signal { return []os.Signal{os.Interrupt, syscall.SIGTERM} }

// outliveReaders does nothing: here writing to a pipe that nobody reads any more is an error anyway.
func outliveReaders() {}
