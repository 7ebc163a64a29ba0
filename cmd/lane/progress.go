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
	total   int64  // 0: not known
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
		length := total
		if total == 0 {
			length = -1 // shows that something is done, not how much of it
		}
		p.bar = progressbar.NewOptions64(length,
			progressbar.OptionSetWriter(out),
			progressbar.OptionSetWidth(24),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionSetSpinnerChangeInterval(0), // else it would turn by itself, and never stop
			progressbar.OptionClearOnFinish())
	}
	return p
}

// at says that so much is done, of total if that is known, with a short text about the state of it.
func (p *progress) at(done int64, perSecond float64, text string) {
	switch {
	case p.quiet:
	case p.bar != nil:
		p.bar.Describe(fmt.Sprintf("%s  %.0f %s/s", text, perSecond, p.unit))
		if p.total > 0 {
			done = min(done, p.total)
		}
		_ = p.bar.Set64(done) // a bar that cannot be drawn is no reason to stop
	case time.Since(p.printed) >= lineEvery:
		p.printed = time.Now()
		part := fmt.Sprintf("%d %s", done, p.unit)
		if p.total > 0 {
			part = fmt.Sprintf("%5.1f%%", 100*float64(done)/float64(p.total))
		}
		fmt.Fprintf(p.out, "%s  %.0f %s/s  %s\n", part, perSecond, p.unit, text)
	}
}

// counting says how many words are counted, for [corpus.VocabOptions].
func (p *progress) counting() func(tokens, bytes int64) {
	start := time.Now()
	return func(tokens, _ int64) { p.at(tokens, float64(tokens)/time.Since(start).Seconds(), "counting words") }
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
