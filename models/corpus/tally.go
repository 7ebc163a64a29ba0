package corpus

import (
	"encoding/binary"
	"math/bits"
	"runtime"
	"slices"
	"sync"
)

// A tally counts words. They are dealt out by their hashes to parts that count for themselves: the words of a batch that are of one part find its map in
// the core's cache, and parts count side by side. What they come to depends neither on how many do, nor on when.
type tally struct {
	parts  []counter
	tokens int64
	bytes  int64 // of tokens

	short   shortWords // not dealt out yet
	filling *batch
	free    chan *batch
	full    []chan *batch // one for each goroutine that counts
	done    sync.WaitGroup
}

const (
	maxParts    = 16
	wordsPerCut = 1 << 16 // so many different words in all are worth one more part

	batchBytes = 1 << 17 // with its spans, it stays in the caches until it is counted
	batches    = 3       // in use at once
)

// A batch is some text on its way to being counted.
type batch struct {
	text    []byte // words, one after the other
	parts   [maxParts][]span
	readers sync.WaitGroup // who have not counted it yet
}

// A span is a word of a batch.
type span struct {
	at, end int32
	hash    uint32
	seen    sightings
}

// sightings are how often a word was seen, and how many bytes of tokens before it was first.
type sightings struct{ count, first int64 }

// newTally returns a tally of at most bound different words, besides those to keep.
func newTally(bound int, keep []string) *tally {
	t := &tally{parts: make([]counter, min(maxParts, 1+bound/wordsPerCut)), free: make(chan *batch, batches)}
	each := (bound + len(t.parts) - 1) / len(t.parts)
	for i := range t.parts {
		t.parts[i] = counter{bound: each, free: each / 4, slots: make([]int32, fewestSlots)}
	}
	for i, word := range keep {
		h := hash([]byte(word))
		t.parts[t.number(h)].keep(word, h, int64(i-len(keep)))
	}
	for range batches {
		t.free <- &batch{text: make([]byte, 0, batchBytes)}
	}
	t.filling = <-t.free
	t.full = make([]chan *batch, min(runtime.GOMAXPROCS(0), len(t.parts)))
	for first, step := 0, len(t.full); first < step; first++ {
		full := make(chan *batch, batches)
		t.full[first] = full
		t.done.Go(func() { t.count(full, first, step) })
	}
	return t
}

// hash is the same in every process, so that words come to the same parts. It takes eight bytes at a time and multiplies as wyhash does, as
// loops over the few bytes of words end where no CPU foresees it.
func hash(word []byte) uint32 {
	h := uint64(len(word)) * 0x9e3779b97f4a7c15
	for ; len(word) > 8; word = word[8:] {
		h = multiplyFold(h ^ binary.LittleEndian.Uint64(word))
	}
	h = multiplyFold(h ^ upToEight(word))
	return uint32(h>>32) ^ uint32(h)
}

// upToEight returns the bytes of a word of at most eight, the first one lowest, and zeros. It reads eight at once where the word's array has
// them.
func upToEight(word []byte) uint64 {
	if cap(word) < 8 {
		word = append(make([]byte, 0, 8), word...)
	}
	return binary.LittleEndian.Uint64(word[:8]) & (1<<(8*len(word)) - 1)
}

func multiplyFold(h uint64) uint64 {
	high, low := bits.Mul64(h^0xa0761d6478bd642f, 0xe7037ed1a0b428db)
	return high ^ low
}

// number returns the part that words with this hash belong to.
func (t *tally) number(hash uint32) int { return int(uint64(hash) * uint64(len(t.parts)) >> 32) }

// add counts a token, sooner or later.
func (t *tally) add(token []byte) {
	once := sightings{1, t.bytes}
	t.tokens++
	t.bytes += int64(len(token))
	if len(token) > shortBytes {
		t.deal(token, once)
		return
	}
	if w, ok := t.short.add(token, once); ok {
		t.deal(w.text(), w.seen)
	}
}

