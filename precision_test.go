package lane

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPrecision(t *testing.T) {
	require.Equal(t, "float32 bfloat16 Precision(7)", fmt.Sprint(Float32, BFloat16, Precision(7)))
	require.True(t, Float32.Native())
	require.Equal(t, active.TileBF16 != nil && active.Name != "portable", BFloat16.Native())
	require.False(t, Precision(7).Native())
	for _, p := range precisions {
		text, err := p.MarshalText()
		require.NoError(t, err)
		var back Precision
		require.NoError(t, back.UnmarshalText(text))
		require.Equal(t, p, back)
	}
	_, err := Precision(7).MarshalText()
	require.ErrorContains(t, err, "no Precision 7")
	require.EqualError(t, new(Precision).UnmarshalText([]byte("fp16")), `lane: there is no precision "fp16": take float32 or bfloat16`)

	c := NewMatrix(1, 1)
	require.PanicsWithValue(t, "lane: there is no Precision 7", func() { Precision(7).Gemm(c, 0, 1, c, c) })
	require.PanicsWithValue(t, "lane: there is no Precision -1", func() { Precision(-1).Pack(c) })

	x := []float32{1 + 0x1p-10, 3}
	Float32.Round(x)
	require.Equal(t, []float32{1 + 0x1p-10, 3}, x)
	BFloat16.Round(x)
	require.Equal(t, []float32{1, 3}, x)

	// What is packed anew is of the precision that it is packed in.
	a, b := MatrixOf([]float32{1}, 1, 1), MatrixOf([]float32{1 + 0x1p-20}, 1, 1)
	packed := BFloat16.Pack(b)
	GemmPacked(c, 0, 1, a, packed)
	require.Equal(t, float32(1), c.At(0, 0))
	packed.Repack(b)
	GemmPacked(c, 0, 1, a, packed)
	require.Equal(t, float32(1+0x1p-20), c.At(0, 0))
}
