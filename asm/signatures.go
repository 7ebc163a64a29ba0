package main

// A signature is the Go declaration of a kernel, as a field of kernels.Set has it.
type signature struct {
	expr string
	doc  string // the loop it computes; %s is the kernel's name
}

const (
	unary  = "func(dst, x []float32)"
	binary = "func(dst, x, y []float32)"
	scaled = "func(dst []float32, a float32, x []float32)"
)

var signatures = map[string]signature{
	"dot": {"func(x, y []float32) float32", "%s returns Σ x[i]·y[i]."},
	"sum": {"func(x []float32) float32", "%s returns Σ x[i]."},
	"max": {"func(x []float32) float32", "%s returns the largest x[i]: NaN if any is NaN, −Inf if there is none."},

	"axpy":  {scaled, "%s computes dst[i] += a·x[i], rounded once."},
	"scale": {scaled, "%s computes dst[i] = a·x[i]."},
	"add":   {binary, "%s computes dst[i] = x[i] + y[i]."},
	"sub":   {binary, "%s computes dst[i] = x[i] − y[i]."},
	"mul":   {binary, "%s computes dst[i] = x[i]·y[i]."},
	"div":   {binary, "%s computes dst[i] = x[i]/y[i]."},

	"exp":     {unary, "%s computes dst[i] = eˣ."},
	"sigmoid": {unary, "%s computes dst[i] = 1/(1 + e⁻ˣ)."},
	"tanh":    {unary, "%s computes dst[i] = tanh x."},

	"expSum": {
		"func(dst []float32, top float32, x []float32) float32",
		"%s computes dst[i] = e^(x[i] − top) and returns Σ dst[i].",
	},
	"addExpSum": {
		"func(dst []float32, top float32, x, y []float32) float32",
		"%s computes dst[i] = e^(x[i] + y[i] − top) and returns Σ dst[i].",
	},

	"logisticErrors": {
		"func(g, p, z []float32, rate float32, sign []float32)",
		"%s computes z[i] = sign[i]·z[i], p[i] = 1/(1 + e⁻ᶻ) and g[i] = rate·sign[i]·(1 − p[i]).",
	},

	"sumSquares": {"func(x []float32) float64", "%s returns Σ x[i]², in float64."},
	"momentum": {
		"func(p, v []float32, rate, mu, scale float32, g []float32)",
		"%s computes v[i] = mu·v[i] + scale·g[i] and p[i] −= rate·v[i].",
	},
	"adaGrad": {
		"func(p, s []float32, rate, epsilon, scale float32, g []float32)",
		"%s computes s[i] += (scale·g[i])² and p[i] −= rate·scale·g[i]/(√s[i] + epsilon).",
	},
	"adam": {
		"func(p, m, v []float32, keep, rate, beta1, fresh1, beta2, fresh2, epsilon, scale float32, g []float32)",
		"%s computes m[i] = beta1·m[i] + fresh1·scale·g[i], v[i] = beta2·v[i] + fresh2·(scale·g[i])² and p[i] = keep·p[i] − rate·m[i]/(√v[i] + epsilon).",
	},

	"relu":         {unary, "%s computes dst[i] = max(0, x[i]): NaN if x[i] is."},
	"addSigmoid":   {binary, "%s computes dst[i] = 1/(1 + e⁻ˣ⁻ʸ)."},
	"addTanh":      {binary, "%s computes dst[i] = tanh(x + y)."},
	"addReLU":      {binary, "%s computes dst[i] = max(0, x[i] + y[i])."},
	"tanhBackward": {"func(dx, dy, y []float32)", "%s computes dx[i] = dy[i]·(1 − y[i]²)."},

	"lstmForward": {
		"func(gates, c, tanhC, h, before []float32)",
		"%s computes c = σ(f)·before + σ(i)·tanh g and h = σ(o)·tanh c of gates i, f, g and o, which it replaces by their values.",
	},
	"lstmBackward": {
		"func(gates, dc, before, tanhC, dh []float32)",
		"%s replaces the values of i, f, g and o by the gradients of what they are functions of, and dc by that of before.",
	},
	"gruForward": {
		"func(gates, h, state, before []float32)",
		"%s computes h = (1 − z)·n + z·before with r and z the σ of gates + state and n = tanh(gates + r·state), which replace gates.",
	},
	"gruBackward": {
		"func(gates, state, dbefore, before, dh []float32)",
		"%s replaces the values of r, z and n, and state, by the gradients of what was added up, and adds to dbefore.",
	},

	"gather": {
		"func(width int, dst []float32, dstStride int, table []float32, tableStride int, ids []int32)",
		"%s computes dst[i·dstStride + j] = table[ids[i]·tableStride + j] for j < width.",
	},
	"scatterAdd": {
		"func(width int, table []float32, tableStride int, ids []int32, alpha float32, src []float32, srcStride int)",
		"%s computes table[ids[i]·tableStride + j] += alpha·src[i·srcStride + j] for j < width, one i after the other.",
	},
	"dotRows": {
		"func(width int, dst, x, table []float32, tableStride int, ids []int32)",
		"%s computes dst[k] = Σ x[j]·table[ids[k]·tableStride + j] over j < width.",
	},
	"sumRows": {
		"func(width int, dst, a []float32, aStride int, table []float32, tableStride int, ids []int32)",
		"%s computes dst[j] = Σ a[k·aStride]·table[ids[k]·tableStride + j] over k, for j < width.",
	},
	"outer": {
		"func(dst []float32, dstStride int, a, x []float32)",
		"%s computes dst[k·dstStride + j] = a[k]·x[j].",
	},
	"dotPairs": {
		"func(width int, dst, table []float32, tableStride int, a, b []int32)",
		"%s computes dst[i·len(b) + k] = Σ table[a[i]·tableStride + j]·table[b[k]·tableStride + j] over j < width.",
	},
	"addPairs": {
		"func(width int, table []float32, tableStride int, a, b []int32, g, sums []float32, next []int32)",
		"%s adds Σ g[i·len(b) + k]·row b[k] to row a[i] of the table, and Σ g[i·len(b) + k]·row a[i] to row b[k], for j < width. It asks for the rows next meanwhile.",
	},
	"axpyRows": {
		"func(width int, table []float32, tableStride int, ids []int32, a []float32, aStride int, x []float32)",
		"%s computes table[ids[k]·tableStride + j] += a[k·aStride]·x[j] for j < width, one k after the other.",
	},
	"logisticRows": {
		"func(width int, dx, x, table []float32, tableStride int, ids []int32, g, p, z []float32, rate float32, sign []float32, next []int32)",
		"%s computes z[k] = sign[k]·Σ x[j]·table[ids[k]·tableStride + j], p[k] = 1/(1 + e⁻ᶻ) and g[k] = rate·sign[k]·(1 − p[k]), and adds g[k]·row ids[k] to dx and g[k]·x to row ids[k], for j < width. It asks for the rows next meanwhile.",
	},
	"logisticPairs": {
		"func(width int, table []float32, tableStride int, inputs, ids []int32, g, p, z []float32, rate float32, sign []float32, next []int32)",
		"%s is logisticRows with row inputs[i] for x and dx, and six ids and signs for each of them, one i after the other.",
	},
	"prefetch": {
		"func(width int, table []float32, tableStride int, ids []int32, write bool)",
		"%s asks for rows of the table, to read or to write: table[ids[i]·tableStride + j] for j < width.",
	},
	"tile": {
		"func(m, n, k int, a []float32, aRow, aCol int, b []float32, bRow, bTile int, c []float32, ldc int, add bool, ahead int)",
		"%s computes c[i·ldc + j] = Σ a[i·aRow + p·aCol]·b[j/NR·bTile + p·bRow + j%%NR] over p < k, or adds to it, for each i < m and j < n. It may ask for lines from ahead on meanwhile.",
	},
	"dotTile": {
		"func(m, n, k int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int, add bool, ahead int)",
		"%s computes c[i·ldc + j] = Σ a[i·lda + p]·b[j·ldb + p] over p < k, or adds it, for each i < m and j < n. It may ask for lines from ahead on meanwhile.",
	},
	"packRows": {
		"func(rows, cols int, dst []float32, dstStride, dstTile int, src []float32, srcStride int)",
		"%s computes dst[j/NR·dstTile + i·dstStride + j%%NR] = src[i·srcStride + j] for each i < rows and j < cols.",
	},
	"transpose": {
		"func(n int, dst []float32, dstStride int, src []float32, srcStride int)",
		"%s computes dst[p·dstStride + i] = src[i·srcStride + p] for each i < 4 and p < n.",
	},
	"roundBF16": {unary, "%s computes dst[i] = the pair of bfloat16s x[2i] and x[2i+1]."},
	"packBF16": {
		"func(rows, cols int, dst []float32, dstStride, dstTile int, src []float32, srcStride int)",
		"%s computes dst[j/NR·dstTile + i·dstStride + j%%NR] = the pair of bfloat16s src[2i·srcStride + j] and src[(2i+1)·srcStride + j] for each 2i < rows and j < cols.",
	},
	"packPairsBF16": {
		"func(rows, cols int, dst []float32, dstStride, dstTile int, src []float32, srcStride int)",
		"%s computes dst[j/NR·dstTile + i·dstStride + j%%NR] = the pair of the bfloat16s j of rows 2i and 2i + 1 of src, for each 2i < rows and j < cols.",
	},
	"addExpSumBF16": {
		"func(dst []float32, top float32, x, y []float32) float32",
		"%s computes the pairs dst of bfloat16s e^(x[i] + y[i] − top) and returns the sum of what they are rounded from.",
	},
	"tileBF16": {
		"func(m, n, k int, a []float32, aRow int, b []float32, bRow, bTile int, c []float32, ldc int, add bool, ahead int)",
		"%s is tile of pairs of bfloat16s, each of which it multiplies and adds.",
	},
}
