package word2vec

import (
	"cmp"
	"slices"
)

// huffman is the binary tree over the vocabulary in which frequent words lie near the root (Huffman 1952). Its n−1
// inner nodes are the rows of the output table; the root is the last.
type huffman struct {
	start []int32   // the path of a word is nodes[start[id]:start[id+1]]
	nodes []int32   // from the root down
	signs []float32 // +1 for the left branch, −1 for the right
	depth int       // of the longest path
}

// path returns the inner nodes from the root to the word and the branches taken.
func (h *huffman) path(word int32) (nodes []int32, signs []float32) {
	from, to := h.start[word], h.start[word+1]
	return h.nodes[from:to:to], h.signs[from:to:to]
}

// newHuffman builds the tree of two words or more by merging the two rarest subtrees until one is left. Leaves in ascending order and
// inner nodes in the order of their making are both sorted queues, so it takes linear time after the sort. The
// rarer of two subtrees is the left one, as in word2vec.c. Leaves come before equally frequent inner nodes, which keeps
// the longest path short; word2vec.c takes the inner node first, for as many bits in all.
func newHuffman(counts []int64) *huffman {
	n := len(counts)
	leaves := make([]int32, n) // ascending; equally frequent words from the highest id down
	for i := range leaves {
		leaves[i] = int32(n - 1 - i)
	}
	slices.SortStableFunc(leaves, func(a, b int32) int { return cmp.Compare(counts[a], counts[b]) })

	parent := make([]int32, 2*n-1) // of leaf id, of inner node n+i
	right := make([]bool, 2*n-1)
	weight := make([]int64, n-1)
	leaf, inner := 0, 0
	for made := range weight {
		for branch := range 2 {
			var child int
			if inner == made || leaf < n && counts[leaves[leaf]] <= weight[inner] {
				child = int(leaves[leaf])
				weight[made] += counts[child]
				leaf++
			} else {
				child = n + inner
				weight[made] += weight[inner]
				inner++
			}
			parent[child], right[child] = int32(made), branch == 1
		}
	}

	h := &huffman{start: make([]int32, n+1)}
	for word := range n {
		first := len(h.nodes)
		for node := word; node != 2*n-2; {
			sign := float32(1)
			if right[node] {
				sign = -1
			}
			h.nodes, h.signs = append(h.nodes, parent[node]), append(h.signs, sign)
			node = n + int(parent[node])
		}
		slices.Reverse(h.nodes[first:])
		slices.Reverse(h.signs[first:])
		h.depth = max(h.depth, len(h.nodes)-first)
		h.start[word+1] = int32(len(h.nodes))
	}
	return h
}
