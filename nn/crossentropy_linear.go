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
	classesUnit = 32 // columns that products compute at a time
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
// cache, and leaves of them e = exp(z − top), top being the largest of a row there, and the row's sum of e. The softmax p is e·f, with a factor f of the
// row and the part that is known once all parts have been seen. So no logit is touched again: p·W is f·(e·W),
// and pᵀ·x is eᵀ·(f·x). With ones beside x, the latter are the gradients of weight and bias in one product. A target, whose gradient
// is p − 1, is left out of e and added by itself, unrounded.
type linearCrossEntropy struct {
	parts []*classes
	rows  int // that are taken at a time

	x, dx   lane.Matrix // those at hand
	targets []int32
	scale   float32
	teach   bool

	tops, sums, factors lane.Matrix // of each row and part
	wanted, likely      []float32   // the logits of targets and their e, then their gradients
	losses              []float64
	back                lane.Matrix // e·W of each part and row
	backOf              []int32     // rows of back, by row and part

	forLoss, forLearn bool // the weights are packed

	pack, judge, weigh, learn, gather func(lo, hi int)
}

// classes are one part of them.
type classes struct {
	outputs
	number   int         // of the part
	class    int         // that is the first of them
	forward  lane.Packed // weightᵀ, H×count
	backward lane.Packed // weight, count×H
	blocks   []exponentials
}

// exponentials are those of some rows and one part of the classes, laid out for both products.
type exponentials struct {
	plain  lane.Matrix     // for e·W, in float32,
	packed lane.PackedLeft // and in other precisions
	right  lane.Packed     // for eᵀ·x
}

func newLinearCrossEntropy(all ...outputs) *linearCrossEntropy {
	c, count := new(linearCrossEntropy), 0
	for _, o := range all {
		units, n := (o.count()+classesUnit-1)/classesUnit, partsOf(o.count())
		for i := range n {
			first, end := o.first+units*i/n*classesUnit, o.first+units*(i+1)/n*classesUnit
			part := outputs{o.Linear, first, min(end, o.end)}
			c.parts = append(c.parts, &classes{outputs: part, number: len(c.parts), class: count})
			count += part.count()
		}
	}
	c.rows = CrossEntropyRows(count)
	n := len(c.parts)
	c.tops, c.sums, c.factors = lane.NewMatrix(c.rows, n), lane.NewMatrix(c.rows, n), lane.NewMatrix(c.rows, n)
	c.wanted, c.likely, c.losses = make([]float32, c.rows), make([]float32, c.rows), make([]float64, c.rows)
	each := func(do func(*classes)) func(lo, hi int) {
		return func(lo, hi int) {
			for _, p := range c.parts[lo:hi] {
				do(p)
			}
		}
	}
	c.pack, c.judge, c.learn = each(c.packPart), each(c.judgePart), each(c.learnPart)
	c.weigh, c.gather = c.weighRows, c.gatherRows
	return c
}

// inputs returns how many the layers have.
func (c *linearCrossEntropy) inputs() int { return c.parts[0].Weight.Value.Cols }

// count returns how many classes there are.
func (c *linearCrossEntropy) count() int {
	last := c.parts[len(c.parts)-1]
	return last.class + last.count()
}

func (c *linearCrossEntropy) Pack() {
	c.teach = false
	lane.Parallel(len(c.parts), 1, c.pack)
	c.forLoss, c.forLearn = true, false // the weights may have changed
}

func (c *linearCrossEntropy) PackTraining() {
	c.teach = true
	lane.Parallel(len(c.parts), 1, c.pack)
	c.forLoss, c.forLearn = true, true
}

func (c *linearCrossEntropy) packPart(p *classes) {
	w, precision := p.weight(p.Weight.Value), p.Weight.Precision
	precision.Repack(&p.forward, w.T())
	if c.teach {
		precision.Repack(&p.backward, w)
	}
}

func (c *linearCrossEntropy) Loss(x lane.Matrix, targets []int32) (loss float64) {
	c.check("CrossEntropy.Loss", x, targets)
	if !c.forLoss {
		panic("nn: CrossEntropy.Loss: Pack is due first")
	}
	return c.eachRows(lane.Matrix{}, x, targets, 1)
}

