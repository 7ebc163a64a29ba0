package lane

import "fmt"

// DotPairs sets dst (len(a)×len(b), row after row) to the products of the rows a[i] of table with its rows b[k]. Rows must be
// contiguous; an id outside the table panics.
func DotPairs(dst []float32, table Matrix, a, b []int32) {
	if len(dst) != len(a)*len(b) {
		panic(fmt.Sprintf("lane: DotPairs: %d products of %d and %d rows", len(dst), len(a), len(b)))
	}
	checkTable("DotPairs", &table, a)
	checkIDs("DotPairs", &table, b)
	active.DotPairs(table.Cols, dst, table.Data, table.RowStride, a, b)
}

// AddPairs moves rows of table by one another: row a[i] gets Σ g[i·len(b) + k]·row b[k] over k, and row b[k] gets
// Σ g[i·len(b) + k]·row a[i] over i. All of this is of the rows as they were before the call. What ids get that b repeats, or
// has in common with a, adds up; a must not repeat any. sums is room for (len(a) + len(b))·Cols numbers. Meanwhile it asks for
// the rows next, to be moved by calls that follow, as [Prefetch] does. Rows must be contiguous; an id of a or b outside the
// table panics.
func AddPairs(table Matrix, a, b []int32, g, sums []float32, next []int32) {
	if len(g) != len(a)*len(b) || len(sums) < (len(a)+len(b))*table.Cols {
		panic(fmt.Sprintf("lane: AddPairs: %d factors for %d and %d rows of %v with room for %d sums", len(g), len(a), len(b), table, len(sums)))
	}
	checkTable("AddPairs", &table, a)
	checkIDs("AddPairs", &table, b)
	active.AddPairs(table.Cols, table.Data, table.RowStride, a, b, g, sums, next)
}

// AxpyRows adds multiples of x to rows of table, one after the other: row ids[k] gets a[k·stride]·x. One factor for all
// has stride 0. x must not share memory with the rows, which must be contiguous; an id outside the table panics.
func AxpyRows(table Matrix, ids []int32, a []float32, stride int, x []float32) {
	if len(x) != table.Cols || !spaced(len(a), len(ids), stride) {
		panic(fmt.Sprintf("lane: AxpyRows: %d ids of %v with %d factors %d apart and %d numbers", len(ids), table, len(a), stride, len(x)))
	}
	checkTable("AxpyRows", &table, ids)
	active.AxpyRows(table.Cols, table.Data, table.RowStride, ids, a, stride, x)
}

// Prefetch asks for rows of table that are soon to be read, or written, so that they are in the cache by then. It computes nothing,
// and asking for a row outside the table is nothing. Rows must be contiguous.
func Prefetch(table Matrix, ids []int32, write bool) {
	checkContiguous("Prefetch", &table)
	active.Prefetch(table.Cols, table.Data, table.RowStride, ids, write)
}
