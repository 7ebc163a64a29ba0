package kernels

func relu(dst, x []float32) {
	x = x[:len(dst)]
	for i, v := range x {
		dst[i] = max(0, v)
	}
}

func addSigmoid(dst, x, y []float32) {
	add(dst, x, y)
	sigmoid(dst, dst)
}

func addTanh(dst, x, y []float32) {
	add(dst, x, y)
	tanh(dst, dst)
}

func addReLU(dst, x, y []float32) {
	add(dst, x, y)
	relu(dst, dst)
}

func tanhBackward(dx, dy, y []float32) {
	dy, y = dy[:len(dx)], y[:len(dx)]
	for i, v := range y {
		dx[i] = dy[i] * (1 - v*v)
	}
}
