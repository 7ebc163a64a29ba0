package kernels

// A Set is one implementation of every inner loop. The comment of a field is
// the loop that it computes; x, y and dst have the same length unless it says
// otherwise, and dst may be the same slice as x or y but not overlap it in part.
//
// Operations that round once an element (Add to Div, Scale, Max, Gather, Outer) give the same
// bits in every set, but for the sign of zero in Max and ReLU. Reductions and the functions of exp may round
// differently from set to set, within the bounds that kerneltest holds.
type Set struct {
	Name string // of the instruction set, in lower case: "portable", "avx2", "avx512", "neon"

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

	// ExpSum is the softmax before it is scaled: dst[i] = e^(x[i] − top), as Exp has it, and the result Σ dst[i].
	ExpSum func(dst []float32, top float32, x []float32) float32

	// AddExpSum is ExpSum of x[i] + y[i].
	AddExpSum func(dst []float32, top float32, x, y []float32) float32

	// LogisticErrors is the loss −log σ(sign·z) of scores z and how it moves them: z[i] = sign[i]·z[i], p[i] = 1/(1 + e⁻ᶻ)
	// and g[i] = rate·sign[i]·(1 − p[i]). A sign is 1 or −1, and all slices are apart.
	LogisticErrors func(g, p, z []float32, rate float32, sign []float32)

	SumSquares func(x []float32) float64 // Σ x[i]², in float64

	// The steps of optimizers move parameters p against scale times their gradients g, and keep averages
	// of these: scale is what clips them. All slices are of one length and apart.
	//
	// Momentum computes v[i] = mu·v[i] + scale·g[i] and p[i] −= rate·v[i].
	Momentum func(p, v []float32, rate, mu, scale float32, g []float32)

	// AdaGrad computes s[i] += (scale·g[i])² and p[i] −= rate·scale·g[i]/(√s[i] + epsilon).
	AdaGrad func(p, s []float32, rate, epsilon, scale float32, g []float32)

	// Adam computes m[i] = beta1·m[i] + fresh1·scale·g[i], v[i] = beta2·v[i] + fresh2·(scale·g[i])²
	// and p[i] = keep·p[i] − rate·m[i]/(√v[i] + epsilon).
	Adam func(p, m, v []float32, keep, rate, beta1, fresh1, beta2, fresh2, epsilon, scale float32, g []float32)

	ReLU         func(dst, x []float32)    // dst[i] = max(0, x[i]), NaN if x[i] is
	AddSigmoid   func(dst, x, y []float32) // dst[i] = 1/(1 + e⁻⁽ˣ⁺ʸ⁾)
	AddTanh      func(dst, x, y []float32) // dst[i] = tanh(x + y)
	AddReLU      func(dst, x, y []float32) // dst[i] = max(0, x[i] + y[i]), NaN if the sum is
	TanhBackward func(dx, dy, y []float32) // dx[i] = dy[i]·(1 − y[i]²)

	// LSTMForward is a step of n LSTM cells. It replaces the 4·n gates i, f, g, o by i = σ(i), f = σ(f),
	// g = tanh g and o = σ(o), and computes c = f·before + i·g, tanhC = tanh c and h = o·tanhC. c may be before.
	LSTMForward func(gates, c, tanhC, h, before []float32)

	// LSTMBackward is the step back. With d = dc + dh·o·(1 − tanhC²) it replaces the gates i, f, g, o by d·g·i·(1 − i),
	// d·before·f·(1 − f), d·i·(1 − g²) and dh·tanhC·o·(1 − o), and dc by d·f.
	LSTMBackward func(gates, dc, before, tanhC, dh []float32)

	// GRUForward is a step of n GRU cells. It replaces the 3·n gates r, z, n by r = σ(r + state), z = σ(z + state) and
	// n = tanh(n + r·state), each with its part of the 3·n state, and computes h = (1 − z)·n + z·before.
	GRUForward func(gates, h, state, before []float32)

	// GRUBackward is the step back. It replaces the gates r, z, n by dr = dn·state·r·(1 − r), dz = dh·(before − n)·z·(1 − z) and
	// dn = dh·(1 − z)·(1 − n²), with the state's part of n, and the state by dr, dz and dn·r. It adds dh·z to dbefore.
	GRUBackward func(gates, state, dbefore, before, dh []float32)

	// Gather copies rows: for each i and j < width,
	// dst[i·dstStride + j] = table[ids[i]·tableStride + j].
	Gather func(width int, dst []float32, dstStride int, table []float32, tableStride int, ids []int32)

	// ScatterAdd adds rows, in order, so that repeated ids add up: for each i and j < width,
	// table[ids[i]·tableStride + j] += alpha·src[i·srcStride + j].
	ScatterAdd func(width int, table []float32, tableStride int, ids []int32, alpha float32, src []float32, srcStride int)

	// DotRows multiplies rows with a vector: for each k, dst[k] = Σ x[j]·table[ids[k]·tableStride + j] over j < width.
	DotRows func(width int, dst, x, table []float32, tableStride int, ids []int32)

	// SumRows adds up multiples of rows, in order: for each j < width,
	// dst[j] = Σ a[k·aStride]·table[ids[k]·tableStride + j] over k.
	SumRows func(width int, dst, a []float32, aStride int, table []float32, tableStride int, ids []int32)

	// Outer writes multiples of a vector as rows: dst[k·dstStride + j] = a[k]·x[j].
	Outer func(dst []float32, dstStride int, a, x []float32)

	// DotPairs multiplies each of some rows with each of others: for each i and k,
	// dst[i·len(b) + k] = Σ table[a[i]·tableStride + j]·table[b[k]·tableStride + j] over j < width.
	DotPairs func(width int, dst, table []float32, tableStride int, a, b []int32)

	// AddPairs adds to each of some rows multiples of others, and the other way round: for each j < width, row a[i] of the
	// table gets Σ g[i·len(b) + k]·row b[k] over k, and row b[k] gets Σ g[i·len(b) + k]·row a[i] over i. All sums are
	// of the rows as they were before the call. b may have ids more than once, and those of a, which has not. sums is room for
	// (len(a) + len(b))·width numbers. Meanwhile it asks for the rows next, to write, as Prefetch does.
	AddPairs func(width int, table []float32, tableStride int, a, b []int32, g, sums []float32, next []int32)

	// AxpyRows adds multiples of a vector to rows, in order: for each k and j < width,
	// table[ids[k]·tableStride + j] += a[k·aStride]·x[j].
	AxpyRows func(width int, table []float32, tableStride int, ids []int32, a []float32, aStride int, x []float32)

	// LogisticRows is a step of a vector and the rows that it is scored against: for each k, z[k] = sign[k]·Σ x[j]·row ids[k] of the table,
	// p[k] = 1/(1 + e⁻ᶻ) and g[k] = rate·sign[k]·(1 − p[k]), as LogisticErrors has it; dx gets Σ g[k]·row ids[k] added, of the rows as they
	// were, and then row ids[k] gets g[k]·x, in order. dx may be x. Both are apart from the rows.
	// Meanwhile it asks for the rows next, to write, as Prefetch does.
	LogisticRows func(width int, dx, x, table []float32, tableStride int, ids []int32, g, p, z []float32, rate float32, sign []float32, next []int32)

	// LogisticPairs is LogisticRows with row inputs[i] of the table for both x and dx and ids[6i:6i+6], for one i after the other; sign has the
	// six signs of each, and g, p and z have as many numbers as there are ids. No input is among its ids.
	LogisticPairs func(width int, table []float32, tableStride int, inputs, ids []int32, g, p, z []float32, rate float32, sign []float32, next []int32)

	// Prefetch asks for rows of the table that are needed soon, to read or to write, and computes nothing. It may be asked for rows that
	// do not exist.
	Prefetch func(width int, table []float32, tableStride int, ids []int32, write bool)

	// Tile is the micro-kernel of the matrix product, for up to MR rows and any number of columns: for each i < m and j < n,
	// c[i·ldc + j] = Σ a[i·aRow + p·aCol]·b[j/NR·bTile + p·bRow + j%NR] over p < k, one p after the other. With add,
	// the sum starts from what c holds. m, n and k are 1 at least. If ahead is not 0, it may ask for as many cache lines as it takes steps,
	// from ahead elements beyond each tile of b on, which need not exist: a part of what comes next, where that is in no cache of this core.
	Tile   func(m, n, k int, a []float32, aRow, aCol int, b []float32, bRow, bTile int, c []float32, ldc int, add bool, ahead int)
	MR, NR int

	// DotTile is that of the product with a transposed matrix, whose columns are contiguous, for up to DotMR rows and any
	// number of columns: for each i < m and j < n, c[i·ldc + j] = Σ a[i·lda + p]·b[j·ldb + p] over p < k; with add, that is
	// added to c. m and n are 1 at least. If ahead is not 0, it may ask for the cache lines of as many steps, from ahead elements beyond each
	// fourth column of b on, which need not exist.
	DotTile func(m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, add bool, ahead int)
	DotMR   int

	// PackRows copies rows into panels of NR columns: for each i < rows and j < cols, both 1 at least,
	// dst[j/NR·dstTile + i·dstStride + j%NR] = src[i·srcStride + j].
	PackRows func(rows, cols int, dst []float32, dstStride, dstTile int, src []float32, srcStride int)

	// Transpose copies four rows into four columns: dst[p·dstStride + i] = src[i·srcStride + p] for each i < 4 and p < n.
	Transpose func(n int, dst []float32, dstStride int, src []float32, srcStride int)

	// The product of bfloat16s, the upper halves of float32s: of each two steps p the numbers share a float32, a pair, the even
	// one in its lower half. But in Portable, which says what they mean, the kernels for it are nil where the CPU has no instructions that make them
	// faster than Tile with operands that were rounded by NearestBF16.

	// RoundBF16 rounds the numbers of x to pairs: to nearest, ties to even, denormals to 0. dst has half as many elements; the
	// last of an odd number pairs with 0.
	RoundBF16 func(dst, x []float32)

	// PackBF16 is RoundBF16 of each column of rows, into panels of NR columns: for each i < ⌈rows/2⌉ and j < cols,
	// both 1 at least, dst[j/NR·dstTile + i·dstStride + j%NR] is the pair of src[2i·srcStride + j] and src[(2i+1)·srcStride + j].
	PackBF16 func(rows, cols int, dst []float32, dstStride, dstTile int, src []float32, srcStride int)

	// PackPairsBF16 is PackBF16 of rows that are rounded already: of each, number j is half j%2 of pair src[i·srcStride + j/2].
	PackPairsBF16 func(rows, cols int, dst []float32, dstStride, dstTile int, src []float32, srcStride int)

	// AddExpSumBF16 is AddExpSum that writes to dst what RoundBF16 makes of the results. The sum is that of what is not rounded.
	AddExpSumBF16 func(dst []float32, top float32, x, y []float32) float32

	// TileBF16 is Tile of pairs, for up to MRBF16 rows, those of A contiguous, and as many steps as are a multiple of StepsBF16. Products and
	// sums are float32, in an order of the set's own that depends on k alone. It takes denormals for 0, and may ask for nothing ahead.
	TileBF16          func(m, n, k int, a []float32, aRow int, b []float32, bRow, bTile int, c []float32, ldc int, add bool, ahead int)
	MRBF16, StepsBF16 int
}
