package kernels

import "math"

// Four sums in flight hide the latency of the addition.
func sumSquares(x []float32) float64 {
	var s0, s1, s2, s3 float64
	for ; len(x) >= 4; x = x[4:] {
		x0, x1, x2, x3 := float64(x[0]), float64(x[1]), float64(x[2]), float64(x[3])
		s0 += x0 * x0
		s1 += x1 * x1
		s2 += x2 * x2
		s3 += x3 * x3
	}
	for _, v := range x {
		s0 += float64(v) * float64(v)
	}
	return (s0 + s1) + (s2 + s3)
}

func momentum(p, v []float32, rate, mu, scale float32, g []float32) {
	p, v = p[:len(g)], v[:len(g)]
	for i, gi := range g {
		vi := mu*v[i] + scale*gi
		v[i] = vi
		p[i] -= rate * vi
	}
}

func adaGrad(p, s []float32, rate, epsilon, scale float32, g []float32) {
	p, s = p[:len(g)], s[:len(g)]
	for i, gi := range g {
		gi *= scale
		si := s[i] + gi*gi
		s[i] = si
		p[i] -= rate * gi / (sqrt(si) + epsilon)
	}
}

func adam(p, m, v []float32, keep, rate, beta1, fresh1, beta2, fresh2, epsilon, scale float32, g []float32) {
	p, m, v = p[:len(g)], m[:len(g)], v[:len(g)]
	for i, gi := range g {
		gi *= scale
		mi := beta1*m[i] + fresh1*gi
		vi := beta2*v[i] + fresh2*gi*gi
		m[i], v[i] = mi, vi
		p[i] = keep*p[i] - rate*mi/(sqrt(vi)+epsilon)
	}
}

// sqrt returns the correctly rounded root, for which the compiler has one float32 instruction.
func sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }
