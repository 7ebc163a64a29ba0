package main

import (
	"fmt"
	"io"
	"math"

	"github.com/lane-go/lane/models/rnnlm"
	"github.com/spf13/cobra"
	"gonum.org/v1/plot/plotter"
)

// customaryScales show a plain layer's gradient vanish, pass and explode.
var customaryScales = []float64{0.7, 0.9, 1, 1.1, 1.3}

func newGradients() *cobra.Command {
	flow := rnnlm.DefaultFlow(rnnlm.RNN)
	var scale float64
	var report string
	var asJSON bool
	c := &cobra.Command{
		Use:   "gradients",
		Short: "Watch gradients vanish, explode and be clipped on their way back through time",
		Long: `Watch gradients vanish, explode and be clipped on their way back through time.

One recurrent layer runs for --steps steps; the loss looks at the last hidden state only. Shown is the
norm of its gradient with respect to the hidden state so many steps before. The recurrent weights are
random orthogonal matrices times the scale: a plain layer multiplies the norm by it at every step, while
an LSTM or a GRU carries the gradient along its gates. Clipping scales all gradients of a step
alike: it tames an explosion and cannot bring back what has vanished.`,
		Example: "  lane gradients\n  lane gradients --cell lstm\n  lane gradients --scale 1.3 --clip 1 --report gradients.html",
		Args:    arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := checkGiven(c); err != nil {
				return err
			}
			if err := checkReport(report); err != nil {
				return err
			}
			if err := checkWritable(report); err != nil {
				return err
			}
			scales := customaryScales
			if c.Flags().Changed("scale") {
				scales = []float64{scale}
			}
			var flows []scaledFlow
			for _, s := range scales {
				f := flow
				f.Scale = s
				r, err := rnnlm.GradientFlow(f)
				if err != nil {
					return usageError{err}
				}
				flows = append(flows, scaledFlow{s, r})
			}
			if report != "" {
				title := fmt.Sprintf("Gradients through %d steps of %s", flow.Steps, flow.Cell)
				if err := writeReport(report, title, flowCharts(flows, flow.Clip)); err != nil {
					return err
				}
			}
			if asJSON {
				return printFlowsJSON(c, flow, flows)
			}
			printFlows(c.OutOrStdout(), flow, flows)
			return nil
		},
	}
	f := c.Flags()
	f.StringVar((*string)(&flow.Cell), "cell", string(flow.Cell), "rnn, lstm or gru")
	f.IntVar(&flow.Steps, "steps", flow.Steps, "steps through time")
	f.IntVar(&flow.Hidden, "hidden", flow.Hidden, "units of the layer")
	f.Float64Var(&scale, "scale", 0, "scale of the recurrent weights (default: several from 0.7 to 1.3)")
	f.Float64Var(&flow.Clip, "clip", 1, "largest global norm of the weights' gradients, 0 for any")
	f.Uint64Var(&flow.Seed, "seed", flow.Seed, "seed of the weights")
	f.StringVar(&report, "report", "", "draw the norms into this .html or .png")
	jsonFlag(c, &asJSON)
	return c
}

// A scaledFlow is the flow of gradients at one scale of the weights.
type scaledFlow struct {
	scale float64
	rnnlm.FlowResult
}

func (f scaledFlow) name() string { return fmt.Sprintf("scale %g", f.scale) }

// back returns the norm so many steps before the last.
func (f scaledFlow) back(steps int) float64 { return f.Norms[len(f.Norms)-1-steps] }

// verdict says in a word what becomes of the gradient.
func (f scaledFlow) verdict() string {
	switch first := f.Norms[0]; {
	case first < 0.01:
		return "vanishes"
	case first > 100:
		return "explodes"
	}
	return "passes"
}

// clippedGlobal returns the global norm after clipping, which leaves an
// infinite one as it is.
func (f scaledFlow) clippedGlobal(clip float64) float64 {
	if math.IsInf(f.Global, 0) {
		return f.Global
	}
	return min(f.Global, clip)
}

// tableRows is about how many rows the table has.
const tableRows = 10

