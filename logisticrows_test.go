package lane

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLogisticRows(t *testing.T) {
	table := MatrixOf([]float32{
		1, 0,
		0, 0,
		3, -3,
	}, 3, 2)
	x, dx := []float32{2, 2}, []float32{1, 1}
	g, p, z := make([]float32, 3), make([]float32, 3), make([]float32, 3)

	LogisticRows(dx, x, table, []int32{1, 2, 2}, g, p, z, 0.5, []float32{1, -1, -1}, nil)
	require.Equal(t, []float32{0, 0, 0}, z, "all at right angles")
	require.Equal(t, []float32{0.5, 0.5, 0.5}, p)
	require.Equal(t, []float32{0.25, -0.25, -0.25}, g)
	require.Equal(t, []float32{-0.5, 2.5}, dx, "by the rows as they were")
	require.Equal(t, []float32{1, 0, 0.5, 0.5, 2, -4}, table.Data)

	LogisticRows(x, x, table, []int32{1}, g[:1], p[:1], z[:1], 0, []float32{-1}, nil)
	require.Equal(t, []float32{-2}, z[:1])
	require.Equal(t, []float32{2, 2}, x)
	LogisticRows(x, x, table, nil, nil, nil, nil, 1, nil, nil)
	require.Equal(t, []float32{2, 2}, x)
}

func TestLogisticRowsPanic(t *testing.T) {
	table, one, two, three := NewMatrix(4, 3), make([]float32, 1), make([]float32, 2), make([]float32, 3)
	for message, call := range map[string]func(){
		"lane: LogisticRows: 3 and 2 elements beside rows of 4×3":      func() { LogisticRows(three, two, table, []int32{0}, one, one, one, 1, one, nil) },
		"lane: LogisticRows: 2 and 3 elements beside rows of 4×3":      func() { LogisticRows(two, three, table, []int32{0}, one, one, one, 1, one, nil) },
		"lane: LogisticRows: lengths 1, 2 and 1 differ":                func() { LogisticRows(three, three, table, []int32{0}, one, two, one, 1, one, nil) },
		"lane: LogisticRows: lengths 1, 1 and 2 differ":                func() { LogisticRows(three, three, table, []int32{0, 1}, one, one, one, 1, one, nil) },
		"lane: LogisticRows: ids[0] = 4 of a table of 4 rows":          func() { LogisticRows(three, three, table, []int32{4}, one, one, one, 1, one, nil) },
		"lane: LogisticPairs: lengths 1, 2 and 1 differ":               func() { LogisticPairs(table, []int32{0}, []int32{1}, one, two, one, 1, one, nil) },
		"lane: LogisticPairs: lengths 1, 2 and 1 differ ":              func() { LogisticPairs(table, []int32{0}, []int32{1}, one, one, one, 1, two, nil) },
		"lane: LogisticPairs: ids[0] = 4 of a table of 4 rows":         func() { LogisticPairs(table, []int32{4}, []int32{1}, one, one, one, 1, one, nil) },
		"lane: LogisticPairs: ids[0] = 5 of a table of 4 rows":         func() { LogisticPairs(table, []int32{0}, []int32{5}, one, one, one, 1, one, nil) },
		"lane: LogisticRows: the elements of a row must be contiguous": func() { LogisticRows(three, three, NewMatrix(3, 4).T(), []int32{0}, one, one, one, 1, one, nil) },
	} {
		require.PanicsWithValue(t, strings.TrimSpace(message), call)
	}
}

func TestLogisticPairs(t *testing.T) {
	for _, negatives := range []int{0, 1, 5, 6} {
		each := 1 + negatives
		table := func() Matrix { return randomMatrix(rand.New(rand.NewPCG(3, 0)), 9, 5) }
		pairs, rows := table(), table()
		inputs, ids, sign := []int32{7, 8, 7}, make([]int32, 3*each), make([]float32, each)
		for i := range ids {
			ids[i] = int32(i * i % 7)
		}
		for k := range sign {
			sign[k] = float32(1 - 2*min(k, 1))
		}
		g, p, z := make([]float32, len(ids)), make([]float32, len(ids)), make([]float32, len(ids))
		wantG, wantP, wantZ := make([]float32, len(ids)), make([]float32, len(ids)), make([]float32, len(ids))
		for i, input := range inputs {
			from, to := i*each, (i+1)*each
			x := rows.Row(int(input))
			LogisticRows(x, x, rows, ids[from:to], wantG[from:to], wantP[from:to], wantZ[from:to], 0.5, sign, nil)
		}

		LogisticPairs(pairs, inputs, ids, g, p, z, 0.5, sign, ids)
		require.Equal(t, rows, pairs, "%d negatives", negatives)
		require.NotEqual(t, table(), pairs)
		require.Equal(t, [][]float32{wantG, wantP, wantZ}, [][]float32{g, p, z})
	}
	one, none := NewMatrix(1, 5), []float32{}
	LogisticPairs(one, nil, nil, none, none, none, 1, make([]float32, 6), nil)
	require.Equal(t, NewMatrix(1, 5), one)
}
