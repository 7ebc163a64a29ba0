package kernels

func lstmForward(gates, c, tanhC, h, before []float32) {
	n := len(h)
	sigmoid(gates[:2*n], gates[:2*n])
	tanh(gates[2*n:3*n], gates[2*n:3*n])
	sigmoid(gates[3*n:4*n], gates[3*n:4*n])
	i, f, g, o := gates[:n], gates[n:2*n], gates[2*n:3*n], gates[3*n:4*n]
	for j := range h {
		c[j] = f[j]*before[j] + i[j]*g[j]
	}
	tanh(tanhC[:n], c)
	mul(h, o, tanhC)
}

func lstmBackward(gates, dc, before, tanhC, dh []float32) {
	n := len(dc)
	i, f, g, o := gates[:n], gates[n:2*n], gates[2*n:3*n], gates[3*n:4*n]
	before, tanhC = before[:n], tanhC[:n]
	for j, d := range dh[:n] {
		iv, fv, gv, ov, tc := i[j], f[j], g[j], o[j], tanhC[j]
		dcell := dc[j] + d*ov*(1-tc*tc)
		i[j] = dcell * gv * iv * (1 - iv)
		f[j] = dcell * before[j] * fv * (1 - fv)
		g[j] = dcell * iv * (1 - gv*gv)
		o[j] = d * tc * ov * (1 - ov)
		dc[j] = dcell * fv
	}
}

func gruForward(gates, h, state, before []float32) {
	size := len(h)
	addSigmoid(gates[:2*size], gates[:2*size], state[:2*size])
	r, z, n := gates[:size], gates[size:2*size], gates[2*size:3*size]
	for j, s := range state[2*size : 3*size] {
		n[j] += r[j] * s
	}
	tanh(n, n)
	for j := range h {
		h[j] = (1-z[j])*n[j] + z[j]*before[j]
	}
}

func gruBackward(gates, state, dbefore, before, dh []float32) {
	size := len(dh)
	r, z, n := gates[:size], gates[size:2*size], gates[2*size:3*size]
	sr, sz, sn := state[:size], state[size:2*size], state[2*size:3*size]
	before, dbefore = before[:size], dbefore[:size]
	for j, d := range dh {
		rv, zv, nv := r[j], z[j], n[j]
		dn := d * (1 - zv) * (1 - nv*nv)
		dr := dn * sn[j] * rv * (1 - rv)
		dz := d * (before[j] - nv) * zv * (1 - zv)
		r[j], z[j], n[j] = dr, dz, dn
		sr[j], sz[j], sn[j] = dr, dz, dn*rv
		dbefore[j] += d * zv
	}
}
