package kerneltest

import "github.com/lane-go/lane/kernels"

var lossMutants = []mutant{
	{"LogisticErrors", "forgets the sign of the step", func(s *kernels.Set) {
		s.LogisticErrors = func(g, p, z []float32, rate float32, sign []float32) {
			kernels.Portable.LogisticErrors(g, p, z, rate, sign)
			kernels.Portable.Mul(g, g, sign)
		}
	}},
	{"LogisticErrors", "writes beyond the end", func(s *kernels.Set) {
		s.LogisticErrors = func(g, p, z []float32, rate float32, sign []float32) {
			kernels.Portable.LogisticErrors(g, p, z, rate, sign)
			setBeyond(p)
		}
	}},
	{"AddExpSum", "adds nothing", func(s *kernels.Set) {
		s.AddExpSum = func(dst []float32, top float32, x, y []float32) float32 {
			return kernels.Portable.ExpSum(dst, top, x)
		}
	}},
	{"AddExpSum", "loses the last element of an odd number", func(s *kernels.Set) {
		s.AddExpSum = func(dst []float32, top float32, x, y []float32) float32 {
			n := len(x) &^ 1
			return kernels.Portable.AddExpSum(dst[:n], top, x[:n], y[:n])
		}
	}},
	{"ExpSum", "counts the lanes behind the end", func(s *kernels.Set) {
		s.ExpSum = func(dst []float32, top float32, x []float32) float32 {
			behind := (8 - len(x)%8) % 8
			return kernels.Portable.ExpSum(dst, top, x) + float32(behind)
		}
	}},
	{"ExpSum", "keeps 16 bits of the sum", func(s *kernels.Set) {
		s.ExpSum = func(dst []float32, top float32, x []float32) float32 {
			return kernels.Portable.ExpSum(dst, top, x) * (1 + 0x1p-16)
		}
	}},
	{"ExpSum", "loses NaN as MAXPS does", func(s *kernels.Set) {
		s.ExpSum = func(dst []float32, top float32, x []float32) float32 {
			for i, v := range x {
				if d := v - top; d > -104 {
					dst[i] = d
				} else {
					dst[i] = -104
				}
			}
			return kernels.Portable.ExpSum(dst, 0, dst)
		}
	}},
	{"ExpSum", "flushes denormals", func(s *kernels.Set) {
		s.ExpSum = func(dst []float32, top float32, x []float32) float32 {
			sum := kernels.Portable.ExpSum(dst, top, x)
			for i, v := range dst {
				if v < 0x1p-126 {
					dst[i] = 0
				}
			}
			return sum
		}
	}},
}
