package nntest

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/lane-go/lane"
	"github.com/stretchr/testify/require"
)

// Golden is a file of named arrays that another implementation has computed.
type Golden struct {
	t      testing.TB
	path   string
	arrays map[string]array
}

type array struct {
	Shape []int     `json:"shape"`
	Data  []float64 `json:"data"`
}

// LoadGolden reads a JSON file of the form {"name": {"shape": [2, 3], "data": [1, …]}, …} with the
// elements row after row. It fails the test if that can't be done.
func LoadGolden(t testing.TB, path string) *Golden {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	g := &Golden{t: t, path: path}
	require.NoError(t, json.Unmarshal(data, &g.arrays), path)
	for name, a := range g.arrays {
		n := 1
		for _, size := range a.Shape {
			n *= size
		}
		require.Len(t, a.Data, n, "%s: %s", path, name)
	}
	return g
}

// Matrix returns a copy of the named array as a matrix: of a vector its one row, of more than two
// dimensions the last against all others.
func (g *Golden) Matrix(name string) lane.Matrix {
	g.t.Helper()
	a := g.array(name)
	cols := 1
	if len(a.Shape) > 0 {
		cols = a.Shape[len(a.Shape)-1]
	}
	m := lane.NewMatrix(len(a.Data)/cols, cols)
	for i, v := range a.Data {
		m.Data[i] = float32(v)
	}
	return m
}

// Ints returns a copy of the named array of integers.
func (g *Golden) Ints(name string) []int32 {
	g.t.Helper()
	a := g.array(name)
	ints := make([]int32, len(a.Data))
	for i, v := range a.Data {
		ints[i] = int32(v)
	}
	return ints
}

// Number returns the named array's only element.
func (g *Golden) Number(name string) float64 {
	g.t.Helper()
	a := g.array(name)
	require.Len(g.t, a.Data, 1, "%s: %s", g.path, name)
	return a.Data[0]
}

func (g *Golden) array(name string) array {
	g.t.Helper()
	a, ok := g.arrays[name]
	require.True(g.t, ok, "%s has no %s", g.path, name)
	return a
}

// RequireClose fails the test unless every element of got is within tolerance, relative to the largest
// element, of the named array's.
func (g *Golden) RequireClose(name string, got lane.Matrix, tolerance float64) {
	g.t.Helper()
	want := g.Matrix(name)
	require.Equal(g.t, want.String(), got.String(), "%s: shape of %s", g.path, name)
	var scale float64
	for _, v := range want.Data {
		scale = max(scale, math.Abs(float64(v)))
	}
	for i := range want.Rows {
		for j := range want.Cols {
			w, h := float64(want.At(i, j)), float64(got.At(i, j))
			if !(math.Abs(h-w) <= tolerance*scale) {
				require.Failf(g.t, "far from the golden file", "%s: %s at (%d, %d) is %v, want %v within %g", g.path, name, i, j, h, w, tolerance*scale)
			}
		}
	}
}
