package kernels

import "math"

func roundBF16(dst, x []float32) {
	for i := range dst {
		var odd float32
		if 2*i+1 < len(x) {
			odd = x[2*i+1]
		}
		dst[i] = pairBF16(x[2*i], odd)
	}
}

func packBF16(rows, cols int, dst []float32, dstStride, dstTile int, src []float32, srcStride int) {
	packInPairs(rows, cols, dst, dstStride, dstTile, func(i, j int) uint32 {
		return math.Float32bits(NearestBF16(src[i*srcStride+j])) >> 16
	})
}

func packPairsBF16(rows, cols int, dst []float32, dstStride, dstTile int, src []float32, srcStride int) {
	packInPairs(rows, cols, dst, dstStride, dstTile, func(i, j int) uint32 { return halfBF16(src[i*srcStride+j/2], j%2) })
}

// packInPairs writes pairs of the bfloat16s, by their bits, of two rows at a time into panels.
func packInPairs(rows, cols int, dst []float32, dstStride, dstTile int, number func(i, j int) uint32) {
	for i := 0; i < rows; i += 2 {
		to := dst[i/2*dstStride:]
		for j := range cols {
			pair := number(i, j)
			if i+1 < rows {
				pair |= number(i+1, j) << 16
			}
			to[j/portableNR*dstTile+j%portableNR] = math.Float32frombits(pair)
		}
	}
}

// halfBF16 returns the bits of number q, 0 or 1, of a pair.
func halfBF16(pair float32, q int) uint32 { return math.Float32bits(pair) >> (16 * q) & 0xffff }

func addExpSumBF16(dst []float32, top float32, x, y []float32) float32 {
	var sum float64
	var even float32
	for i, v := range x {
		e := expBelow(v+y[i], top)
		sum += float64(e)
		if i%2 == 0 {
			dst[i/2], even = pairBF16(e, 0), e
		} else {
			dst[i/2] = pairBF16(even, e)
		}
	}
	return float32(sum)
}

func tileBF16(m, n, k int, a []float32, aRow int, b []float32, bRow, bTile int, c []float32, ldc int, add bool, _ int) {
	for i := range m {
		for j := range n {
			column := b[j/portableNR*bTile+j%portableNR:]
			var sum float32
			if add {
				sum = c[i*ldc+j]
			}
			for p := range k {
				aEven, aOdd := halvesBF16(a[i*aRow+p])
				bEven, bOdd := halvesBF16(column[p*bRow])
				sum += aOdd * bOdd
				sum += aEven * bEven
			}
			c[i*ldc+j] = sum
		}
	}
}

// pairBF16 returns two numbers, rounded to bfloat16, in one float32.
func pairBF16(even, odd float32) float32 {
	return math.Float32frombits(math.Float32bits(NearestBF16(even))>>16 | math.Float32bits(NearestBF16(odd)))
}

// halvesBF16 returns the numbers of a pair.
func halvesBF16(pair float32) (even, odd float32) {
	bits := math.Float32bits(pair)
	return math.Float32frombits(bits << 16), math.Float32frombits(bits &^ 0xffff)
}

// NearestBF16 returns the bfloat16 nearest to x, the even one of two, and 0 for a denormal, as a float32 whose lower half is 0.
func NearestBF16(x float32) float32 {
	const exponent, significand, quiet, upper = 0x7f800000, 0x007fffff, 0x00400000, 0xffff0000
	bits := math.Float32bits(x)
	switch {
	case bits&exponent == 0: // 0 or denormal
		bits &= 1 << 31
	case bits&exponent == exponent && bits&significand != 0: // NaN
		bits = bits&upper | quiet
	default:
		bits = (bits + 0x7fff + bits>>16&1) & upper
	}
	return math.Float32frombits(bits)
}
