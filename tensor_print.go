package lane

import (
	"math"
	"strconv"
	"strings"
)

// The defaults of np.set_printoptions.
const (
	printPrecision = 8    // digits after the point at most
	printThreshold = 1000 // elements; tensors of more are summarised
	printEdge      = 3    // items shown at each end of a summarised axis
	printWidth     = 75   // characters a line
)

// String returns t as NumPy 1.24 prints an array of float32s: str(np.array(…)),
// with its columns aligned, the digits that tell a float32 from its neighbours, at
// most 8 of them after the point, scientific notation where magnitudes differ too
// much, lines wrapped at 75 characters, and ... in the middle of axes when there are more
// than 1000 elements.
func (t Tensor) String() string {
	if t.data == nil && len(t.shape) == 0 {
		return "<zero Tensor>"
	}
	if len(t.shape) == 0 {
		return scalarString(t.Item())
	}
	size := t.Size()
	if size == 0 {
		return "[]"
	}
	p := printer{summarise: size > printThreshold}
	p.format = chooseFormat(p.shown(t, nil))
	return p.nested(t, " ", printWidth)
}

// scalarString returns str(np.float32(v)).
func scalarString(v float32) string {
	size := math.Abs(float64(v))
	switch {
	case math.IsNaN(size):
		return "nan"
	case math.IsInf(size, 0):
		return infString(v)
	case size != 0 && (size < 1e-4 || size >= 1e16):
		return unique(v, 'e')
	}
	s := unique(v, 'f')
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// unique returns v with as many digits as tell it from its neighbours. Where two
// choices of the last digit are equally near, NumPy takes the even one and strconv the larger.
func unique(v float32, format byte) string {
	s := strconv.FormatFloat(float64(v), format, -1, 32)
	mantissa, _, _ := strings.Cut(s, "e")
	_, fraction, _ := strings.Cut(mantissa, ".")
	even := strconv.FormatFloat(float64(v), format, len(fraction), 64)
	if back, err := strconv.ParseFloat(even, 32); err == nil && float32(back) == v && fraction != "" {
		return even
	}
	return s
}

func infString(v float32) string {
	if v < 0 {
		return "-inf"
	}
	return "inf"
}

// A printer writes nested brackets.
type printer struct {
	summarise bool
	format    numberFormat
}

// shown appends the elements that are printed: all, or the corners.
func (p printer) shown(t Tensor, values []float32) []float32 {
	if len(t.shape) == 0 {
		return append(values, t.Item())
	}
	for _, i := range p.items(t.shape[0]) {
		if i >= 0 {
			values = p.shown(t.Slice(Index(i)), values)
		}
	}
	return values
}

// items returns the indices printed of an axis of length n, −1 for the dots.
func (p printer) items(n int) []int {
	var items []int
	for i := 0; i < n; i++ {
		if p.summarise && n > 2*printEdge && i == printEdge {
			items = append(items, -1)
			i = n - printEdge
		}
		items = append(items, i)
	}
	return items
}

// nested writes a tensor within a pair of brackets. Its lines begin with
// indent, but for the first, and leave room for the brackets that close.
func (p printer) nested(t Tensor, indent string, width int) string {
	if len(t.shape) == 1 {
		return p.row(t, indent, width)
	}
	var parts []string
	for _, i := range p.items(t.shape[0]) {
		part := "..."
		if i >= 0 {
			part = p.nested(t.Slice(Index(i)), indent+" ", width-1)
		}
		parts = append(parts, part)
	}
	separator := strings.Repeat("\n", len(t.shape)-1) + indent
	return "[" + strings.Join(parts, separator) + "]"
}

// row writes the numbers of the last axis, wrapping lines before they touch width.
func (p printer) row(t Tensor, indent string, width int) string {
	var done strings.Builder
	line := indent
	for _, i := range p.items(t.shape[0]) {
		word := "..."
		if i >= 0 {
			word = p.format.number(t.At(i))
		}
		if len(line) > len(indent) {
			line += " "
			if len(line)+len(word) > width-len("]") {
				done.WriteString(strings.TrimRight(line, " ") + "\n")
				line = indent
			}
		}
		line += word
	}
	done.WriteString(line)
	return "[" + done.String()[len(indent):] + "]"
}

// A numberFormat makes all numbers of a tensor equally wide, points aligned.
type numberFormat struct {
	scientific  bool
	left, right int // characters before the point and after it
	digits      int // of scientific notation, after the point
}

func chooseFormat(values []float32) numberFormat {
	f := numberFormat{scientific: needScientific(values)}
	finite := 0
	for _, v := range values {
		if !isFinite(v) {
			continue
		}
		finite++
		whole, fraction, _ := strings.Cut(f.shortest(v), ".")
		fraction, _, _ = strings.Cut(fraction, "e")
		f.left, f.right = max(f.left, len(whole)), max(f.right, len(fraction))
	}
	f.digits = f.right
	if f.scientific {
		f.right += len("e+00")
	}
	if finite < len(values) {
		for _, v := range values {
			if !isFinite(v) {
				f.left = max(f.left, len(f.notFinite(v))-f.right-len("."))
			}
		}
	}
	return f
}

// needScientific is true of numbers that are too large, too small or too far apart
// to be read in columns. The ratio is that of float32s, which may
// overflow, as NumPy's is.
func needScientific(values []float32) bool {
	smallest, largest := float32(math.Inf(1)), float32(0)
	for _, v := range values {
		if size := max(v, -v); isFinite(v) && size != 0 {
			smallest, largest = min(smallest, size), max(largest, size)
		}
	}
	return largest != 0 && (largest >= 1e8 || float64(smallest) < 1e-4 || largest/smallest > 1000)
}

// shortest returns v with the digits that it needs, and a point.
func (f numberFormat) shortest(v float32) string {
	if f.scientific {
		mantissa, exponent, _ := strings.Cut(unique(v, 'e'), "e")
		return withPoint(mantissa) + "e" + exponent
	}
	s := unique(v, 'f')
	switch _, fraction, _ := strings.Cut(s, "."); {
	case fraction == "":
		s = strconv.FormatFloat(float64(v), 'f', 0, 64) + "." // all digits of an integer, needed or not
	case len(fraction) > printPrecision:
		s = strings.TrimRight(strconv.FormatFloat(float64(v), 'f', printPrecision, 64), "0")
	}
	return s
}

func withPoint(s string) string {
	if strings.Contains(s, ".") {
		return s
	}
	return s + "."
}

// number returns v as wide as all others.
func (f numberFormat) number(v float32) string {
	if !isFinite(v) {
		s := f.notFinite(v)
		return strings.Repeat(" ", f.left+len(".")+f.right-len(s)) + s
	}
	s := f.shortest(v)
	if f.scientific {
		// Digits beyond those that v needs are those of its exact value, not zeros.
		if len(s)-strings.IndexByte(s, '.')-len(".e+00") < f.digits {
			s = strconv.FormatFloat(float64(v), 'e', f.digits, 64)
		}
		return strings.Repeat(" ", f.left-strings.IndexByte(s, '.')) + s
	}
	point := strings.IndexByte(s, '.')
	return strings.Repeat(" ", f.left-point) + s + strings.Repeat(" ", f.right-(len(s)-point-1))
}

func (f numberFormat) notFinite(v float32) string {
	if v != v {
		return "nan"
	}
	return infString(v)
}
