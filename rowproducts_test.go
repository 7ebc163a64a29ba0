package lane

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRowProducts(t *testing.T) {
	table := MatrixOf([]float32{
		1, 2, 3,
		10, 20, 30,
		100, 200, 300,
	}, 3, 3)
	ids := []int32{2, 0, 2}

	dots := make([]float32, 3)
	DotRows(dots, []float32{1, 0, -1}, table, ids)
	require.Equal(t, []float32{-200, -2, -200}, dots)

	sum := make([]float32, 3)
	SumRows(sum, []float32{1, 7, 2, 7, 3}, 2, table, ids)
	require.Equal(t, []float32{402, 804, 1206}, sum)
	SumRows(sum, []float32{0.5}, 0, table, ids)
	require.Equal(t, []float32{100.5, 201, 301.5}, sum)
	SumRows(sum, nil, 1, table, nil)
	require.Equal(t, make([]float32, 3), sum)

	whole := NewMatrix(2, 4)
	Outer(whole.Slice(0, 2, 1, 4), []float32{2, -1}, []float32{1, 2, 3})
	require.Equal(t, []float32{0, 2, 4, 6, 0, -1, -2, -3}, whole.Data)
	Outer(NewMatrix(0, 3), nil, sum)
}

func TestRowProductsPanic(t *testing.T) {
	table, two, three := NewMatrix(4, 3), make([]float32, 2), make([]float32, 3)
	const farthest = math.MaxInt/2 + 1 // which four times overflow
	for message, call := range map[string]func(){
		"lane: DotRows: 3 products of 3 of 3 rows with 2 ids":                                           func() { DotRows(three, three, table, []int32{0, 1}) },
		"lane: DotRows: 2 products of 2 of 3 rows with 2 ids":                                           func() { DotRows(two, two, table, []int32{0, 1}) },
		"lane: DotRows: ids[1] = 4 of a table of 4 rows":                                                func() { DotRows(two, three, table, []int32{0, 4}) },
		"lane: DotRows: the elements of a row must be contiguous":                                       func() { DotRows(two, three, NewMatrix(3, 4).T(), []int32{0, 1}) },
		"lane: SumRows: 2 sums of rows of 4×3 with 3 factors 1 apart and 1 ids":                         func() { SumRows(two, three, 1, table, []int32{0}) },
		"lane: SumRows: 3 sums of rows of 4×3 with 2 factors 2 apart and 2 ids":                         func() { SumRows(three, two, 2, table, []int32{0, 1}) },
		fmt.Sprintf("lane: SumRows: 3 sums of rows of 4×3 with 2 factors %d apart and 5 ids", farthest): func() { SumRows(three, two, farthest, table, make([]int32, 5)) },
		"lane: SumRows: 3 sums of rows of 4×3 with 0 factors 0 apart and 1 ids":                         func() { SumRows(three, nil, 0, table, []int32{0}) },
		"lane: SumRows: ids[0] = -1 of a table of 4 rows":                                               func() { SumRows(three, two, 1, table, []int32{-1}) },
		"lane: Outer: 4×3 from 3 and 3 elements":                                                        func() { Outer(table, three, three) },
		"lane: Outer: the elements of a row must be contiguous":                                         func() { Outer(NewMatrix(3, 2).T(), two, three) },
	} {
		require.PanicsWithValue(t, message, call)
	}
}
