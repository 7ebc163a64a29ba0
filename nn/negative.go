package nn

import (
	"fmt"
	"math"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/internal/spare"
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
	if centres.Cols != targets.Cols || targets.Rows < centres.Rows || centres.Rows == 0 && targets.Rows > 0 || centres.Rows > 0 && targets.Rows%centres.Rows != 0 {
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

	n := negativeSamplers.Take()
	defer negativeSamplers.Put(n)
	each := targets.Rows / centres.Rows
	n.resize(each)
	for b := range centres.Rows {
		first, end := b*each, (b+1)*each
		v, u := centres.Row(b), targets.Slice(first, end, 0, targets.Cols)
		lane.DotRows(n.scores, v, u, n.ids)
		loss += n.errors(scale)
		if !absent(dcentres) {
			lane.SumRows(dcentres.Row(b), n.gradients, 1, u, n.ids)
		}
		if !absent(dtargets) {
			lane.Outer(dtargets.Slice(first, end, 0, dtargets.Cols), n.gradients, v)
		}
	}
	return loss
}

// A negativeSampler is the room for one centre and its targets.
type negativeSampler struct {
	ids       []int32   // 0, 1, 2 …
	scores    []float32 // u·v
	odds      []float32 // e^−|u·v|
	gradients []float32 // scale times the loss's by the score
}

var negativeSamplers = spare.List[negativeSampler]{New: func() *negativeSampler { return new(negativeSampler) }}

func (n *negativeSampler) resize(targets int) {
	for len(n.odds) < targets {
		n.ids = append(n.ids, int32(len(n.ids)))
		n.scores, n.odds, n.gradients = append(n.scores, 0), append(n.odds, 0), append(n.gradients, 0)
	}
	n.ids, n.scores, n.odds, n.gradients = n.ids[:targets], n.scores[:targets], n.odds[:targets], n.gradients[:targets]
}

// errors returns the loss of the scores and sets their gradients. With x the score for the right
// answer, −x for noise, a loss is log(1 + e⁻ˣ) = max(−x, 0) + log(1 + e^−|x|), which overflows for no
// x; one logarithm serves the product of many 1 + e^−|x|, less the 1 that would swallow the small ones.
func (n *negativeSampler) errors(scale float32) (loss float64) {
	for k, x := range n.scores {
		n.odds[k] = -float32(math.Abs(float64(x)))
	}
	lane.Exp(n.odds, n.odds)
	more := 0.0  // Π(1 + e^−|x|) − 1
	sign := -1.0 // of the score where it should be low
	for k, odds := range n.odds {
		x, e := -sign*float64(n.scores[k]), float64(odds)
		wrong := e / (1 + e) // σ(−x)
		if x < 0 {
			loss -= x
			wrong = 1 / (1 + e)
		}
		if more += e + e*more; more > 1e200 {
			loss += math.Log1p(more)
			more = 0
		}
		n.gradients[k] = float32(sign * wrong * float64(scale))
		sign = 1
	}
	return loss + math.Log1p(more)
}
