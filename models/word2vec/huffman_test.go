package word2vec

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHuffman(t *testing.T) {
	// 15, 7, 6, 6, 5: Huffman's classic, of 87 bits in all.
	h := newHuffman([]int64{15, 7, 6, 6, 5})
	bits := 0
	for id, count := range []int{15, 7, 6, 6, 5} {
		nodes, signs := h.path(int32(id))
		require.Len(t, signs, len(nodes))
		require.EqualValues(t, 3, nodes[0], "the root is the last inner node")
		bits += count * len(nodes)
	}
	require.Equal(t, 87, bits)
	require.Equal(t, 3, h.depth)
}

func TestHuffmanPathsAreACode(t *testing.T) {
	for name, counts := range map[string][]int64{
		"two":            {3, 1},
		"equal":          {1, 1, 1, 1, 1, 1, 1},
		"fibonacci":      {34, 21, 13, 8, 5, 3, 2, 1, 1},
		"ascending":      {1, 2, 3, 4, 5, 6},
		"with no counts": {5, 0, 0, 3, 0},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHuffman(counts)
			kraft, deepest := 0.0, 0
			children := map[[2]int32]int{} // words below a node and branch
			for id := range counts {
				nodes, signs := h.path(int32(id))
				kraft += math.Exp2(-float64(len(nodes)))
				deepest = max(deepest, len(nodes))
				for i, node := range nodes {
					require.Less(t, int(node), len(counts)-1)
					children[[2]int32{node, int32(signs[i])}]++
				}
			}
			require.Equal(t, 1.0, kraft, "every branch leads to a word")
			require.Len(t, children, 2*(len(counts)-1))
			require.Equal(t, deepest, h.depth)
		})
	}
	require.Equal(t, 8, newHuffman([]int64{34, 21, 13, 8, 5, 3, 2, 1, 1}).depth)
}
