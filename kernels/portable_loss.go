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

func logisticErrors(g, p, z []float32, rate float32, sign []float32) {
	mul(z, z, sign)
	sigmoid(p, z)
	for i, v := range p {
		g[i] = rate * sign[i] * (1 - v)
	}
}
