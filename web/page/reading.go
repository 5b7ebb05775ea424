package page

import (
	"time"

	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// Figure is what was read of a record last.
type Figure struct {
	Look ui.State
	Word string // how it compares with what is aimed at
	Text string // the figure with its unit; empty: nothing was read
	Aim  string // "at least 99.5 %"
	At   string
}

// LatestFigure is what was read of a record last. It says so where nothing was;
// ok is false for kinds of which nothing is read.
func LatestFigure(rec *review.Record, now time.Time) (f Figure, ok bool) {
	reads := rec.Def().Reads
	if reads == nil {
		return f, false
	}
	f.Aim = reads.Aim(rec.Values)
	if rec.Latest == nil {
		f.Word = "No value yet"
		return f, true
	}
	f.Text, f.At = reads.Figure(rec.Values, rec.Latest.Value), DayOf(rec.Latest.Moment(), now)
	f.Look, f.Word = VerdictLook(rec.Verdict())
	return f, true
}

// VerdictLook is the shape and colour of a verdict, and its word.
func VerdictLook(v record.Verdict) (ui.State, string) {
	switch v {
	case record.Meets:
		return ui.Met, "On target"
	case record.Misses:
		return ui.Warn, "Off target"
	}
	return ui.None, "No target"
}

// Sentence is the figure in a sentence: "99.62 % on 20 Nov; target: at least 99.5 %".
func (f Figure) Sentence() string {
	if f.Text == "" {
		return f.Word + "; target: " + f.Aim
	}
	s := f.Text + ", " + f.At
	if f.Aim != "" {
		s += "; target: " + f.Aim
	}
	return s
}
