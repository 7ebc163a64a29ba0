package lane

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRowPairs(t *testing.T) {
	table := MatrixOf([]float32{
		1, 2, 3,
		10, 20, 30,
		100, 200, 300,
	}, 3, 3)

	products := make([]float32, 4)
	DotPairs(products, table, []int32{0, 1}, []int32{2, 0})
	require.Equal(t, []float32{1400, 14, 14000, 140}, products)
	DotPairs(nil, table, nil, []int32{2})

	AddPairs(table, []int32{2}, []int32{0, 0}, []float32{1, 0.5}, make([]float32, 9), []int32{1, -1, 1 << 30})
	require.Equal(t, []float32{151, 302, 453, 10, 20, 30, 101.5, 203, 304.5}, table.Data)
	AddPairs(table, nil, nil, nil, nil, []int32{0})

	AxpyRows(table, []int32{1, 1}, []float32{2, 7, 3}, 2, []float32{1, 0, -1})
	require.Equal(t, []float32{15, 20, 25}, table.Row(1))
	AxpyRows(table, []int32{1, 1}, []float32{1}, 0, []float32{1, 0, 0})
	require.Equal(t, []float32{17, 20, 25}, table.Row(1))

	Prefetch(table, []int32{2, 0, -1, 1 << 30}, true)
	require.Equal(t, []float32{17, 20, 25}, table.Row(1))
}

func TestRowPairsPanic(t *testing.T) {
	table, two, three := NewMatrix(4, 3), make([]float32, 2), make([]float32, 3)
	one, both, outside := []int32{1}, []int32{0, 1}, []int32{0, 4}
	for message, call := range map[string]func(){
		"lane: DotPairs: 3 products of 1 and 2 rows":                             func() { DotPairs(three, table, one, both) },
		"lane: DotPairs: ids[1] = 4 of a table of 4 rows":                        func() { DotPairs(two, table, one, outside) },
		"lane: DotPairs: the elements of a row must be contiguous":               func() { DotPairs(two, NewMatrix(3, 4).T(), one, both) },
		"lane: AddPairs: 3 factors for 1 and 2 rows of 4×3 with room for 9 sums": func() { AddPairs(table, one, both, three, make([]float32, 9), nil) },
		"lane: AddPairs: 2 factors for 1 and 2 rows of 4×3 with room for 3 sums": func() { AddPairs(table, one, both, two, three, nil) },
		"lane: AddPairs: ids[1] = 4 of a table of 4 rows":                        func() { AddPairs(table, outside, one, two, make([]float32, 9), nil) },
		"lane: AxpyRows: 2 ids of 4×3 with 2 factors 2 apart and 3 numbers":      func() { AxpyRows(table, both, two, 2, three) },
		"lane: AxpyRows: 1 ids of 4×3 with 2 factors 1 apart and 2 numbers":      func() { AxpyRows(table, one, two, 1, two) },
		"lane: AxpyRows: 2 ids of 4×3 with 2 factors -1 apart and 3 numbers":     func() { AxpyRows(table, both, two, -1, three) },
		"lane: AxpyRows: ids[1] = 4 of a table of 4 rows":                        func() { AxpyRows(table, outside, two, 1, three) },
		"lane: Prefetch: the elements of a row must be contiguous":               func() { Prefetch(table.T(), one, false) },
	} {
		require.PanicsWithValue(t, message, call)
	}
}
