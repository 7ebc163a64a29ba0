package kerneltest

import "github.com/lane-go/lane/kernels"

var optimizerMutants = []mutant{
	{"SumSquares", "squares in float32", func(s *kernels.Set) {
		s.SumSquares = func(x []float32) (sum float64) {
			for _, v := range x {
				sum += float64(v * v)
			}
			return sum
		}
	}},
	{"SumSquares", "leaves out the upper half of the last 8", func(s *kernels.Set) {
		s.SumSquares = func(x []float32) float64 {
			if rest := len(x) % 8; rest > 4 {
				x = x[:len(x)-rest+4]
			}
			return kernels.Portable.SumSquares(x)
		}
	}},
	{"Momentum", "leaves the gradient unscaled", func(s *kernels.Set) {
		s.Momentum = func(p, v []float32, rate, mu, _ float32, g []float32) {
			kernels.Portable.Momentum(p, v, rate, mu, 1, g)
		}
	}},
	{"Momentum", "moves by the velocity before", func(s *kernels.Set) {
		s.Momentum = func(p, v []float32, rate, mu, scale float32, g []float32) {
			kernels.Portable.Axpy(p, -rate, v)
			kernels.Portable.Momentum(make([]float32, len(p)), v, 0, mu, scale, g)
		}
	}},
	{"AdaGrad", "adds epsilon under the root", func(s *kernels.Set) {
		s.AdaGrad = func(p, sum []float32, rate, epsilon, scale float32, g []float32) {
			under := make([]float32, len(sum))
			for i, v := range sum {
				under[i] = v + epsilon*epsilon
			}
			kernels.Portable.AdaGrad(p, under, rate, 0, scale, g)
			kernels.Portable.AdaGrad(make([]float32, len(p)), sum, 0, epsilon, scale, g)
		}
	}},
	{"Adam", "keeps 16 bits of the step", func(s *kernels.Set) {
		s.Adam = func(p, m, v []float32, keep, rate, beta1, fresh1, beta2, fresh2, epsilon, scale float32, g []float32) {
			kernels.Portable.Adam(p, m, v, keep, rate*(1+0x1p-16), beta1, fresh1, beta2, fresh2, epsilon, scale, g)
		}
	}},
	{"Adam", "writes one element too many", func(s *kernels.Set) {
		s.Adam = func(p, m, v []float32, keep, rate, beta1, fresh1, beta2, fresh2, epsilon, scale float32, g []float32) {
			kernels.Portable.Adam(p, m, v, keep, rate, beta1, fresh1, beta2, fresh2, epsilon, scale, g)
			setBeyond(v)
		}
	}},
}
