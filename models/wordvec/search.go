package wordvec

import (
	"math"
	"slices"

	"github.com/lane-go/lane"
)

// A search looks for the words of the best scores, which are made of cosines to its directions.
type search struct {
	directions [][]float32 // unit vectors, or zero
	start      int         // of the directions in their tile
	positive   int         // the first of them, to be multiplied; by the others is divided
	multiply   bool        // 3CosMul; else there is one direction, and its cosine is the score
	asked      []int32     // words that can't be the answer: rows, or their classes
	classes    []int32     // of the rows; nil: each row is its own
	top        int         // of the rows only the first top can
	best       *topK
}

const (
	// A tile of directions meets the rows in one product, small enough for the engine to take the rows where they lie.
	directionsAtATime = 64
	// The scores of so many rows are computed in parallel before they are looked at in order.
	rowsAtOnce = 1 << 14
)

// search runs the searches in one pass over the rows.
func (v *Vectors) search(searches []*search) {
	top := 0
	for _, s := range searches {
		top = max(top, s.top)
	}
	tiles := tilesOf(searches)
	directions := make([]lane.Matrix, len(tiles))
	for i, tile := range tiles {
		directions[i] = lane.NewMatrix(tile[len(tile)-1].end(), v.Dim())
		for _, s := range tile {
			for k, d := range s.directions {
				copy(directions[i].Row(s.start+k), d)
			}
		}
	}
	v.scan(top, directions, func(i, lo int, cosines lane.Matrix) {
		tile := tiles[i]
		lane.Parallel(len(tile), 1, func(from, to int) {
			for _, s := range tile[from:to] {
				s.consider(lo, cosines.Slice(s.start, s.end(), 0, cosines.Cols))
			}
		})
	})
}

// tilesOf cuts searches into groups of directionsAtATime directions at most, or one search.
func tilesOf(searches []*search) [][]*search {
	var tiles [][]*search
	first := 0
	for i, s := range searches {
		if i > first && searches[i-1].end()+len(s.directions) > directionsAtATime {
			tiles = append(tiles, searches[first:i])
			first = i
		}
		if i > first {
			s.start = searches[i-1].end()
		}
	}
	if first < len(searches) {
		tiles = append(tiles, searches[first:])
	}
	return tiles
}

func (s *search) end() int { return s.start + len(s.directions) }

// scan computes the cosines of directions (matrices of unit vectors) and the first top rows, and calls visit with those of each
// matrix and the rows from lo on, lo rising: cosines (directions×rows) may be changed and are valid until visit returns.
func (v *Vectors) scan(top int, directions []lane.Matrix, visit func(tile, lo int, cosines lane.Matrix)) {
	lengths := v.norms()
	most := 0
	for _, d := range directions {
		most = max(most, d.Rows)
	}
	scores := lane.NewMatrix(most, min(top, rowsAtOnce))
	for lo := 0; lo < top; lo += rowsAtOnce {
		hi := min(lo+rowsAtOnce, top)
		for tile, d := range directions {
			cosines := scores.Slice(0, d.Rows, 0, hi-lo)
			v.parallel(lo, hi, func(from int, rows lane.Matrix) {
				part := cosines.Slice(0, d.Rows, from-lo, from-lo+rows.Rows)
				lane.Gemm(part, 0, 1, d, rows.T())
				for i := range d.Rows {
					normalise(part.Row(i), lengths[from:from+rows.Rows], rows, d.Row(i))
				}
			})
			visit(tile, lo, cosines)
		}
	}
}

// normalise turns products of a direction with rows into cosines.
func normalise(products, lengths []float32, rows lane.Matrix, direction []float32) {
	lane.Div(products, products, lengths)
	for i, c := range products {
		if !finite(c) { // a zero vector, or numbers near the end of float32's range
			products[i] = float32(cosine(rows.Row(i), direction))
		}
	}
}

// consider takes the rows from lo on into account, by their cosines (directions×rows).
func (s *search) consider(lo int, cosines lane.Matrix) {
	if s.multiply {
		s.combine(cosines)
	}
	for i, score := range cosines.Row(0)[:max(0, min(cosines.Cols, s.top-lo))] {
		if s.best.wants(score) && !s.leavesOut(int32(lo+i)) {
			s.best.add(lo+i, score)
		}
	}
}

// combine puts 3CosMul's scores in the place of the first cosines.
func (s *search) combine(cosines lane.Matrix) {
	const epsilon = 1e-6
	for i, c := range cosines.Row(0) {
		above, below := (1+c)/2, float32(1)
		for k := 1; k < s.positive; k++ {
			above *= (1 + cosines.At(k, i)) / 2
		}
		for k := s.positive; k < cosines.Rows; k++ {
			below *= (1 + cosines.At(k, i)) / 2
		}
		cosines.Set(0, i, above/(below+epsilon))
	}
}

func (s *search) leavesOut(row int32) bool {
	if s.classes != nil {
		row = s.classes[row]
	}
	return slices.Contains(s.asked, row)
}

// cosines returns those of one direction and all rows.
func (v *Vectors) cosines(direction []float32) []float32 {
	all := make([]float32, v.Len())
	v.scan(v.Len(), []lane.Matrix{lane.MatrixOf(direction, 1, v.Dim())}, func(_, lo int, cosines lane.Matrix) {
		copy(all[lo:], cosines.Row(0))
	})
	return all
}

// addUnit adds x/|x|, times the sign, to sum; nothing for a zero x.
func addUnit(sum []float64, sign float64, x []float32) {
	length := norm64(x)
	if length == 0 {
		return
	}
	for j := range sum {
		sum[j] += sign * float64(x[j]) / length
	}
}

// unit returns x/|x|, and whether x has a direction beyond the rounding of a sum of unit vectors.
func unit(x []float64) ([]float32, bool) {
	square := 0.0
	for _, value := range x {
		square += value * value
	}
	direction := make([]float32, len(x))
	length := math.Sqrt(square)
	if length < 1e-12 {
		return direction, false
	}
	for j, value := range x {
		direction[j] = float32(value / length)
	}
	return direction, true
}
