package nn

import (
	"fmt"
	"math"

	"github.com/lane-go/lane"
)

// NegativeSampling returns the loss that word2vec trains with (Mikolov et al. 2013b, eq. 4; Goldberg &
// Levy 2014), summed in float64 over the B rows v of centres:
//
//	Σ −log σ(u₀·v) − Σ_{k=1…K} log σ(−u_k·v)
//
// centres is B×H. targets is B·(1+K)×H: for each centre the vector u₀ of the word that was seen with it, then
// those of K ≥ 0 words drawn as noise.
//
// dcentres and dtargets, of the same shapes, receive scale times the gradients,
//
//	scale·Σ_k (σ(u_k·v) − [k = 0])·u_k   and   scale·(σ(u_k·v) − [k = 0])·v,
//
// and may be zero Matrices when they are not needed. They must not overlap the inputs. A word that occurs in several
// rows gets its gradient in parts, which lane.ScatterAdd sums.
func NegativeSampling(dcentres, dtargets, centres, targets lane.Matrix, scale float32) (loss float64) {
	if centres.Cols != targets.Cols || targets.Rows < centres.Rows || centres.Rows > 0 && targets.Rows%centres.Rows != 0 {
		panic(fmt.Sprintf("nn: NegativeSampling: centres %v, targets %v", centres, targets))
	}
	if !absent(dcentres) {
		checkShape("NegativeSampling", "dcentres", dcentres, centres.Rows, centres.Cols)
	}
	if !absent(dtargets) {
		checkShape("NegativeSampling", "dtargets", dtargets, targets.Rows, targets.Cols)
	}
	if centres.Rows == 0 {
		return 0
	}

	each := targets.Rows / centres.Rows
	for b := range centres.Rows {
		v := centres.Row(b)
		if !absent(dcentres) {
			clear(dcentres.Row(b))
		}
		for k := range each {
			r := b*each + k
			u := targets.Row(r)
			x := float64(lane.Dot(u, v))
			var dx float64 // ∂loss/∂x
			if k == 0 {
				loss += softplus(-x)
				dx = -sigmoid(-x)
			} else {
				loss += softplus(x)
				dx = sigmoid(x)
			}
			g := float32(float64(scale) * dx)
			if !absent(dcentres) {
				lane.Axpy(dcentres.Row(b), g, u)
			}
			if !absent(dtargets) {
				lane.Scale(dtargets.Row(r), g, v)
			}
		}
	}
	return loss
}

// softplus returns log(1 + eˣ) = −log σ(−x). Neither branch overflows or cancels.
func softplus(x float64) float64 {
	return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x)))
}

// sigmoid returns 1/(1 + e⁻ˣ), with full relative precision on both sides.
func sigmoid(x float64) float64 {
	if x < 0 {
		e := math.Exp(x)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-x))
}
