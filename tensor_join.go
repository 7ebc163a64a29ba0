package lane

import (
	"fmt"
	"slices"
)

// Concatenate returns the tensors joined along one of their axes; the others
// must be equal.
func Concatenate(axis int, tensors ...Tensor) Tensor {
	if len(tensors) == 0 {
		panic("lane: Concatenate: no tensors")
	}
	first := tensors[0]
	axis = first.axis("Concatenate", axis)
	shape := first.Shape()
	for _, t := range tensors[1:] {
		if len(t.shape) != len(shape) || !slices.Equal(t.shape[:axis], shape[:axis]) || !slices.Equal(t.shape[axis+1:], shape[axis+1:]) {
			panic(fmt.Sprintf("lane: Concatenate: shapes %s and %s differ beside axis %d", shapeString(first.shape), shapeString(t.shape), axis))
		}
		shape[axis] += t.shape[axis]
	}
	out := newTensor("Concatenate", shape)
	place := slices.Repeat([]Subscript{All}, axis+1)
	at := 0
	for _, t := range tensors {
		place[axis] = Range(at, at+t.shape[axis])
		out.Slice(place...).Assign(t)
		at += t.shape[axis]
	}
	return out
}

// Stack returns the tensors, all of one shape, joined along a new axis.
func Stack(axis int, tensors ...Tensor) Tensor {
	if len(tensors) == 0 {
		panic("lane: Stack: no tensors")
	}
	expanded := make([]Tensor, len(tensors))
	for i, t := range tensors {
		if !sameShape(t, tensors[0]) {
			panic(fmt.Sprintf("lane: Stack: shapes %s and %s differ", shapeString(tensors[0].shape), shapeString(t.shape)))
		}
		expanded[i] = t.expandDims("Stack", []int{axis})
	}
	return Concatenate(axis, expanded...)
}

func sameShape(t, u Tensor) bool { return slices.Equal(t.shape, u.shape) }
