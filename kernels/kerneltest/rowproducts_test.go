package kerneltest

import "github.com/lane-go/lane/kernels"

var rowProductMutants = []mutant{
	{"DotRows", "stores four where fewer are left", func(s *kernels.Set) {
		s.DotRows = func(width int, dst, x, table []float32, tableStride int, ids []int32) {
			kernels.Portable.DotRows(width, dst, x, table, tableStride, ids)
			if len(ids)%4 != 0 {
				setBeyond(dst)
			}
		}
	}},
	{"DotRows", "takes the width for the stride", func(s *kernels.Set) {
		s.DotRows = func(width int, dst, x, table []float32, _ int, ids []int32) {
			kernels.Portable.DotRows(width, dst, x, table, width, ids)
		}
	}},
	{"SumRows", "adds to what was there", func(s *kernels.Set) {
		s.SumRows = func(width int, dst, a []float32, aStride int, table []float32, tableStride int, ids []int32) {
			was := append([]float32(nil), dst...)
			kernels.Portable.SumRows(width, dst, a, aStride, table, tableStride, ids)
			kernels.Portable.Add(dst, dst, was)
		}
	}},
	{"SumRows", "leaves dst alone when there are no rows", func(s *kernels.Set) {
		s.SumRows = func(width int, dst, a []float32, aStride int, table []float32, tableStride int, ids []int32) {
			if len(ids) > 0 {
				kernels.Portable.SumRows(width, dst, a, aStride, table, tableStride, ids)
			}
		}
	}},
	{"SumRows", "takes factors one after the other", func(s *kernels.Set) {
		s.SumRows = func(width int, dst, a []float32, _ int, table []float32, tableStride int, ids []int32) {
			kernels.Portable.SumRows(width, dst, a, 1, table, tableStride, ids)
		}
	}},
	{"Outer", "writes into the gap between rows", func(s *kernels.Set) {
		s.Outer = func(dst []float32, dstStride int, a, x []float32) {
			kernels.Portable.Outer(dst, dstStride, a, x)
			if len(a) > 1 && dstStride > len(x) {
				dst[len(x)] = 0
			}
		}
	}},
}
