package word2vec

import "math/bits"

// What random numbers are for. Each use has its own in each epoch, and they belong to places of the text, so that no draw
// depends on how the work is shared out or where it was interrupted.
const (
	initialVectors = iota
	subsampling
	windowAndNegatives
)

// key returns what tells the numbers of a use and an epoch from others.
func key(seed uint64, use, epoch int) uint64 {
	return mix(mix(seed+golden*uint64(use+1)) + golden*uint64(epoch+1))
}

// at returns the number of a place of the text.
func at(key uint64, position int64) uint64 { return mix(key + golden*uint64(position+1)) }

// A random is a stream of numbers, SplitMix64 (Steele, Lea & Flood 2014). Its value is where it stands: a number of a place is a
// stream that begins there.
type random uint64

func (r *random) next() uint64 {
	*r += golden
	return mix(uint64(*r))
}

// skip passes so many numbers over.
func (r *random) skip(n int) { *r += random(golden * uint64(n)) }

// below returns a number from 0 to n−1.
func (r *random) below(n int) int {
	high, _ := bits.Mul64(r.next(), uint64(n))
	return int(high)
}

// fraction returns a number from 0 to 1, 1 excluded.
func (r *random) fraction() float32 { return float32(r.next()>>40) * 0x1p-24 }

// golden and mix make SplitMix64: neighbouring keys give unrelated numbers.
const golden = 0x9e3779b97f4a7c15

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
