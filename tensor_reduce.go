package lane

import (
	"fmt"
	"math"
	"slices"
)

// Sum returns the sum over the given axes, or over all if none is given. The result
// lacks those axes; [Tensor.ExpandDims] with the same axes brings them back
// with length 1. The sum of nothing is 0.
//
// It adds at most 256 numbers in float32, and what comes of that in float64.
func (t Tensor) Sum(axes ...int) Tensor { return t.reduce("Sum", axes, sums).round(1) }

// Mean returns the mean over the given axes, or over all if none is given. The
// mean of nothing is NaN.
func (t Tensor) Mean(axes ...int) Tensor {
	r := t.reduce("Mean", axes, sums)
	return r.round(float64(r.count))
}

// Var returns the variance Σ(t − mean)²/n over the given axes, or over all if
// none is given.
func (t Tensor) Var(axes ...int) Tensor {
	if len(axes) == 0 {
		t = t.Ravel()
		axes = []int{0}
	}
	distance := t.Sub(t.Mean(axes...).ExpandDims(axes...))
	return distance.Mul(distance).Mean(axes...)
}

// Std returns the standard deviation, the square root of [Tensor.Var].
func (t Tensor) Std(axes ...int) Tensor { return t.Var(axes...).Sqrt() }

// Max returns the largest element over the given axes, or over all if none is
// given: NaN if any is NaN. It panics if there is none.
func (t Tensor) Max(axes ...int) Tensor {
	r := t.reduce("Max", axes, maxima)
	r.mustHaveElements("Max", t)
	return r.round(1)
}

// Min returns the smallest element over the given axes, or over all if none is
// given: NaN if any is NaN. It panics if there is none.
func (t Tensor) Min(axes ...int) Tensor {
	r := t.reduce("Min", axes, minima)
	r.mustHaveElements("Min", t)
	return r.round(1)
}

// ArgMax returns the index of the largest element, counted row after row: the
// first of equals, and the first NaN if there is one. It panics if there is
// none.
func (t Tensor) ArgMax() int { return t.Ravel().ArgMaxAxis(0)[0] }

// ArgMin returns the index of the smallest element, counted row after row: the
// first of equals, and the first NaN if there is one. It panics if there is
// none.
func (t Tensor) ArgMin() int { return t.Ravel().ArgMinAxis(0)[0] }

// ArgMaxAxis returns the index along one axis of the largest element, with ties and NaN as
// [Tensor.ArgMax], for all indices of the other axes row after row.
func (t Tensor) ArgMaxAxis(axis int) []int {
	return t.argAxis("ArgMaxAxis", axis, func(v, best float32) bool { return v > best })
}

// ArgMinAxis returns the index along one axis of the smallest element, with ties and NaN as
// [Tensor.ArgMin], for all indices of the other axes row after row.
func (t Tensor) ArgMinAxis(axis int) []int {
	return t.argAxis("ArgMinAxis", axis, func(v, best float32) bool { return v < best })
}

func (t Tensor) argAxis(function string, axis int, better func(v, best float32) bool) []int {
	kept, folded := t.split(function, []int{axis})
	results, n := kept.Size(), folded.Size()
	if n == 0 {
		panic(fmt.Sprintf("lane: %s: no elements along axis %d of shape %s", function, axis, shapeString(t.shape)))
	}
	indices := make([]int, results)
	xs := joinAxes(kept, folded).reader()
	for i := range indices {
		best := float32(math.NaN())
		for lo := 0; lo < n; lo += blockSize {
			for j, v := range xs.block(i*n+lo, i*n+min(lo+blockSize, n)) {
				first := lo+j == 0
				if first || better(v, best) || v != v && best == best {
					best, indices[i] = v, lo+j
				}
			}
		}
	}
	return indices
}

// A fold is a kind of reduction, in float64. It has two directions, as elements of one result
// may lie side by side in memory, or elements of different results.
type fold struct {
	start float64
	along func(acc float64, x []float32) float64 // folds all of x into acc
	each  func(acc []float64, x []float32)       // folds each x[i] into acc[i]
}