func (c *linearCrossEntropy) Learn(dx, x lane.Matrix, targets []int32, scale float32) (loss float64) {
	c.check("CrossEntropy.Learn", x, targets)
	checkShape("CrossEntropy.Learn", "dx", dx, x.Rows, x.Cols)
	if !c.forLearn {
		panic("nn: CrossEntropy.Learn: PackTraining is due first")
	}
	c.prepare()
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
	c.back = lane.NewMatrix(len(c.parts)*c.rows, c.inputs())
	for row := range c.rows {
		for part := range c.parts {
			c.backOf = append(c.backOf, int32(part*c.rows+row))
		}
	}
	for _, p := range c.parts {
		p.blocks = make([]exponentials, (c.rows+blockRows-1)/blockRows)
	}
}

// eachRows returns the loss, and learns if there is a dx.
func (c *linearCrossEntropy) eachRows(dx, x lane.Matrix, targets []int32, scale float32) (loss float64) {
	c.scale, c.teach = scale, !absent(dx)
	checkRows(x)
	checkRows(dx)
	rows := c.rows
	if c.parts[0].Weight.Precision == lane.Float32 {
		rows /= 2 // which take the memory of all in bfloat16
	}
	for lo := 0; lo < x.Rows; lo += rows {
		hi := min(lo+rows, x.Rows)
		c.x, c.targets = x.Slice(lo, hi, 0, x.Cols), targets[lo:hi]
		lane.Parallel(len(c.parts), 1, c.judge)
		lane.Parallel(hi-lo, rowGrain(len(c.parts)), c.weigh)
		for _, l := range c.losses[:hi-lo] {
			loss += l
		}
		if c.teach {
			c.dx = dx.Slice(lo, hi, 0, dx.Cols)
			lane.Parallel(len(c.parts), 1, c.learn)
			lane.Parallel(hi-lo, rowGrain(x.Cols), c.gather)
			c.learnTargets()
		}
	}
	c.x, c.dx, c.targets = lane.Matrix{}, lane.Matrix{}, nil
	return loss
}

// eachBlock calls do for the rows at hand, a block of them at a time.
func (c *linearCrossEntropy) eachBlock(do func(block, lo, hi int)) {
	for block, lo := 0, 0; lo < c.x.Rows; block, lo = block+1, lo+blockRows {
		do(block, lo, min(lo+blockRows, c.x.Rows))
	}
}

// lossBlocks are what threads have of a block: logits, inputs times their factors, and the gradient of part of a layer.
var lossBlocks = spare.List[lane.Matrix]{New: func() *lane.Matrix { return new(lane.Matrix) }}

// judgePart leaves the exponentials of one part of the classes, and what weighRows needs of them.
func (c *linearCrossEntropy) judgePart(p *classes) {
	logits := lossBlocks.Take()
	resize(logits, blockRows, p.count())
	c.eachBlock(func(block, lo, hi int) {
		z := logits.Top(hi - lo)
		p.logits(z, c.x.Slice(lo, hi, 0, c.x.Cols))
		if !c.teach {
			c.judgeRows(p, lo, z, z)
			return
		}
		e, precision := &p.blocks[block], p.Weight.Precision
		if precision == lane.Float32 {
			resize(&e.plain, z.Rows, z.Cols)
			c.judgeRows(p, lo, e.plain, z)
			precision.Repack(&e.right, e.plain)
			return
		}
		c.judgeRows(p, lo, z, z)
		precision.RepackLeft(&e.packed, z)
		precision.Repack(&e.right, z)
	})
	lossBlocks.Put(logits)
}

// logits computes those of a part, x·weightᵀ + bias.
func (p *classes) logits(z, x lane.Matrix) {
	if p.Bias == nil {
		lane.GemmPacked(z, 0, 1, x, &p.forward)
		return
	}
	lane.GemmPackedBias(z, 0, 1, x, &p.forward, p.bias(p.Bias.Value), lane.NoActivation)
}

