package nn

import "github.com/lane-go/lane"

// NewCrossEntropy returns the loss −log p(target), which asks a tail only about the rows whose targets are in its cluster.
func (a *AdaptiveSoftmax) NewCrossEntropy() CrossEntropy {
	c := &adaptiveCrossEntropy{head: newLinearCrossEntropy(allOutputs(a.Head))}
	for _, t := range a.Tails {
		c.tails = append(c.tails, newTailCrossEntropy(t.Cluster, t.Project, allOutputs(t.Classes)))
	}
	return c
}

type adaptiveCrossEntropy struct {
	head    *linearCrossEntropy // of the shortlist and then the clusters
	tails   []*tailCrossEntropy
	targets []int32 // of the head
}

func (c *adaptiveCrossEntropy) Pack() {
	c.head.Pack()
	for _, t := range c.tails {
		t.pack()
	}
}

func (c *adaptiveCrossEntropy) Loss(x lane.Matrix, targets []int32) (loss float64) {
	checkTargets("CrossEntropy.Loss", x, targets, c.classes())
	loss = c.head.Loss(x, c.headTargets(targets))
	for _, t := range c.tails {
		for rest := t.collect(x, targets, 0); len(t.rows) > 0; rest = t.collect(x, targets, rest) {
			loss += t.softmax.Loss(t.projected(), t.targets)
		}
	}
	return loss
}

func (c *adaptiveCrossEntropy) Learn(dx, x lane.Matrix, targets []int32, scale float32) (loss float64) {
	checkTargets("CrossEntropy.Learn", x, targets, c.classes())
	loss = c.head.Learn(dx, x, c.headTargets(targets), scale)
	for _, t := range c.tails {
		for rest := t.collect(x, targets, 0); len(t.rows) > 0; rest = t.collect(x, targets, rest) {
			part, gradient := t.learn(scale)
			loss += part
			lane.ScatterAdd(dx, t.rows, 1, gradient)
		}
	}
	return loss
}

func (c *adaptiveCrossEntropy) classes() int { return c.tails[len(c.tails)-1].End }

// headTargets returns the class of the head for each row: the target itself, or its cluster.
func (c *adaptiveCrossEntropy) headTargets(targets []int32) []int32 {
	c.targets = append(c.targets[:0], targets...)
	for i, target := range targets {
		for k := len(c.tails) - 1; k >= 0; k-- {
			if int(target) >= c.tails[k].First {
				c.targets[i] = int32(c.tails[0].First + k)
				break
			}
		}
	}
	return c.targets
}

// tailCrossEntropy is the loss within a cluster, some rows at a time, wherever among all others they are.
type tailCrossEntropy struct {
	Cluster
	softmax  *linearCrossEntropy
	project  *Param      // nil if the classes see the input as it is
	forward  lane.Packed // projectᵀ, H×D
	backward lane.Packed // project, D×H

	rows    []int32     // those at hand
	targets []int32     // theirs, within the cluster
	x       lane.Matrix // of as many rows as there are logits: their inputs, and then the inputs' gradients if there is a projection
	p, dp   lane.Matrix // what the projection makes of x, and the gradient of what the classes see
}

func newTailCrossEntropy(c Cluster, project *Param, classes outputs) *tailCrossEntropy {
	rows := CrossEntropyRows(c.End - c.First)
	t := &tailCrossEntropy{
		Cluster: c,
		softmax: newLinearCrossEntropy(classes),
		project: project,
		rows:    make([]int32, 0, rows),
		targets: make([]int32, 0, rows),
		x:       lane.NewMatrix(rows, c.Width),
		dp:      lane.NewMatrix(rows, c.Width),
	}
	if project != nil {
		t.x, t.p = lane.NewMatrix(rows, project.Value.Cols), lane.NewMatrix(rows, c.Width)
	}
	return t
}

func (t *tailCrossEntropy) pack() {
	t.softmax.Pack()
	if t.project != nil {
		t.project.Precision.Repack(&t.forward, t.project.Value.T())
	}
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
	if t.project == nil {
		return t.inputs()
	}
	p := t.p.Top(len(t.rows))
	lane.GemmPacked(p, 0, 1, t.inputs(), &t.forward)
	return p
}

// learn returns the loss of the rows at hand and the gradient of their inputs, and adds the parameters' gradients.
func (t *tailCrossEntropy) learn(scale float32) (loss float64, gradient lane.Matrix) {
	if t.project != nil {
		t.project.Precision.Repack(&t.forward, t.project.Value.T())
		t.project.Precision.Repack(&t.backward, t.project.Value)
	}
	x, dp := t.inputs(), t.dp.Top(len(t.rows))
	loss = t.softmax.Learn(dp, t.projected(), t.targets, scale)
	if t.project == nil {
		return loss, dp
	}
	t.project.Precision.Gemm(t.project.Grad, 1, 1, dp.T(), x)
	lane.GemmPacked(x, 0, 1, dp, &t.backward)
	return loss, x
}
