package kerneltest

import "github.com/lane-go/lane/kernels"

var rowPairMutants = []mutant{
	{"DotPairs", "stores columns where rows belong", func(s *kernels.Set) {
		s.DotPairs = func(width int, dst, table []float32, tableStride int, a, b []int32) {
			kernels.Portable.DotPairs(width, dst, table, tableStride, b, a)
		}
	}},
	{"DotPairs", "stores four where fewer are left", func(s *kernels.Set) {
		s.DotPairs = func(width int, dst, table []float32, tableStride int, a, b []int32) {
			kernels.Portable.DotPairs(width, dst, table, tableStride, a, b)
			if len(b)%4 != 0 {
				setBeyond(dst)
			}
		}
	}},
	{"AddPairs", "moves the rows b by what the rows a have become", func(s *kernels.Set) {
		s.AddPairs = func(width int, table []float32, tableStride int, a, b []int32, g, sums []float32, next []int32) {
			p := kernels.Portable
			for i, id := range a {
				p.SumRows(width, sums[i*width:][:width], g[i*len(b):], 1, table, tableStride, b)
				p.AxpyRows(width, table, tableStride, []int32{id}, []float32{1}, 0, sums[i*width:][:width])
			}
			for k, id := range b {
				p.SumRows(width, sums[k*width:][:width], g[k:], len(b), table, tableStride, a)
				p.AxpyRows(width, table, tableStride, []int32{id}, []float32{1}, 0, sums[k*width:][:width])
			}
		}
	}},
	{"AddPairs", "forgets the first of a repeated id", func(s *kernels.Set) {
		s.AddPairs = func(width int, table []float32, tableStride int, a, b []int32, g, sums []float32, next []int32) {
			was := append([]float32(nil), table...)
			kernels.Portable.AddPairs(width, table, tableStride, a, b, g, sums, next)
			if len(b) > 2 && b[0] == b[2] {
				copy(table[int(b[0])*tableStride:][:width], was[int(b[0])*tableStride:])
			}
		}
	}},
	{"AxpyRows", "takes factors one after the other", func(s *kernels.Set) {
		s.AxpyRows = func(width int, table []float32, tableStride int, ids []int32, a []float32, _ int, x []float32) {
			kernels.Portable.AxpyRows(width, table, tableStride, ids, a, 1, x)
		}
	}},
	{"AxpyRows", "takes the width for the stride", func(s *kernels.Set) {
		s.AxpyRows = func(width int, table []float32, _ int, ids []int32, a []float32, aStride int, x []float32) {
			kernels.Portable.AxpyRows(width, table, width, ids, a, aStride, x)
		}
	}},
	{"LogisticRows", "moves x by what the rows have become", func(s *kernels.Set) {
		s.LogisticRows = func(width int, dx, x, table []float32, tableStride int, ids []int32, g, p, z []float32, rate float32, sign []float32, next []int32) {
			was := append([]float32(nil), dx...)
			kernels.Portable.LogisticRows(width, dx, x, table, tableStride, ids, g, p, z, rate, sign, next)
			copy(dx, was)
			for k, id := range ids {
				kernels.Portable.Axpy(dx, g[k], table[int(id)*tableStride:][:width])
			}
		}
	}},
	{"LogisticRows", "moves the rows by what x has become", func(s *kernels.Set) {
		s.LogisticRows = func(width int, dx, x, table []float32, tableStride int, ids []int32, g, p, z []float32, rate float32, sign []float32, next []int32) {
			was := append([]float32(nil), table...)
			kernels.Portable.LogisticRows(width, dx, x, table, tableStride, ids, g, p, z, rate, sign, next)
			copy(table, was)
			kernels.Portable.AxpyRows(width, table, tableStride, ids, g, 1, x)
		}
	}},
	{"LogisticRows", "forgets what dx was", func(s *kernels.Set) {
		s.LogisticRows = func(width int, dx, x, table []float32, tableStride int, ids []int32, g, p, z []float32, rate float32, sign []float32, next []int32) {
			was := append([]float32(nil), dx...)
			kernels.Portable.LogisticRows(width, dx, x, table, tableStride, ids, g, p, z, rate, sign, next)
			kernels.Portable.Sub(dx, dx, was)
		}
	}},
	{"LogisticPairs", "scores all inputs before any moves", func(s *kernels.Set) {
		s.LogisticPairs = func(width int, table []float32, tableStride int, inputs, ids []int32, g, p, z []float32, rate float32, sign []float32, next []int32) {
			was := append([]float32(nil), table...)
			for i, input := range inputs {
				from, to := 6*i, 6*i+6
				x := was[int(input)*tableStride:][:width]
				kernels.Portable.LogisticRows(width, make([]float32, width), x, append([]float32(nil), was...), tableStride, ids[from:to], g[from:to], p[from:to], z[from:to], rate, sign, nil)
			}
			for i, input := range inputs {
				x, from := table[int(input)*tableStride:][:width], 6*i
				moved := make([]float32, width)
				kernels.Portable.SumRows(width, moved, g[from:], 1, table, tableStride, ids[from:from+6])
				kernels.Portable.AxpyRows(width, table, tableStride, ids[from:from+6], g[from:], 1, x)
				kernels.Portable.Add(x, x, moved)
			}
		}
	}},
	{"LogisticPairs", "takes the first input's ids for all", func(s *kernels.Set) {
		s.LogisticPairs = func(width int, table []float32, tableStride int, inputs, ids []int32, g, p, z []float32, rate float32, sign []float32, next []int32) {
			for i := 1; i < len(inputs); i++ {
				ids = append(ids[:6*i:6*i], append(append([]int32(nil), ids[:6]...), ids[6*i+6:]...)...)
			}
			kernels.Portable.LogisticPairs(width, table, tableStride, inputs, ids, g, p, z, rate, sign, next)
		}
	}},
	{"Prefetch", "writes", func(s *kernels.Set) {
		s.Prefetch = func(width int, table []float32, tableStride int, ids []int32, write bool) {
			if len(table) > 0 {
				table[0]++
			}
		}
	}},
}
