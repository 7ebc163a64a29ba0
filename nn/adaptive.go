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
// at the number of classes. Cluster i sees ⌊in/divⁱ⁺¹⌋ numbers. Cutoffs that do not rise from at least 1 to less than
// classes, and a width of 0, are errors that name what may be instead.
func AdaptiveClusters(in, classes int, cutoffs []int, div float64) ([]Cluster, error) {
	if len(cutoffs) == 0 {
		return nil, fmt.Errorf("cutoffs: none: name where the clusters begin, such as 2000 and 6000")
	}
	if !(div > 0) {
		return nil, fmt.Errorf("div %v: take more than 0", div)
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

func (a *AdaptiveSoftmax) inputs() int  { return a.Head.Weight.Value.Cols }
func (a *AdaptiveSoftmax) classes() int { return a.Tails[len(a.Tails)-1].End }

// Forward sets y (N×V) to the logarithms of the probabilities of all classes: PyTorch's log_prob. It only reads the layer; several
// calls may run at the same time.
func (a *AdaptiveSoftmax) Forward(y, x lane.Matrix) {
	checkShape("AdaptiveSoftmax.Forward", "x", x, x.Rows, a.inputs())
	checkShape("AdaptiveSoftmax.Forward", "y", y, x.Rows, a.classes())
	t := adaptiveTasks.Take()
	t.clusters = t.clusters[:0]
	resize(&t.head, x.Rows, a.Head.Weight.Value.Rows)
	a.Head.Forward(t.head, x)
	for _, tail := range a.Tails {
		resize(&t.projected, x.Rows, tail.Width)
		tail.Project.Precision.Gemm(t.projected, 0, 1, x, tail.Project.Value.T())
		tail.Classes.Forward(y.Slice(0, y.Rows, tail.First, tail.End), t.projected)
		t.clusters = append(t.clusters, tail.Cluster)
	}
	t.normalize(y)
	adaptiveTasks.Put(t)
}

// An adaptiveTask is one Forward under way. It outlives the call, and its body is bound once, so that it allocates nothing.
type adaptiveTask struct {
	clusters  []Cluster
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
func (t *adaptiveTask) normalize(y lane.Matrix) {
	checkRows(y)
	t.y, t.grain = y, rowGrain(y.Cols)
	if n := lossBlock * ((y.Rows + t.grain - 1) / t.grain); len(t.exps) < n {
		t.exps = make([]float32, n)
	}
	lane.Parallel(y.Rows, t.grain, t.body)
	t.y = lane.Matrix{}
}

func (t *adaptiveTask) normalizeRows(lo, hi int) {
	exps := t.exps[lo/t.grain*lossBlock:][:lossBlock]
	for i := lo; i < hi; i++ {
		head, y := t.head.Row(i), t.y.Row(i)
		total := logSumExp(head, exps)
		short := copy(y[:t.clusters[0].First], head)
		t.shift(y[:short], -total)
		for k, cluster := range t.clusters {
			within := y[cluster.First:cluster.End]
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
