package wordvec

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lane-go/lane"
)

// compass returns words whose vectors are easy to judge by eye.
func compass(t testing.TB) *Vectors {
	v, err := New([]string{"east", "north", "northeast", "far northeast", "west", "nowhere"},
		lane.MatrixOf([]float32{1, 0, 0, 2, 1, 1, 300, 300, -1, 0, 0, 0}, 6, 2))
	require.NoError(t, err)
	return v
}

func TestNewRefuses(t *testing.T) {
	for _, c := range []struct {
		words []string
		m     lane.Matrix
		want  string
	}{
		{nil, lane.NewMatrix(0, 3), "wordvec: a matrix of 0×3 holds no vectors"},
		{[]string{"a"}, lane.NewMatrix(1, 0), "1×0 holds no vectors"},
		{[]string{"a"}, lane.NewMatrix(2, 2), "1 words for a matrix of 2×2"},
		{[]string{"a", "b", "a"}, lane.NewMatrix(3, 2), `rows 1 and 3 have the same word "a"`},
		{[]string{"a", "b"}, lane.MatrixOf([]float32{1, 2, 3, float32(math.NaN())}, 2, 2), `value 2 of row 2 ("b") is NaN`},
		{[]string{"a", "b"}, lane.MatrixOf([]float32{1, 2, float32(math.Inf(-1)), 3}, 2, 2), `value 1 of row 2 ("b") is -Inf`},
	} {
		_, err := New(c.words, c.m)
		require.ErrorContains(t, err, c.want)
	}
	require.PanicsWithValue(t, "wordvec: New: the elements of a row are 2 apart; copy the matrix",
		func() { New([]string{"a", "b"}, lane.NewMatrix(2, 2).T()) })
}

func TestLookUp(t *testing.T) {
	v := compass(t)
	require.Equal(t, 6, v.Len())
	require.Equal(t, 2, v.Dim())
	id, ok := v.ID("north")
	require.True(t, ok)
	require.Equal(t, 1, id)
	_, ok = v.ID("South")
	require.False(t, ok)
	x, err := v.Vector("north")
	require.NoError(t, err)
	require.Equal(t, []float32{0, 2}, x)
}

func TestSimilar(t *testing.T) {
	v := compass(t)
	got, err := v.Similar([]string{"east"}, nil, 10)
	require.NoError(t, err)
	root := float32(math.Sqrt(0.5))
	want := []Match{{"northeast", root}, {"far northeast", root}, {"north", 0}, {"nowhere", 0}, {"west", -1}}
	require.Len(t, got, len(want), "all there are, the word itself left out")
	for i := range want {
		require.Equal(t, want[i].Word, got[i].Word, "equal ones in the order of their rows")
		require.InDelta(t, want[i].Similarity, got[i].Similarity, 1e-7)
	}

	got, err = v.Similar([]string{"north"}, []string{"west"}, 1)
	require.NoError(t, err)
	require.Equal(t, "northeast", got[0].Word)
	require.InDelta(t, 1, got[0].Similarity, 1e-6)

	analogy, err := v.Analogy("west", "north", "east", 2)
	require.NoError(t, err)
	direct, err := v.Similar([]string{"north", "east"}, []string{"west"}, 2)
	require.NoError(t, err)
	require.Equal(t, direct, analogy)
}

