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

	// Tile is the micro-kernel of the matrix product on packed panels, full tiles only: for each i < MR and j < NR,
	// c[i·ldc + j] += Σ a[p·MR + i]·b[p·NR + j] over p < k.
	Tile   func(k int, a, b, c []float32, ldc int)
	MR, NR int
}
