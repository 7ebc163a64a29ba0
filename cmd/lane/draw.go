package main

import "github.com/guptarohit/asciigraph"

// A size that fits any terminal.
const (
	drawnWidth  = 64
	drawnHeight = 14
)

// drawLines draws lines over each other in characters, each with its mark; format
// writes the values beside the axis.
func drawLines(lines [][]float64, marks string, format func(float64) string, caption string) string {
	var chars []asciigraph.CharSet
	for _, mark := range marks {
		chars = append(chars, asciigraph.CreateCharSet(string(mark)))
	}
	return asciigraph.PlotMany(lines,
		asciigraph.Width(drawnWidth), asciigraph.Height(drawnHeight), asciigraph.SeriesChars(chars[:len(lines)]...),
		asciigraph.YAxisValueFormatter(format), asciigraph.Caption(caption))
}
