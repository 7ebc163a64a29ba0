package nn

import (
	"fmt"
	"math"
	"slices"

	"github.com/lane-go/lane"
	"github.com/lane-go/lane/internal/spare"
)

// AdaptiveSoftmax is a softmax over many classes that spends its time on the frequent ones (Grave, Joulin, Cissé,
// Grangier & Jégou 2017), as PyTorch's AdaptiveLogSoftmaxWithLoss.
//
// Classes are numbered from the most frequent down, and cut into a shortlist and K clusters of rarer and rarer ones. The head is a
// softmax over the shortlist and the clusters; a class of cluster i has the probability that the head gives the cluster
// times that of a softmax within the cluster, which sees the input through a projection to H/divⁱ⁺¹ numbers only.
// The probabilities of all classes sum to 1, whatever the order of the classes; if rare ones come early, it is
// merely slower, and knows them less well.
//
// Shapes: x N×H; Head.Weight (c₀+K)×H, and a bias, or nil; of each tail, Project D×H and Classes.Weight (its classes)×D.
type AdaptiveSoftmax struct {
	Head  *Linear // "head.weight", "head.bias"
	Tails []AdaptiveTail
}

// AdaptiveTail is the softmax within a cluster.
type AdaptiveTail struct {
	Cluster
	Project *Param  // "tail.0.0.weight", D×H
	Classes *Linear // "tail.0.1.weight", (End−First)×D; no bias
}

// Cluster is a range of rare classes of an AdaptiveSoftmax.
type Cluster struct {
	First, End int // classes First to End−1
	Width      int // D, numbers that they see of the input
}

// AdaptiveClusters cuts classes after the shortlist of cutoffs[0] into len(cutoffs) clusters, which end at the other cutoffs and the last
// at the number of classes. Cluster i sees ⌊in/divᵢ⁺¹⌋ numbers. Cutoffs that do not rise from at least 1 to less than
// classes, and a width of 0, are errors that name what may be instead.
func AdaptiveClusters(in, classes int, cutoffs []int, div float64) ([]Cluster, error) {
	if len(cutoffs) == 0 {
		return nil, fmt.Errorf("cutoffs: none: name where the clusters begin, such as 2000 and 6000")
	}
	var clusters []Cluster
	for i, first := range cutoffs {
		c := Cluster{First: first, End: classes, Width: int(float64(in) / math.Pow(div, float64(i+1)))}
		switch {
		case first < 1:
			return nil, fmt.Errorf("cutoff %d: take 1 or more", first)
		case first >= classes:
			return nil, fmt.Errorf("cutoff %d of %d classes: take less than %d", first, classes, classes)
		case i > 0 && first <= cutoffs[i-1]:
			return nil, fmt.Errorf("cutoff %d after %d: take rising ones", first, cutoffs[i-1])
		case c.Width < 1:
			return nil, fmt.Errorf("cutoff %d: its cluster would see %d/%v^%d of the %d inputs, less than one: take fewer cutoffs, or more inputs", first, in, div, i+1, in)
		}
		if i > 0 {
			clusters[i-1].End = first
		}
		clusters = append(clusters, c)
	}
	return clusters, nil
}

// NewAdaptiveSoftmax returns a layer of in inputs whose parameters are zero: fill the weights with one of the initialisers. div is 4 in
// PyTorch unless given, and there is no bias. It panics on sizes that AdaptiveClusters refuses.
func NewAdaptiveSoftmax(in, classes int, cutoffs []int, div float64, headBias bool) *AdaptiveSoftmax {
	clusters, err := AdaptiveClusters(in, classes, cutoffs, div)
	if err != nil {
		panic(fmt.Sprintf("nn: NewAdaptiveSoftmax: %v", err))
	}
	a := &AdaptiveSoftmax{Head: NewLinear(in, cutoffs[0]+len(clusters))}
	a.Head.Weight.Name, a.Head.Bias.Name = "head.weight", "head.bias"
	if !headBias {
		a.Head.Bias = nil
	}
	for i, c := range clusters {
		a.Tails = append(a.Tails, AdaptiveTail{
			Cluster: c,
			Project: NewParam(fmt.Sprintf("tail.%d.0.weight", i), c.Width, in),
			Classes: &Linear{Weight: NewParam(fmt.Sprintf("tail.%d.1.weight", i), c.End-c.First, c.Width)},
		})
	}
	return a
}

// Params returns the head's parameters, and of each tail the projection and the weight.
func (a *AdaptiveSoftmax) Params() []*Param {
	params := a.Head.Params()
	for _, t := range a.Tails {
		params = append(params, t.Project, t.Classes.Weight)
	}
	return params
}

