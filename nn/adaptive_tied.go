package nn

import (
	"fmt"

	"github.com/lane-go/lane"
)

// TiedAdaptiveSoftmax is an AdaptiveSoftmax whose classes have one weight, which may be an embedding's (Press & Wolf 2017): the head
// takes the rows of the shortlist, a cluster those of its classes, and all of them see the whole input. Its probabilities are
// a model of their own, not those of a softmax over the same weight.
//
// Shapes: x N×H; Classes.Weight V×H and a bias, or nil; Clusters.Weight K×H and a bias, or nil.
type TiedAdaptiveSoftmax struct {
	Classes  *Linear // "weight", "bias"
	Clusters *Linear // "clusters.weight", "clusters.bias": the head's outputs after the shortlist
	Ranges   []Cluster
}

// NewTiedAdaptiveSoftmax returns a layer over the rows of weight (V×H), cut as by AdaptiveClusters, with biases. All its own parameters are
// zero: fill the clusters' weight with one of the initialisers. It panics on cutoffs that AdaptiveClusters refuses.
func NewTiedAdaptiveSoftmax(weight *Param, cutoffs []int) *TiedAdaptiveSoftmax {
	classes, in := weight.Value.Rows, weight.Value.Cols
	ranges, err := AdaptiveClusters(in, classes, cutoffs, 1)
	if err != nil {
		panic(fmt.Sprintf("nn: NewTiedAdaptiveSoftmax: %v", err))
	}
	a := &TiedAdaptiveSoftmax{
		Classes:  &Linear{Weight: weight, Bias: NewParam("bias", 1, classes)},
		Clusters: NewLinear(in, len(ranges)),
		Ranges:   ranges,
	}
	a.Clusters.Weight.Name, a.Clusters.Bias.Name = "clusters.weight", "clusters.bias"
	return a
}

// Params returns the parameters of the classes and then of the clusters.
func (a *TiedAdaptiveSoftmax) Params() []*Param {
	return append(a.Classes.Params(), a.Clusters.Params()...)
}

// Forward sets y (N×V) to the logarithms of the probabilities of all classes. It only reads the layer; several calls may run at the
// same time.
func (a *TiedAdaptiveSoftmax) Forward(y, x lane.Matrix) {
	weight := a.Classes.Weight.Value
	checkShape("TiedAdaptiveSoftmax.Forward", "x", x, x.Rows, weight.Cols)
	checkShape("TiedAdaptiveSoftmax.Forward", "y", y, x.Rows, weight.Rows)
	t := adaptiveTasks.Take()
	t.clusters = append(t.clusters[:0], a.Ranges...)
	short := a.Ranges[0].First
	resize(&t.head, x.Rows, short+len(a.Ranges))
	a.Classes.Forward(y, x)
	a.Clusters.Forward(t.head.Slice(0, x.Rows, short, t.head.Cols), x)
	for i := range x.Rows {
		copy(t.head.Row(i)[:short], y.Row(i))
	}
	t.normalize(y)
	adaptiveTasks.Put(t)
}

// NewCrossEntropy returns the loss −log p(target), which asks the classes of a cluster only about the rows whose targets are among
// them.
func (a *TiedAdaptiveSoftmax) NewCrossEntropy() CrossEntropy {
	shortlist := outputs{Linear: a.Classes, end: a.Ranges[0].First}
	c := &adaptiveCrossEntropy{head: newLinearCrossEntropy(shortlist, allOutputs(a.Clusters))}
	for _, r := range a.Ranges {
		c.tails = append(c.tails, newTailCrossEntropy(r, nil, outputs{Linear: a.Classes, first: r.First, end: r.End}))
	}
	return c
}
