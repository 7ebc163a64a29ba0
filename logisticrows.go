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

// LogisticPairs is [LogisticRows] for some rows of the table, one after the other, each of them both x and dx: inputs[i] is scored against as many
// of the ids as sign has elements, from ids[i·len(sign)] on, of which it may be none. g, p and z have an element for each of the ids. Six ids for an input, a word and
// five negatives, are done in one go.
func LogisticPairs(table Matrix, inputs, ids []int32, g, p, z []float32, rate float32, sign []float32, next []int32) {
	sameLengths("LogisticPairs", len(g), len(p), len(z))
	sameLengths("LogisticPairs", len(g), len(inputs)*len(sign), len(ids))
	checkTable("LogisticPairs", &table, inputs)
	checkTable("LogisticPairs", &table, ids)
	n := len(sign)
	if n == 6 {
		active.LogisticPairs(table.Cols, table.Data, table.RowStride, inputs, ids, g, p, z, rate, sign, next)
		return
	}
	for i, input := range inputs {
		x, from, to := table.Row(int(input)), i*n, (i+1)*n
		ask := min(n, len(next))
		active.LogisticRows(table.Cols, x, x, table.Data, table.RowStride, ids[from:to], g[from:to], p[from:to], z[from:to], rate, sign, next[:ask])
		next = next[ask:]
	}
	Prefetch(table, next, true)
}
