package kernels

import "math"

// EmulateBF16 gives s kernels of bfloat16s in plain Go, for panels as wide as those of its Tile.
func (s *Set) EmulateBF16() {
	s.RoundBF16, s.PackBF16, s.TileBF16, s.NativeBF16 = roundBF16, packBF16(s.NR), tileBF16(s.NR), false
}

func roundBF16(dst, x []float32) {
	for i := range dst {
		var odd float32
		if 2*i+1 < len(x) {
			odd = x[2*i+1]
		}
		dst[i] = pairBF16(x[2*i], odd)
	}
}

func packBF16(nr int) func(rows, cols int, dst []float32, dstStride, dstTile int, src []float32, srcStride int) {
	return func(rows, cols int, dst []float32, dstStride, dstTile int, src []float32, srcStride int) {
		for i := 0; i < rows; i += 2 {
			to := dst[i/2*dstStride:]
			for j := range cols {
				var odd float32
				if i+1 < rows {
					odd = src[(i+1)*srcStride+j]
				}
				to[j/nr*dstTile+j%nr] = pairBF16(src[i*srcStride+j], odd)
			}
		}
	}
}

func tileBF16(nr int) func(m, n, k int, a []float32, aRow, aCol int, b []float32, bRow, bTile int, c []float32, ldc int, add bool) {
	return func(m, n, k int, a []float32, aRow, aCol int, b []float32, bRow, bTile int, c []float32, ldc int, add bool) {
		for i := range m {
			for j := range n {
				column := b[j/nr*bTile+j%nr:]
				var sum float32
				if add {
					sum = c[i*ldc+j]
				}
				for p := range k {
					aEven, aOdd := halvesBF16(a[i*aRow+p*aCol])
					bEven, bOdd := halvesBF16(column[p*bRow])
					sum += aOdd * bOdd
					sum += aEven * bEven
				}
				c[i*ldc+j] = sum
			}
		}
	}
}

// pairBF16 returns two numbers, rounded to bfloat16, in one float32.
func pairBF16(even, odd float32) float32 {
	return math.Float32frombits(bf16(even) | bf16(odd)<<16)
}

// halvesBF16 returns the numbers of a pair.
func halvesBF16(pair float32) (even, odd float32) {
	bits := math.Float32bits(pair)
	return math.Float32frombits(bits << 16), math.Float32frombits(bits &^ 0xffff)
}

// bf16 returns the bits of the bfloat16 nearest to x, the even one of two.
func bf16(x float32) uint32 {
	const exponent, significand, quiet = 0x7f800000, 0x007fffff, 0x40
	bits := math.Float32bits(x)
	switch {
	case bits&exponent == 0: // 0 or denormal
		return bits >> 31 << 15
	case bits&exponent == exponent && bits&significand != 0: // NaN
		return bits>>16 | quiet
	}
	return (bits + 0x7fff + bits>>16&1) >> 16
}
