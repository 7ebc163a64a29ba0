package lane

import "fmt"

// Gather copies rows out of a table: row i of dst (len(ids)×n) becomes row
// ids[i] of table (V×n). Rows of both must be contiguous; an id outside
// 0…V−1 panics.
func Gather(dst, table Matrix, ids []int32) {
	checkRows("Gather", dst, table, ids)
	if len(ids) > 0 && table.Cols > 0 {
		active.Gather(table.Cols, dst.Data, dst.RowStride, table.Data, table.RowStride, ids)
	}
}

// ScatterAdd adds rows into a table: row ids[i] of table (V×n) becomes itself
// plus alpha times row i of src (len(ids)×n), for one i after the other, so
// that repeated ids add up in order. Rows of both must be contiguous; an id
// outside 0…V−1 panics before anything is written.
func ScatterAdd(table Matrix, ids []int32, alpha float32, src Matrix) {
	checkRows("ScatterAdd", src, table, ids)
	if len(ids) > 0 && table.Cols > 0 {
		active.ScatterAdd(table.Cols, table.Data, table.RowStride, ids, alpha, src.Data, src.RowStride)
	}
}

func checkRows(function string, rows, table Matrix, ids []int32) {
	if rows.Rows != len(ids) || rows.Cols != table.Cols {
		panic(fmt.Sprintf("lane: %s: %d ids of a %v table with %v rows", function, len(ids), table, rows))
	}
	checkContiguous(function, &rows)
	checkTable(function, &table, ids)
}

// checkTable panics unless table has contiguous rows, all of these ids.
func checkTable(function string, table *Matrix, ids []int32) {
	checkContiguous(function, table)
	checkIDs(function, table, ids)
}

// checkIDs panics unless table has all of these rows.
func checkIDs(function string, table *Matrix, ids []int32) {
	most := uint32(0) // a negative id is larger than any row
	for _, id := range ids {
		most = max(most, uint32(id))
	}
	if uint64(most) < uint64(table.Rows) || len(ids) == 0 {
		return
	}
	for i, id := range ids {
		if uint64(uint32(id)) >= uint64(table.Rows) {
			panic(fmt.Sprintf("lane: %s: ids[%d] = %d of a table of %d rows", function, i, id, table.Rows))
		}
	}
}

func checkContiguous(function string, rows *Matrix) {
	if rows.ColStride != 1 && rows.Cols > 1 {
		panic(fmt.Sprintf("lane: %s: the elements of a row must be contiguous", function))
	}
	checkData(function, rows)
}
