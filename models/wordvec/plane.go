package wordvec

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// Plane returns where the first n words (at most all) lie on the plane that shows most of how they differ: their unit
// vectors' coordinates along the first two principal components (Pearson 1901), one point a word.
//
// With fewer than two dimensions or words the missing coordinates are 0. It panics if n is negative, and fails on vectors whose
// components cannot be computed.
func (v *Vectors) Plane(n int) ([][2]float64, error) {
	n = min(n, v.Len())
	if n < 0 {
		panic(fmt.Sprintf("wordvec: Plane: %d words", n))
	}
	points := make([][2]float64, n)
	if n < 2 {
		return points, nil
	}
	unit := mat.NewDense(n, v.Dim(), nil)
	lengths := v.norms()
	for i := range n {
		for j, x := range v.Row(i) {
			if lengths[i] > 0 {
				unit.Set(i, j, float64(x)/float64(lengths[i]))
			}
		}
	}
	var components stat.PC
	if !components.PrincipalComponents(unit, nil) {
		return nil, fmt.Errorf("wordvec: the principal components of %d vectors cannot be computed", n)
	}
	var directions mat.Dense
	components.VectorsTo(&directions)
	for j := range v.Dim() { // coordinates are relative to the mean
		mean := stat.Mean(mat.Col(nil, j, unit), nil)
		for i := range n {
			unit.Set(i, j, unit.At(i, j)-mean)
		}
	}
	var projected mat.Dense
	projected.Mul(unit, &directions)
	for i := range points {
		for k := range min(2, projected.RawMatrix().Cols) {
			points[i][k] = projected.At(i, k)
		}
	}
	return points, nil
}
