package lane

import (
	"fmt"
	"math"
	"slices"
)

// Add returns t + u, broadcast.
func (t Tensor) Add(u Tensor) Tensor { return t.combine("Add", u, active.Add) }

// Sub returns t − u, broadcast.
func (t Tensor) Sub(u Tensor) Tensor { return t.combine("Sub", u, active.Sub) }

// Mul returns t·u, element by element, broadcast.
func (t Tensor) Mul(u Tensor) Tensor { return t.combine("Mul", u, active.Mul) }

// Div returns t/u, element by element, broadcast.
func (t Tensor) Div(u Tensor) Tensor { return t.combine("Div", u, active.Div) }

// Pow returns t to the power of u, element by element, broadcast.
func (t Tensor) Pow(u Tensor) Tensor {
	return t.combine("Pow", u, pairwise(func(x, y float32) float32 {
		return float32(math.Pow(float64(x), float64(y)))
	}))
}

// Maximum returns the larger of t and u, element by element, broadcast: NaN
// where either is NaN.
func (t Tensor) Maximum(u Tensor) Tensor { return t.combine("Maximum", u, maximums) }

// Minimum returns the smaller of t and u, element by element, broadcast: NaN
// where either is NaN.
func (t Tensor) Minimum(u Tensor) Tensor {
	return t.combine("Minimum", u, func(dst, x, y []float32) {
		for i := range dst {
			dst[i] = min(x[i], y[i])
		}
	})
}

func maximums(dst, x, y []float32) {
	for i := range dst {
		dst[i] = max(x[i], y[i])
	}
}

// Eq returns 1 where t == u and 0 elsewhere, broadcast. [Tensor.Equal] compares whole
// tensors.
func (t Tensor) Eq(u Tensor) Tensor {
	return t.compare("Eq", u, func(x, y float32) bool { return x == y })
}

// Ne returns 1 where t != u and 0 elsewhere, broadcast.
func (t Tensor) Ne(u Tensor) Tensor {
	return t.compare("Ne", u, func(x, y float32) bool { return x != y })
}

// Lt returns 1 where t < u and 0 elsewhere, broadcast.
func (t Tensor) Lt(u Tensor) Tensor {
	return t.compare("Lt", u, func(x, y float32) bool { return x < y })
}

// Le returns 1 where t <= u and 0 elsewhere, broadcast.
func (t Tensor) Le(u Tensor) Tensor {
	return t.compare("Le", u, func(x, y float32) bool { return x <= y })
}

// Gt returns 1 where t > u and 0 elsewhere, broadcast.
func (t Tensor) Gt(u Tensor) Tensor {
	return t.compare("Gt", u, func(x, y float32) bool { return x > y })
}

// Ge returns 1 where t >= u and 0 elsewhere, broadcast.
func (t Tensor) Ge(u Tensor) Tensor {
	return t.compare("Ge", u, func(x, y float32) bool { return x >= y })
}

// Neg returns −t.
func (t Tensor) Neg() Tensor {
	return t.transform(func(dst, x []float32) { active.Scale(dst, -1, x) })
}

// Abs returns |t|.
func (t Tensor) Abs() Tensor { return t.transform(elementwise(math.Abs)) }

// Sqrt returns the square root of t: NaN where t is negative.
func (t Tensor) Sqrt() Tensor { return t.transform(elementwise(math.Sqrt)) }

// Log returns the natural logarithm of t: −Inf at 0, NaN where t is negative.
func (t Tensor) Log() Tensor { return t.transform(elementwise(math.Log)) }

// Exp returns eᵗ.
func (t Tensor) Exp() Tensor { return t.transform(active.Exp) }

// Sigmoid returns 1/(1 + e⁻ᵗ).
func (t Tensor) Sigmoid() Tensor { return t.transform(active.Sigmoid) }

// Tanh returns tanh t.
func (t Tensor) Tanh() Tensor { return t.transform(active.Tanh) }

// Equal reports whether t and u have the same shape and equal elements, as
// np.array_equal; NaN equals nothing.
func (t Tensor) Equal(u Tensor) bool {
	return sameShape(t, u) && t.every("Equal", u, func(x, y float32) bool { return x == y })
}

