//go:build !purego

package bench

// multiplyAdds are the loops of nothing but multiply-adds, by kernel set.
var multiplyAdds = map[string]func(n int) int{"avx512": multiplyAddAVX512, "avx2": multiplyAddAVX2}
