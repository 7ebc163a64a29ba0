package kerneltest_test

import (
	"fmt"

	"github.com/lane-go/lane/kernels"
	"github.com/lane-go/lane/kernels/kerneltest"
)

// A set that loses the last element of odd lengths.
func Example() {
	broken := kernels.Portable
	broken.Scale = func(dst []float32, a float32, x []float32) {
		n := len(x) &^ 1
		kernels.Portable.Scale(dst[:n], a, x[:n])
	}
	fmt.Println(kerneltest.CheckElementwise(&broken, 0, 2, []float32{1, 2, 3}, []float32{4, 5, 7}))
	// Output: Scale: element 2 of 3: got 7 (0x40e00000), want 6 (0x40c00000)
}

func ExampleUlps() {
	fmt.Println(kerneltest.Ulps(1+0x1p-23, 1))
	// Output: 1
}
