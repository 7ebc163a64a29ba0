package nn

import (
	"fmt"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/internal/spare"
)

// absent reports whether m is the zero Matrix, by which a caller leaves an argument out.
func absent(m lane.Matrix) bool { return m.Data == nil }

// checkShape panics unless m, called name, is rows×cols.
func checkShape(who, name string, m lane.Matrix, rows, cols int) {
	if m.Rows != rows || m.Cols != cols {
		panic(fmt.Sprintf("nn: %s: %s is %v, want %d×%d", who, name, m, rows, cols))
	}
}

// checkRows panics unless the elements of each row lie side by side, and within the data: on another goroutine nobody could recover that.
func checkRows(m lane.Matrix) {
	if m.Rows > 0 {
		m.Row(m.Rows - 1)
	}
}

// resize makes m a contiguous rows×cols matrix in the memory it has, if that suffices. What it holds
// is unspecified.
func resize(m *lane.Matrix, rows, cols int) {
	if cap(m.Data) < rows*cols {
		*m = lane.NewMatrix(rows, cols)
		return
	}
	*m = lane.MatrixOf(m.Data[:rows*cols], rows, cols)
}

// eachRow calls op for every row of dst, with the same row of x and with that of y, whose rows repeat
// when it has fewer: a bias has one, a mask kept through time has one a sequence. Rows of one chunk
// run on one thread.
func eachRow(op func(dst, x, y []float32), dst, x, y lane.Matrix) {
	checkRows(dst)
	checkRows(x)
	checkRows(y)
	t := rowTasks.Take()
	t.op, t.dst, t.x, t.y = op, dst, x, y
	lane.Parallel(dst.Rows, rowGrain(dst.Cols), t.body)
	t.op, t.dst, t.x, t.y = nil, lane.Matrix{}, lane.Matrix{}, lane.Matrix{}
	rowTasks.Put(t)
}

// rowGrain is the number of rows of the given width that one thread takes at a time.
func rowGrain(cols int) int { return max(1, stepGrain/max(1, cols)) }

// A rowTask outlives its call, and its body is bound once, so that eachRow allocates nothing.
type rowTask struct {
	op        func(dst, x, y []float32)
	dst, x, y lane.Matrix
	body      func(lo, hi int)
}

var rowTasks = spare.List[rowTask]{New: func() *rowTask {
	t := new(rowTask)
	t.body = t.run
	return t
}}

func (t *rowTask) run(lo, hi int) {
	for i := lo; i < hi; i++ {
		t.op(t.dst.Row(i), t.x.Row(i), t.y.Row(i%t.y.Rows))
	}
}

// copyRows copies the rows of src, again and again when it has fewer than dst.
func copyRows(dst, src lane.Matrix) { eachRow(copyRow, dst, dst, src) }

func copyRow(dst, _, src []float32) { copy(dst, src) }

// addColumnSums adds the sum of each column of m to dst. The columns are shared among the threads, so
// that every sum is taken in the order of the rows.
func addColumnSums(dst []float32, m lane.Matrix) {
	checkRows(m)
	t := columnTasks.Take()
	t.dst, t.m = dst, m
	lane.Parallel(m.Cols, max(columnGrain, m.Cols/columnChunks), t.body)
	t.dst, t.m = nil, lane.Matrix{}
	columnTasks.Put(t)
}

// One thread sums so many columns at a time at least: 2 KiB of every row, a stream that the CPU foresees. Of more, it sums a fourth of all,
// as the longer a stream, the faster it is.
const columnGrain, columnChunks = 512, 4

type columnTask struct {
	dst  []float32
	m    lane.Matrix
	body func(lo, hi int)
}

var columnTasks = spare.List[columnTask]{New: func() *columnTask {
	t := new(columnTask)
	t.body = t.run
	return t
}}

func (t *columnTask) run(lo, hi int) {
	dst := t.dst[lo:hi]
	for i := range t.m.Rows {
		lane.Add(dst, dst, t.m.Row(i)[lo:hi])
	}
}