var sums = fold{
	start: 0,
	along: func(acc float64, x []float32) float64 {
		const run = 256
		for ; len(x) > run; x = x[run:] {
			acc += float64(active.Sum(x[:run]))
		}
		return acc + float64(active.Sum(x))
	},
	each: func(acc []float64, x []float32) {
		for i, v := range x {
			acc[i] += float64(v)
		}
	},
}

var maxima = fold{
	start: math.Inf(-1),
	along: func(acc float64, x []float32) float64 { return max(acc, float64(active.Max(x))) },
	each: func(acc []float64, x []float32) {
		for i, v := range x {
			acc[i] = max(acc[i], float64(v))
		}
	},
}

var minima = fold{
	start: math.Inf(1),
	along: func(acc float64, x []float32) float64 {
		for _, v := range x {
			acc = min(acc, float64(v))
		}
		return acc
	},
	each: func(acc []float64, x []float32) {
		for i, v := range x {
			acc[i] = min(acc[i], float64(v))
		}
	},
}

// reduced is the outcome of a fold before it is rounded to float32.
type reduced struct {
	shape []int
	acc   []float64
	count int // elements folded into each
}

func (r reduced) round(divisor float64) Tensor {
	out := newTensor("Tensor", r.shape)
	for i, v := range r.acc {
		out.data[i] = float32(v / divisor)
	}
	return out
}

func (r reduced) mustHaveElements(function string, t Tensor) {
	if r.count == 0 {
		panic(fmt.Sprintf("lane: %s: no elements to choose from in shape %s", function, shapeString(t.shape)))
	}
}

// reduce folds the given axes, or all if there is none.
func (t Tensor) reduce(function string, axes []int, f fold) reduced {
	kept, folded := t.split(function, axes)
	results, count := kept.Size(), folded.Size()
	acc := make([]float64, results)
	for i := range acc {
		acc[i] = f.start
	}
	switch {
	case results == 0 || count == 0:
	case kept.finestStride() < folded.finestStride():
		xs := joinAxes(folded, kept).reader()
		for i := range count {
			for lo := 0; lo < results; lo += blockSize {
				end := min(lo+blockSize, results)
				f.each(acc[lo:end], xs.block(i*results+lo, i*results+end))
			}
		}
	default:
		xs := joinAxes(kept, folded).reader()
		Parallel(results, max(1, chunkSize/count), func(first, last int) {
			xs := xs // a scratch of each chunk's own
			for i := first; i < last; i++ {
				for lo := 0; lo < count; lo += blockSize {
					acc[i] = f.along(acc[i], xs.block(i*count+lo, i*count+min(lo+blockSize, count)))
				}
			}
		})
	}
	return reduced{kept.shape, acc, count}
}

// split returns the view of t along the axes that a reduction keeps, and the
// one along those it folds: the given ones, or all if there is none.
func (t Tensor) split(function string, axes []int) (kept, folded Tensor) {
	if len(t.shape) == 0 && len(axes) == 1 && (axes[0] == 0 || axes[0] == -1) {
		axes = nil // as in NumPy, which takes a scalar's axis for granted here
	}
	chosen := t.axisSet(function, axes)
	kept, folded = Tensor{data: t.data, offset: t.offset}, Tensor{data: t.data, offset: t.offset}
	for axis, n := range t.shape {
		part := &kept
		if chosen[axis] || len(axes) == 0 {
			part = &folded
		}
		part.shape, part.strides = append(part.shape, n), append(part.strides, t.strides[axis])
	}
	return kept, folded
}

// joinAxes returns the view along the axes of both parts of a split.
func joinAxes(outer, inner Tensor) Tensor {
	outer.shape = slices.Concat(outer.shape, inner.shape)
	outer.strides = slices.Concat(outer.strides, inner.strides)
	return outer
}

// finestStride returns the smallest step between elements of t.
func (t Tensor) finestStride() int {
	finest := math.MaxInt
	for i, n := range t.shape {
		if stride := max(t.strides[i], -t.strides[i]); n > 1 && stride > 0 {
			finest = min(finest, stride)
		}
	}
	return finest
}
