package spare_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lane-go/lane/internal/spare"
)

func TestListAllocatesAsManyAsAreInUse(t *testing.T) {
	made := 0
	list := spare.List[[100]float32]{New: func() *[100]float32 { made++; return new([100]float32) }}
	use := func() {
		a, b := list.Take(), list.Take()
		list.Put(a)
		list.Put(b)
	}
	use()
	require.Zero(t, testing.AllocsPerRun(10, use))
	require.Equal(t, 2, made)
}

func Example() {
	buffers := spare.List[[]byte]{New: func() *[]byte { return new([]byte) }}
	b := buffers.Take()
	*b = append((*b)[:0], "used again and again"...)
	fmt.Println(string(*b))
	buffers.Put(b)
	// Output: used again and again
}