// judgeRows computes the exponentials of rows of logits z, the first of which is row lo of those at hand.
func (c *linearCrossEntropy) judgeRows(p *classes, lo int, e, z lane.Matrix) {
	for k := range z.Rows {
		i, e, z := lo+k, e.Row(k), z.Row(k)
		target := int(c.targets[i])
		if target < 0 {
			clear(e)
			continue
		}
		own := target - p.class
		here := 0 <= own && own < len(z)
		if here {
			c.wanted[i] = z[own]
		}
		top := max(lane.Max(z), -math.MaxFloat32) // logits may all be −Inf here, and others not
		c.tops.Row(i)[p.number] = top
		c.sums.Row(i)[p.number] = lane.ExpSum(e, top, z)
		if here {
			c.likely[i], e[own] = e[own], 0
		}
	}
}

// weighRows computes the loss of rows, each part's factors and the gradients of the targets.
func (c *linearCrossEntropy) weighRows(lo, hi int) {
	for i := lo; i < hi; i++ {
		factors, sums, tops := c.factors.Row(i), c.sums.Row(i), c.tops.Row(i)
		p, _ := c.partOf(c.targets[i])
		if p == nil {
			c.losses[i] = 0
			clear(factors)
			continue
		}
		top := lane.Max(tops)
		lane.ExpSum(factors, top, tops)
		sum := 0.0
		for part, f := range factors {
			sum += float64(f) * float64(sums[part])
		}
		c.losses[i] = math.Log(sum) + (float64(top) - float64(c.wanted[i]))
		likely := float64(factors[p.number]) * float64(c.likely[i]) / sum
		c.likely[i] = c.scale * float32(likely-1)
		lane.Scale(factors, float32(float64(c.scale)/sum), factors)
	}
}

// learnPart adds the gradients of one part of the classes, but for what is due to targets, and leaves its part of dx.
func (c *linearCrossEntropy) learnPart(p *classes) {
	width := c.x.Cols
	weighted, grad := lossBlocks.Take(), lossBlocks.Take()
	resize(weighted, blockRows, width+1)
	resize(grad, width+1, p.count()) // of weightᵀ, and below it of the bias
	c.eachBlock(func(block, lo, hi int) {
		e, x := &p.blocks[block], weighted.Top(hi-lo)
		for i := lo; i < hi; i++ {
			row, f := x.Row(i-lo), c.factors.Row(i)[p.number]
			lane.Scale(row[:width], f, c.x.Row(i))
			row[width] = f
		}
		lane.GemmPacked(*grad, float32(min(block, 1)), 1, x.T(), &e.right)
		first := p.number*c.rows + lo
		dx := c.back.Slice(first, first+hi-lo, 0, width)
		if p.Weight.Precision == lane.Float32 {
			lane.GemmPacked(dx, 0, 1, e.plain, &p.backward)
		} else {
			lane.GemmPackedLeft(dx, 0, &e.packed, &p.backward)
		}
	})
	lane.AddTransposed(p.weight(p.Weight.Grad), grad.Top(width))
	if p.Bias != nil {
		bias := p.bias(p.Bias.Grad)
		lane.Add(bias, bias, grad.Row(width))
	}
	lossBlocks.Put(weighted)
	lossBlocks.Put(grad)
}

// gatherRows adds up the parts of dx.
func (c *linearCrossEntropy) gatherRows(lo, hi int) {
	n := len(c.parts)
	for i := lo; i < hi; i++ {
		dx := c.dx.Row(i)
		lane.SumRows(dx, c.factors.Row(i), 1, c.back, c.backOf[i*n:(i+1)*n])
		if p, own := c.partOf(c.targets[i]); p != nil {
			lane.Axpy(dx, c.likely[i], p.weight(p.Weight.Value).Row(own))
		}
	}
}

// learnTargets adds to the gradients of the parameters what is due to targets, in the order of the rows.
func (c *linearCrossEntropy) learnTargets() {
	for i, target := range c.targets {
		p, own := c.partOf(target)
		if p == nil {
			continue
		}
		lane.Axpy(p.weight(p.Weight.Grad).Row(own), c.likely[i], c.x.Row(i))
		if p.Bias != nil {
			p.bias(p.Bias.Grad)[own] += c.likely[i]
		}
	}
}

// partOf returns which part a target is in, none if it is −1, and which of its classes it is.
func (c *linearCrossEntropy) partOf(target int32) (p *classes, own int) {
	for _, p := range c.parts {
		if own := int(target) - p.class; 0 <= own && own < p.count() {
			return p, own
		}
	}
	return nil, 0
}
