package main

import "fmt"

// checkMemory refuses, before it is taken, more memory than the machine has:
// asking for it would end the program without a word to act on.
func checkMemory(what string, bytes int64, mend string) error {
	if total := totalMemory(); total > 0 && bytes > total {
		return fmt.Errorf("%s takes about %s MB, and this machine has %s MB: %s", what, thousands(bytes>>20), thousands(total>>20), mend)
	}
	return nil
}
