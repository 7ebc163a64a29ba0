package lane

import (
	"fmt"
	"slices"
)

// Dot returns the product of t and u by the rules of np.dot: the sum over the last axis of t and the
// last but one of u, or its only one. Of two vectors that is the inner
// product, of two matrices the matrix product; a 0-d operand multiplies
// element-wise.
func (t Tensor) Dot(u Tensor) Tensor {
	if len(t.shape) == 0 || len(u.shape) == 0 {
		return t.Mul(u)
	}
	t.checkInner("Dot", u)
	if len(t.shape) == 1 && len(u.shape) == 1 {
		return t.inner(u)
	}
	rows, k := t.shape[:len(t.shape)-1], t.shape[len(t.shape)-1]
	u = u.innerFirst()
	cols := u.shape[1:]
	m, n := elements("Dot", rows), elements("Dot", cols)
	out := newTensor("Dot", []int{m, n})
	Gemm(out.Matrix(), 0, 1, t.Reshape(m, k).operand(), u.Reshape(k, n).operand())
	return out.Reshape(slices.Concat(rows, cols)...)
}

// MatMul returns the product of t and u by the rules of np.matmul: of the matrices that their
// last two axes hold, (…, m, k)·(…, k, n) = (…, m, n), with the axes before
// them broadcast. A vector on the left stands for a row and one on the right
// for a column, and the result lacks that axis.
func (t Tensor) MatMul(u Tensor) Tensor {
	if len(t.shape) == 0 || len(u.shape) == 0 {
		panic(fmt.Sprintf("lane: MatMul: shapes %s and %s: use Mul to multiply by a number", shapeString(t.shape), shapeString(u.shape)))
	}
	t.checkInner("MatMul", u)
	if len(u.shape) <= 2 {
		return t.Dot(u) // one product, as u is the same for the whole batch
	}
	if len(t.shape) == 1 {
		return t.ExpandDims(0).batched(u).Squeeze(-2)
	}
	return t.batched(u)
}

// Outer returns all products of an element of t and one of u, both taken as
// vectors: element (i, j) is t[i]·u[j].
func (t Tensor) Outer(u Tensor) Tensor {
	return t.Ravel().ExpandDims(1).Mul(u.Ravel())
}

// checkInner panics unless the axes that a product sums over have the same length.
func (t Tensor) checkInner(function string, u Tensor) {
	last, first := len(t.shape)-1, max(0, len(u.shape)-2)
	if t.shape[last] != u.shape[first] {
		panic(fmt.Sprintf("lane: %s: shapes %s and %s do not align: %d (axis %d) != %d (axis %d)",
			function, shapeString(t.shape), shapeString(u.shape), t.shape[last], last, u.shape[first], first))
	}
}

// innerFirst returns the view of t with its last axis but one before all others.
func (t Tensor) innerFirst() Tensor {
	inner := max(0, len(t.shape)-2)
	order := []int{inner}
	for axis := range t.shape {
		if axis != inner {
			order = append(order, axis)
		}
	}
	return t.Transpose(order...)
}

// inner returns the inner product of two vectors.
func (t Tensor) inner(u Tensor) Tensor {
	xs, ys := t.reader(), u.reader()
	var sum float64
	for lo := 0; lo < t.shape[0]; lo += blockSize {
		end := min(lo+blockSize, t.shape[0])
		sum += float64(active.Dot(xs.block(lo, end), ys.block(lo, end)))
	}
	return Scalar(float32(sum))
}

// batched is MatMul of two stacks of matrices.
func (t Tensor) batched(u Tensor) Tensor {
	batchT, m, k := t.splitBatch()
	batchU, _, n := u.splitBatch()
	batch := broadcastShapes("MatMul", batchT, batchU)
	out := newTensor("MatMul", slices.Concat(batch, []int{m, n}))
	if len(out.data) == 0 {
		return out
	}
	xs := t.stretch(slices.Concat(batch, []int{m, k}))
	ys := u.stretch(slices.Concat(batch, []int{k, n}))
	products := len(out.data) / (m * n)
	grain := 1
	if float64(m)*float64(n)*float64(k) >= serialFlops {
		grain = products // each product is worth all threads
	}
	Parallel(products, grain, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			c := MatrixOf(out.data[i*m*n:], m, n)
			Gemm(c, 0, 1, xs.matrixAt(i).operand(), ys.matrixAt(i).operand())
		}
	})
	return out
}

func (t Tensor) splitBatch() (batch []int, rows, cols int) {
	n := len(t.shape)
	return t.shape[:n-2], t.shape[n-2], t.shape[n-1]
}

// matrixAt returns the 2-d view number i of a stack of matrices.
func (t Tensor) matrixAt(i int) Tensor {
	last := len(t.shape) - 2
	for axis := last - 1; axis >= 0; axis-- {
		t.offset += i % t.shape[axis] * t.strides[axis]
		i /= t.shape[axis]
	}
	t.shape, t.strides = t.shape[last:], t.strides[last:]
	return t
}

// operand returns t as an operand of Gemm, copied if it runs backwards.
func (t Tensor) operand() Matrix {
	if t.strides[0] < 0 || t.strides[1] < 0 {
		t = t.Copy()
	}
	return t.Matrix()
}
