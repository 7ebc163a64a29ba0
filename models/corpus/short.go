package corpus

import "encoding/binary"

// shortWords counts the short words that are seen again and again, which most tokens of a text are, where they are read. There is one place
// for all the words of a hash: the next one takes it, and what was counted of the last one is dealt out as one.
type shortWords [1 << shortBits]shortWord

const (
	shortBits  = 13 // 192 KB, of which the core's first cache has the frequent words
	shortBytes = 7  // of a word, at most
)

type shortWord struct {
	key  uint64 // its bytes, and how many there are in the highest one: 0 for none
	seen sightings
}

// add counts a token of at most shortBytes. If another word has to give place to it, that is returned.
func (s *shortWords) add(token []byte, seen sightings) (other shortWord, ok bool) {
	key := upToEight(token) | uint64(len(token))<<56
	w := &s[key*0x9e3779b97f4a7c15>>(64-shortBits)]
	if w.key == key {
		w.seen.count += seen.count
		return shortWord{}, false
	}
	other = *w
	*w = shortWord{key, seen}
	return other, other.key != 0
}

// text returns the word.
func (w *shortWord) text() []byte {
	text := binary.LittleEndian.AppendUint64(nil, w.key)
	return text[:w.key>>56]
}
