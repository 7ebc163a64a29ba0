package nn

import (
	"math"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/internal/spare"
)

const (
	// A block of logits, in float32, stays in a core's own cache.
	blockRows    = 192
	blockClasses = 640

	partsUnit   = 4  // more parts than one are a multiple of so many, which is fair to two threads and four
	mostGroups  = 8  // of parts
	classesUnit = 32 // columns that products compute at a time

	// A row's exponentials are relative to its target's logit. Where they add up to more than this, as another logit is larger by 60, they are
	// computed again, relative to the largest.
	surprise = 1.14e26

	leastLogged = 1e-30 // probability: below, the e of a target may be denormal
)

// partsOf returns how many parts so many classes are cut into.
func partsOf(classes int) int {
	parts := (classes + blockClasses - 1) / blockClasses
	if parts > 1 {
		parts = (parts + partsUnit - 1) / partsUnit * partsUnit
	}
	return parts
}

// outputs are those of a Linear from first to end−1.
type outputs struct {
	*Linear
	first, end int
}

func allOutputs(l *Linear) outputs { return outputs{l, 0, l.Weight.Value.Rows} }

func (o *outputs) count() int { return o.end - o.first }

// weight returns the outputs' part of the weight, or of its gradient.
func (o *outputs) weight(all lane.Matrix) lane.Matrix { return all.Slice(o.first, o.end, 0, all.Cols) }

// bias returns the outputs' part of the bias, or of its gradient.
func (o *outputs) bias(all lane.Matrix) []float32 { return all.Row(0)[o.first:o.end] }

// linearCrossEntropy is the loss of the softmax over outputs, those of one layer or of several that read the same, side by side.
//
// The classes are cut into parts, and what a thread computes at a time is of some rows and one part. It has the logits z in its
// cache, and leaves of them e = exp(z − r) and each row's sum of e, where the reference r is any number near the row's largest logit: near enough
// is what the target's tells. The softmax p is e·f, with a factor f of the row that is known once all parts have been seen. So no logit is touched
// again: p·W is f·(e·W), which is computed at once, and pᵀ·x is eᵀ·(f·x), for which e is kept. With ones beside x, the latter are the gradients of weight and
// bias in one product. A target, whose gradient is p − 1, is left out of e and added by itself, times the same rounded f·x: so the gradients of a row
// add up to nothing over the classes, or weights would drift where softmax does not see it.
type linearCrossEntropy struct {
	parts  []*classes
	groups int // of parts, whose gradients of x are added up one after the other
	rows   int // that are taken at a time

	x, dx   lane.Matrix // those at hand
	targets []int32
	scale   float32
	teach   bool
	peaks   bool // only the largest logits are sought

	blocks     []lane.PackedLeft // of x, for x·Wᵀ
	references []float32         // r
	wanted     []float32         // the logits of targets
	chances    []float32         // their e
	factors    []float32         // f, times scale
	lacks      []float32         // (p − 1)/f of targets
	weighted   lane.Matrix       // f·[x 1], rounded
	shares     lane.PackedLeft   // weightedᵀ
	noBias     []float32         // zeros, for as many classes as a part has
	losses     []float64
	back       lane.Matrix // e·W of each group and row
	backOf     []int32     // rows of back, by row and group

	precision lane.Precision
	packed    bool // the weights are, for Loss

	pack, refer, judge, weigh, learn, gather func(lo, hi int)
}

// classes are one part of them.
type classes struct {
	outputs
	class   int         // that is the first of them
	forward lane.Packed // weightᵀ, H×count, for Loss
	kept    lane.Packed // e, for weightedᵀ·e

	sums, tops []float32 // of each row: the sum of e, and the largest logit if that was sought
}

func newLinearCrossEntropy(all ...outputs) *linearCrossEntropy {
	c, count := new(linearCrossEntropy), 0
	for _, o := range all {
		units, n := (o.count()+classesUnit-1)/classesUnit, partsOf(o.count())
		for i := range n {
			first, end := o.first+units*i/n*classesUnit, o.first+units*(i+1)/n*classesUnit
			part := outputs{o.Linear, first, min(end, o.end)}
			c.parts = append(c.parts, &classes{outputs: part, class: count})
			count += part.count()
		}
	}
	c.rows, c.groups = CrossEntropyRows(count), min(len(c.parts), mostGroups)
	c.blocks = make([]lane.PackedLeft, (c.rows+blockRows-1)/blockRows)
	for _, p := range c.parts {
		p.tops, p.sums = make([]float32, c.rows), make([]float32, c.rows)
		if p.Bias == nil && p.count() > len(c.noBias) {
			c.noBias = make([]float32, p.count())
		}
	}
	for _, floats := range []*[]float32{&c.references, &c.wanted, &c.chances, &c.factors, &c.lacks} {
		*floats = make([]float32, c.rows)
	}
	c.losses = make([]float64, c.rows)
	each := func(do func(*classes)) func(lo, hi int) {
		return func(lo, hi int) {
			for _, p := range c.parts[lo:hi] {
				do(p)
			}
		}
	}
	c.pack, c.learn = each(c.packPart), each(c.learnPart)
	c.refer, c.judge, c.weigh, c.gather = c.referBlocks, c.judgeGroups, c.weighBlocks, c.gatherRows
	return c
}

