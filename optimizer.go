package lane

import "fmt"

// Momentum moves parameters p against scale times their gradients g, in one pass over memory: it sets v[i] = mu·v[i] + scale·g[i] and
// takes rate·v[i] off p[i]. A scale below 1 clips gradients on the way. All slices are of one length, and none shares memory with
// another. A plain step of gradient descent is [Axpy].
func Momentum(p, v []float32, rate, mu, scale float32, g []float32) {
	sameLengths("Momentum", len(p), len(v), len(g))
	active.Momentum(p, v, rate, mu, scale, g)
}

// AdaGrad adds (scale·g[i])² to s[i] and takes rate·scale·g[i]/(√s[i] + epsilon) off p[i], of slices as [Momentum] has them.
func AdaGrad(p, s []float32, rate, epsilon, scale float32, g []float32) {
	sameLengths("AdaGrad", len(p), len(s), len(g))
	active.AdaGrad(p, s, rate, epsilon, scale, g)
}

// Adam sets, of slices as [Momentum] has them,
//
//	m[i] = beta1·m[i] + fresh1·scale·g[i]
//	v[i] = beta2·v[i] + fresh2·(scale·g[i])²
//	p[i] = keep·p[i] − rate·m[i]/(√v[i] + epsilon)
//
// where a fresh share is what the beta leaves of 1, which float32 would round away.
func Adam(p, m, v []float32, keep, rate, beta1, fresh1, beta2, fresh2, epsilon, scale float32, g []float32) {
	if len(m) != len(p) || len(v) != len(p) || len(g) != len(p) {
		panic(fmt.Sprintf("lane: Adam: lengths %d, %d, %d and %d differ", len(p), len(m), len(v), len(g)))
	}
	active.Adam(p, m, v, keep, rate, beta1, fresh1, beta2, fresh2, epsilon, scale, g)
}
