package lane

import (
	"fmt"
	"math"
	"slices"
)

// Scalar returns the 0-d tensor of v, which broadcasts against any shape:
// t.Mul(Scalar(2)) doubles t.
func Scalar(v float32) Tensor { return TensorOf([]float32{v}) }

// Zeros returns a tensor of zeros.
func Zeros(shape ...int) Tensor { return newTensor("Zeros", slices.Clone(shape)) }

// Ones returns a tensor of ones.
func Ones(shape ...int) Tensor { return full("Ones", 1, shape) }

// Full returns a tensor whose elements are all v.
func Full(v float32, shape ...int) Tensor { return full("Full", v, shape) }

func full(function string, v float32, shape []int) Tensor {
	t := newTensor(function, slices.Clone(shape))
	repeat(t.data, v)
	return t
}

// Arange returns start, start+step, start+2·step … up to stop, excluded. As in
// np.arange, one argument is stop, two are start and stop, three are
// start, stop and step; start is 0 and step 1 unless given. Elements are computed in
// float64 and rounded once.
func Arange(bounds ...float64) Tensor {
	start, stop, step := 0.0, 0.0, 1.0
	switch len(bounds) {
	case 1:
		stop = bounds[0]
	case 2:
		start, stop = bounds[0], bounds[1]
	case 3:
		start, stop, step = bounds[0], bounds[1], bounds[2]
	default:
		panic(fmt.Sprintf("lane: Arange: %d arguments, but it takes stop; start, stop; or start, stop, step", len(bounds)))
	}
	length := math.Ceil((stop - start) / step)
	if step == 0 || !(math.Abs(length) < math.MaxInt32) { // nor NaN
		panic(fmt.Sprintf("lane: Arange: no way from %v to %v in steps of %v", start, stop, step))
	}
	t := Zeros(int(max(0, length)))
	for i := range t.data {
		t.data[i] = float32(start + float64(i)*step)
	}
	return t
}

// Linspace returns n numbers evenly spaced from start to stop, both included.
func Linspace(start, stop float64, n int) Tensor {
	t := newTensor("Linspace", []int{n})
	step := (stop - start) / float64(n-1)
	for i := range t.data {
		t.data[i] = float32(start + float64(i)*step)
	}
	switch {
	case n == 1:
		t.data[0] = float32(start)
	case n > 1:
		t.data[n-1] = float32(stop)
	}
	return t
}

// Eye returns the n×n identity matrix.
func Eye(n int) Tensor {
	t := newTensor("Eye", []int{n, n})
	for i := range n {
		t.data[i*n+i] = 1
	}
	return t
}
