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
	"tile": {
		"func(k int, a, b, c []float32, ldc int)",
		"%s computes c[i·ldc + j] += Σ a[p·MR + i]·b[p·NR + j] over p < k, for each i < MR and j < NR.",
	},
}
