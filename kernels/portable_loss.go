package kernels

import "math"

func expSum(dst []float32, top float32, x []float32) float32 {
	x = x[:len(dst)]
	var sum float64
	for i, v := range x {
		e := expBelow(v, top)
		dst[i] = e
		sum += float64(e)
	}
	return float32(sum)
}

func expBelow(v, top float32) float32 { return float32(math.Exp(float64(v - top))) }

func addExpSum(dst []float32, top float32, x, y []float32) float32 {
	add(dst, x, y)
	return expSum(dst, top, dst)
}

func logisticErrors(g, p, z []float32, rate float32, sign []float32) {
	mul(z, z, sign)
	sigmoid(p, z)
	for i, v := range p {
		g[i] = rate * sign[i] * (1 - v)
	}
}

// logisticRows moves some columns of dx by the rows before the rows by x, as a row may be there twice, and
// stores them last, as dx may be x.
func logisticRows(width int, dx, x, table []float32, tableStride int, ids []int32, g, p, z []float32, rate float32, sign []float32, next []int32) {
	z = z[:len(ids)]
	dotRows(width, z, x, table, tableStride, ids)
	logisticErrors(g[:len(ids)], p[:len(ids)], z, rate, sign[:len(ids)])
	var sums [64]float32
	for from := 0; from < width; from += len(sums) {
		n := min(len(sums), width-from)
		copy(sums[:n], dx[from:])
		for k, id := range ids {
			axpy(sums[:n], g[k], table[int(id)*tableStride+from:][:n])
		}
		for k, id := range ids {
			axpy(table[int(id)*tableStride+from:][:n], g[k], x[from:][:n])
		}
		copy(dx[from:], sums[:n])
	}
}

func logisticPairs(width int, table []float32, tableStride int, inputs, ids []int32, g, p, z []float32, rate float32, sign []float32, next []int32) {
	const six = 6
	for i, input := range inputs {
		x, from, to := table[int(input)*tableStride:][:width], six*i, six*(i+1)
		logisticRows(width, x, x, table, tableStride, ids[from:to], g[from:to], p[from:to], z[from:to], rate, sign[:six], nil)
	}
}
