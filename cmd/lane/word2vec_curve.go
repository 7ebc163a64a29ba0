package main

import (
	"github.com/lane-go/lane/models/word2vec"
	"github.com/lane-go/lane/models/wordvec"
	"gonum.org/v1/plot/plotter"
)

// word2vecCurve collects what a report draws of a training.
type word2vecCurve struct{ loss, speed plotter.XYs }

func (w *word2vecCurve) add(p word2vec.Progress) {
	words := float64(p.Words) / 1e6
	if p.Loss > 0 {
		w.loss = append(w.loss, plotter.XY{X: words, Y: p.Loss})
	}
	w.speed = append(w.speed, plotter.XY{X: words, Y: p.PerSecond / 1e6})
}

func (w *word2vecCurve) charts() []chart {
	return []chart{
		{title: "Loss", x: "million words", y: "nats a pair", lines: []line{{"loss", w.loss}}},
		{title: "Speed", x: "million words", y: "million words/s", lines: []line{{"speed", w.speed}}},
	}
}

// mapped is how many of the most frequent words a map shows: more cannot be read.
const mapped = 150

func mapOfWords(v *wordvec.Vectors) (chart, error) {
	c := chart{title: "The most frequent words, along the two axes they vary on most", x: "first principal component", y: "second"}
	points, err := v.Plane(mapped)
	for i, p := range points {
		c.labels.XYs = append(c.labels.XYs, plotter.XY{X: p[0], Y: p[1]})
		c.labels.Labels = append(c.labels.Labels, v.Words[i])
	}
	return c, err
}
