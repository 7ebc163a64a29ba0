package kernels_test

import (
	"fmt"
	"testing"

	"github.com/lane-go/lane/kernels"
	"github.com/lane-go/lane/kernels/kerneltest"
)

func TestPortable(t *testing.T) { kerneltest.Run(t, &kernels.Portable) }

// A new set starts as a copy of the portable one, and is correct from the start.
func ExampleSet() {
	set := kernels.Portable
	set.Name = "twice"
	set.Scale = func(dst []float32, a float32, x []float32) {
		for i, v := range x {
			dst[i] = a * v
		}
	}
	x := []float32{1, 2, 3}
	set.Scale(x, 2, x)
	fmt.Println(set.Name, set.Sum(x))
	// Output: twice 12
}