// inputs returns how many the layers have.
func (c *linearCrossEntropy) inputs() int { return c.parts[0].Weight.Value.Cols }

// commonPrecision returns that of all layers, Float32 if they differ.
func (c *linearCrossEntropy) commonPrecision() lane.Precision {
	precision := c.parts[0].Weight.Precision
	for _, p := range c.parts {
		if p.Weight.Precision != precision {
			return lane.Float32
		}
	}
	return precision
}

// count returns how many classes there are.
func (c *linearCrossEntropy) count() int {
	last := c.parts[len(c.parts)-1]
	return last.class + last.count()
}

func (c *linearCrossEntropy) Pack() {
	c.precision = c.commonPrecision()
	lane.Parallel(len(c.parts), 1, c.pack)
	c.packed = true
}

func (c *linearCrossEntropy) packPart(p *classes) {
	c.precision.Repack(&p.forward, p.weight(p.Weight.Value).T())
}

func (c *linearCrossEntropy) Loss(x lane.Matrix, targets []int32) (loss float64) {
	c.check("CrossEntropy.Loss", x, targets)
	if !c.packed {
		panic("nn: CrossEntropy.Loss: Pack is due first")
	}
	return c.eachRows(lane.Matrix{}, x, targets, 1)
}

func (c *linearCrossEntropy) Learn(dx, x lane.Matrix, targets []int32, scale float32) (loss float64) {
	c.check("CrossEntropy.Learn", x, targets)
	checkShape("CrossEntropy.Learn", "dx", dx, x.Rows, x.Cols)
	c.prepare()
	c.precision = c.commonPrecision()
	return c.eachRows(dx, x, targets, scale)
}

// check panics on the caller's goroutine, where that can be recovered.
func (c *linearCrossEntropy) check(who string, x lane.Matrix, targets []int32) {
	checkTargets(who, x, targets, c.count())
	checkShape(who, "x", x, x.Rows, c.inputs())
}

// prepare makes what only Learn needs.
func (c *linearCrossEntropy) prepare() {
	if c.backOf != nil {
		return
	}
	c.back, c.weighted = lane.NewMatrix(c.groups*c.rows, c.inputs()), lane.NewMatrix(c.rows, c.inputs()+1)
	for row := range c.rows {
		for group := range c.groups {
			c.backOf = append(c.backOf, int32(group*c.rows+row))
		}
	}
}

// eachRows returns the loss, and learns if there is a dx.
func (c *linearCrossEntropy) eachRows(dx, x lane.Matrix, targets []int32, scale float32) (loss float64) {
	c.scale, c.teach = scale, !absent(dx)
	checkRows(x)
	checkRows(dx)
	for lo := 0; lo < x.Rows; lo += c.rows {
		hi := min(lo+c.rows, x.Rows)
		c.x, c.targets = x.Slice(lo, hi, 0, x.Cols), targets[lo:hi]
		blocks := (hi - lo + blockRows - 1) / blockRows
		lane.Parallel(blocks, 1, c.refer)
		lane.Parallel(c.groups, 1, c.judge)
		if c.surprised() {
			c.peaks = true
			lane.Parallel(c.groups, 1, c.judge)
			c.peaks = false
			c.referToLargest()
			lane.Parallel(c.groups, 1, c.judge)
		}
		lane.Parallel(blocks, 1, c.weigh)
		for _, l := range c.losses[:hi-lo] {
			loss += l
		}
		if c.teach {
			c.dx = dx.Slice(lo, hi, 0, dx.Cols)
			c.precision.RepackLeft(&c.shares, c.weighted.Top(hi-lo).T())
			lane.Parallel(len(c.parts), 1, c.learn)
			lane.Parallel(hi-lo, rowGrain(x.Cols), c.gather)
		}
	}
	c.x, c.dx, c.targets = lane.Matrix{}, lane.Matrix{}, nil
	return loss
}

