// Package bench measures how fast the product is, as ratios to yardsticks that are measured in the same minutes: the same libraries
// doing only the bare work (package yardstick), driven by the same clients (package load).
package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Options of a run.
type Options struct {
	// Quick measures the main ratios in under two minutes.
	Quick bool
	// Lists measures only what grows with the portfolio: lists at 1,000, 10,000 and 100,000 projects, beside the yardsticks they need.
	// What it takes is minutes of filling.
	Lists bool
	// Only measures the contenders whose name and clients, like "tick@16", match. What is left gets printed, never recorded. nil: all.
	Only *regexp.Regexp
	// Results is a Markdown file that gets the report, in the section of its kind. Empty: it is only printed.
	Results string
	// Log gets what the product's servers log; nil: nobody.
	Log *os.File
	// Progress says what is going on.
	Progress io.Writer
}

func (o Options) timing() Timing {
	if o.Quick {
		return Timing{Rounds: 3, Each: 1500 * time.Millisecond, Warmup: 500 * time.Millisecond}
	}
	if o.Lists {
		return Timing{Rounds: 5, Each: 2 * time.Second, Warmup: time.Second}
	}
	return Timing{Rounds: 5, Each: 3 * time.Second, Warmup: time.Second}
}

func (o Options) title() string {
	if o.Quick {
		return "quick"
	}
	if o.Lists {
		return "lists"
	}
	return "full"
}

// ErrWrongAnswers says that a contender made errors. The report names them.
var ErrWrongAnswers = errors.New("some answers were wrong, see the errors in the report")

// Run measures, and writes the report to out.
func Run(ctx context.Context, o Options, out io.Writer) (err error) {
	l, err := openLab(ctx, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	l.log, l.released = o.Log, true
	machine, err := l.machine(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(o.Progress, "filling databases")
	st, err := l.stand(ctx, o.scale())
	if err != nil {
		return err
	}
	timing := o.timing()
	contenders, err := st.contenders(ctx, timing.Rounds+1) // and the warm-up
	if err != nil {
		return err
	}
	contenders = o.chosen(contenders)
	meter, err := l.meter(ctx)
	if err != nil {
		return err
	}
	summaries, err := measure(ctx, contenders, timing, meter, o.Progress)
	if err != nil {
		return err
	}
	r := Report{Title: o.title(), Machine: machine, Summaries: summaries, Figures: Figures{}}
	for _, s := range summaries {
		r.Figures.note(s)
	}
	if err := st.finish(ctx, &r, o.Only == nil); err != nil {
		return err
	}
	for _, p := range l.servers {
		now, most, err := p.memory()
		if err != nil {
			return err
		}
		r.Notes = append(r.Notes, fmt.Sprintf("%s after the load: %.0f MiB, %.0f at most.", p.name, now, most))
	}
	return o.publish(r, out)
}

func (o Options) chosen(all []Contender) []Contender {
	if o.Only == nil {
		return all
	}
	return slices.DeleteFunc(all, func(c Contender) bool { return !o.Only.MatchString(c.key()) })
}

func (o Options) publish(r Report, out io.Writer) error {
	var text strings.Builder
	r.Markdown(&text)
	if _, err := io.WriteString(out, text.String()); err != nil {
		return fmt.Errorf("print report: %w", err)
	}
	if failures := r.Failures(); len(failures) > 0 {
		return fmt.Errorf("%w:\n%s", ErrWrongAnswers, strings.Join(failures, "\n"))
	}
	if o.Results == "" || o.Only != nil {
		return nil
	}
	return writeSection(o.Results, r.Title, text.String())
}