func TestQueriesRefuse(t *testing.T) {
	v := compass(t)
	nan := float32(math.NaN())
	for want, ask := range map[string]func() error{
		"no word to look for: name at least one":                     func() error { _, err := v.Similar(nil, nil, 3); return err },
		"0 words asked for: ask for at least 1":                      func() error { _, err := v.Similar([]string{"east"}, nil, 0); return err },
		"-1 words asked for":                                         func() error { _, err := v.Nearest([]float32{1, 0}, -1); return err },
		`the vectors of +"east" −"east" cancel out`:                  func() error { _, err := v.Similar([]string{"east"}, []string{"east"}, 3); return err },
		`the vectors of +"east" +"west" cancel out`:                  func() error { _, err := v.Similar([]string{"east", "west"}, nil, 3); return err },
		`the vectors of +"nowhere" cancel out`:                       func() error { _, err := v.Similar([]string{"nowhere"}, nil, 3); return err },
		"a product of similarities needs at least one positive word": func() error { _, err := v.SimilarCosMul(nil, []string{"east"}, 3); return err },
		`no vector for "sout"`:                                       func() error { _, err := v.SimilarCosMul([]string{"east"}, []string{"sout"}, 3); return err },
		"value 1 of the query is NaN":                                func() error { _, err := v.Nearest([]float32{nan, 0}, 3); return err },
		"the query is the zero vector":                               func() error { _, err := v.Nearest([]float32{0, 0}, 3); return err },
		`the vector of "nowhere" is zero`:                            func() error { _, err := v.Rank("nowhere", "east"); return err },
		"2 words: it takes three to tell":                            func() error { _, err := v.Odd("east", "west"); return err },
		`the vectors of +"east" +"west" +"nowhere" cancel`:           func() error { _, err := v.Odd("east", "west", "nowhere"); return err },
		`no vector for "eats": did you mean "east"?`:                 func() error { _, err := v.Odd("eats", "west", "north"); return err },
		`no vector for "Xyzzy!", nor for a word written al`:          func() error { _, err := v.Similarity("east", "Xyzzy!"); return err },
		`no vector for "nort": did you mean "north"?`:                func() error { _, err := v.Similar([]string{"east"}, []string{"nort"}, 1); return err },
		`no vector for "weast": did you mean "east" or "w`:           func() error { _, err := v.Distance("weast", "east"); return err },
		`no vector for "NORTH": did you mean "north"?`:               func() error { _, err := v.Vector("NORTH"); return err },
		`no vector for "", nor for a word written alike`:             func() error { _, err := v.Rank("", "east"); return err },
		`no vector for "far north", nor for a word written `:         func() error { _, err := v.Analogy("far north", "east", "west", 1); return err },
	} {
		require.ErrorContains(t, ask(), "wordvec: "+want)
	}
	require.PanicsWithValue(t, "wordvec: Nearest: 3 numbers for vectors of 2 dimensions", func() { v.Nearest(make([]float32, 3), 1) })
}

func TestUnknownWordIsTyped(t *testing.T) {
	_, err := compass(t).Similar([]string{"weast"}, nil, 1)
	var unknown *UnknownWordError
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, "weast", unknown.Word)
	require.Equal(t, []string{"east", "west"}, unknown.Suggestions)
}

func TestEditDistance(t *testing.T) {
	var d editDistance
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "ab", 2}, {"ab", "", 2}, {"king", "king", 0}, {"king", "kings", 1}, {"king", "kign", 1}, {"king", "ring", 1},
		{"kitten", "sitting", 3}, {"ca", "abc", 3}, {"zürich", "zurich", 1}, {"abcdef", "fedcba", 5}, {"flaw", "lawn", 2},
	} {
		a, b := []rune(c.a), []rune(c.b)
		require.Equal(t, c.want, d.between(a, b, 9), "%s %s", c.a, c.b)
		require.Equal(t, c.want, d.between(b, a, 9), "%s %s", c.b, c.a)
		if c.want > 1 {
			require.Greater(t, d.between(a, b, 1), 1)
		}
	}
}

func TestSuggestionsComeNearestThenFrequentFirst(t *testing.T) {
	v, err := New([]string{"bring", "lings", "ring", "kong", "King", "sting", "\xff"}, lane.NewMatrix(7, 1))
	require.NoError(t, err)
	require.Equal(t, []string{"King", "ring", "kong"}, v.suggest("king"))
	require.Equal(t, []string{"lings", "King", "ring"}, v.suggest("kings"), "one edit, then two in the order of the rows")
}

func TestNearest(t *testing.T) {
	v := compass(t)
	got, err := v.Nearest([]float32{0, -1e30}, 1)
	require.NoError(t, err)
	require.Equal(t, "east", got[0].Word, "nothing is excluded; the first of the words at a right angle")
	require.Zero(t, got[0].Similarity)
}

// TestQueriesTogether asks more queries than one product takes, among more rows than are looked at together.
func TestQueriesTogether(t *testing.T) {
	v := random(rowsAtOnce+300, 6)
	queries := make([]Query, 2*directionsAtATime+5)
	for i := range queries {
		queries[i] = Query{Positive: []string{v.Words[i*31], v.Words[rowsAtOnce+i]}, Negative: []string{v.Words[i*17+5]}, N: 1 + i%4, Top: i % 5 * 4200, Multiply: i%3 == 0}
	}
	// Words without a number of directions that fits.
	queries = append(queries, Query{Positive: v.Words[:directionsAtATime+1], N: 2, Multiply: true})
	together, err := v.Ask(queries...)
	require.NoError(t, err)
	beyond := 0
	for i, q := range queries {
		alone, err := v.Ask(q)
		require.NoError(t, err)
		require.Equal(t, alone[0], together[i])
		require.Len(t, together[i], q.N)
		for _, m := range together[i] {
			id, _ := v.ID(m.Word)
			if q.Top > 0 {
				require.Less(t, id, q.Top)
			}
			if id >= rowsAtOnce {
				beyond++
			}
		}
	}
	require.Positive(t, beyond, "no answer lies in the second block")
	none, err := v.Ask()
	require.NoError(t, err)
	require.Empty(t, none)
	_, err = v.Ask(Query{Positive: []string{"w1"}, N: 1, Top: -1})
	require.ErrorContains(t, err, "wordvec: the first -1 words: want 1 or more, or 0 for all")
}

