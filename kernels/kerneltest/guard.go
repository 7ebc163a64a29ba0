package kerneltest

import (
	"fmt"
	"math"
)

// margin is how many guards stand on either side of a slice: as many as the
// widest loop of any set writes at once.
const margin = 80

// guardBits is a quiet NaN that no arithmetic on the tests' inputs returns.
const guardBits = 0x7fe5a5a5

var guard = math.Float32frombits(guardBits)

// A region is memory that slices are carved from. It is reused, and so stays
// where it is: sixteen offsets in a row are sixteen different alignments.
type region struct {
	whole      []float32
	start, end int
}

// carve returns a slice that holds values, of no spare capacity, at the given
// offset and with guards on both sides.
func (r *region) carve(offset int, values []float32) []float32 {
	if need := len(values) + 2*margin + 16; cap(r.whole) < need {
		r.whole = make([]float32, need, 2*need)
	} else {
		r.whole = r.whole[:need]
	}
	r.start = margin + offset
	r.end = r.start + len(values)
	fill(r.whole[:r.start], guard)
	fill(r.whole[r.end:], guard)
	s := r.whole[r.start:r.end:r.end]
	copy(s, values)
	return s
}

// intact reports a write outside of the slice carved last.
func (r *region) intact(name string) error {
	for i, v := range r.whole {
		if (i < r.start || i >= r.end) && math.Float32bits(v) != guardBits {
			return fmt.Errorf("%s[%d] of %d was written", name, i-r.start, r.end-r.start)
		}
	}
	return nil
}

// unchanged reports any write, outside of the slice or into it, for one that was carved to hold values.
func (r *region) unchanged(name string, values []float32) error {
	for i, v := range r.whole[r.start:r.end] {
		if math.Float32bits(v) != math.Float32bits(values[i]) {
			return fmt.Errorf("%s[%d] of %d was written", name, i, len(values))
		}
	}
	return r.intact(name)
}

func fill(s []float32, v float32) {
	for i := range s {
		s[i] = v
	}
}
