// Package kernels is what one core does to contiguous float32s: the contract
// ([Set]), and the portable Go implementation of it ([Portable]) that every
// instruction set is judged against.
//
// Kernels know no shapes, threads, allocation or errors. They trust their
// caller: lengths agree, indices are in range. The caller, package lane,
// checks once and then calls many times.
//
// # Packed panels
//
// The tile kernel of the matrix product takes up to MR rows of A, of any strides, and
// tiles of NR columns of B, whose rows are contiguous. Where a matrix is large they are packed
// first: a panel of B holds NR columns, one row after the other, and the tile reads it from front to back:
//
//	       k                      NR
//	   ┌────────┐             ┌────────┐
//	MR │ a→     │           k │ b→     │
//	   └────────┘             │  →     │
//	                          └────────┘
//
// What lies beyond the last column of B is masked, and there is a body for each
// number of rows, so that edges cost what they hold.
package kernels
