package corpus

import (
	"encoding/binary"
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
	require.Equal(t, "cc624f6f 0", fmt.Sprintf("%08x %x", hash([]byte("word")), upToEight(nil)), "the same in every process")
}

func TestPlainBytes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 0))
	for range 100_000 {
		var b [8]byte
		for i := range b {
			b[i] = byte(0x1f + rng.IntN(0x63)) // of which few are no part of a word
			if rng.IntN(20) == 0 {
				b[i] = byte(rng.Uint32())
			}
		}
		n := 0
		for n < len(b) && b[n] > ' ' && b[n] < 0x80 {
			n++
		}
		require.Equal(t, n, plainBytes(binary.LittleEndian.Uint64(b[:])), "%x", b)
	}
}
