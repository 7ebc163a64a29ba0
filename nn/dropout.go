package nn

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/lane-go/lane"
)

// Dropout sets each element to 0 with probability p while training and multiplies the others by
// 1/(1 − p), so that the expectation stays and nothing need be done afterwards (Srivastava et al.
// 2014, section 10, "inverted dropout").
type Dropout struct {
	Train bool // false, for evaluation, makes the layer the identity
	mask  mask
}

// NewDropout returns a layer in training mode that drops with probability p, 0 ≤ p < 1, rounded to a
// multiple of 2⁻¹⁶: the scale is that of the rounded p, so that the expectation stays. p = 0 is the
// identity and needs no rng. It panics if p is out of range.
//
// Each Forward that drops draws two numbers from rng, whatever the shape, and derives the mask from
// them: equal seeds give equal masks for any number of threads.
func NewDropout(p float32, rng *rand.Rand) *Dropout {
	return &Dropout{Train: true, mask: newMask("NewDropout", p, rng)}
}

// SetP changes the probability, from the next Forward on; p is as for [NewDropout].
func (d *Dropout) SetP(p float32) { d.mask.setP("Dropout.SetP", p) }

// Forward computes y = x ⊙ mask with a new mask. y may be x.
func (d *Dropout) Forward(y, x lane.Matrix) {
	checkShape("Dropout.Forward", "y", y, x.Rows, x.Cols)
	d.mask.forward(y, x, x.Rows, d.Train)
}

// Backward computes dx = dy ⊙ mask with the mask of the last Forward. dx may be dy.
func (d *Dropout) Backward(dx, dy lane.Matrix) { d.mask.backward("Dropout.Backward", dx, dy) }

// VariationalDropout is [Dropout] that drops the same units at every time step of a sequence
// (Gal & Ghahramani 2016), so that what is dropped stays dropped instead of flickering.
type VariationalDropout struct {
	Train bool // false, for evaluation, makes the layer the identity
	mask  mask
}

// NewVariationalDropout returns a layer in training mode that drops with probability p; p and rng are
// as for [NewDropout].
func NewVariationalDropout(p float32, rng *rand.Rand) *VariationalDropout {
	return &VariationalDropout{Train: true, mask: newMask("NewVariationalDropout", p, rng)}
}

// SetP changes the probability, from the next Forward on; p is as for [NewDropout].
func (d *VariationalDropout) SetP(p float32) { d.mask.setP("VariationalDropout.SetP", p) }

// Forward computes y = x ⊙ mask for time-major x (T·B×H, row t·B+b) with a new mask of batch×H, the
// same for all T steps. y may be x. It panics unless batch is positive and divides the rows.
func (d *VariationalDropout) Forward(y, x lane.Matrix, batch int) {
	checkShape("VariationalDropout.Forward", "y", y, x.Rows, x.Cols)
	if batch < 1 || x.Rows%batch != 0 {
		panic(fmt.Sprintf("nn: VariationalDropout.Forward: x is %v, whose rows are not a multiple of the batch of %d", x, batch))
	}
	d.mask.forward(y, x, batch, d.Train)
}

// Backward computes dx = dy ⊙ mask with the mask of the last Forward. dx may be dy.
func (d *VariationalDropout) Backward(dx, dy lane.Matrix) {
	d.mask.backward("VariationalDropout.Backward", dx, dy)
}

// A mask draws and keeps the factors of a dropout layer, each 0 or 1/(1 − p).
type mask struct {
	rng       *rand.Rand
	threshold int32  // a 16-bit draw below it drops: p = threshold / 2¹⁶
	scale     uint32 // the bits of 1/(1 − p)

	rows, cols   int         // the shape that the last forward saw
	factors      lane.Matrix // its factors, of fewer rows if they repeat; no data if nothing was dropped
	memory       lane.Matrix
	seed1, seed2 uint64
	drawBody     func(lo, hi int)
}

func newMask(who string, p float32, rng *rand.Rand) mask {
	m := mask{rng: rng}
	m.setP(who, p)
	return m
}

// setP is for the masks to come: the last one stays as it is.
func (m *mask) setP(who string, p float32) {
	if !(p >= 0 && p < 1) {
		panic(fmt.Sprintf("nn: %s: probability %v is not in [0, 1)", who, p))
	}
	if m.rng == nil && p > 0 {
		panic(fmt.Sprintf("nn: %s: no random numbers to draw from", who))
	}
	threshold := min(math.Round(float64(p)*(1<<16)), 1<<16-1)
	m.threshold = int32(threshold)
	m.scale = math.Float32bits(float32(1 / (1 - threshold/(1<<16))))
}

// renew draws a new mask of rows×cols, or none when nothing is to be dropped.
func (m *mask) renew(rows, cols int, train bool) {
	m.factors = lane.Matrix{}
	if train && m.threshold > 0 {
		m.draw(rows, cols)
	}
}

// forward multiplies x by a new mask whose rows repeat.
func (m *mask) forward(y, x lane.Matrix, rows int, train bool) {
	m.rows, m.cols = x.Rows, x.Cols
	m.renew(rows, x.Cols, train)
	m.multiply(y, x)
}

func (m *mask) backward(who string, dx, dy lane.Matrix) {
	checkShape(who, "dy", dy, m.rows, m.cols)
	checkShape(who, "dx", dx, m.rows, m.cols)
	m.multiply(dx, dy)
}

func (m *mask) multiply(y, x lane.Matrix) {
	if absent(m.factors) {
		copyRows(y, x)
		return
	}
	eachRow(lane.Mul, y, x, m.factors)
}

func (m *mask) draw(rows, cols int) {
	if m.drawBody == nil {
		m.drawBody = m.drawChunk
	}
	resize(&m.memory, rows, cols)
	m.factors = m.memory
	m.seed1, m.seed2 = m.rng.Uint64(), m.rng.Uint64()
	lane.Parallel(rows*cols, stepGrain, m.drawBody)
}

// drawChunk has a generator of its own, seeded by the place of the chunk. One
// number serves four elements.
func (m *mask) drawChunk(lo, hi int) {
	const golden = 0x9e3779b97f4a7c15 // spreads the numbers of the chunks over all 64 bits
	var rng rand.PCG
	rng.Seed(m.seed1+uint64(lo/stepGrain)*golden, m.seed2)
	factors := m.factors.Data[lo:hi]
	for ; len(factors) >= 4; factors = factors[4:] {
		bits := rng.Uint64()
		factors[0] = m.factor(bits)
		factors[1] = m.factor(bits >> 16)
		factors[2] = m.factor(bits >> 32)
		factors[3] = m.factor(bits >> 48)
	}
	bits := rng.Uint64()
	for i := range factors {
		factors[i] = m.factor(bits)
		bits >>= 16
	}
}

// factor is 0 if the low 16 bits are below the threshold, else the scale. It has no branch, which
// would be mispredicted half of the time.
func (m *mask) factor(bits uint64) float32 {
	dropped := uint32((int32(bits&0xffff) - m.threshold) >> 31) // all ones or all zeros
	return math.Float32frombits(m.scale &^ dropped)
}
