//go:build purego || !amd64

package bench

var multiplyAdds map[string]func(n int) int
