package word2vec

import "math/rand/v2"

// What a stream of random numbers is for. Each use has its own stream at each place of the text, so that no draw
// depends on how the work is shared out or where it was interrupted.
const (
	initialVectors = iota
	subsampling
	windowAndNegatives
)

// A source is a generator that can be put at the start of any of these streams.
type source struct {
	*rand.Rand
	pcg *rand.PCG
}

func newSource() source {
	pcg := new(rand.PCG)
	return source{rand.New(pcg), pcg}
}

// start goes to the first number of the stream that belongs to a use, an epoch and a position in the text.
func (s source) start(seed uint64, use, epoch int, position int64) {
	hi := mix(mix(seed+golden*uint64(use+1)) + golden*uint64(epoch+1))
	s.pcg.Seed(hi, mix(hi+golden*uint64(position+1)))
}

// golden and mix are SplitMix64 (Steele, Lea & Flood 2014): neighbouring keys give unrelated streams.
const golden = 0x9e3779b97f4a7c15

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
