package corpus

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// The planted answers are in the co-occurrence counts, and only while the words are in order: the rows of the positive
// pointwise mutual information matrix are word vectors without any training (Levy & Goldberg 2014), and answer by
// vector offset.
func TestAnalogiesHoldInTheText(t *testing.T) {
	g := generator(t, nil)
	text := g.Text(1, 300_000, Options{})
	require.Greater(t, accuracy(t, g, text), 0.9)
	shuffled, err := Shuffle(text, 1)
	require.NoError(t, err)
	require.Less(t, accuracy(t, g, shuffled), 0.05)
}

// accuracy is the fraction right of every seventh question, by 3CosAdd over the whole vocabulary.
func accuracy(t *testing.T, g *Generator, text *Text) float64 {
	v := g.Vocab()
	vectors := ppmi(t, text, v)
	right, total := 0, 0
	for _, section := range g.Analogies() {
		for i, q := range section.Questions() {
			if i%7 != 0 {
				continue
			}
			var ids [4]int32
			for j, word := range q {
				ids[j], _ = v.ID(word)
			}
			best, bestScore := int32(-1), math.Inf(-1)
			target := make([]float64, v.Len())
			for k := range target {
				target[k] = vectors[ids[1]][k] - vectors[ids[0]][k] + vectors[ids[2]][k]
			}
			for id, vector := range vectors {
				score := 0.0
				for k, x := range vector {
					score += x * target[k]
				}
				if id := int32(id); score > bestScore && id != ids[0] && id != ids[1] && id != ids[2] {
					best, bestScore = id, score
				}
			}
			total++
			if best == ids[3] {
				right++
			}
		}
	}
	require.Greater(t, total, 200)
	return float64(right) / float64(total)
}

// ppmi is a vector of length 1 for every word: max(0, log p(w,c)/(p(w)·p(c))) by context word c within four tokens.
func ppmi(t *testing.T, text *Text, v *Vocab) [][]float64 {
	stream, err := EncodeStream(text, v, 0)
	require.NoError(t, err)
	rows := make([][]float64, v.Len())
	for i := range rows {
		rows[i] = make([]float64, v.Len())
	}
	sums := make([]float64, v.Len())
	total := 0.0
	for r := stream.Read(0, stream.Len()); r.Next(); {
		sentence := r.Sentence()
		for i, word := range sentence {
			for _, other := range sentence[max(0, i-4):i] {
				rows[word][other]++
				rows[other][word]++
				sums[word]++
				sums[other]++
				total += 2
			}
		}
	}
	for i, row := range rows {
		squares := 0.0
		for j, n := range row {
			row[j] = 0
			if n > 0 {
				row[j] = max(0, math.Log(n*total/(sums[i]*sums[j])))
			}
			squares += row[j] * row[j]
		}
		for j := range row {
			row[j] /= math.Sqrt(max(squares, 1e-30))
		}
	}
	return rows
}
