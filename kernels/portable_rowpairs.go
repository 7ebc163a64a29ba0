package kernels

func dotPairs(width int, dst, table []float32, tableStride int, a, b []int32) {
	for i, id := range a {
		dotRows(width, dst[i*len(b):], table[int(id)*tableStride:], table, tableStride, b)
	}
}

func addPairs(width int, table []float32, tableStride int, a, b []int32, g, sums []float32, next []int32) {
	if len(a) == 0 {
		return
	}
	forA, forB := sums[:len(a)*width], sums[len(a)*width:]
	for i := range a {
		sumRows(width, forA[i*width:], g[i*len(b):], 1, table, tableStride, b)
	}
	for j := range b {
		sumRows(width, forB[j*width:], g[j:], len(b), table, tableStride, a)
	}
	scatterAdd(width, table, tableStride, a, 1, forA, width)
	scatterAdd(width, table, tableStride, b, 1, forB, width)
}

func axpyRows(width int, table []float32, tableStride int, ids []int32, a []float32, aStride int, x []float32) {
	for k, id := range ids {
		axpy(table[int(id)*tableStride:][:width], a[k*aStride], x)
	}
}

// prefetch is nothing that Go could ask for.
func prefetch(width int, table []float32, tableStride int, ids []int32, write bool) {}