func printFlows(w io.Writer, flow rnnlm.Flow, flows []scaledFlow) {
	fmt.Fprintf(w, "%s, %d units: norm of the loss's gradient with respect to h, by steps back from the loss\n\n%10s", flow.Cell, flow.Hidden, "steps back")
	for _, f := range flows {
		fmt.Fprintf(w, "%14s", f.name())
	}
	fmt.Fprintln(w)
	for _, back := range evenly(flow.Steps-1, tableRows) {
		fmt.Fprintf(w, "%10d", back)
		for _, f := range flows {
			fmt.Fprintf(w, "%14.3g", f.back(back))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "%10s", "")
	for _, f := range flows {
		fmt.Fprintf(w, "%14s", f.verdict())
	}
	fmt.Fprintf(w, "\n\nglobal norm of the weights' gradients\n%10s", "raw")
	for _, f := range flows {
		fmt.Fprintf(w, "%14.3g", f.Global)
	}
	if flow.Clip > 0 {
		fmt.Fprintf(w, "\n%10s", "clipped")
		for _, f := range flows {
			fmt.Fprintf(w, "%14.3g", f.clippedGlobal(flow.Clip))
		}
		fmt.Fprintf(w, "\n\nreaching the first step after clipping\n%10s", "")
		for _, f := range flows {
			fmt.Fprintf(w, "%14.3g", f.Clipped[0])
		}
	}
	fmt.Fprint(w, "\n\n")
	if flow.Steps > 1 {
		fmt.Fprintln(w, flowPicture(flows))
	}
}

// evenly returns about n whole numbers from 0 to last, both ends among them.
func evenly(last, n int) []int {
	step := max(1, (last+n-1)/n)
	var at []int
	for i := 0; i < last; i += step {
		at = append(at, i)
	}
	return append(at, last)
}

// drawn bounds log₁₀ of what is drawn: norms are infinite or zero in float32
// soon beyond it.
const drawn = 40

func logNorm(norm float64) float64 { return min(max(math.Log10(norm), -drawn), drawn) }

// flowMarks tell the lines of a picture apart, a mark a scale.
const flowMarks = "·-+*#"

func flowPicture(flows []scaledFlow) string {
	var curves [][]float64
	caption := fmt.Sprintf("norm, from 0 to %d steps back:", len(flows[0].Norms)-1)
	for i, f := range flows {
		var curve []float64
		for back := range f.Norms {
			curve = append(curve, logNorm(f.back(back)))
		}
		curves = append(curves, curve)
		caption += fmt.Sprintf("  %c %s", []rune(flowMarks)[i], f.name())
	}
	return drawLines(curves, flowMarks, func(v float64) string { return fmt.Sprintf("%7.0e", math.Pow(10, v)) }, caption)
}

func flowCharts(flows []scaledFlow, clip float64) []chart {
	charts := []chart{{title: "Gradient through time", x: "steps back from the loss", y: "log10 of the norm of dLoss/dh"}}
	if clip > 0 {
		charts = append(charts, chart{title: fmt.Sprintf("The same, gradients clipped at a global norm of %g", clip), x: charts[0].x, y: charts[0].y})
	}
	for _, f := range flows {
		for i, norms := range [][]float64{f.Norms, f.Clipped}[:len(charts)] {
			var points plotter.XYs
			for t := range norms {
				points = append(points, plotter.XY{X: float64(t), Y: logNorm(norms[len(norms)-1-t])})
			}
			charts[i].lines = append(charts[i].lines, line{f.name(), points})
		}
	}
	return charts
}

// printFlowsJSON prints one object a scale. Norms beyond float32 are null.
func printFlowsJSON(c *cobra.Command, flow rnnlm.Flow, flows []scaledFlow) error {
	for _, f := range flows {
		err := printJSON(c, struct {
			Cell    rnnlm.Cell `json:"cell"`
			Scale   float64    `json:"scale"`
			Norms   []*float64 `json:"norms"`
			Clipped []*float64 `json:"clipped"`
			Global  *float64   `json:"global"`
			Verdict string     `json:"verdict"`
		}{flow.Cell, f.scale, finiteOrNull(f.Norms), finiteOrNull(f.Clipped), finiteOrNull([]float64{f.Global})[0], f.verdict()})
		if err != nil {
			return err
		}
	}
	return nil
}

func finiteOrNull(x []float64) []*float64 {
	pointers := make([]*float64, len(x))
	for i := range x {
		if !math.IsInf(x[i], 0) && !math.IsNaN(x[i]) {
			pointers[i] = &x[i]
		}
	}
	return pointers
}
