// Package nntest judges layers: by the gradients that differences of their loss give, and by golden
// files of another implementation.
package nntest

import (
	"math"
	"math/rand/v2"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/nn"
)

// T is what a check reports to, as testing.T and testing.B do.
type T interface {
	Helper()
	Errorf(format string, args ...any)
}

const (
	step        = 1.0 / 32        // exact in float32; the loss changes by far more than it is rounded
	tolerance   = 1e-3            // relative to the largest gradient of the parameter
	noise       = 1.0 / (1 << 21) // rounding of the loss, relative to its height: a few float32 units
	coordinates = 100             // checked of each parameter, all if it has no more
)

// Input makes a parameter of an input, an initial state or anything else that has a gradient, so that
// [CheckGradients] checks it too. grad is where backward leaves the gradient.
func Input(name string, value, grad lane.Matrix) *nn.Param {
	return &nn.Param{Name: name, Value: value, Grad: grad}
}

// CheckGradients compares the gradients that backward leaves in the Grads of params with five-point
// central differences of loss in float64,
//
//	(f(x − 2h) − 8·f(x − h) + 8·f(x + h) − f(x + 2h)) / 12h,
//
// and reports every parameter where one is off by more than a thousandth of the parameter's largest
// gradient, plus what the rounding of a float32 forward pass may add.
//
// loss runs the forward pass on the Values as they are, which it must not change (a recurrent layer
// gets a copy of the initial state), and returns the loss; backward runs the forward and the backward
// pass. The Grads are zero when backward starts. Of a large parameter a fixed random sample of 100
// elements is checked. No element may be within 1/16 of a kink of the loss.
func CheckGradients(t T, loss func() float64, backward func(), params ...*nn.Param) {
	t.Helper()
	nn.ZeroGrads(params)
	backward()
	got := make([]lane.Matrix, len(params))
	for i, p := range params {
		got[i] = clone(p.Grad)
	}
	if first, second := loss(), loss(); first != second {
		t.Errorf("nntest: the loss is %v and then %v: it must depend on the values alone", first, second)
		return
	}
	for i, p := range params {
		checkParam(t, loss, p, got[i])
	}
}

// checkParam reports the element of p whose gradient is the farthest off, if that is too far.
func checkParam(t T, loss func() float64, p *nn.Param, got lane.Matrix) {
	t.Helper()
	rng := rand.New(rand.NewPCG(uint64(p.Value.Rows), uint64(p.Value.Cols)))
	var scale, height, worst, worstWant float64
	var worstAt int
	for _, at := range sample(p.Value.Rows*p.Value.Cols, rng) {
		row, col := at/p.Value.Cols, at%p.Value.Cols
		want, top := difference(loss, p.Value, row, col)
		have := float64(got.At(row, col))
		scale = max(scale, math.Abs(want))
		height = max(height, top)
		if off := math.Abs(have - want); off > worst || math.IsNaN(off) {
			worst, worstWant, worstAt = off, want, at
			if math.IsNaN(off) {
				break
			}
		}
	}
	if allowed := tolerance*scale + noise*height/step; !(worst <= allowed) {
		row, col := worstAt/p.Value.Cols, worstAt%p.Value.Cols
		t.Errorf("nntest: gradient of %s (%v) at (%d, %d) is %v, by differences %v: off by %.3g, allowed %.3g",
			p.Name, p.Value, row, col, got.At(row, col), worstWant, worst, allowed)
	}
}

// sample returns all of 0…n−1, or as many of them as are checked.
func sample(n int, rng *rand.Rand) []int {
	if n > coordinates {
		return rng.Perm(n)[:coordinates]
	}
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// difference returns ∂loss/∂m[i,j] and the largest |loss| it met.
func difference(loss func() float64, m lane.Matrix, i, j int) (slope, height float64) {
	x := m.At(i, j)
	defer m.Set(i, j, x)
	at := func(offset float32) float64 {
		m.Set(i, j, x+offset)
		f := loss()
		height = max(height, math.Abs(f))
		return f
	}
	slope = (at(-2*step) - 8*at(-step) + 8*at(step) - at(2*step)) / (12 * step)
	return slope, height
}

// Inner returns Σ a[i,j]·b[i,j] in float64: with random b, a loss of the output a of a layer whose
// gradient is b.
func Inner(a, b lane.Matrix) (sum float64) {
	for i := range a.Rows {
		for j := range a.Cols {
			sum += float64(a.At(i, j)) * float64(b.At(i, j))
		}
	}
	return sum
}

func clone(m lane.Matrix) lane.Matrix {
	c := lane.NewMatrix(m.Rows, m.Cols)
	for i := range m.Rows {
		for j := range m.Cols {
			c.Set(i, j, m.At(i, j))
		}
	}
	return c
}
