package nn

import (
	"fmt"

	"github.com/lane-go/lane"
)

// A Classifier is the last layer of a network: the softmax of its outputs gives each of V classes a probability.
// [Linear] is one, over all classes at once, and [AdaptiveSoftmax].
type Classifier interface {
	Params() []*Param

	// Forward computes the logits y (N×V) of x (N×H): the logarithms of the probabilities, but for a constant a row.
	Forward(y, x lane.Matrix)

	// NewCrossEntropy returns the layer's loss, with scratch of its own. It reads and teaches the layer's parameters.
	NewCrossEntropy() CrossEntropy
}

// CrossEntropy is a Classifier and the loss Σ −log p(target) in one, some hundred rows at a time: logits stay in the cache until they
// are judged, and of probabilities no more is kept than the way back needs of those rows.
//
// The loss is summed in float64, and the same bits for any number of threads, by Loss and by Learn. A target of −1 leaves its row
// out; any other outside 0…V−1 panics, as do more or fewer of them than rows.
type CrossEntropy interface {
	// Pack lays the weights out for Loss. It is due before the first one, and whenever they have changed.
	Pack()

	// Loss returns the loss of x (N×H).
	Loss(x lane.Matrix, targets []int32) (loss float64)
	// Learn is Loss and its way back: it sets dx (N×H, not x) to the gradient of scale·loss, and adds those of the
	// parameters to theirs. It lays the weights out for itself.
	Learn(dx, x lane.Matrix, targets []int32, scale float32) (loss float64)
}

// CrossEntropyRows returns how many rows a CrossEntropy over so many classes, 1 at least, takes at a time, at most. For each so many it reads all weights.
func CrossEntropyRows(classes int) int {
	const (
		fewest = blockRows
		most   = 4 * blockRows
		floats = 64 << 20 // 256 MiB, the exponentials of most rows over 87,000 classes
	)
	return min(max(floats/max(classes, 1)/32*32, fewest), most)
}

// CrossEntropyFloats returns how many float32s a CrossEntropy over so many classes of so many inputs holds, at most and about: its own, and
// those that all of them share, of which the most that one needs is enough.
func CrossEntropyFloats(classes, inputs int) (own, shared int64) {
	c, h, rows := int64(classes), int64(inputs), int64(CrossEntropyRows(classes))
	groups, part := int64(min(partsOf(classes), mostGroups)), min(c, blockClasses)
	own = c*h + c*rows + (groups+3)*rows*h      // weights for Loss; exponentials; what groups of classes give to the inputs' gradient, and inputs
	shared = part * (2*h + max(h+1, blockRows)) // a part's weights for both products, and results
	return own, shared * int64(lane.Threads())
}

// NewCrossEntropy returns the loss of the softmax over the layer's outputs.
func (l *Linear) NewCrossEntropy() CrossEntropy { return newLinearCrossEntropy(allOutputs(l)) }

// checkTargets panics unless there is a target for every row, a class or −1.
func checkTargets(who string, x lane.Matrix, targets []int32, classes int) {
	if len(targets) != x.Rows {
		panic(fmt.Sprintf("nn: %s: %d targets for %d rows", who, len(targets), x.Rows))
	}
	for i, target := range targets {
		if target < -1 || int(target) >= classes {
			panic(fmt.Sprintf("nn: %s: row %d has target %d, want a class of 0…%d, or -1 to leave the row out", who, i, target, classes-1))
		}
	}
}
