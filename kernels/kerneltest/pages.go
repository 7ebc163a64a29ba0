//go:build linux || darwin || freebsd

package kerneltest

import (
	"fmt"
	"runtime/debug"
	"syscall"
	"unsafe"

	"github.com/klauspost/cpuid/v2"

	"github.com/lane-go/lane/kernels"
)

// pageChecks judge what guards cannot see: a load beyond an operand whose
// value is not used. Operands begin, or end, where memory does.
var pageChecks = []check{{"Pages", runPages}}

// An enclosure is memory between two pages that must not be touched.
type enclosure struct {
	whole []byte
	page  int
}

func enclose(bytes int) (*enclosure, error) {
	page := syscall.Getpagesize()
	inside := (bytes + page - 1) / page * page
	whole, err := syscall.Mmap(-1, 0, inside+2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return nil, err
	}
	e := &enclosure{whole, page}
	for _, fence := range [][]byte{whole[:page], whole[page+inside:]} {
		if err := syscall.Mprotect(fence, syscall.PROT_NONE); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func (e *enclosure) release() error { return syscall.Munmap(e.whole) }

// A place is where in its enclosure an operand of n float32s lies.
type place func(e *enclosure, n int) []float32

func first(e *enclosure, n int) []float32 { return float32s(e.whole[e.page:], n) }

func last(e *enclosure, n int) []float32 { return float32s(e.whole[len(e.whole)-e.page-4*n:], n) }

func float32s(from []byte, n int) []float32 {
	return unsafe.Slice((*float32)(unsafe.Pointer(&from[0])), n)
}

func runPages(s *kernels.Set, _ effort) (err error) {
	if cpuid.CPU.HypervisorVendorID == cpuid.QEMU {
		// Its code generator loads all lanes of a masked load; CPUs touch just those of the mask.
		return fmt.Errorf("%w: QEMU faults where a CPU does not", errSkipped)
	}
	var memory [5]*enclosure
	for i := range memory {
		if memory[i], err = enclose(1 << 16); err != nil {
			return err
		}
		defer memory[i].release()
	}
	dst, x, y, z, ids := memory[0], memory[1], memory[2], memory[3], memory[4]
	for _, in := range []place{first, last} {
		for n := range 150 {
			for _, op := range reductions {
				if err := mustNotFault(op.kernel, n, func() { op.call(s, in(x, n), in(y, n)) }); err != nil {
					return err
				}
			}
			for _, op := range elementwises {
				if err := mustNotFault(op.kernel, n, func() { op.call(s, in(dst, n), 0.5, in(x, n), in(y, n)) }); err != nil {
					return err
				}
			}
			for _, o := range optimizers {
				if err := mustNotFault(o.kernel, n, func() { o.call(s, in(dst, n), in(x, n), in(y, n), factors{}, in(z, n)) }); err != nil {
					return err
				}
			}
			for _, c := range cells {
				if err := mustNotFault(c.kernel, n, func() { c.call(s, c.place(in, memory[:], n)) }); err != nil {
					return err
				}
			}
			rows := in(ids, n%13)
			clear(rows)
			id := unsafe.Slice((*int32)(unsafe.Pointer(unsafe.SliceData(rows))), len(rows))
			for _, k := range []struct {
				kernel string
				call   func()
			}{
				{"SumSquares", func() { s.SumSquares(in(x, n)) }},
				{"ExpSum", func() { s.ExpSum(in(dst, n), 0.5, in(x, n)) }},
				{"AddExpSum", func() { s.AddExpSum(in(dst, n), 0.5, in(x, n), in(y, n)) }},
				{"LogisticErrors", func() { s.LogisticErrors(in(dst, n), in(x, n), in(y, n), 0.5, in(z, n)) }},
				{"Gather", func() { s.Gather(n, in(dst, len(id)*n), n, in(x, n), n, id) }},
				{"ScatterAdd", func() { s.ScatterAdd(n, in(dst, n), n, id, 0.5, in(x, len(id)*n), n) }},
				{"DotRows", func() { s.DotRows(n, in(dst, len(id)), in(x, n), in(y, n), n, id) }},
				{"SumRows", func() { s.SumRows(n, in(dst, n), in(x, len(id)), 1, in(y, n), n, id) }},
				{"DotPairs", func() { s.DotPairs(n, in(dst, len(id)*len(id)), in(x, n), n, id, id) }},
				{"AddPairs", func() { s.AddPairs(n, in(x, n), n, id, id, in(y, len(id)*len(id)), in(dst, 2*len(id)*n), id) }},
				{"AxpyRows", func() { s.AxpyRows(n, in(dst, n), n, id, in(x, len(id)), 1, in(y, n)) }},
				{"LogisticRows", func() {
					m := len(id)
					s.LogisticRows(n, in(x, n), in(x, n), in(dst, n), n, id, in(y, 3*m)[:m], in(y, 3*m)[m:][:m], in(y, 3*m)[2*m:], 0.5, in(z, m), id)
				}},
				{"LogisticPairs", func() {
					const m = 6
					s.LogisticPairs(n, in(dst, 2*n), n, []int32{1}, make([]int32, m), in(y, 3*m)[:m], in(y, 3*m)[m:][:m], in(y, 3*m)[2*m:], 0.5, in(z, m), id)
				}},
				{"Prefetch", func() { s.Prefetch(n, in(x, n), n, id, n%2 == 0) }},
				{"Outer", func() { s.Outer(in(dst, len(id)*n), n, in(x, len(id)), in(y, n)) }},
			} {
				if err := mustNotFault(k.kernel, n, k.call); err != nil {
					return err
				}
			}
			if err := runPagesOfTiles(s, in, dst, x, y, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// runPagesOfTiles lets the kernels of the product read n columns, or n elements of four rows.
func runPagesOfTiles(s *kernels.Set, in place, dst, x, y *enclosure, n int) error {
	if n > 0 {
		for _, k := range []int{1, 5, 16} {
			if err := runPagesOfTile(s, in, dst, x, y, n, k); err != nil {
				return err
			}
			rows := 1 + n%s.DotMR
			err := mustNotFault("DotTile", n, func() {
				s.DotTile(rows, k, n, in(x, rows*n), n, in(y, k*n), n, in(dst, rows*k), k, true, 0)
			})
			if err != nil {
				return err
			}
		}
		err := mustNotFault("PackRows", n, func() { s.PackRows(3, n, in(dst, 3*n), n, s.NR, in(x, 3*n), n) })
		if err != nil {
			return err
		}
		if err := runPagesOfPairs(s, in, dst, x, y, n); err != nil {
			return err
		}
	}
	return mustNotFault("Transpose", n, func() { s.Transpose(n, in(dst, 4*n), 4, in(x, 4*n), n) })
}

// runPagesOfTile lets tiles take k steps of n columns, where these lie or packed, and A by columns or by rows.
func runPagesOfTile(s *kernels.Set, in place, dst, x, y *enclosure, n, k int) error {
	for _, packed := range []bool{false, true} {
		b := func(k int) (b []float32, bRow, bTile int) {
			if packed {
				last := (n - 1) / s.NR * s.NR
				return in(y, last*k+(k-1)*s.NR+n-last), s.NR, k * s.NR
			}
			return in(y, n*k), n, s.NR
		}
		m := 1 + n%s.MR
		for _, a := range []struct{ row, col int }{{1, m}, {k, 1}} {
			err := mustNotFault("Tile", n, func() {
				right, bRow, bTile := b(k)
				s.Tile(m, n, k, in(x, m*k), a.row, a.col, right, bRow, bTile, in(dst, m*n), n, true, 0)
			})
			if err != nil {
				return err
			}
		}
		if s.TileBF16 == nil || k > 5 {
			continue // too many steps for this memory
		}
		pairs, rows := k*s.StepsBF16, 1+n%s.MRBF16
		err := mustNotFault("TileBF16", n, func() {
			right, bRow, bTile := b(pairs)
			s.TileBF16(rows, n, pairs, in(x, rows*pairs), pairs, right, bRow, bTile, in(dst, rows*n), n, true, 0)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// runPagesOfPairs lets what rounds to pairs read n columns, or n elements.
func runPagesOfPairs(s *kernels.Set, in place, dst, x, y *enclosure, n int) error {
	if s.TileBF16 == nil {
		return nil
	}
	err := mustNotFault("PackBF16", n, func() { s.PackBF16(3, n, in(dst, 2*n), n, s.NR, in(x, 3*n), n) })
	if err != nil {
		return err
	}
	pairs := (n + 1) / 2
	err = mustNotFault("PackPairsBF16", n, func() { s.PackPairsBF16(3, n, in(dst, 2*n), n, s.NR, in(x, 3*pairs), pairs) })
	if err != nil {
		return err
	}
	err = mustNotFault("AddExpSumBF16", n, func() { s.AddExpSumBF16(in(dst, pairs), 0.5, in(x, n), in(y, n)) })
	if err != nil {
		return err
	}
	return mustNotFault("RoundBF16", n, func() { s.RoundBF16(in(dst, pairs), in(x, n)) })
}

// place returns operands for n units, in a memory each.
func (c cell) place(in place, memory []*enclosure, n int) [][]float32 {
	operands := make([][]float32, len(c.operands))
	for k, o := range c.operands {
		operands[k] = in(memory[k], o.parts*n)
	}
	return operands
}

// mustNotFault calls a kernel on operands of size n and reports a touch of the fences.
func mustNotFault(kernel string, n int, call func()) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%s of %d touches memory outside of its operands: %v", kernel, n, r)
		}
	}()
	call()
	return nil
}
