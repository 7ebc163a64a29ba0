package lane

import (
	"fmt"
	"slices"
)

// Reshape returns the elements of t, row after row, in a new shape. One size
// may be −1: it becomes whatever fits. The result is a view wherever strides
// can say it, as always for contiguous tensors, and a copy otherwise.
func (t Tensor) Reshape(shape ...int) Tensor {
	shape = t.fitShape(shape)
	if strides, ok := t.viewStrides(shape); ok {
		t.shape, t.strides = shape, strides
		return t
	}
	t = t.Copy()
	t.shape, t.strides = shape, rowMajor(shape)
	return t
}

// fitShape returns a copy of shape with its −1 filled in.
func (t Tensor) fitShape(shape []int) []int {
	fitted := slices.Clone(shape)
	if unknown := slices.Index(fitted, -1); unknown >= 0 {
		if slices.ContainsFunc(fitted[unknown+1:], func(n int) bool { return n < 0 }) {
			panic(fmt.Sprintf("lane: Reshape: shape %s has several negative sizes", shapeString(shape)))
		}
		fitted[unknown] = 1
		if others := elements("Reshape", fitted); others > 0 && t.Size()%others == 0 {
			fitted[unknown] = t.Size() / others
		} else {
			panic(fmt.Sprintf("lane: Reshape: shape %s does not fit into %s", shapeString(t.shape), shapeString(shape)))
		}
	}
	if elements("Reshape", fitted) != t.Size() {
		panic(fmt.Sprintf("lane: Reshape: shape %s does not fit into %s", shapeString(t.shape), shapeString(shape)))
	}
	return fitted
}

// viewStrides returns the strides that show t in the new shape of as many elements, if there are such.
// It pairs the smallest groups of old and new axes that hold as many elements as
// each other: a group of old axes can be cut anew if one stride walks all of it.
func (t Tensor) viewStrides(shape []int) ([]int, bool) {
	strides := rowMajor(shape)
	if t.Contiguous() {
		return strides, true
	}
	old := t.withoutOnes()
	axis := 0
	for i := range old.shape {
		if i+1 < len(old.shape) && old.strides[i] == old.shape[i+1]*old.strides[i+1] {
			continue // walks on into the next axis
		}
		// The run of old axes ends here; new axes fill it exactly.
		run := 1
		for j := i; j >= 0 && (j == i || old.strides[j] == old.shape[j+1]*old.strides[j+1]); j-- {
			run *= old.shape[j]
		}
		first := axis
		for filled := 1; filled < run; axis++ {
			filled *= shape[axis]
			if run%filled != 0 {
				return nil, false
			}
		}
		for j, stride := axis-1, old.strides[i]; j >= first; j-- {
			strides[j] = stride
			stride *= shape[j]
		}
	}
	return strides, true
}

// withoutOnes drops the axes of length 1.
func (t Tensor) withoutOnes() Tensor {
	kept := t
	kept.shape, kept.strides = nil, nil
	for i, n := range t.shape {
		if n != 1 {
			kept.shape, kept.strides = append(kept.shape, n), append(kept.strides, t.strides[i])
		}
	}
	return kept
}

// Ravel returns the elements, row after row, on one axis: a view if strides
// can say it, otherwise a copy.
func (t Tensor) Ravel() Tensor { return t.Reshape(-1) }

// Flatten returns a copy of the elements, row after row, on one axis.
func (t Tensor) Flatten() Tensor { return t.Copy().Reshape(t.Size()) }

// Transpose returns the view whose axis i is axis axes[i] of t; without
// arguments it reverses the axes.
func (t Tensor) Transpose(axes ...int) Tensor {
	if len(axes) == 0 {
		return t.T()
	}
	if len(axes) != len(t.shape) {
		panic(fmt.Sprintf("lane: Transpose: %d axes for shape %s", len(axes), shapeString(t.shape)))
	}
	t.axisSet("Transpose", axes) // each once
	view := t
	view.shape, view.strides = make([]int, len(axes)), make([]int, len(axes))
	for i, axis := range axes {
		axis = t.axis("Transpose", axis)
		view.shape[i], view.strides[i] = t.shape[axis], t.strides[axis]
	}
	return view
}

// T returns the view with the axes reversed.
func (t Tensor) T() Tensor {
	t.shape, t.strides = t.Shape(), t.Strides()
	slices.Reverse(t.shape)
	slices.Reverse(t.strides)
	return t
}

// axis returns a possibly negative axis as 0…NDim−1.
func (t Tensor) axis(function string, axis int) int {
	n := len(t.shape)
	if axis < -n || axis >= n {
		panic(fmt.Sprintf("lane: %s: axis %d of shape %s", function, axis, shapeString(t.shape)))
	}
	if axis < 0 {
		axis += n
	}
	return axis
}

// axisSet tells for each axis of t whether axes name it, which they may do once.
func (t Tensor) axisSet(function string, axes []int) []bool {
	set := make([]bool, len(t.shape))
	for _, axis := range axes {
		i := t.axis(function, axis)
		if set[i] {
			panic(fmt.Sprintf("lane: %s: axis %d of shape %s twice", function, axis, shapeString(t.shape)))
		}
		set[i] = true
	}
	return set
}

// Squeeze returns the view without the given axes, which must have length 1, or
// without all axes of length 1 if none is given.
func (t Tensor) Squeeze(axes ...int) Tensor {
	if len(axes) == 0 {
		return t.withoutOnes()
	}
	dropped := t.axisSet("Squeeze", axes)
	view := t
	view.shape, view.strides = nil, nil
	for i, n := range t.shape {
		if !dropped[i] {
			view.shape, view.strides = append(view.shape, n), append(view.strides, t.strides[i])
		} else if n != 1 {
			panic(fmt.Sprintf("lane: Squeeze: axis %d of shape %s has not length 1", i, shapeString(t.shape)))
		}
	}
	return view
}

// ExpandDims returns the view with new axes of length 1, which are the given
// axes of the result. After a reduction over the same axes it does what
// keepdims=True does in NumPy: t.Div(t.Sum(1).ExpandDims(1)) normalises rows.
func (t Tensor) ExpandDims(axes ...int) Tensor { return t.expandDims("ExpandDims", axes) }

func (t Tensor) expandDims(function string, axes []int) Tensor {
	view := t
	view.shape, view.strides = make([]int, len(t.shape)+len(axes)), make([]int, len(t.shape)+len(axes))
	for i := range view.shape {
		view.shape[i] = 1 // what a panic shows
	}
	added := view.axisSet(function, axes)
	next := 0
	for i := range added {
		if !added[i] {
			view.shape[i], view.strides[i] = t.shape[next], t.strides[next]
			next++
		}
	}
	return view
}