func (a *AdaptiveSoftmax) inputs() int    { return a.Head.Weight.Value.Cols }
func (a *AdaptiveSoftmax) classes() int   { return a.Tails[len(a.Tails)-1].End }
func (a *AdaptiveSoftmax) shortlist() int { return a.Tails[0].First }

// headClass returns the class of the head that a class belongs to: itself, or its cluster.
func (a *AdaptiveSoftmax) headClass(class int32) int32 {
	for i := len(a.Tails) - 1; i >= 0; i-- {
		if int(class) >= a.Tails[i].First {
			return int32(a.shortlist() + i)
		}
	}
	return class
}

// Forward sets y (N×V) to the logarithms of the probabilities of all classes: PyTorch's log_prob. It only reads the layer; several
// calls may run at the same time.
func (a *AdaptiveSoftmax) Forward(y, x lane.Matrix) {
	checkShape("AdaptiveSoftmax.Forward", "x", x, x.Rows, a.inputs())
	checkShape("AdaptiveSoftmax.Forward", "y", y, x.Rows, a.classes())
	t := adaptiveTasks.Take()
	resize(&t.head, x.Rows, a.Head.Weight.Value.Rows)
	a.Head.Forward(t.head, x)
	for _, tail := range a.Tails {
		resize(&t.projected, x.Rows, tail.Width)
		tail.Project.Precision.Gemm(t.projected, 0, 1, x, tail.Project.Value.T())
		tail.Classes.Forward(y.Slice(0, y.Rows, tail.First, tail.End), t.projected)
	}
	t.normalize(a, y)
	adaptiveTasks.Put(t)
}

// An adaptiveTask is one Forward under way. It outlives the call, and its body is bound once, so that it allocates nothing.
type adaptiveTask struct {
	layer     *AdaptiveSoftmax
	y         lane.Matrix
	head      lane.Matrix // N×(c₀+K), logits
	projected lane.Matrix // N×D
	grain     int         // rows that one thread takes at a time
	exps      []float32   // lossBlock of each grain
	ones      []float32
	body      func(lo, hi int)
}

var adaptiveTasks = spare.List[adaptiveTask]{New: func() *adaptiveTask {
	t := &adaptiveTask{ones: slices.Repeat([]float32{1}, lossBlock)}
	t.body = t.normalizeRows
	return t
}}

// normalize turns the logits of the tails, in y, and of the head into log-probabilities.
func (t *adaptiveTask) normalize(a *AdaptiveSoftmax, y lane.Matrix) {
	t.layer, t.y, t.grain = a, y, rowGrain(y.Cols)
	if n := lossBlock * ((y.Rows + t.grain - 1) / t.grain); len(t.exps) < n {
		t.exps = make([]float32, n)
	}
	lane.Parallel(y.Rows, t.grain, t.body)
	t.layer, t.y = nil, lane.Matrix{}
}

func (t *adaptiveTask) normalizeRows(lo, hi int) {
	exps := t.exps[lo/t.grain*lossBlock:][:lossBlock]
	for i := lo; i < hi; i++ {
		head, y := t.head.Row(i), t.y.Row(i)
		total := logSumExp(head, exps)
		short := copy(y[:t.layer.shortlist()], head)
		t.shift(y[:short], -total)
		for k, tail := range t.layer.Tails {
			within := y[tail.First:tail.End]
			t.shift(within, float64(head[short+k])-total-logSumExp(within, exps))
		}
	}
}

// logSumExp returns log Σ e^x. It takes lossBlock of scratch.
func logSumExp(x, scratch []float32) float64 {
	top := lane.Max(x)
	return float64(top) + math.Log(expSum(scratch, top, x))
}

// shift adds one number to all.
func (t *adaptiveTask) shift(x []float32, by float64) {
	for block := range slices.Chunk(x, len(t.ones)) {
		lane.Axpy(block, float32(by), t.ones[:len(block)])
	}
}

// NewCrossEntropy returns the loss −log p(target), which asks a tail only about the rows whose targets are in its cluster.
func (a *AdaptiveSoftmax) NewCrossEntropy() CrossEntropy {
	c := &adaptiveCrossEntropy{layer: a, head: newLinearCrossEntropy(a.Head)}
	for _, t := range a.Tails {
		c.tails = append(c.tails, newTailCrossEntropy(t))
	}
	return c
}

type adaptiveCrossEntropy struct {
	layer   *AdaptiveSoftmax
	head    *linearCrossEntropy
	tails   []*tailCrossEntropy
	targets []int32 // of the head
}

func (c *adaptiveCrossEntropy) Pack() {
	c.head.Pack()
	for _, t := range c.tails {
		t.pack()
	}
}