// AllClose reports whether |t − u| ≤ atol + rtol·|u| everywhere, broadcast.
// np.allclose has rtol = 1e-5 and atol = 1e-8 unless told. Equal infinities are close,
// NaN is close to nothing.
func (t Tensor) AllClose(u Tensor, rtol, atol float64) bool {
	return t.every("AllClose", u, func(x, y float32) bool {
		if x == y {
			return true
		}
		distance, size := math.Abs(float64(x)-float64(y)), math.Abs(float64(y))
		return distance <= atol+rtol*size && !math.IsInf(distance, 0)
	})
}

// Assign sets the elements of t to those of u, broadcast to the shape of t,
// as NumPy's t[...] = u: further leading axes of u must have length 1. It may be used on a slice: t.Slice(Index(0)).Assign(Scalar(1)).
// u may share its data with t.
func (t Tensor) Assign(u Tensor) {
	for len(u.shape) > len(t.shape) && u.shape[0] == 1 {
		u.shape, u.strides = u.shape[1:], u.strides[1:]
	}
	if !slices.Equal(broadcastShapes("Assign", t.shape, u.shape), t.shape) {
		panic(fmt.Sprintf("lane: Assign: shapes %s and %s do not broadcast", shapeString(t.shape), shapeString(u.shape)))
	}
	values := u.stretch(t.shape).Copy().data
	if t.Contiguous() {
		copy(t.Data(), values)
		return
	}
	for w := t.reader(); len(values) > 0; {
		n := w.shape[len(w.shape)-1]
		stride := w.strides[len(w.strides)-1]
		at := w.row((t.Size() - len(values)) / n)
		for _, v := range values[:n] {
			w.data[at] = v
			at += stride
		}
		values = values[n:]
	}
}

// combine computes an element-wise operation of two operands by a kernel on
// blocks of neighbouring elements.
func (t Tensor) combine(function string, u Tensor, kernel func(dst, x, y []float32)) Tensor {
	shape := broadcastShapes(function, t.shape, u.shape)
	out := newTensor(function, shape)
	xs, ys := t.stretch(shape).reader(), u.stretch(shape).reader()
	Parallel(len(out.data), chunkSize, func(lo, hi int) {
		xs, ys := xs, ys // a scratch of each chunk's own
		for ; lo < hi; lo += blockSize {
			end := min(lo+blockSize, hi)
			kernel(out.data[lo:end], xs.block(lo, end), ys.block(lo, end))
		}
	})
	return out
}

// transform computes an element-wise function by a kernel on blocks of
// neighbouring elements.
func (t Tensor) transform(kernel func(dst, x []float32)) Tensor {
	out := newTensor("Tensor", t.Shape())
	xs := t.reader()
	Parallel(len(out.data), chunkSize, func(lo, hi int) {
		xs := xs
		for ; lo < hi; lo += blockSize {
			end := min(lo+blockSize, hi)
			kernel(out.data[lo:end], xs.block(lo, end))
		}
	})
	return out
}

func (t Tensor) compare(function string, u Tensor, holds func(x, y float32) bool) Tensor {
	return t.combine(function, u, pairwise(func(x, y float32) float32 {
		if holds(x, y) {
			return 1
		}
		return 0
	}))
}

// every reports whether holds is true of all pairs of elements, broadcast.
func (t Tensor) every(function string, u Tensor, holds func(x, y float32) bool) bool {
	shape := broadcastShapes(function, t.shape, u.shape)
	size := elements(function, shape)
	xs, ys := t.stretch(shape).reader(), u.stretch(shape).reader()
	for lo := 0; lo < size; lo += blockSize {
		end := min(lo+blockSize, size)
		x, y := xs.block(lo, end), ys.block(lo, end)
		for i := range x {
			if !holds(x[i], y[i]) {
				return false
			}
		}
	}
	return true
}

// pairwise makes a kernel of a function of two numbers.
func pairwise(f func(x, y float32) float32) func(dst, x, y []float32) {
	return func(dst, x, y []float32) {
		for i := range dst {
			dst[i] = f(x[i], y[i])
		}
	}
}

// elementwise makes a kernel of a function of a number.
func elementwise(f func(float64) float64) func(dst, x []float32) {
	return func(dst, x []float32) {
		for i, v := range x {
			dst[i] = float32(f(float64(v)))
		}
	}
}
