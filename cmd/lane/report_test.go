package main

import (
	"bytes"
	"math"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

func labelled(list []plot.Tick) map[string]float64 {
	labels := map[string]float64{}
	for _, tick := range list {
		if tick.Label != "" {
			labels[tick.Label] = tick.Value
		}
	}
	return labels
}

// Labels of an axis differ, and say the value of their tick.
func TestTicksDiffer(t *testing.T) {
	for _, c := range []struct {
		ticker    plot.Ticker
		low, high float64
	}{
		{plot.DefaultTicks{}, 4.115, 4.127}, {plot.DefaultTicks{}, 0.00225, 0.00445}, {plot.DefaultTicks{}, -1e9, 1e9}, {plot.DefaultTicks{}, 0, 1},
		{plot.LogTicks{Prec: -1}, 52, 102}, {plot.LogTicks{Prec: -1}, 3, 3e6},
	} {
		list := ticks{c.ticker}.Ticks(c.low, c.high)
		labels := labelled(list)
		require.GreaterOrEqual(t, len(labels), 2, "%v to %v", c.low, c.high)
		for label, value := range labels {
			require.LessOrEqual(t, len(label), 12, label)
			shown, err := strconv.ParseFloat(label, 64)
			require.NoError(t, err)
			require.InDelta(t, value, shown, (c.high-c.low)/1000)
		}
	}
}

// A training of one report, or one that went wild, is drawn too.
func TestReportsOfLittleAndOfMuch(t *testing.T) {
	one := plotter.XYs{{X: 1, Y: 2}}
	wild := plotter.XYs{{X: 0, Y: 1}, {X: 1, Y: math.MaxFloat64}}
	for name, charts := range map[string][]chart{
		"one point":      {{title: "a", lines: []line{{"a", one}}}, {title: "b", logY: true, lines: []line{{"b", one}}}},
		"one of two":     {{title: "a", logY: true, lines: []line{{"a", one}, {"b", wild}}}},
		"wild":           {{title: "a", logY: true, lines: []line{{"a", wild}}}},
		"constant":       {{title: "a", lines: []line{{"a", plotter.XYs{{X: 0, Y: 3}, {X: 1, Y: 3}}}}}},
		"no points":      {{title: "a", lines: []line{{"a", nil}, {"b", nil}}}, {title: "b", logY: true, lines: []line{{"b", nil}}}, {title: "c"}},
		"only one label": {{title: "a", labels: plotter.XYLabels{XYs: one, Labels: []string{"word"}}}},
	} {
		for _, ending := range []string{".png", ".html"} {
			path := filepath.Join(t.TempDir(), "r"+ending)
			require.NoError(t, writeReport(path, "title", charts), name)
			require.FileExists(t, path)
		}
	}
}

func TestReportEscapesItsTitle(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.html")
	require.NoError(t, writeReport(path, "a <b> & c", nil))
	require.Contains(t, read(t, path), "<h1>a &lt;b&gt; &amp; c</h1>")
}

func TestProgress(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out, "words", 200, false)
	p.at(10, 5, "too soon")
	require.Empty(t, out.String())
	p.printed = time.Now().Add(-lineEvery)
	p.at(50, 5, "loss 1")
	require.Equal(t, " 25.0%  5 words/s  loss 1\n", out.String())

	out.Reset()
	for epoch := 1; epoch <= 4; epoch++ {
		p.endEpoch(epoch == 4, "epoch %d", epoch)
	}
	require.Equal(t, "epoch 1\nepoch 4\n", out.String())

	out.Reset()
	unknown := newProgress(&out, "words", 0, false)
	unknown.printed = time.Now().Add(-lineEvery)
	unknown.counting()(3<<20, 0)
	require.Regexp(t, `^3145728 words  \d+ words/s  counting words\n$`, out.String())

	out.Reset()
	quiet := newProgress(&out, "words", 200, true)
	quiet.printed = quiet.printed.Add(-lineEvery)
	quiet.at(50, 5, "loss 1")
	quiet.endEpoch(true, "epoch")
	require.Empty(t, out.String())
}

func TestNumbersForPeople(t *testing.T) {
	require.Equal(t, []string{"0", "999", "1,000", "12,345,678"}, []string{thousands(0), thousands(999), thousands(1000), thousands(12345678)})
	require.Equal(t, []string{"3.76", "999999.00", "1.8e+308"}, []string{perplexity(3.7617), perplexity(999999), perplexity(math.MaxFloat64)})
}