// TestSimilarFindsTheBest compares with a plain sort of all cosines, among many ties.
func TestSimilarFindsTheBest(t *testing.T) {
	v := random(3000, 4)
	for i := range v.Matrix.Data {
		v.Matrix.Data[i] = float32(math.Round(float64(v.Matrix.Data[i])))
	}
	query := []float32{1, -2, 0, 3}
	direction, ok := unit([]float64{1, -2, 0, 3})
	require.True(t, ok)
	scores := v.cosines(direction)
	order := make([]int, v.Len())
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return scores[order[a]] > scores[order[b]] })
	for _, n := range []int{1, 2, 10, 500, 2999, 3000, math.MaxInt32} {
		got, err := v.Nearest(query, n)
		require.NoError(t, err)
		require.Len(t, got, min(n, 3000))
		for i, m := range got {
			require.Equal(t, Match{v.Words[order[i]], scores[order[i]]}, m)
		}
	}
}

func TestExtremeNumbers(t *testing.T) {
	big, small := float32(math.MaxFloat32), float32(1e-40)
	v, err := New([]string{"big", "huge", "small", "one", "zero"}, lane.MatrixOf([]float32{
		1e25, 1e25, big, big, small, small, 1, 1, 0, 0}, 5, 2))
	require.NoError(t, err)
	got, err := v.Similar([]string{"one"}, nil, 5)
	require.NoError(t, err)
	require.Equal(t, "zero", got[3].Word)
	require.Zero(t, got[3].Similarity)
	for _, m := range got[:3] {
		require.InDelta(t, 1, m.Similarity, 1e-5, m.Word)
	}
	for _, a := range []string{"big", "huge", "small"} {
		s, err := v.Similarity(a, "one")
		require.NoError(t, err)
		require.InDelta(t, 1, s, 1e-6, a)
		_, err = v.Similar([]string{a}, []string{"zero"}, 2)
		require.NoError(t, err)
	}
}

func TestSimilarityOfAWordWithItself(t *testing.T) {
	v := random(200, 33)
	for _, word := range v.Words {
		s, err := v.Similarity(word, word)
		require.NoError(t, err)
		require.Equal(t, float32(1), s)
		d, err := v.Distance(word, word)
		require.NoError(t, err)
		require.Zero(t, d)
	}
}

func TestZeroVectorIsLikeNothing(t *testing.T) {
	s, err := compass(t).Similarity("nowhere", "east")
	require.NoError(t, err)
	require.Zero(t, s)
	got, err := compass(t).SimilarCosMul([]string{"nowhere"}, nil, 9)
	require.NoError(t, err)
	for _, m := range got {
		require.InDelta(t, 0.5, m.Similarity, 1e-6)
	}
}

func TestRank(t *testing.T) {
	v := compass(t)
	for word, want := range map[string]int{"northeast": 1, "far northeast": 1, "north": 3, "nowhere": 3, "west": 5} {
		got, err := v.Rank("east", word)
		require.NoError(t, err)
		require.Equal(t, want, got, word)
	}
}

func TestCentral(t *testing.T) {
	v := compass(t)
	ranked, err := v.Central("north", "west", "northeast", "far northeast")
	require.NoError(t, err)
	var words []string
	for _, m := range ranked {
		words = append(words, m.Word)
	}
	require.Equal(t, []string{"north", "northeast", "far northeast", "west"}, words)
	odd, err := v.Odd("far northeast", "northeast", "west", "north")
	require.NoError(t, err)
	require.Equal(t, "west", odd)
}

// TestThreadsAndConcurrencyChangeNothing asks from several goroutines, the first query included.
func TestThreadsAndConcurrencyChangeNothing(t *testing.T) {
	defer lane.SetThreads(0)
	lane.SetThreads(1)
	want, err := random(5000, 32).Similar([]string{"w7"}, []string{"w9"}, 20)
	require.NoError(t, err)
	lane.SetThreads(4)
	v := random(5000, 32)
	var group sync.WaitGroup
	got := make([][]Match, 8)
	for i := range got {
		group.Go(func() { got[i], _ = v.Similar([]string{"w7"}, []string{"w9"}, 20) })
	}
	group.Wait()
	for _, matches := range got {
		require.True(t, slices.Equal(want, matches), fmt.Sprint(matches))
	}
}
