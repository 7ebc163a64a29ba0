// Package neon writes Go assembly for arm64, with vectors of four float32s or two float64s.
//
// It does what avo does for amd64, as far as kernels need it: a [Function] hands out registers, loads
// arguments from where its signature places them, and writes one instruction a line. Most are
// Go's own, by name. Those that Go's assembler lacks, among them all float arithmetic but the
// multiply-add, are a [Word] each, with the text of the GNU assembler beside it.
//
// Operands are in the order of Go's assembler, the destination last.
package neon
