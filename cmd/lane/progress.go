package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// A progress shows how far a training is: a bar on a terminal, a line every
// few seconds elsewhere, nothing when quiet.
type progress struct {
	out     io.Writer
	unit    string // "words" or "tokens"
	total   int64
	bar     *progressbar.ProgressBar
	quiet   bool
	printed time.Time // when at last printed a line
	epoch   time.Time // when endEpoch last did
}

const (
	lineEvery  = 5 * time.Second
	epochEvery = time.Second
)

func newProgress(out io.Writer, unit string, total int64, quiet bool) *progress {
	p := &progress{out: out, unit: unit, total: total, quiet: quiet, printed: time.Now()}
	if f, ok := out.(*os.File); ok && !quiet && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions64(total,
			progressbar.OptionSetWriter(out),
			progressbar.OptionSetWidth(24),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionClearOnFinish())
	}
	return p
}

// at says that done of total is done, with a short text about the state of it.
func (p *progress) at(done int64, perSecond float64, text string) {
	switch {
	case p.quiet:
	case p.bar != nil:
		p.bar.Describe(fmt.Sprintf("%s  %.0f %s/s", text, perSecond, p.unit))
		_ = p.bar.Set64(min(done, p.total)) // a bar that cannot be drawn is no reason to stop
	case time.Since(p.printed) >= lineEvery:
		p.printed = time.Now()
		fmt.Fprintf(p.out, "%5.1f%%  %.0f %s/s  %s\n", 100*float64(done)/float64(max(p.total, 1)), perSecond, p.unit, text)
	}
}

// say prints a line that stays.
func (p *progress) say(format string, args ...any) {
	if !p.quiet {
		p.warn(format, args...)
	}
}

// warn is say of what changes the meaning of the result: no one asks not to see that.
func (p *progress) warn(format string, args ...any) {
	p.clear()
	fmt.Fprintf(p.out, format+"\n", args...)
}

// endEpoch says how an epoch went: of epochs that pass in no time only some, but
// always the first and the last.
func (p *progress) endEpoch(last bool, format string, args ...any) {
	if !last && time.Since(p.epoch) < epochEvery {
		return
	}
	p.epoch = time.Now()
	p.say(format, args...)
}

// clear takes the bar away before something else is printed.
func (p *progress) clear() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}
