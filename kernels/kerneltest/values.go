package kerneltest

import (
	"math"
	"math/rand/v2"
)

// specials are the float32s at which kernels go wrong.
var specials = []float32{
	0, float32(math.Copysign(0, -1)), 1, -1,
	float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()),
	math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32, // smallest denormals
	0x1.fffffcp-127, -0x1.fffffcp-127, // largest denormals
	0x1p-126, -0x1p-126, // smallest normals
	math.MaxFloat32, -math.MaxFloat32,
	0.5, -0.5, 1 - 0x1p-24, 1 + 0x1p-23,
	0x1p-12, -0x1p-12, 0x1p-13, 0x1p-24,
	0x1p24, -0x1p31, 0x1p31, 0x1p32, // beyond what a conversion to int32 holds
	88.72283, 88.72284, 88.37626, -87.33654, -87.33655, -103.27893, -103.97207, -103.97208, -104, 104, // ends of exp
	9.010913, 9.010914, -9.010913, -9.010914, 16.635532, 17.32868, // where tanh and sigmoid reach 1
	0.34657359, -0.34657359, 0.6931472, -0.6931472, 0.625, -0.625, // ends of reduced ranges
}

// numbers returns n finite values, both signs, of sizes from 2⁻⁸ to 2⁸: never 0,
// and the same for the same seed.
func numbers(n int, seed uint64) []float32 {
	rng := rand.New(rand.NewPCG(seed, 1))
	x := make([]float32, n)
	for i := range x {
		v := (1 + rng.Float64()) * math.Ldexp(1, rng.IntN(16)-8)
		x[i] = float32(math.Copysign(v, rng.Float64()-0.5))
	}
	return x
}
