//go:build !purego && amd64

package lane

import (
	"github.com/klauspost/cpuid/v2"

	"github.com/lane-go/lane/kernels"
)

// sets returns the kernel sets that this CPU can run, best first.
func sets() []*kernels.Set { return runnable }

// runnable is what sets returns; active depends on it, and so it is ready before.
var runnable = detect(cpuid.CPU.Supports)

// detect returns the sets of a CPU that supports what it says. cpuid reports wide registers
// only if the operating system saves them.
func detect(supports func(...cpuid.FeatureID) bool) []*kernels.Set {
	var all []*kernels.Set
	if supports(cpuid.AVX512F, cpuid.AVX512DQ, cpuid.AVX512VL, cpuid.BMI2, cpuid.FMA3) {
		s := avx512()
		if supports(cpuid.AVX512BF16, cpuid.AVX512BW) {
			s.RoundBF16, s.PackBF16, s.TileBF16 = roundBF16AVX512, packBF16AVX512, tileBF16AVX512
		}
		all = append(all, s)
	}
	if supports(cpuid.AVX2, cpuid.FMA3) {
		all = append(all, avx2())
	}
	return append(all, &kernels.Portable)
}

// avx2 returns the portable set with everything replaced by AVX2 and FMA.
func avx2() *kernels.Set {
	s := kernels.Portable
	s.Name = "avx2"
	s.Dot, s.Sum, s.Max = dotAVX2, sumAVX2, maxAVX2
	s.Axpy, s.Scale = axpyAVX2, scaleAVX2
	s.Add, s.Sub, s.Mul, s.Div = addAVX2, subAVX2, mulAVX2, divAVX2
	s.Exp, s.Sigmoid, s.Tanh = expAVX2, sigmoidAVX2, tanhAVX2
	s.ExpSum, s.LogisticErrors = expSumAVX2, logisticErrorsAVX2
	s.SumSquares, s.Momentum, s.AdaGrad, s.Adam = sumSquaresAVX2, momentumAVX2, adaGradAVX2, adamAVX2
	s.ReLU, s.AddSigmoid, s.AddTanh, s.AddReLU = reluAVX2, addSigmoidAVX2, addTanhAVX2, addReLUAVX2
	s.TanhBackward, s.LSTMForward, s.LSTMBackward = tanhBackwardAVX2, lstmForwardAVX2, lstmBackwardAVX2
	s.GRUForward, s.GRUBackward = gruForwardAVX2, gruBackwardAVX2
	s.Gather, s.ScatterAdd = gatherAVX2, scatterAddAVX2
	s.DotRows, s.SumRows, s.Outer = dotRowsAVX2, sumRowsAVX2, outerAVX2
	s.DotPairs, s.AddPairs, s.AxpyRows, s.Prefetch = dotPairsAVX2, addPairsAVX2, axpyRowsAVX2, prefetchAVX2
	s.LogisticRows = logisticRowsAVX2
	s.Tile, s.MR, s.NR = tileAVX2, 6, 16
	s.DotTile, s.DotMR = dotTileAVX2, 3
	s.PackRows, s.Transpose = packRowsAVX2, transposeAVX2
	s.RoundBF16, s.PackBF16, s.TileBF16 = nil, nil, nil
	return &s
}

// avx512 returns the portable set with everything replaced by AVX-512.
func avx512() *kernels.Set {
	s := kernels.Portable
	s.Name = "avx512"
	s.Dot, s.Sum, s.Max = dotAVX512, sumAVX512, maxAVX512
	s.Axpy, s.Scale = axpyAVX512, scaleAVX512
	s.Add, s.Sub, s.Mul, s.Div = addAVX512, subAVX512, mulAVX512, divAVX512
	s.Exp, s.Sigmoid, s.Tanh = expAVX512, sigmoidAVX512, tanhAVX512
	s.ExpSum, s.LogisticErrors = expSumAVX512, logisticErrorsAVX512
	s.SumSquares, s.Momentum, s.AdaGrad, s.Adam = sumSquaresAVX512, momentumAVX512, adaGradAVX512, adamAVX512
	s.ReLU, s.AddSigmoid, s.AddTanh, s.AddReLU = reluAVX512, addSigmoidAVX512, addTanhAVX512, addReLUAVX512
	s.TanhBackward, s.LSTMForward, s.LSTMBackward = tanhBackwardAVX512, lstmForwardAVX512, lstmBackwardAVX512
	s.GRUForward, s.GRUBackward = gruForwardAVX512, gruBackwardAVX512
	s.Gather, s.ScatterAdd = gatherAVX512, scatterAddAVX512
	s.DotRows, s.SumRows, s.Outer = dotRowsAVX512, sumRowsAVX512, outerAVX512
	s.DotPairs, s.AddPairs, s.AxpyRows, s.Prefetch = dotPairsAVX512, addPairsAVX512, axpyRowsAVX512, prefetchAVX512
	s.LogisticRows = logisticRowsAVX512
	s.Tile, s.MR, s.NR = tileAVX512, 14, 32
	s.DotTile, s.DotMR = dotTileAVX512, 6
	s.PackRows, s.Transpose = packRowsAVX512, transposeAVX512
	s.RoundBF16, s.PackBF16, s.TileBF16 = nil, nil, nil
	return &s
}