// block returns the bounds of a block of the rows at hand.
func (c *linearCrossEntropy) block(i int) (lo, hi int) {
	return i * blockRows, min((i+1)*blockRows, c.x.Rows)
}

// A lossScratch is what one thread works with.
type lossScratch struct {
	block             lane.Matrix     // logits of a block, or the gradient of part of a layer
	e                 lane.PackedLeft // the block's exponentials
	forward, backward lane.Packed     // weightᵀ and weight of a part, while it is learnt
}

var lossScratches = spare.List[lossScratch]{New: func() *lossScratch { return new(lossScratch) }}

// referBlocks lays blocks of x out, and finds the references of their rows.
func (c *linearCrossEntropy) referBlocks(first, end int) {
	for b := first; b < end; b++ {
		lo, hi := c.block(b)
		c.precision.RepackLeft(&c.blocks[b], c.x.Slice(lo, hi, 0, c.x.Cols))
		for i := lo; i < hi; i++ {
			if p, own := c.partOf(c.targets[i]); p != nil {
				c.references[i] = lane.Dot(c.x.Row(i), p.weight(p.Weight.Value).Row(own))
				if p.Bias != nil {
					c.references[i] += p.bias(p.Bias.Value)[own]
				}
			}
		}
	}
}

// judgeGroups judges groups of parts.
func (c *linearCrossEntropy) judgeGroups(first, end int) {
	s := lossScratches.Take()
	for group := first; group < end; group++ {
		from, to := len(c.parts)*group/c.groups, len(c.parts)*(group+1)/c.groups
		for part := from; part < to; part++ {
			c.judgePart(s, c.parts[part], group, part == from)
		}
	}
	lossScratches.Put(s)
}

// judgePart leaves of one part what weighBlocks needs to know, and what the way back does. The first part of a group begins its sums.
func (c *linearCrossEntropy) judgePart(s *lossScratch, p *classes, group int, begins bool) {
	forward, learns := &p.forward, c.teach && !c.peaks
	if c.teach {
		forward = &s.forward
		c.precision.Repack(forward, p.weight(p.Weight.Value).T())
	}
	if learns {
		c.precision.Repack(&s.backward, p.weight(p.Weight.Value))
		c.precision.Reshape(&p.kept, c.x.Rows, p.count())
	}
	for b := range c.blocks {
		lo, hi := c.block(b)
		if lo >= hi {
			continue
		}
		c.precision.ReshapeLeft(&s.e, hi-lo, p.count())
		c.judgeBlock(s, p, b, forward)
		if learns {
			p.kept.SetRows(lo, &s.e)
			beta := float32(1)
			if begins {
				beta = 0
			}
			lane.GemmPackedLeft(c.back.Slice(group*c.rows+lo, group*c.rows+hi, 0, c.back.Cols), beta, &s.e, &s.backward)
		}
	}
}

// logits returns room for those of a block: beside their exponentials e or, in float32, in the place of them.
func (c *linearCrossEntropy) logits(s *lossScratch, rows, classes int) lane.Matrix {
	if c.precision == lane.Float32 {
		return s.e.Matrix()
	}
	resize(&s.block, rows, classes)
	return s.block
}

// judgeBlock computes the exponentials of one part of the classes in a block of rows, or finds the largest logits z there.
func (c *linearCrossEntropy) judgeBlock(s *lossScratch, p *classes, block int, forward *lane.Packed) {
	bias := c.noBias
	if p.Bias != nil {
		bias = p.bias(p.Bias.Value)
	}
	bias = bias[:p.count()]
	lo, hi := c.block(block)
	z := c.logits(s, hi-lo, p.count())
	lane.GemmPackedLeft(z, 0, &c.blocks[block], forward)
	for i := range z.Rows {
		row, z := lo+i, z.Row(i)
		if c.peaks {
			lane.Add(z, z, bias)
			p.tops[row] = lane.Max(z)
		} else {
			c.judgeRow(p, row, z, bias, i, &s.e)
		}
	}
}

// judgeRow turns the logits z of a row and one part of the classes, to which a bias is due, into row i of e.
func (c *linearCrossEntropy) judgeRow(p *classes, row int, z, bias []float32, i int, e *lane.PackedLeft) {
	target, reference := c.targets[row], c.references[row]
	if target < 0 {
		e.ZeroRow(i)
		return
	}
	own, here := p.own(target)
	if here {
		c.wanted[row] = z[own] + bias[own]
		lane.AddExpSum(c.chances[row:row+1], reference, z[own:own+1], bias[own:own+1])
	}
	p.sums[row] = e.AddExpSum(i, reference, z, bias)
	if here {
		e.Zero(i, own)
	}
}

