package lane

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lane-go/lane/kernels/kerneltest"
)

// TestConformance judges every kernel set that this CPU can run.
func TestConformance(t *testing.T) {
	t.Logf("kernel sets: %v", Sets())
	for _, s := range sets() {
		t.Run(s.Name, func(t *testing.T) { kerneltest.Run(t, s) })
	}
}

func BenchmarkKernels(b *testing.B) {
	for _, s := range sets() {
		kerneltest.Bench(b, s)
	}
}

func FuzzVectors(f *testing.F) {
	f.Add(uint8(0), float32(0.5), []byte("\x00\x00\x80\x3f\x00\x00\xc0\x7f\x00\x00\x80\x7f\x01\x00\x00\x00"))
	f.Add(uint8(7), float32(-1), make([]byte, 8*37))
	f.Fuzz(func(t *testing.T, offset uint8, a float32, data []byte) {
		values := floats(data[:min(len(data), 1<<14)])
		x, y := values[:len(values)/2], values[len(values)/2:][:len(values)/2]
		for _, s := range sets() {
			require.NoError(t, kerneltest.CheckReductions(s, int(offset%16), x, y), s.Name)
			require.NoError(t, kerneltest.CheckElementwise(s, int(offset%16), a, x, y), s.Name)
		}
	})
}

func FuzzRows(f *testing.F) {
	f.Add(uint8(3), uint8(100), uint8(0), uint8(4), float32(0.5), []byte{1, 2, 1, 1, 0, 7})
	f.Fuzz(func(t *testing.T, offset, width, gap, tableGap uint8, alpha float32, rows []byte) {
		r := kerneltest.Rows{Width: int(width), Stride: int(width) + int(gap), TableStride: int(width) + int(tableGap), Alpha: alpha}
		for _, id := range rows[:min(len(rows), 64)] {
			r.IDs = append(r.IDs, int32(id))
		}
		for _, s := range sets() {
			require.NoError(t, kerneltest.CheckRows(s, int(offset%16), r), s.Name)
		}
	})
}

func FuzzTile(f *testing.F) {
	f.Add(uint8(1), uint8(3), uint8(33), uint16(33), uint8(0), true, false, true)
	f.Fuzz(func(t *testing.T, offset, m, n uint8, k uint16, gap uint8, add, byColumns, packed bool) {
		call := kerneltest.Tile{M: 1 + int(m%32), N: 1 + int(n), K: 1 + int(k%600), Gap: int(gap), Add: add, Ahead: int(offset&16) * 100, ByColumns: byColumns, Packed: packed}
		for _, s := range sets() {
			require.NoError(t, kerneltest.CheckTile(s, int(offset%16), call), s.Name)
		}
	})
}

// floats returns the float32s whose bits are in data.
func floats(data []byte) []float32 {
	x := make([]float32, len(data)/4)
	for i := range x {
		x[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return x
}
