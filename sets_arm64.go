//go:build !purego && arm64

package lane

import "github.com/lane-go/lane/kernels"

// sets returns the kernel sets that this CPU can run, best first.
func sets() []*kernels.Set { return runnable }

// runnable is what sets returns; active depends on it, and so it is ready before. NEON is part
// of arm64, and there is nothing to detect.
var runnable = []*kernels.Set{neon(), &kernels.Portable}

// neon returns the portable set with everything replaced by NEON.
func neon() *kernels.Set {
	s := kernels.Portable
	s.Name = "neon"
	s.Dot, s.Sum, s.Max = dotNEON, sumNEON, maxNEON
	s.Axpy, s.Scale = axpyNEON, scaleNEON
	s.Add, s.Sub, s.Mul, s.Div = addNEON, subNEON, mulNEON, divNEON
	s.Exp, s.Sigmoid, s.Tanh = expNEON, sigmoidNEON, tanhNEON
	s.ExpSum, s.LogisticErrors = expSumNEON, logisticErrorsNEON
	s.SumSquares, s.Momentum, s.AdaGrad, s.Adam = sumSquaresNEON, momentumNEON, adaGradNEON, adamNEON
	s.ReLU, s.AddSigmoid, s.AddTanh, s.AddReLU = reluNEON, addSigmoidNEON, addTanhNEON, addReLUNEON
	s.TanhBackward = tanhBackwardNEON
	s.LSTMForward, s.LSTMBackward = lstmForwardNEON, lstmBackwardNEON
	s.GRUForward, s.GRUBackward = gruForwardNEON, gruBackwardNEON
	s.Gather, s.ScatterAdd = gatherNEON, scatterAddNEON
	s.DotRows, s.SumRows, s.Outer = dotRowsNEON, sumRowsNEON, outerNEON
	s.DotPairs, s.AddPairs, s.AxpyRows, s.Prefetch = dotPairsNEON, addPairsNEON, axpyRowsNEON, prefetchNEON
	s.LogisticRows = logisticRowsNEON
	s.Tile, s.MR, s.NR = tileNEON, 7, 12
	s.DotTile, s.DotMR = dotTileNEON, 6
	s.PackRows, s.Transpose = packRowsNEON, transposeNEON
	s.RoundBF16, s.PackBF16, s.TileBF16 = nil, nil, nil
	return &s
}