// surprised reports whether a row has a logit that is far larger than its reference.
func (c *linearCrossEntropy) surprised() bool {
	for i, target := range c.targets {
		if target >= 0 && c.sum(i) > surprise {
			return true
		}
	}
	return false
}

// referToLargest makes the largest logits the references of rows that surprised.
func (c *linearCrossEntropy) referToLargest() {
	for i := range c.targets {
		if !(c.sum(i) > surprise) {
			continue
		}
		c.references[i] = c.parts[0].tops[i]
		for _, p := range c.parts[1:] {
			c.references[i] = max(c.references[i], p.tops[i])
		}
	}
}

// sum returns what a row's exponentials add up to.
func (c *linearCrossEntropy) sum(i int) float64 {
	sum := 0.0
	for _, p := range c.parts {
		sum += float64(p.sums[i])
	}
	return sum
}

// weighBlocks computes the losses of blocks of rows, their factors and what targets lack, and weights x as the gradients of the parameters
// need it.
func (c *linearCrossEntropy) weighBlocks(first, end int) {
	for b := first; b < end; b++ {
		lo, hi := c.block(b)
		for i := lo; i < hi; i++ {
			c.weighRow(i)
		}
		if !c.teach {
			continue
		}
		width := c.x.Cols
		for i := lo; i < hi; i++ {
			row := c.weighted.Row(i)
			lane.Scale(row[:width], c.factors[i], c.x.Row(i))
			row[width] = c.factors[i]
			c.precision.Round(row)
		}
	}
}

func (c *linearCrossEntropy) weighRow(i int) {
	if c.targets[i] < 0 {
		c.losses[i], c.factors[i], c.lacks[i] = 0, 0, 0
		return
	}
	sum := c.sum(i)
	chance := float64(c.chances[i]) / sum
	if chance > leastLogged {
		c.losses[i] = -math.Log(chance)
	} else { // NaN comes here too, and stays
		c.losses[i] = math.Log(sum) + (float64(c.references[i]) - float64(c.wanted[i]))
	}
	c.factors[i] = float32(float64(c.scale) / sum)
	c.lacks[i] = float32(float64(c.chances[i]) - sum)
}

// learnPart adds the gradients of one part of the classes, and then what is due to targets.
func (c *linearCrossEntropy) learnPart(p *classes) {
	s, width := lossScratches.Take(), c.x.Cols
	grad := &s.block
	resize(grad, width+1, p.count()) // of weightᵀ, and below it of the bias
	lane.GemmPackedLeft(*grad, 0, &c.shares, &p.kept)
	lane.AddTransposed(p.weight(p.Weight.Grad), grad.Top(width))
	if p.Bias != nil {
		bias := p.bias(p.Bias.Grad)
		lane.Add(bias, bias, grad.Row(width))
	}
	lossScratches.Put(s)
	c.learnTargets(p)
}

// gatherRows adds up what the groups give to dx.
func (c *linearCrossEntropy) gatherRows(lo, hi int) {
	for i := lo; i < hi; i++ {
		dx := c.dx.Row(i)
		lane.SumRows(dx, c.factors[i:i+1], 0, c.back, c.backOf[i*c.groups:(i+1)*c.groups])
		if p, own := c.partOf(c.targets[i]); p != nil {
			lane.Axpy(dx, c.lacks[i]*c.factors[i], p.weight(p.Weight.Value).Row(own))
		}
	}
}

// learnTargets adds to the gradients of one part of the classes what is due to targets, in the order of the rows.
func (c *linearCrossEntropy) learnTargets(p *classes) {
	for i, target := range c.targets {
		own, here := p.own(target)
		if !here {
			continue
		}
		row, width := c.weighted.Row(i), c.x.Cols
		lane.Axpy(p.weight(p.Weight.Grad).Row(own), c.lacks[i], row[:width])
		if p.Bias != nil {
			p.bias(p.Bias.Grad)[own] += c.lacks[i] * row[width]
		}
	}
}

// partOf returns which part a target is in, none if it is −1, and which of its classes it is.
func (c *linearCrossEntropy) partOf(target int32) (p *classes, own int) {
	for _, p := range c.parts {
		if own, here := p.own(target); here {
			return p, own
		}
	}
	return nil, 0
}

// own returns which of these classes a target is, if it is one of them.
func (p *classes) own(target int32) (own int, here bool) {
	own = int(target) - p.class
	return own, 0 <= own && own < p.count()
}
