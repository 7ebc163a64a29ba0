package lane

import (
	"fmt"
	"reflect"
	"strings"
)

// NewTensor returns a copy of value as a tensor: a number, or slices and
// arrays of numbers nested to any depth, which is the number of axes. Numbers
// are of any integer or floating-point type and are rounded to float32. Slices
// of unequal lengths, and anything else, panic naming the position, and values that contain themselves.
func NewTensor(value any) Tensor {
	v := reflect.ValueOf(value)
	shape := nestedShape(v)
	t := newTensor("NewTensor", shape)
	n := nested{position: make([]int, 0, len(shape)), shape: shape, data: t.data}
	n.fill(v)
	return t
}

// nestedShape returns the lengths met on the way down the first elements. Where
// there is no first element the type tells how many more axes there are.
func nestedShape(v reflect.Value) []int {
	var shape []int
	for {
		v = underInterface(v)
		if !isList(v) {
			return shape
		}
		if shape = append(shape, v.Len()); len(shape) > maxNesting {
			panic(fmt.Sprintf("lane: NewTensor: lists in lists in lists, more than %d deep", maxNesting))
		}
		if v.Len() > 0 {
			v = v.Index(0)
		} else {
			v = reflect.Zero(v.Type().Elem())
		}
	}
}

// maxNesting is more axes than there is a use for. Only a value that contains itself has more.
const maxNesting = 1000

func underInterface(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	return v
}

func isList(v reflect.Value) bool { return v.Kind() == reflect.Slice || v.Kind() == reflect.Array }

// nested is a walk over nested slices.
type nested struct {
	position []int // the indices of the value at hand
	shape    []int
	data     []float32 // yet to be written
}

func (n *nested) fill(v reflect.Value) {
	v = underInterface(v)
	depth := len(n.position)
	if depth == len(n.shape) {
		n.data[0] = n.number(v)
		n.data = n.data[1:]
		return
	}
	if !isList(v) {
		n.number(v) // panics unless it is one
		panic(fmt.Sprintf("lane: NewTensor: ragged: %s is a number, but its neighbours are lists of %d", n.where(), n.shape[depth]))
	}
	if v.Len() != n.shape[depth] {
		panic(fmt.Sprintf("lane: NewTensor: ragged: %s has length %d, but its neighbours %d", n.where(), v.Len(), n.shape[depth]))
	}
	for i := range v.Len() {
		n.position = append(n.position, i)
		n.fill(v.Index(i))
		n.position = n.position[:depth]
	}
}

func (n *nested) number(v reflect.Value) float32 {
	switch {
	case v.CanFloat():
		return float32(v.Float())
	case v.CanInt():
		return float32(v.Int())
	case v.CanUint():
		return float32(v.Uint())
	case isList(v):
		panic(fmt.Sprintf("lane: NewTensor: ragged: %s is a list, but its neighbours are numbers", n.where()))
	case !v.IsValid():
		panic(fmt.Sprintf("lane: NewTensor: %s is nil, not a number", n.where()))
	}
	panic(fmt.Sprintf("lane: NewTensor: %s is a %v, not a number", n.where(), v.Type()))
}

func (n *nested) where() string {
	if len(n.position) == 0 {
		return "the value"
	}
	var b strings.Builder
	b.WriteString("element ")
	for _, i := range n.position {
		fmt.Fprintf(&b, "[%d]", i)
	}
	return b.String()
}
