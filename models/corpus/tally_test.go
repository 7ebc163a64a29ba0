package corpus

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// Words of 0 to 20 letters that differ in one place, or in their length alone, have hashes of their own, and parts have their shares of them.
func TestHash(t *testing.T) {
	words := []string{""}
	for n := 1; n <= 20; n++ {
		letters := make([]byte, n)
		for i := range letters {
			letters[i] = 'a'
		}
		words = append(words, string(letters))
		for at := range letters {
			for c := byte('b'); c <= 'z'; c++ {
				letters[at] = c
				words = append(words, string(letters))
			}
			letters[at] = 'a'
		}
	}
	seen, tally := map[uint32]string{}, tally{parts: make([]counter, maxParts)}
	shares := make([]int, maxParts)
	for _, w := range words {
		h := hash([]byte(w))
		require.NotContains(t, seen, h, "%q and %q", w, seen[h])
		seen[h] = w
		shares[tally.number(h)]++
	}
	for part, share := range shares {
		require.InDelta(t, len(words)/maxParts, share, float64(len(words)/maxParts)/3, "part %d", part)
	}
	require.Equal(t, "896148a4 0", fmt.Sprintf("%08x %x", hash([]byte("word")), upToEight(nil)), "the same in every process")
}

func TestPlainBytes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 0))
	for range 20_000 {
		var b [64]byte
		var words, spaces uint64
		for i := range b {
			b[i] = byte(0x1f + rng.IntN(0x63)) // of which few are no part of a word
			if rng.IntN(20) == 0 {
				b[i] = byte(rng.Uint32())
			}
			if b[i] > ' ' && b[i] < 0x80 {
				words |= 1 << i
			}
			if b[i] == ' ' {
				spaces |= 1 << i
			}
		}
		word, space := plainBytes(&b)
		require.Equal(t, words, word, "%x", b)
		require.Equal(t, spaces, space, "%x", b)
	}
}
