package kerneltest

import (
	"math"
	"unsafe"

	"github.com/lane-go/lane/kernels"
)

// mutants are those that no other file has.
var mutants = []mutant{
	{"Dot", "leaves out the last of 8k+1 elements", func(s *kernels.Set) {
		s.Dot = func(x, y []float32) float32 {
			if len(x)%8 == 1 {
				x, y = x[1:], y[1:]
			}
			return kernels.Portable.Dot(x, y)
		}
	}},
	{"Dot", "reads and uses what is behind the end", func(s *kernels.Set) {
		s.Dot = func(x, y []float32) float32 { return kernels.Portable.Dot(x, y) + 0*beyond(x) }
	}},
	{"Dot", "keeps 16 bits of precision", func(s *kernels.Set) {
		s.Dot = func(x, y []float32) float32 { return kernels.Portable.Dot(x, y) * (1 + 0x1p-16) }
	}},
	{"Sum", "loses NaN", func(s *kernels.Set) {
		s.Sum = func(x []float32) float32 {
			if v := kernels.Portable.Sum(x); v == v {
				return v
			}
			return 0
		}
	}},
	{"Max", "loses NaN as MAXPS does", func(s *kernels.Set) {
		s.Max = func(x []float32) float32 {
			m := float32(math.Inf(-1))
			for _, v := range x {
				if v > m {
					m = v
				}
			}
			return m
		}
	}},
	{"Max", "starts from 0", func(s *kernels.Set) {
		s.Max = func(x []float32) float32 { return max(0, kernels.Portable.Max(x)) }
	}},
	{"Axpy", "writes one element too many", func(s *kernels.Set) {
		s.Axpy = func(dst []float32, a float32, x []float32) {
			kernels.Portable.Axpy(dst, a, x)
			setBeyond(dst)
		}
	}},
	{"Axpy", "rounds toward zero", func(s *kernels.Set) {
		s.Axpy = func(dst []float32, a float32, x []float32) {
			for i, v := range x {
				exact := float64(a)*float64(v) + float64(dst[i])
				r := float32(exact)
				if math.Abs(float64(r)) > math.Abs(exact) && !math.IsInf(float64(r), 0) {
					r = math.Nextafter32(r, 0)
				}
				dst[i] = r
			}
		}
	}},
	{"Scale", "flushes denormals", func(s *kernels.Set) {
		s.Scale = func(dst []float32, a float32, x []float32) {
			kernels.Portable.Scale(dst, a, x)
			for i, v := range dst {
				if v > -0x1p-126 && v < 0x1p-126 {
					dst[i] = float32(math.Copysign(0, float64(v)))
				}
			}
		}
	}},
	{"Add", "writes before reading when dst is y", func(s *kernels.Set) {
		s.Add = func(dst, x, y []float32) {
			copy(dst, x)
			kernels.Portable.Add(dst, dst, y)
		}
	}},
	{"Sub", "swaps its operands", func(s *kernels.Set) {
		s.Sub = func(dst, x, y []float32) { kernels.Portable.Sub(dst, y, x) }
	}},
	{"Mul", "writes into a source", func(s *kernels.Set) {
		s.Mul = func(dst, x, y []float32) {
			kernels.Portable.Mul(dst, x, y)
			copy(x, dst)
		}
	}},
	{"Div", "multiplies by the reciprocal", func(s *kernels.Set) {
		s.Div = func(dst, x, y []float32) {
			for i := range dst {
				dst[i] = x[i] * float32(1/y[i])
			}
		}
	}},
	{"Exp", "is off by two ulp", func(s *kernels.Set) {
		s.Exp = func(dst, x []float32) {
			kernels.Portable.Exp(dst, x)
			kernels.Portable.Scale(dst, 1+0x1p-22, dst)
		}
	}},
	{"Exp", "overflows early", func(s *kernels.Set) {
		s.Exp = func(dst, x []float32) {
			for i, v := range x {
				if v > 88.3 {
					v = 1000
				}
				dst[i] = float32(math.Exp(float64(v)))
			}
		}
	}},
	{"Sigmoid", "turns NaN into a number", func(s *kernels.Set) {
		s.Sigmoid = func(dst, x []float32) {
			kernels.Portable.Sigmoid(dst, x)
			for i, v := range dst {
				if v != v {
					dst[i] = 1
				}
			}
		}
	}},
	{"Tanh", "loses the small ones, as 2·sigmoid(2x) − 1 does", func(s *kernels.Set) {
		s.Tanh = func(dst, x []float32) {
			for i, v := range x {
				dst[i] = 2*float32(1/(1+math.Exp(-2*float64(v)))) - 1
			}
		}
	}},
	{"Tanh", "loses the sign of zero", func(s *kernels.Set) {
		s.Tanh = func(dst, x []float32) {
			kernels.Portable.Tanh(dst, x)
			for i := range dst {
				dst[i] += 0
			}
		}
	}},
	{"ReLU", "turns NaN into 0", func(s *kernels.Set) {
		s.ReLU = func(dst, x []float32) {
			for i, v := range x {
				dst[i] = 0
				if v > 0 {
					dst[i] = v
				}
			}
		}
	}},
	{"AddReLU", "leaves out the addition", func(s *kernels.Set) {
		s.AddReLU = func(dst, x, _ []float32) { kernels.Portable.ReLU(dst, x) }
	}},
	{"AddSigmoid", "writes the sum before reading when dst is y", func(s *kernels.Set) {
		s.AddSigmoid = func(dst, x, y []float32) {
			copy(dst, x)
			kernels.Portable.AddSigmoid(dst, dst, y)
		}
	}},
	{"AddTanh", "takes the difference", func(s *kernels.Set) {
		s.AddTanh = func(dst, x, y []float32) {
			kernels.Portable.Sub(dst, x, y)
			kernels.Portable.Tanh(dst, dst)
		}
	}},
	{"TanhBackward", "takes y for the input", func(s *kernels.Set) {
		s.TanhBackward = func(dx, dy, y []float32) {
			for i, v := range y {
				t := float32(math.Tanh(float64(v)))
				dx[i] = dy[i] * (1 - t*t)
			}
		}
	}},
	{"LSTMForward", "writes c before reading it when that is the cell before", func(s *kernels.Set) {
		s.LSTMForward = func(gates, c, tanhC, h, before []float32) {
			clear(c)
			kernels.Portable.LSTMForward(gates, c, tanhC, h, before)
		}
	}},
	{"LSTMForward", "leaves the output gate as it is", func(s *kernels.Set) {
		s.LSTMForward = func(gates, c, tanhC, h, before []float32) {
			o := append([]float32(nil), gates[3*len(h):]...)
			kernels.Portable.LSTMForward(gates, c, tanhC, h, before)
			copy(gates[3*len(h):], o)
		}
	}},
	{"LSTMBackward", "leaves out the gradient of the later cells", func(s *kernels.Set) {
		s.LSTMBackward = func(gates, dc, before, tanhC, dh []float32) {
			clear(dc)
			kernels.Portable.LSTMBackward(gates, dc, before, tanhC, dh)
		}
	}},
	{"LSTMBackward", "writes into a source", func(s *kernels.Set) {
		s.LSTMBackward = func(gates, dc, before, tanhC, dh []float32) {
			kernels.Portable.LSTMBackward(gates, dc, before, tanhC, dh)
			copy(dh, dc)
		}
	}},
	{"GRUForward", "applies the reset gate before the product, as the original does", func(s *kernels.Set) {
		s.GRUForward = func(gates, h, state, before []float32) {
			n := len(h)
			kernels.Portable.AddTanh(gates[2*n:], gates[2*n:], state[2*n:])
			last := append([]float32(nil), gates[2*n:]...)
			kernels.Portable.GRUForward(gates, h, state, before)
			copy(gates[2*n:], last)
		}
	}},
	{"GRUForward", "swaps the parts of the update gate", func(s *kernels.Set) {
		s.GRUForward = func(gates, h, state, before []float32) {
			kernels.Portable.GRUForward(gates, h, state, before)
			z, n := gates[len(h):], gates[2*len(h):]
			for j := range h {
				h[j] = z[j]*n[j] + (1-z[j])*before[j]
			}
		}
	}},
	{"GRUBackward", "overwrites the gradient of the vector before", func(s *kernels.Set) {
		s.GRUBackward = func(gates, state, dbefore, before, dh []float32) {
			clear(dbefore)
			kernels.Portable.GRUBackward(gates, state, dbefore, before, dh)
		}
	}},
	{"GRUBackward", "writes one element too many", func(s *kernels.Set) {
		s.GRUBackward = func(gates, state, dbefore, before, dh []float32) {
			kernels.Portable.GRUBackward(gates, state, dbefore, before, dh)
			setBeyond(state)
		}
	}},
	{"Gather", "copies into the gap between rows", func(s *kernels.Set) {
		s.Gather = func(width int, dst []float32, dstStride int, table []float32, tableStride int, ids []int32) {
			kernels.Portable.Gather(width, dst, dstStride, table, tableStride, ids)
			if len(ids) > 1 && dstStride > width {
				dst[width] = 0
			}
		}
	}},
	{"ScatterAdd", "keeps the last of repeated ids", func(s *kernels.Set) {
		s.ScatterAdd = func(width int, table []float32, tableStride int, ids []int32, alpha float32, src []float32, srcStride int) {
			was := append([]float32(nil), table...)
			for i, id := range ids {
				row := int(id) * tableStride
				copy(table[row:][:width], was[row:])
				kernels.Portable.Axpy(table[row:][:width], alpha, src[i*srcStride:][:width])
			}
		}
	}},
	{"ScatterAdd", "adds the rows backwards", func(s *kernels.Set) {
		s.ScatterAdd = func(width int, table []float32, tableStride int, ids []int32, alpha float32, src []float32, srcStride int) {
			for i := len(ids) - 1; i >= 0; i-- {
				kernels.Portable.Axpy(table[int(ids[i])*tableStride:][:width], alpha, src[i*srcStride:][:width])
			}
		}
	}},
	{"Tile", "overwrites C", func(s *kernels.Set) {
		s.Tile = func(m, n, k int, a []float32, aRow, aCol int, b []float32, bRow, bTile int, c []float32, ldc int, _ bool, ahead int) {
			kernels.Portable.Tile(m, n, k, a, aRow, aCol, b, bRow, bTile, c, ldc, false, ahead)
		}
	}},
	{"Tile", "leaves out the last step of an odd k", func(s *kernels.Set) {
		s.Tile = func(m, n, k int, a []float32, aRow, aCol int, b []float32, bRow, bTile int, c []float32, ldc int, add bool, ahead int) {
			kernels.Portable.Tile(m, n, max(k&^1, 1), a, aRow, aCol, b, bRow, bTile, c, ldc, add, ahead)
		}
	}},
	{"Tile", "takes rows of A for columns", func(s *kernels.Set) {
		s.Tile = func(m, n, k int, a []float32, aRow, aCol int, b []float32, bRow, bTile int, c []float32, ldc int, add bool, ahead int) {
			kernels.Portable.Tile(m, n, k, a, max(aRow, aCol), 1, b, bRow, bTile, c, ldc, add, ahead)
		}
	}},
	{"Tile", "finishes the last panel of B", func(s *kernels.Set) {
		s.Tile = func(m, n, k int, a []float32, aRow, aCol int, b []float32, bRow, bTile int, c []float32, ldc int, add bool, ahead int) {
			kernels.Portable.Tile(m, n, k, a, aRow, aCol, b, bRow, bTile, c, ldc, add, ahead)
			if n%s.NR != 0 {
				c[len(c)-1] += 0 * beyond(c)
			}
		}
	}},
	{"DotTile", "keeps 16 bits of precision", func(s *kernels.Set) {
		s.DotTile = func(m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, add bool, ahead int) {
			kernels.Portable.DotTile(m, n, k, a, lda, b, ldb, c, ldc, add, ahead)
			c[0] *= 1 + 0x1p-14
		}
	}},
	{"DotTile", "leaves out the last of 8k+1 steps", func(s *kernels.Set) {
		s.DotTile = func(m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, add bool, ahead int) {
			if k%8 == 1 && k > 1 {
				k--
			}
			kernels.Portable.DotTile(m, n, k, a, lda, b, ldb, c, ldc, add, ahead)
		}
	}},
	{"PackRows", "writes one element too many", func(s *kernels.Set) {
		s.PackRows = func(rows, cols int, dst []float32, dstStride, dstTile int, src []float32, srcStride int) {
			kernels.Portable.PackRows(rows, cols, dst, dstStride, dstTile, src, srcStride)
			setBeyond(dst)
		}
	}},
	{"Transpose", "leaves out the last column of an odd number", func(s *kernels.Set) {
		s.Transpose = func(n int, dst []float32, dstStride int, src []float32, srcStride int) {
			kernels.Portable.Transpose(n&^1, dst, dstStride, src, srcStride)
		}
	}},
}

// beyond reads, and setBeyond writes, the element behind the end of s, as only
// assembly can by mistake; before reads the one before the start.
func beyond(s []float32) float32 { return *end(s) }
func setBeyond(s []float32)      { *end(s) = 1 }

func before(s []float32) float32 {
	return *(*float32)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(s)), -4))
}

func end(s []float32) *float32 {
	return (*float32)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(s)), 4*len(s)))
}