func (c *adaptiveCrossEntropy) PackTraining() {
	c.head.PackTraining()
	for _, t := range c.tails {
		t.packTraining()
	}
}

func (c *adaptiveCrossEntropy) Loss(x lane.Matrix, targets []int32) (loss float64) {
	checkTargets("CrossEntropy.Loss", x, targets, c.layer.classes())
	loss = c.head.Loss(x, c.headTargets(targets))
	for _, t := range c.tails {
		for rest := t.collect(x, targets, 0); len(t.rows) > 0; rest = t.collect(x, targets, rest) {
			loss += t.softmax.Loss(t.projected(), t.targets)
		}
	}
	return loss
}

func (c *adaptiveCrossEntropy) Learn(dx, x lane.Matrix, targets []int32, scale float32) (loss float64) {
	checkTargets("CrossEntropy.Learn", x, targets, c.layer.classes())
	loss = c.head.Learn(dx, x, c.headTargets(targets), scale)
	for _, t := range c.tails {
		for rest := t.collect(x, targets, 0); len(t.rows) > 0; rest = t.collect(x, targets, rest) {
			loss += t.learn(scale)
			lane.ScatterAdd(dx, t.rows, 1, t.inputs())
		}
	}
	return loss
}

// headTargets returns the class of the head for each row.
func (c *adaptiveCrossEntropy) headTargets(targets []int32) []int32 {
	c.targets = c.targets[:0]
	for _, target := range targets {
		c.targets = append(c.targets, c.layer.headClass(target))
	}
	return c.targets
}

// tailCrossEntropy is the loss within a cluster, some rows at a time, wherever among all others they are.
type tailCrossEntropy struct {
	AdaptiveTail
	softmax  *linearCrossEntropy
	forward  lane.Packed // projectᵀ, H×D
	backward lane.Packed // project, D×H

	rows    []int32     // those at hand
	targets []int32     // theirs, within the cluster
	x       lane.Matrix // of as many rows as there are logits: their inputs, and then the inputs' gradients
	p, dp   lane.Matrix // what the projection makes of x, and its gradient
}

func newTailCrossEntropy(t AdaptiveTail) *tailCrossEntropy {
	rows := CrossEntropyRows(t.End - t.First)
	return &tailCrossEntropy{
		AdaptiveTail: t,
		softmax:      newLinearCrossEntropy(t.Classes),
		rows:         make([]int32, 0, rows),
		targets:      make([]int32, 0, rows),
		x:            lane.NewMatrix(rows, t.Project.Value.Cols),
		p:            lane.NewMatrix(rows, t.Width),
		dp:           lane.NewMatrix(rows, t.Width),
	}
}

func (t *tailCrossEntropy) pack() {
	t.softmax.Pack()
	t.Project.Precision.Repack(&t.forward, t.Project.Value.T())
}

func (t *tailCrossEntropy) packTraining() {
	t.softmax.PackTraining()
	t.Project.Precision.Repack(&t.forward, t.Project.Value.T())
	t.Project.Precision.Repack(&t.backward, t.Project.Value)
}

// collect takes the next rows, from from on, whose targets are in the cluster, as many as there is room for, and returns where to
// go on.
func (t *tailCrossEntropy) collect(x lane.Matrix, targets []int32, from int) int {
	t.rows, t.targets = t.rows[:0], t.targets[:0]
	for ; from < len(targets) && len(t.rows) < cap(t.rows); from++ {
		if target := int(targets[from]); t.First <= target && target < t.End {
			t.rows = append(t.rows, int32(from))
			t.targets = append(t.targets, int32(target-t.First))
		}
	}
	lane.Gather(t.inputs(), x, t.rows)
	return from
}

// inputs is the part of x that is in use.
func (t *tailCrossEntropy) inputs() lane.Matrix { return t.x.Top(len(t.rows)) }

// projected returns what the softmax sees of the inputs.
func (t *tailCrossEntropy) projected() lane.Matrix {
	p := t.p.Top(len(t.rows))
	lane.GemmPacked(p, 0, 1, t.inputs(), &t.forward)
	return p
}

// learn returns the loss of the rows at hand, adds the parameters' gradients, and leaves those of the inputs in their place.
func (t *tailCrossEntropy) learn(scale float32) (loss float64) {
	x, dp := t.inputs(), t.dp.Top(len(t.rows))
	loss = t.softmax.Learn(dp, t.projected(), t.targets, scale)
	t.Project.Precision.Gemm(t.Project.Grad, 1, 1, dp.T(), x)
	lane.GemmPacked(x, 0, 1, dp, &t.backward)
	return loss
}
