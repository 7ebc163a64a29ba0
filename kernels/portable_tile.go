package kernels

// Eight sums and the six operands of a step fit the sixteen vector registers
// that the compiler has on amd64.
const portableMR, portableNR = 4, 2

func tile(m, n, k int, a []float32, aRow, aCol int, b []float32, bRow, bTile int, c []float32, ldc int, add bool, _ int) {
	for ; n > 0; n -= portableNR {
		if m == portableMR && n >= portableNR {
			wholeTile(k, a, aRow, aCol, b, bRow, c, ldc, add)
		} else {
			edgeTile(m, min(n, portableNR), k, a, aRow, aCol, b, bRow, c, ldc, add)
		}
		if n > portableNR {
			b, c = b[bTile:], c[portableNR:]
		}
	}
}

func wholeTile(k int, a []float32, aRow, aCol int, b []float32, bRow int, c []float32, ldc int, add bool) {
	var s00, s01, s10, s11, s20, s21, s30, s31 float32
	c0, c1, c2, c3 := c[:2], c[ldc:][:2], c[2*ldc:][:2], c[3*ldc:][:2]
	if add {
		s00, s01, s10, s11, s20, s21, s30, s31 = c0[0], c0[1], c1[0], c1[1], c2[0], c2[1], c3[0], c3[1]
	}
	a0, a1, a2, a3 := a, a[aRow:], a[2*aRow:], a[3*aRow:]
	for p := range k {
		v := b[p*bRow:][:2]
		b0, b1, at := v[0], v[1], p*aCol
		s00 += a0[at] * b0
		s01 += a0[at] * b1
		s10 += a1[at] * b0
		s11 += a1[at] * b1
		s20 += a2[at] * b0
		s21 += a2[at] * b1
		s30 += a3[at] * b0
		s31 += a3[at] * b1
	}
	c0[0], c0[1], c1[0], c1[1], c2[0], c2[1], c3[0], c3[1] = s00, s01, s10, s11, s20, s21, s30, s31
}

func edgeTile(m, n, k int, a []float32, aRow, aCol int, b []float32, bRow int, c []float32, ldc int, add bool) {
	for i := range m {
		for j := range n {
			var sum float32
			if add {
				sum = c[i*ldc+j]
			}
			for p := range k {
				sum += a[i*aRow+p*aCol] * b[p*bRow+j]
			}
			c[i*ldc+j] = sum
		}
	}
}

func dotTile(m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, add bool, _ int) {
	for i := range m {
		x := a[i*lda:][:k]
		for j := range n {
			sum := dot(x, b[j*ldb:][:k])
			if add {
				sum += c[i*ldc+j]
			}
			c[i*ldc+j] = sum
		}
	}
}

func packRows(rows, cols int, dst []float32, dstStride, dstTile int, src []float32, srcStride int) {
	for i := range rows {
		row := src[i*srcStride:][:cols]
		for to := i * dstStride; len(row) > 0; to += dstTile {
			row = row[copy(dst[to:][:min(len(row), portableNR)], row):]
		}
	}
}

func transpose(n int, dst []float32, dstStride int, src []float32, srcStride int) {
	if n == 0 {
		return
	}
	s0, s1, s2, s3 := src[:n], src[srcStride:][:n], src[2*srcStride:][:n], src[3*srcStride:][:n]
	for p := range n {
		d := dst[p*dstStride:][:4]
		d[0], d[1], d[2], d[3] = s0[p], s1[p], s2[p], s3[p]
	}
}
