package main

import (
	"bytes"
	"fmt"
	"html/template"
	"image/color"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/lane-go/lane/internal/atomicfile"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// A chart is one picture of a report: lines, or labelled points.
type chart struct {
	title, x, y string
	logY        bool
	lines       []line
	labels      plotter.XYLabels
}

type line struct {
	name   string
	points plotter.XYs
}

const (
	chartWidth  = 8 * vg.Inch
	chartHeight = 4.5 * vg.Inch
)

// checkReport refuses an ending that writeReport does not know, before any
// work is done.
func checkReport(path string) error {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".html", ".png":
		return nil
	}
	if path == "" {
		return nil
	}
	return usagef("--report %s: name a file that ends in .html or .png", path)
}

// writeReport draws the charts into one file, by its ending: .png, one above
// the other, or .html, a page that needs nothing else.
func writeReport(path, title string, charts []chart) error {
	plots := make([]*plot.Plot, len(charts))
	for i, c := range charts {
		p, err := c.plot()
		if err != nil {
			return fmt.Errorf("report %s: chart %q: %w", path, c.title, err)
		}
		plots[i] = p
	}
	return atomicfile.Write(path, func(w io.Writer) error {
		if strings.ToLower(filepath.Ext(path)) == ".png" {
			return drawPNG(w, plots)
		}
		return drawHTML(w, title, plots)
	})
}

func (c chart) plot() (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = c.title, c.x, c.y
	p.Legend.Top = true
	p.X.Tick.Marker, p.Y.Tick.Marker = ticks{plot.DefaultTicks{}}, ticks{plot.DefaultTicks{}}
	p.Add(plotter.NewGrid())
	empty := len(c.labels.XYs) == 0 && !slices.ContainsFunc(c.lines, func(l line) bool { return len(l.points) > 0 })
	if empty {
		return p, nil // axes alone: without a point they have no range
	}
	if c.logY {
		p.Y.Scale = plot.LogScale{}
		p.Y.Tick.Marker = ticks{plot.LogTicks{Prec: -1}}
	}
	for i, l := range c.lines {
		curve, err := plotter.NewLine(l.points)
		if err != nil {
			return nil, fmt.Errorf("line %q: %w", l.name, err)
		}
		curve.Color = plotutil.Color(i)
		curve.Dashes = plotutil.Dashes(i)
		p.Add(curve)
		if len(l.points) == 1 { // which makes no line
			point, err := plotter.NewScatter(l.points)
			if err != nil {
				return nil, err
			}
			point.Color, point.Shape = curve.Color, draw.CircleGlyph{}
			p.Add(point)
		}
		if len(c.lines) > 1 {
			p.Legend.Add(l.name, curve)
		}
	}
	if len(c.labels.XYs) > 0 {
		points, err := plotter.NewScatter(c.labels.XYs)
		if err != nil {
			return nil, err
		}
		points.Shape, points.Radius, points.Color = draw.CircleGlyph{}, vg.Points(1), color.Gray{Y: 160}
		names, err := plotter.NewLabels(c.labels)
		if err != nil {
			return nil, err
		}
		for i := range names.TextStyle {
			names.TextStyle[i].Font.Size = vg.Points(8)
		}
		names.Offset = vg.Point{X: vg.Points(2)}
		p.Add(points, names)
	}
	c.margins(p)
	return p, nil
}

// margins keeps what is drawn off the edges, and at the right makes room for
// the legend, or for the last letters of names.
func (c chart) margins(p *plot.Plot) {
	const edge, legend = 0.05, 0.2
	right := 0.0
	switch {
	case len(c.labels.XYs) > 0:
		right = edge
	case len(c.lines) > 1:
		right = legend
	}
	p.X.Max += right * (p.X.Max - p.X.Min)
	if c.logY {
		ratio := math.Exp(edge * (math.Log(p.Y.Max) - math.Log(p.Y.Min)))
		if p.Y.Max == p.Y.Min {
			ratio = 2
		}
		p.Y.Min, p.Y.Max = p.Y.Min/ratio, min(p.Y.Max*ratio, math.MaxFloat64)
		return
	}
	height := p.Y.Max - p.Y.Min
	p.Y.Min, p.Y.Max = p.Y.Min-edge*height, p.Y.Max+edge*height
}

// ticks are gonum's with all the digits that tell them apart, and with more
// labels where a logarithmic axis would have one or none.
type ticks struct{ plot.Ticker }

func (t ticks) Ticks(low, high float64) []plot.Tick {
	list := t.Ticker.Ticks(low, high)
	labels := 0
	for _, tick := range list {
		if tick.Label != "" && low <= tick.Value && tick.Value <= high {
			labels++
		}
	}
	for i, tick := range list {
		if tick.Label != "" || labels < 2 {
			list[i].Label = strconv.FormatFloat(roundTo(tick.Value, high-low), 'g', -1, 64)
		}
	}
	return list
}

// roundTo drops the digits of x that don't show in a width.
func roundTo(x, width float64) float64 {
	unit := math.Pow(10, math.Floor(math.Log10(width))-4)
	if unit == 0 || math.IsInf(unit, 0) || math.IsNaN(unit) {
		return x
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(math.Round(x/unit)*unit, 'g', 12, 64), 64)
	if err != nil {
		return x
	}
	return rounded
}

func drawPNG(w io.Writer, plots []*plot.Plot) error {
	canvas := vgimg.New(chartWidth, chartHeight*vg.Length(len(plots)))
	pad := vg.Points(12)
	tiles := draw.Tiles{Rows: len(plots), Cols: 1, PadY: 2 * pad, PadTop: pad, PadBottom: pad, PadLeft: pad, PadRight: pad}
	for i, p := range plots {
		p.Draw(tiles.At(draw.New(canvas), 0, i))
	}
	_, err := vgimg.PngCanvas{Canvas: canvas}.WriteTo(w)
	return err
}

var page = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{{.Title}}</title>
<style>body{font:16px system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}svg{width:100%;height:auto}</style>
<h1>{{.Title}}</h1>
{{range .Charts}}<figure>{{.}}</figure>
{{end}}</html>
`))

func drawHTML(w io.Writer, title string, plots []*plot.Plot) error {
	var pictures []template.HTML
	for _, p := range plots {
		canvas := vgsvg.New(chartWidth, chartHeight)
		p.Draw(draw.New(canvas))
		var svg bytes.Buffer
		if _, err := canvas.WriteTo(&svg); err != nil {
			return err
		}
		// What stands before the element is a declaration that a page does not want.
		pictures = append(pictures, template.HTML(svg.String()[strings.Index(svg.String(), "<svg"):]))
	}
	return page.Execute(w, struct {
		Title  string
		Charts []template.HTML
	}{title, pictures})
}
