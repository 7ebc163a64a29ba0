// Package kernels is what one core does to contiguous float32s: the contract
// ([Set]), and the portable Go implementation of it ([Portable]) that every
// instruction set starts from and is judged against.
//
// Kernels know no shapes, threads, allocation or errors. They trust their
// caller: lengths agree, indices are in range. The caller, package lane,
// checks once and then calls many times.
//
// # Packed panels
//
// The matrix product reaches a kernel as two packed panels. A panel of A holds
// MR rows, one column after the other; a panel of B holds NR columns, one row
// after the other; the tile kernel reads both from front to back:
//
//	       k                      NR
//	   ┌────────┐             ┌────────┐
//	MR │ a↓ ↓ ↓ │           k │ b→     │
//	   └────────┘             │  →     │
//	                          └────────┘
//
// Panels are padded with zeros up to MR and NR, so one tile kernel serves
// every size: what lies beyond an edge is computed and thrown away.
package kernels
