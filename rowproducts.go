package lane

import "fmt"

// DotRows sets dst[k] to the product of x with row ids[k] of table. Rows must be contiguous; an id outside
// the table panics.
func DotRows(dst, x []float32, table Matrix, ids []int32) {
	if len(dst) != len(ids) || len(x) != table.Cols {
		panic(fmt.Sprintf("lane: DotRows: %d products of %d of %d rows with %d ids", len(dst), len(x), table.Cols, len(ids)))
	}
	checkTable("DotRows", &table, ids)
	active.DotRows(table.Cols, dst, x, table.Data, table.RowStride, ids)
}

// SumRows sets dst to Σ a[k·stride]·row ids[k] of table, added up in that order: a column of factors has its
// matrix's stride, and one factor for all rows has stride 0. dst must not share memory
// with the rows, which must be contiguous; an id outside the table panics.
func SumRows(dst, a []float32, stride int, table Matrix, ids []int32) {
	if len(dst) != table.Cols || !spaced(len(a), len(ids), stride) {
		panic(fmt.Sprintf("lane: SumRows: %d sums of rows of %v with %d factors %d apart and %d ids", len(dst), table, len(a), stride, len(ids)))
	}
	checkTable("SumRows", &table, ids)
	active.SumRows(table.Cols, dst, a, stride, table.Data, table.RowStride, ids)
}

// spaced reports whether count of n numbers lie stride apart, which may be 0, from the first one on.
func spaced(n, count, stride int) bool {
	return stride >= 0 && (count == 0 || n > 0 && (count == 1 || stride <= (n-1)/(count-1)))
}

// Outer sets dst = a·xᵀ: row k (of len(a)×len(x)) is a[k]·x. Rows must be contiguous.
func Outer(dst Matrix, a, x []float32) {
	if dst.Rows != len(a) || dst.Cols != len(x) {
		panic(fmt.Sprintf("lane: Outer: %v from %d and %d elements", dst, len(a), len(x)))
	}
	checkContiguous("Outer", &dst)
	active.Outer(dst.Data, dst.RowStride, a, x)
}
