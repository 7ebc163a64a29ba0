package kernels

import "math"

// Portable is the set in plain Go: it runs everywhere, and it is the meaning
// of every kernel.
var Portable = Set{
	Name:           "portable",
	Dot:            dot,
	Sum:            sum,
	Max:            maximum,
	Axpy:           axpy,
	Scale:          scale,
	Add:            add,
	Sub:            sub,
	Mul:            mul,
	Div:            div,
	Exp:            exp,
	Sigmoid:        sigmoid,
	Tanh:           tanh,
	ExpSum:         expSum,
	AddExpSum:      addExpSum,
	LogisticErrors: logisticErrors,
	SumSquares:     sumSquares,
	Momentum:       momentum,
	AdaGrad:        adaGrad,
	Adam:           adam,
	Gather:         gather,
	ScatterAdd:     scatterAdd,
	DotRows:        dotRows,
	SumRows:        sumRows,
	Outer:          outer,
	DotPairs:       dotPairs,
	AddPairs:       addPairs,
	AxpyRows:       axpyRows,
	LogisticRows:   logisticRows,
	LogisticPairs:  logisticPairs,
	Prefetch:       prefetch,
	Tile:           tile,
	MR:             portableMR,
	NR:             portableNR,
	DotTile:        dotTile,
	DotMR:          portableMR,
	PackRows:       packRows,
	Transpose:      transpose,
	RoundBF16:      roundBF16,
	PackBF16:       packBF16,
	PackPairsBF16:  packPairsBF16,
	AddExpSumBF16:  addExpSumBF16,
	TileBF16:       tileBF16,
	MRBF16:         portableMR,
	StepsBF16:      1,

	ReLU:         relu,
	AddSigmoid:   addSigmoid,
	AddTanh:      addTanh,
	AddReLU:      addReLU,
	TanhBackward: tanhBackward,
	LSTMForward:  lstmForward,
	LSTMBackward: lstmBackward,
	GRUForward:   gruForward,
	GRUBackward:  gruBackward,
}

func dot(x, y []float32) float32 {
	y = y[:len(x)]
	var s0, s1, s2, s3 float32
	for len(x) >= 4 {
		s0 += x[0] * y[0]
		s1 += x[1] * y[1]
		s2 += x[2] * y[2]
		s3 += x[3] * y[3]
		x, y = x[4:], y[4:]
	}
	for i, v := range x {
		s0 += v * y[i]
	}
	return (s0 + s1) + (s2 + s3)
}

func sum(x []float32) float32 {
	var s0, s1, s2, s3 float32
	for len(x) >= 4 {
		s0 += x[0]
		s1 += x[1]
		s2 += x[2]
		s3 += x[3]
		x = x[4:]
	}
	for _, v := range x {
		s0 += v
	}
	return (s0 + s1) + (s2 + s3)
}

func maximum(x []float32) float32 {
	m := float32(math.Inf(-1))
	for _, v := range x {
		m = max(m, v)
	}
	return m
}

func axpy(dst []float32, a float32, x []float32) {
	x = x[:len(dst)]
	for i, v := range x {
		dst[i] += a * v
	}
}

func scale(dst []float32, a float32, x []float32) {
	x = x[:len(dst)]
	for i, v := range x {
		dst[i] = a * v
	}
}

func add(dst, x, y []float32) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] + y[i]
	}
}

func sub(dst, x, y []float32) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] - y[i]
	}
}

func mul(dst, x, y []float32) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] * y[i]
	}
}

func div(dst, x, y []float32) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = x[i] / y[i]
	}
}

func gather(width int, dst []float32, dstStride int, table []float32, tableStride int, ids []int32) {
	for i, id := range ids {
		row := int(id) * tableStride
		copy(dst[i*dstStride:][:width], table[row:row+width])
	}
}

func scatterAdd(width int, table []float32, tableStride int, ids []int32, alpha float32, src []float32, srcStride int) {
	for i, id := range ids {
		row := int(id) * tableStride
		axpy(table[row:row+width], alpha, src[i*srcStride:][:width])
	}
}
