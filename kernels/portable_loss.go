package kernels

import "math"

func expSum(dst []float32, top float32, x []float32) float32 {
	x = x[:len(dst)]
	var sum float64
	for i, v := range x {
		e := float32(math.Exp(float64(v - top)))
		dst[i] = e
		sum += float64(e)
	}
	return float32(sum)
}
