package kerneltest

import (
	"fmt"

	"github.com/lane-go/lane/kernels"
)

// A Tile is a call of the kernels Tile and DotTile: m×n = m×k · k×n, where n may be
// many tiles and rows lie Gap elements further apart than they are long.
type Tile struct {
	M, N, K, Gap int
	Add          bool
	Ahead        int  // from where on B is asked for
	ByColumns    bool // A is stored column after column
	Packed       bool // B lies in panels of NR columns
}

func (t Tile) String() string {
	return fmt.Sprintf("%d×%d×%d, gap %d, add %v, ahead %d, A by columns %v, B packed %v", t.M, t.N, t.K, t.Gap, t.Add, t.Ahead, t.ByColumns, t.Packed)
}

func runTile(s *kernels.Set, e effort) error {
	if s.MR < 1 || s.NR < 1 {
		return fmt.Errorf("a tile of %d×%d", s.MR, s.NR)
	}
	return eachTile(s.MR, s.NR, e, func(offset int, t Tile) error { return checkTile(s, offset, t) })
}

func runDotTile(s *kernels.Set, e effort) error {
	if s.DotMR < 1 {
		return fmt.Errorf("a tile of %d rows", s.DotMR)
	}
	return eachTile(s.DotMR, 8, e, func(offset int, t Tile) error { return checkDotTile(s, offset, t) })
}

// eachTile goes through every number of rows, columns up to three tiles, and depths: a fourth of them if there are many.
func eachTile(mr, nr int, e effort, check func(offset int, t Tile) error) error {
	call := 0
	for m := 1; m <= mr; m++ {
		for n := 1; n <= 3*nr; n++ {
			if mr > 16 && (m+n)%4 != 0 {
				continue
			}
			for o := range e.offsets {
				t := Tile{M: m, N: n, K: 1 + (n*7+m*5+o*3)%70, Gap: []int{0, 1, 7, 16}[call%4]}
				t.Add, t.ByColumns, t.Packed, t.Ahead = call/4%2 == 1, call/8%2 == 1, call/16%2 == 1, call/32%2*n
				call++
				if err := check((n+o)%16, t); err != nil {
					return fmt.Errorf("%v, offset %d: %w", t, (n+o)%16, err)
				}
			}
		}
	}
	for _, k := range append(lengths(40), 63, 64, 65, 127, 128, 129, 255, 256, 257, 509)[1:] {
		for i := range 16 {
			t := Tile{M: mr, N: nr + i*3, K: k, Gap: i, Add: i&1 == 1, ByColumns: i&2 == 2, Packed: i&4 == 4, Ahead: i / 8 << 20}
			if err := check(k%16, t); err != nil {
				return fmt.Errorf("%v, offset %d: %w", t, k%16, err)
			}
		}
	}
	return nil
}

// CheckTile judges Tile, TileBF16 and DotTile of s, as far as the call has as few rows as
// they take, in guarded slices at the given offset (0…15).
func CheckTile(s *kernels.Set, offset int, t Tile) error {
	if t.M <= s.MR {
		if err := checkTile(s, offset, t); err != nil {
			return fmt.Errorf("Tile: %w", err)
		}
	}
	if s.TileBF16 != nil && t.M <= s.MRBF16 {
		if err := checkTileBF16(s, offset, t); err != nil {
			return fmt.Errorf("TileBF16: %w", err)
		}
	}
	if t.M <= s.DotMR {
		if err := checkDotTile(s, offset, t); err != nil {
			return fmt.Errorf("DotTile: %w", err)
		}
	}
	return nil
}

// left returns A and the distances of its rows and columns.
func (t Tile) left() (a []float32, aRow, aCol int) {
	if t.ByColumns {
		return spaced(t.K, t.M, t.M+t.Gap, 10), 1, t.M + t.Gap
	}
	return spaced(t.M, t.K, t.K+t.Gap, 10), t.K + t.Gap, 1
}

// right returns B and the distances of its rows and of tiles of nr columns.
func (t Tile) right(nr int) (b []float32, bRow, bTile int) {
	if !t.Packed {
		return spaced(t.K, t.N, t.N+t.Gap, 11), t.N + t.Gap, nr
	}
	bRow, bTile, b = nr, t.K*nr, numbers((t.N+nr-1)/nr*t.K*nr, 11)
	if last := t.N % nr; last > 0 {
		// The lanes beyond the last column hold guards.
		panel := b[t.N/nr*bTile:]
		for p := range t.K {
			fill(panel[p*nr+last:(p+1)*nr], guard)
		}
	}
	return b, bRow, bTile
}

func checkTile(s *kernels.Set, offset int, t Tile) error {
	a, aRow, aCol := t.left()
	b, bRow, bTile := t.right(s.NR)
	return t.judge(offset, a, b,
		func(a, b, c []float32, ldc int) {
			s.Tile(t.M, t.N, t.K, a, aRow, aCol, b, bRow, bTile, c, ldc, t.Add, t.Ahead)
		},
		func(i, p int) float32 { return a[i*aRow+p*aCol] },
		func(p, j int) float32 { return b[j/s.NR*bTile+p*bRow+j%s.NR] })
}

func checkDotTile(s *kernels.Set, offset int, t Tile) error {
	ld := t.K + t.Gap
	a, b := spaced(t.M, t.K, ld, 10), spaced(t.N, t.K, ld, 11)
	return t.judge(offset, a, b,
		func(a, b, c []float32, ldc int) { s.DotTile(t.M, t.N, t.K, a, ld, b, ld, c, ldc, t.Add, t.Ahead) },
		func(i, p int) float32 { return a[i*ld+p] },
		func(p, j int) float32 { return b[j*ld+p] })
}

// judge calls a kernel on guarded copies of a and b, and compares C with the sums of the elements.
func (t Tile) judge(offset int, a, b []float32, call func(a, b, c []float32, ldc int), elementA, elementB func(i, j int) float32) error {
	var m memory
	ldc := t.N + t.Gap
	was := spaced(t.M, t.N, ldc, 12)
	c := m.dst.carve(offset, was)
	call(m.x.carve((3*offset+1)%16, a), m.y.carve((5*offset+3)%16, b), c, ldc)
	for at, got := range c {
		i, j := at/ldc, at%ldc
		if j >= t.N {
			if !same(got, guard) {
				return fmt.Errorf("the gap after row %d was written", i)
			}
			continue
		}
		var want total
		if t.Add {
			want.add(float64(was[at]))
		}
		for p := range t.K {
			want.add(float64(elementA(i, p)) * float64(elementB(p, j)))
		}
		if err := want.judge(got); err != nil {
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
