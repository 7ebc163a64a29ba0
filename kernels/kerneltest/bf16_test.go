package kerneltest

import (
	"math"

	"github.com/lane-go/lane/kernels"
)

var bf16Mutants = []mutant{
	{"RoundBF16", "cuts off instead of rounding", func(s *kernels.Set) {
		s.RoundBF16 = func(dst, x []float32) {
			kernels.Portable.RoundBF16(dst, x)
			for i := range len(x) / 2 {
				dst[i] = math.Float32frombits(math.Float32bits(x[2*i])>>16 | math.Float32bits(x[2*i+1])&0xffff0000)
			}
		}
	}},
	{"RoundBF16", "leaves out the last of an odd number", func(s *kernels.Set) {
		s.RoundBF16 = func(dst, x []float32) { kernels.Portable.RoundBF16(dst[:len(x)/2], x) }
	}},
	{"PackBF16", "swaps the numbers of a pair", func(s *kernels.Set) {
		s.PackBF16 = func(rows, cols int, dst []float32, dstStride, dstTile int, src []float32, srcStride int) {
			kernels.Portable.PackBF16(rows, cols, dst, dstStride, dstTile, src, srcStride)
			bits := math.Float32bits(dst[0])
			dst[0] = math.Float32frombits(bits>>16 | bits<<16)
		}
	}},
	{"PackBF16", "pairs the last of an odd number of rows with what is behind it", func(s *kernels.Set) {
		s.PackBF16 = func(rows, cols int, dst []float32, dstStride, dstTile int, src []float32, srcStride int) {
			kernels.Portable.PackBF16(rows, cols, dst, dstStride, dstTile, src, srcStride)
			if rows%2 == 1 {
				dst[rows/2*dstStride] = pair(src[(rows-1)*srcStride], beyond(src))
			}
		}
	}},
	{"PackPairsBF16", "takes rows for unrounded", func(s *kernels.Set) { s.PackPairsBF16 = kernels.Portable.PackBF16 }},
	{"PackPairsBF16", "forgets that the last of an odd number of rows is alone", func(s *kernels.Set) {
		s.PackPairsBF16 = func(rows, cols int, dst []float32, dstStride, dstTile int, src []float32, srcStride int) {
			kernels.Portable.PackPairsBF16(rows, cols, dst, dstStride, dstTile, src, srcStride)
			if rows%2 == 1 {
				dst[rows/2*dstStride] = pair(half(src[(rows-1)*srcStride], 0), 1)
			}
		}
	}},
	{"AddExpSumBF16", "adds up what is rounded", func(s *kernels.Set) {
		s.AddExpSumBF16 = func(dst []float32, top float32, x, y []float32) (sum float32) {
			kernels.Portable.AddExpSumBF16(dst, top, x, y)
			for _, p := range dst {
				sum += half(p, 0) + half(p, 1)
			}
			return sum
		}
	}},
	{"AddExpSumBF16", "leaves out the last of an odd number", func(s *kernels.Set) {
		s.AddExpSumBF16 = func(dst []float32, top float32, x, y []float32) float32 {
			e := make([]float32, len(x))
			sum := s.AddExpSum(e, top, x, y)
			kernels.Portable.RoundBF16(dst[:len(x)/2], e)
			return sum
		}
	}},
	{"TileBF16", "takes pairs for float32s", func(s *kernels.Set) {
		s.TileBF16 = func(m, n, k int, a []float32, aRow int, b []float32, bRow, bTile int, c []float32, ldc int, add bool, ahead int) {
			kernels.Portable.Tile(m, n, k, a, aRow, 1, b, bRow, bTile, c, ldc, add, ahead)
		}
	}},
	{"TileBF16", "overwrites C", func(s *kernels.Set) {
		s.TileBF16 = func(m, n, k int, a []float32, aRow int, b []float32, bRow, bTile int, c []float32, ldc int, _ bool, ahead int) {
			kernels.Portable.TileBF16(m, n, k, a, aRow, b, bRow, bTile, c, ldc, false, ahead)
		}
	}},
}
