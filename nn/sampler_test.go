package nn_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/lane-go/lane/nn"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"
)

func ExampleSampler() {
	s := nn.NewSampler([]int64{1000, 100, 0, 10}, 0.75)
	rng := rand.New(rand.NewPCG(1, 0))
	drawn := make([]int, 4)
	for range 10_000 {
		drawn[s.Sample(rng)]++
	}
	fmt.Println(drawn[0] > 8000, drawn[1] > 1000, drawn[2], drawn[3] > 100)
	// Output: true true 0 true
}

// probabilities returns countᵖᵒʷᵉʳ, normalised.
func probabilities(counts []int64, power float64) []float64 {
	p := make([]float64, len(counts))
	var sum float64
	for i, c := range counts {
		if c > 0 {
			p[i] = math.Pow(float64(c), power)
			sum += p[i]
		}
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

func zipf(n int) []int64 {
	counts := make([]int64, n)
	for i := range counts {
		counts[i] = int64(1_000_000/(i+1)) + 1
	}
	return counts
}

var samplerCases = []struct {
	name   string
	counts []int64
	power  float64
}{
	{"Zipf", zipf(1000), 0.75},
	{"unigram", zipf(50), 1},
	{"uniform whatever the counts", []int64{1, 1000, 1_000_000, 0, 7}, 0},
	{"equal", []int64{5, 5, 5}, 0.75},
	{"two", []int64{1, 3}, 1},
	{"zeros around", []int64{0, 0, 4, 0, 1, 0}, 0.75},
	{"ascending", []int64{1, 2, 3, 4, 5, 6, 7}, 0.75},
}

// The draws pass Pearson's χ² test, over the words that are expected at least 10 times and all others together.
func TestSamplerDistribution(t *testing.T) {
	const draws = 200_000
	for _, c := range samplerCases {
		t.Run(c.name, func(t *testing.T) {
			s := nn.NewSampler(c.counts, c.power)
			require.Equal(t, len(c.counts), s.Len())
			rng := rand.New(rand.NewPCG(1, 0))
			drawn := make([]float64, len(c.counts))
			for range draws {
				drawn[s.Sample(rng)]++
			}
			var chi2, others, othersDrawn float64
			cells := 0
			for i, p := range probabilities(c.counts, c.power) {
				expected := draws * p
				switch {
				case p == 0:
					require.Zero(t, drawn[i], "word %d has no count", i)
				case expected < 10:
					others += expected
					othersDrawn += drawn[i]
				default:
					chi2 += (drawn[i] - expected) * (drawn[i] - expected) / expected
					cells++
				}
			}
			if others >= 10 {
				chi2 += (othersDrawn - others) * (othersDrawn - others) / others
				cells++
			}
			survival := distuv.ChiSquared{K: float64(cells - 1)}.Survival(chi2)
			require.Greater(t, survival, 1e-4, "χ² = %v over %d cells", chi2, cells)
			require.Less(t, survival, 1-1e-4, "suspiciously close: χ² = %v over %d cells", chi2, cells)
		})
	}
}

// Evenly spaced bits, instead of random ones, come out in the exact proportions.
func TestSamplerProbabilities(t *testing.T) {
	const draws = 1 << 20
	for _, c := range samplerCases {
		t.Run(c.name, func(t *testing.T) {
			s := nn.NewSampler(c.counts, c.power)
			drawn := make([]float64, len(c.counts))
			for i := range uint64(draws) {
				drawn[s.Pick(i<<44)]++
			}
			n := float64(len(c.counts)) // each of at most n+1 stretches of bits may gain or lose one
			for i, p := range probabilities(c.counts, c.power) {
				require.InDelta(t, p, drawn[i]/draws, 2*(n+1)/draws, "word %d", i)
			}
		})
	}
}

func TestSamplerIsDeterministicAndShared(t *testing.T) {
	a, b := nn.NewSampler(zipf(300), 0.75), nn.NewSampler(zipf(300), 0.75)
	draw := func(s *nn.Sampler) []int32 {
		rng := rand.New(rand.NewPCG(3, 4))
		ids := make([]int32, 1000)
		for i := range ids {
			ids[i] = s.Sample(rng)
		}
		return ids
	}
	want := draw(a)
	require.Equal(t, want, draw(b))
	var wg sync.WaitGroup
	got := make([][]int32, 4)
	for i := range got {
		wg.Go(func() { got[i] = draw(a) })
	}
	wg.Wait()
	for _, ids := range got {
		require.Equal(t, want, ids)
	}
}

func TestSamplerEdges(t *testing.T) {
	one := nn.NewSampler([]int64{7}, 0.75)
	last := nn.NewSampler([]int64{0, 0, 0, 1}, 0.75)
	extreme := nn.NewSampler([]int64{1, math.MaxInt64, 0}, 2) // the first is all but impossible
	for _, bits := range []uint64{0, 1, 1 << 32, 1 << 63, math.MaxUint64} {
		require.EqualValues(t, 0, one.Pick(bits))
		require.EqualValues(t, 3, last.Pick(bits))
		require.NotEqualValues(t, 2, extreme.Pick(bits))
	}
}

func TestSamplerAllocatesNothing(t *testing.T) {
	s, rng := nn.NewSampler(zipf(300), 0.75), rand.New(rand.NewPCG(1, 0))
	require.Zero(t, testing.AllocsPerRun(100, func() { s.Sample(rng) }))
}

func TestNewSamplerPanics(t *testing.T) {
	for _, c := range []struct {
		want   string
		counts []int64
		power  float64
	}{
		{"nn: NewSampler: none of 0 words has a count", nil, 1},
		{"nn: NewSampler: none of 2 words has a count", []int64{0, 0}, 0},
		{"nn: NewSampler: count -1 of word 1", []int64{3, -1}, 1},
		{"nn: NewSampler: power NaN", []int64{1}, math.NaN()},
		{"nn: NewSampler: power +Inf", []int64{1}, math.Inf(1)},
		{"nn: NewSampler: power -1", []int64{1}, -1},
	} {
		require.PanicsWithValue(t, c.want, func() { nn.NewSampler(c.counts, c.power) })
	}
}
