package lane

import (
	"fmt"
	"slices"
)

// A Subscript is one of the subscripts of [Tensor.Slice]: an index, a range
// with a step, a new axis or an ellipsis, as between NumPy's brackets.
//
//	NumPy     lane
//	i         Index(i)
//	a:b       Range(a, b)
//	a:        From(a)
//	:b        To(b)
//	:         All
//	a:b:s     Range(a, b).Step(s), and so with From, To and All
//	None      NewAxis
//	...       Ellipsis
type Subscript struct {
	kind        subscriptKind
	start, stop int // start is also the index
	step        int // 0 stands for 1
	hasStart    bool
	hasStop     bool
}

type subscriptKind int

const (
	span subscriptKind = iota
	single
	newAxis
	ellipsis
)

// Subscripts without arguments.
var (
	All      = Subscript{}               // the whole axis, NumPy's :
	NewAxis  = Subscript{kind: newAxis}  // an axis of length 1 that t has not, NumPy's np.newaxis
	Ellipsis = Subscript{kind: ellipsis} // as many All as are needed, NumPy's ...
)

// Index takes one element of the axis and drops the axis.
func Index(i int) Subscript { return Subscript{kind: single, start: i} }

// Range takes elements start to stop, stop excluded. Like Python's ranges it
// stops at the ends of the axis rather than panic.
func Range(start, stop int) Subscript {
	return Subscript{start: start, stop: stop, hasStart: true, hasStop: true}
}

// From takes the elements from start on.
func From(start int) Subscript { return Subscript{start: start, hasStart: true} }

// To takes the elements before stop.
func To(stop int) Subscript { return Subscript{stop: stop, hasStop: true} }

// Step returns the range s with a step, which must not be 0. With a negative one
// it runs backwards: All.Step(-1) reverses an axis, From(-2).Step(-1) begins at the last but one.
func (s Subscript) Step(step int) Subscript {
	if s.kind != span || step == 0 {
		panic(fmt.Sprintf("lane: Subscript.Step: step %d of %v", step, s))
	}
	s.step = step
	return s
}

// String returns the subscript as Python writes it.
func (s Subscript) String() string {
	switch s.kind {
	case single:
		return fmt.Sprint(s.start)
	case newAxis:
		return "None"
	case ellipsis:
		return "..."
	}
	text := ":"
	if s.hasStart {
		text = fmt.Sprint(s.start) + text
	}
	if s.hasStop {
		text += fmt.Sprint(s.stop)
	}
	if s.step != 0 {
		text += fmt.Sprint(":", s.step)
	}
	return text
}

// Slice returns the view that the subscripts choose, NumPy's t[…]: one an
// axis, from the first axis on; axes without a subscript stay whole.
func (t Tensor) Slice(subscripts ...Subscript) Tensor {
	view := Tensor{data: t.data, offset: t.offset}
	axis := 0
	for _, s := range t.spellOut(subscripts) {
		if s.kind == newAxis {
			view.shape, view.strides = append(view.shape, 1), append(view.strides, 0)
			continue
		}
		n, stride := t.shape[axis], t.strides[axis]
		if s.kind == single {
			if s.start < -n || s.start >= n {
				panic(fmt.Sprintf("lane: Slice: index %d is out of bounds for axis %d of shape %s", s.start, axis, shapeString(t.shape)))
			}
			view.offset += (s.start + n) % n * stride
		} else {
			start, step, count := s.bounds(n)
			if count > 0 {
				view.offset += start * stride
			}
			view.shape, view.strides = append(view.shape, count), append(view.strides, stride*step)
		}
		axis++
	}
	return view
}

// spellOut puts as many All in the place of the ellipsis, or at the end, as t
// has axes more than the subscripts.
func (t Tensor) spellOut(subscripts []Subscript) []Subscript {
	used, at := 0, -1
	for i, s := range subscripts {
		switch {
		case s.kind == span || s.kind == single:
			used++
		case s.kind == ellipsis && at >= 0:
			panic("lane: Slice: more than one Ellipsis")
		case s.kind == ellipsis:
			at = i
		}
	}
	missing := len(t.shape) - used
	if missing < 0 {
		panic(fmt.Sprintf("lane: Slice: %d subscripts into shape %s", used, shapeString(t.shape)))
	}
	fill := slices.Repeat([]Subscript{All}, missing)
	if at < 0 {
		return slices.Concat(subscripts, fill)
	}
	return slices.Concat(subscripts[:at], fill, subscripts[at+1:])
}

// bounds returns where a range begins on an axis of length n, its step and how
// many elements it takes, by Python's rules (slice.indices).
func (s Subscript) bounds(n int) (start, step, count int) {
	step = s.step
	if step == 0 {
		step = 1
	}
	first, end := 0, n // where the range begins and ends when not told
	lowest, highest := 0, n
	if step < 0 {
		first, end = n-1, -1
		lowest, highest = -1, n-1
	}
	limit := func(i int) int {
		if i < 0 {
			i += n
		}
		return min(max(i, lowest), highest)
	}
	if s.hasStart {
		first = limit(s.start)
	}
	if s.hasStop {
		end = limit(s.stop)
	}
	switch {
	case step > 0 && end > first:
		count = (end-first-1)/step + 1
	case step < 0 && end < first:
		count = (end-first+1)/step + 1
	}
	return first, step, count
}
