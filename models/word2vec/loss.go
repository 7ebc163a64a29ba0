package word2vec

import "math"

// A logProduct is −Σ log pᵢ. Probabilities are multiplied up while a float64 holds the product, as one logarithm is cheaper than many.
type logProduct struct{ product, sum float64 }

// leastLogged is the probability below which log σ(z) is z, in every bit of a float64.
const leastLogged = 1e-30

// add adds −log σ(z) for each score z and its σ. Six of them, as a word and its negatives mostly are, make a product that does not wait for
// those before.
func (l *logProduct) add(sigma, z []float32) {
	z = z[:len(sigma)]
	for ; len(sigma) >= 6; sigma, z = sigma[6:], z[6:] {
		s := (*[6]float32)(sigma)
		p := float64(s[0]) * float64(s[1]) * float64(s[2]) * float64(s[3]) * float64(s[4]) * float64(s[5])
		if p > leastLogged { // and so is each of them
			l.multiply(p)
			continue
		}
		for k, s := range s {
			l.addOne(s, z[k])
		}
	}
	for k, s := range sigma {
		l.addOne(s, z[k])
	}
}

func (l *logProduct) addOne(p, z float32) {
	if p > leastLogged {
		l.multiply(float64(p))
	} else { // NaN comes here too, and stays
		l.sum -= float64(z)
	}
}

func (l *logProduct) multiply(p float64) {
	l.product *= p
	if l.product < 1e-180 { // another product would still be a float64
		l.sum -= math.Log(l.product)
		l.product = 1
	}
}

func (l *logProduct) total() float64 { return l.sum - math.Log(l.product) }
