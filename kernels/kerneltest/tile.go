package kerneltest

import (
	"fmt"

	"github.com/lane-go/lane/kernels"
)

func runTile(s *kernels.Set, e effort) error {
	if s.MR < 1 || s.NR < 1 {
		return fmt.Errorf("a tile of %d×%d", s.MR, s.NR)
	}
	depths := append(lengths(40), 63, 64, 65, 127, 128, 129, 255, 256, 257, 509)
	for _, k := range depths {
		for _, gap := range []int{0, 1, 7, 16, 101} {
			for o := range e.offsets {
				if err := CheckTile(s, (k+o)%16, k, s.NR+gap); err != nil {
					return fmt.Errorf("k=%d, ldc=%d, offset %d: %w", k, s.NR+gap, (k+o)%16, err)
				}
			}
		}
	}
	return nil
}

// CheckTile judges Tile of s on panels of depth k and a C whose rows are ldc ≥ NR
// apart, in guarded slices at the given offset (0…15).
func CheckTile(s *kernels.Set, offset, k, ldc int) error {
	var m memory
	a, b := numbers(k*s.MR, 10), numbers(k*s.NR, 11)
	was := spaced(s.MR, s.NR, ldc, 12)
	c := m.dst.carve(offset, was)
	s.Tile(k, m.x.carve((3*offset+1)%16, a), m.y.carve((5*offset+3)%16, b), c, ldc)
	for at, got := range c {
		i, j := at/ldc, at%ldc
		if j >= s.NR {
			if !same(got, guard) {
				return fmt.Errorf("the gap after row %d was written", i)
			}
			continue
		}
		var t total
		t.add(float64(was[at]))
		for p := range k {
			t.add(float64(a[p*s.MR+i]) * float64(b[p*s.NR+j]))
		}
		if err := t.judge(got); err != nil {
			return fmt.Errorf("c[%d][%d]: %w", i, j, err)
		}
	}
	if err := m.dst.intact("c"); err != nil {
		return err
	}
	if err := m.x.unchanged("a", a); err != nil {
		return err
	}
	return m.y.unchanged("b", b)
}
