//go:build amd64 && !linux && !purego

package lane

// amxPermitted reports that tiles are not asked for.
func amxPermitted() bool { return false }
