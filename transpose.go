package lane

import "fmt"

// AddTransposed adds the transpose of a (n×m) to c (m×n): c[i][j] += a[j][i]. The rows of both must be contiguous, and share no memory.
func AddTransposed(c, a Matrix) {
	if c.Rows != a.Cols || c.Cols != a.Rows {
		panic(fmt.Sprintf("lane: AddTransposed: %v to %v", a, c))
	}
	checkContiguous("AddTransposed", &c)
	checkContiguous("AddTransposed", &a)
	s := scratches.Take()
	ld := rowStride(c.Cols)
	s.columns = grow(s.columns, min(transposedRows, c.Rows)*ld)
	for first := 0; first < c.Rows; first += transposedRows {
		end := min(first+transposedRows, c.Rows)
		packPart(active, s.columns, ld, a.Slice(0, a.Rows, first, end).T())
		for i := first; i < end; i++ {
			row := c.Row(i)
			active.Add(row, row, s.columns[(i-first)*ld:][:c.Cols])
		}
	}
	scratches.Put(s)
}
