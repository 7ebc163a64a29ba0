package kernels

func dotRows(width int, dst, x, table []float32, tableStride int, ids []int32) {
	for k, id := range ids {
		dst[k] = dot(x[:width], table[int(id)*tableStride:][:width])
	}
}

func sumRows(width int, dst, a []float32, aStride int, table []float32, tableStride int, ids []int32) {
	dst = dst[:width]
	clear(dst)
	for k, id := range ids {
		axpy(dst, a[k*aStride], table[int(id)*tableStride:][:width])
	}
}

func outer(dst []float32, dstStride int, a, x []float32) {
	for k, v := range a {
		scale(dst[k*dstStride:][:len(x)], v, x)
	}
}
