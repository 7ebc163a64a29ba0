package hugepages

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

func TestFloats(t *testing.T) {
	for _, n := range []int{0, 1, size/4 - 1, size/2 - 1, size / 2, size/2 + 1, size + 17} {
		s := Floats(n)
		require.Len(t, s, n)
		for i, x := range s {
			if x != 0 {
				t.Fatalf("number %d of %d is %v", i, n, x)
			}
			s[i] = float32(i)
		}
	}
}

// TestFloatsAreAdvised looks up what the system knows of the middle of a slice.
func TestFloatsAreAdvised(t *testing.T) {
	if testing.Short() {
		t.Skip("emulators keep the advice to themselves")
	}
	setting, err := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled")
	if err != nil || strings.Contains(string(setting), "[never]") {
		t.Skip("this system has no huge pages to give")
	}
	maps, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Skip(err)
	}
	defer maps.Close()
	s := Floats(size)
	middle, within := uintptr(unsafe.Pointer(&s[len(s)/2])), false
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		var from, to uintptr
		if n, _ := fmt.Sscanf(lines.Text(), "%x-%x ", &from, &to); n == 2 {
			within = from <= middle && middle < to
		}
		if flags, ok := strings.CutPrefix(lines.Text(), "VmFlags:"); ok && within {
			require.Contains(t, strings.Fields(flags), "hg")
			return
		}
	}
	t.Fatal("the slice is nowhere in memory")
}
