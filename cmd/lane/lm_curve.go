package main

import (
	"github.com/lane-go/lane/models/rnnlm"
	"gonum.org/v1/plot/plotter"
)

// lmCurve collects what a report draws of a training.
type lmCurve struct{ train, valid, norm, speed plotter.XYs }

func (l *lmCurve) add(p rnnlm.Progress) {
	tokens := float64(p.Tokens) / 1e6
	l.train = append(l.train, plotter.XY{X: tokens, Y: p.TrainPerplexity})
	l.norm = append(l.norm, plotter.XY{X: tokens, Y: p.Norm})
	if p.PerSec > 0 {
		l.speed = append(l.speed, plotter.XY{X: tokens, Y: p.PerSec})
	}
	if p.ValidPerplexity > 0 {
		l.valid = append(l.valid, plotter.XY{X: tokens, Y: p.ValidPerplexity})
	}
}

func (l *lmCurve) charts() []chart {
	perplexity := []line{{"training", l.train}}
	if len(l.valid) > 0 {
		perplexity = append(perplexity, line{"validation", l.valid})
	}
	return []chart{
		{title: "Perplexity", x: "million tokens", y: "perplexity", logY: true, lines: perplexity},
		{title: "Norm of the gradient before clipping", x: "million tokens", y: "norm", lines: []line{{"norm", l.norm}}},
		{title: "Speed", x: "million tokens", y: "tokens/s", lines: []line{{"speed", l.speed}}},
	}
}
