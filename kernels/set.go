package kernels

// A Set is one implementation of every inner loop. The comment of a field is
// the loop that it computes; x, y and dst have the same length unless it says
// otherwise, and dst may be the same slice as x or y but not overlap it in part.
//
// Operations that round once an element (Add to Div, Scale, Max, Gather) give the same
// bits in every set. Reductions and the functions of exp may round
// differently from set to set, within the bounds that kerneltest holds.
type Set struct {
	Name string // of the instruction set, in lower case: "portable", "avx2", "avx512"

	Dot func(x, y []float32) float32 // Σ x[i]·y[i]
	Sum func(x []float32) float32    // Σ x[i]
	Max func(x []float32) float32    // the largest x[i]: NaN if any is NaN, −Inf if none

	Axpy  func(dst []float32, a float32, x []float32) // dst[i] += a·x[i]
	Scale func(dst []float32, a float32, x []float32) // dst[i] = a·x[i]

	Add func(dst, x, y []float32) // dst[i] = x[i] + y[i]
	Sub func(dst, x, y []float32) // dst[i] = x[i] − y[i]
	Mul func(dst, x, y []float32) // dst[i] = x[i]·y[i]
	Div func(dst, x, y []float32) // dst[i] = x[i]/y[i]

	Exp     func(dst, x []float32) // dst[i] = eˣ, +Inf above 88.72, denormal then 0 below −87.33
	Sigmoid func(dst, x []float32) // dst[i] = 1/(1 + e⁻ˣ)
	Tanh    func(dst, x []float32) // dst[i] = tanh x

	// Gather copies rows: for each i and j < width,
	// dst[i·dstStride + j] = table[ids[i]·tableStride + j].
	Gather func(width int, dst []float32, dstStride int, table []float32, tableStride int, ids []int32)

	// ScatterAdd adds rows, in order, so that repeated ids add up: for each i and j < width,
	// table[ids[i]·tableStride + j] += alpha·src[i·srcStride + j].
	ScatterAdd func(width int, table []float32, tableStride int, ids []int32, alpha float32, src []float32, srcStride int)

	// Tile is the micro-kernel of the matrix product, for up to MR rows and any number of columns: for each i < m and j < n,
	// c[i·ldc + j] = Σ a[i·aRow + p·aCol]·b[j/NR·bTile + p·bRow + j%NR] over p < k, one p after the other. With add,
	// the sum starts from what c holds. m, n and k are 1 at least.
	Tile   func(m, n, k int, a []float32, aRow, aCol int, b []float32, bRow, bTile int, c []float32, ldc int, add bool)
	MR, NR int

	// DotTile is that of the product with a transposed matrix, whose columns are contiguous, for up to DotMR rows and any
	// number of columns: for each i < m and j < n, c[i·ldc + j] = Σ a[i·lda + p]·b[j·ldb + p] over p < k; with add, that is
	// added to c. m and n are 1 at least.
	DotTile func(m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, add bool)
	DotMR   int

	// PackRows copies rows into panels of NR columns: for each i < rows and j < cols, both 1 at least,
	// dst[j/NR·dstTile + i·dstStride + j%NR] = src[i·srcStride + j].
	PackRows func(rows, cols int, dst []float32, dstStride, dstTile int, src []float32, srcStride int)

	// Transpose copies four rows into four columns: dst[p·dstStride + i] = src[i·srcStride + p] for each i < 4 and p < n.
	Transpose func(n int, dst []float32, dstStride int, src []float32, srcStride int)
}