// deal has a word counted by the part that it belongs to.
func (t *tally) deal(word []byte, seen sightings) {
	b := t.filling
	if len(b.text)+len(word) > batchBytes && len(b.text) > 0 {
		t.send()
		b = t.filling
	}
	h := hash(word)
	part := &b.parts[t.number(h)]
	at := len(b.text)
	b.text = append(b.text, word...)
	*part = append(*part, span{int32(at), int32(len(b.text)), h, seen})
}

// send hands the batch to those who count, and takes one that they are done with.
func (t *tally) send() {
	b := t.filling
	b.readers.Add(len(t.full))
	for _, full := range t.full {
		full <- b
	}
	t.free <- b
	t.filling = <-t.free
	t.filling.reset()
}

// reset empties the batch once all have counted it.
func (b *batch) reset() {
	b.readers.Wait()
	b.text = b.text[:0]
	for i := range b.parts {
		b.parts[i] = b.parts[i][:0]
	}
}

// finish counts what is left, and ends the tally.
func (t *tally) finish() {
	for _, w := range &t.short {
		if w.key != 0 {
			t.deal(w.text(), w.seen)
		}
	}
	t.send()
	t.stop()
}

// stop ends the tally as it is.
func (t *tally) stop() {
	for _, full := range t.full {
		close(full)
	}
	t.full = nil
	t.done.Wait()
}

// count counts every step-th part of the batches, from the first on.
func (t *tally) count(full chan *batch, first, step int) {
	for b := range full {
		for i := first; i < len(t.parts); i += step {
			c := &t.parts[i]
			for _, s := range b.parts[i] {
				c.add(b.text[s.at:s.end], s.hash, s.seen)
			}
		}
		b.readers.Done()
	}
}

// A counter counts words in bounded memory. It is a hash table of its own as its words have their hashes already.
type counter struct {
	bound  int
	free   int     // to be, after rare words are forgotten
	slots  []int32 // by hash, in open addressing: 1 + the place in seen, 0 if there is none
	seen   []counted
	rounds int64 // how often rare words were forgotten
}

const fewestSlots = 1 << 10

type counted struct {
	word string
	sightings

	hash     uint32
	reserved bool // a place in the vocabulary, however rare it is
}

// find returns the slot of a word: that in which it is or, empty, that in which it belongs.
func (c *counter) find(word []byte, hash uint32) *int32 {
	for at := hash; ; at++ {
		slot := &c.slots[at&uint32(len(c.slots)-1)]
		if *slot == 0 {
			return slot
		}
		if w := &c.seen[*slot-1]; w.hash == hash && w.word == string(word) {
			return slot
		}
	}
}

// add counts a word.
func (c *counter) add(word []byte, hash uint32, seen sightings) {
	slot := c.find(word, hash)
	if *slot > 0 {
		c.seen[*slot-1].count += seen.count
		return
	}
	if len(c.seen) == c.bound {
		c.forget()
		slot = c.find(word, hash)
	}
	c.insert(slot, counted{word: string(word), sightings: seen, hash: hash})
}

// keep has a word in the vocabulary whatever its count will be.
func (c *counter) keep(word string, hash uint32, order int64) {
	if slot := c.find([]byte(word), hash); *slot == 0 {
		c.bound++
		c.insert(slot, counted{word: word, sightings: sightings{first: order}, hash: hash, reserved: true})
	}
}

// insert puts a word into the empty slot that find has returned.
func (c *counter) insert(slot *int32, w counted) {
	c.seen = append(c.seen, w)
	*slot = int32(len(c.seen))
	if 2*len(c.seen) > len(c.slots) {
		c.slots = make([]int32, 2*len(c.slots))
		c.rehash()
	}
}

// rehash fills the slots, which are empty.
func (c *counter) rehash() {
	for i, w := range c.seen {
		at := w.hash
		for ; c.slots[at&uint32(len(c.slots)-1)] != 0; at++ {
		}
		c.slots[at&uint32(len(c.slots)-1)] = int32(i + 1)
	}
}

// forget makes room: each round drops the words seen at most as often as there were rounds.
func (c *counter) forget() {
	for len(c.seen) >= c.bound || len(c.seen) > c.bound-c.free {
		c.rounds++
		c.seen = slices.DeleteFunc(c.seen, func(w counted) bool { return w.count <= c.rounds && !w.reserved })
	}
	clear(c.slots)
	c.rehash()
}
