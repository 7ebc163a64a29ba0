package wordvec

import (
	"math"
	"testing"

	"github.com/lane-go/lane"
	"github.com/stretchr/testify/require"
)

// TestPlaneKeepsDistances puts unit vectors on a circle in five dimensions:
// the plane they span is found, and distances on it are those in space.
func TestPlaneKeepsDistances(t *testing.T) {
	const n = 12
	var words []string
	m := lane.NewMatrix(n, 5)
	for i := range n {
		words = append(words, string(rune('a'+i)))
		angle := 2 * math.Pi * float64(i) / n
		m.Set(i, 1, float32(3*math.Cos(angle))) // lengths don't matter
		m.Set(i, 4, float32(3*math.Sin(angle)))
	}
	v, err := New(words, m)
	require.NoError(t, err)
	points, err := v.Plane(100)
	require.NoError(t, err)
	require.Len(t, points, n)
	for i := range n {
		next := (i + 1) % n
		d := math.Hypot(points[i][0]-points[next][0], points[i][1]-points[next][1])
		require.InDelta(t, 2*math.Sin(math.Pi/n), d, 1e-6)
	}
}

func TestPlaneOfLittle(t *testing.T) {
	one, err := New([]string{"a"}, lane.MatrixOf([]float32{1, 2}, 1, 2))
	require.NoError(t, err)
	points, err := one.Plane(3)
	require.NoError(t, err)
	require.Equal(t, [][2]float64{{0, 0}}, points)

	line, err := New([]string{"a", "b"}, lane.MatrixOf([]float32{1, -2}, 2, 1))
	require.NoError(t, err)
	points, err = line.Plane(2)
	require.NoError(t, err)
	require.InDelta(t, 2, math.Abs(points[0][0]-points[1][0]), 1e-6)
	require.Zero(t, points[0][1])
}
