package hugepages

import "testing"

// Advice never changes what is in memory, wherever it begins and however little it is.
func TestUseKeepsTheData(t *testing.T) {
	data := make([]float32, 4<<20)
	for i := range data {
		data[i] = float32(i)
	}
	for _, from := range []int{0, 1, 17, 1 << 19} {
		for _, n := range []int{0, 1, 1 << 19, 1<<20 + 1, len(data) - from} {
			Use(data[from : from+n])
		}
	}
	for i := range data {
		if data[i] != float32(i) {
			t.Fatalf("number %d is %v", i, data[i])
		}
	}
}
