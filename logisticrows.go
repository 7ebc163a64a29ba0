package lane

import "fmt"

// LogisticRows is a step of negative sampling (Mikolov et al. 2013b, eq. 4) or of a path in a tree (eq. 3): x is scored against rows of
// table, and they move one another. It sets z[k] = sign[k]·(x·row ids[k]), p = σ(z) and g = rate·sign·(1 − p), as [LogisticErrors] does,
// adds Σ g[k]·row ids[k] to dx, and then g[k]·x to row ids[k], one after the other. So the loss is −Σ log p, and dx may be x, which
// then moves as well. Meanwhile it asks for the rows next, to be moved by calls that follow, as [Prefetch] does. x and dx have table.Cols elements, g, p, z and sign one for each id. Neither x nor dx may share memory with the
// rows, which must be contiguous; an id outside the table panics.
func LogisticRows(dx, x []float32, table Matrix, ids []int32, g, p, z []float32, rate float32, sign []float32, next []int32) {
	if len(x) != table.Cols || len(dx) != len(x) {
		panic(fmt.Sprintf("lane: LogisticRows: %d and %d elements beside rows of %v", len(dx), len(x), table))
	}
	sameLengths("LogisticRows", len(g), len(p), len(z))
	sameLengths("LogisticRows", len(g), len(sign), len(ids))
	checkTable("LogisticRows", &table, ids)
	active.LogisticRows(table.Cols, dx, x, table.Data, table.RowStride, ids, g, p, z, rate, sign, next)
}
