package records

import (
	"slices"
	"strconv"

	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// ReadingForm is what was typed about a figure.
type ReadingForm struct {
	Value, At, Note, URL string
	Strike, Reason       string // which of them to strike out, and why
	Errors               map[string]string
}

// readingsShown is how many figures the table of a record's page has.
const readingsShown = 100

// readings is what a record's page shows of what was read of it.
type readings struct {
	*Data
	*record.Reads
	latest page.Figure
	rows   []review.Reading // the newest first, struck out or not
	older  int              // left out of them
}

// read is nil for a record of which nothing is read.
func (d *Data) read() *readings {
	latest, ok := page.LatestFigure(d.Record, d.Now)
	if !ok {
		return nil
	}
	out := &readings{Data: d, Reads: d.Record.Def().Reads, latest: latest, rows: slices.Clone(d.Record.Readings)}
	slices.SortStableFunc(out.rows, func(a, b review.Reading) int { return b.Moment().Compare(a.Moment()) })
	if n := len(out.rows) - readingsShown; n > 0 {
		out.rows, out.older = out.rows[:readingsShown], n
	}
	return out
}

// notes reports whether whoever looks may note figures.
func (d *Data) notes() bool { return d.mayChange() && !d.Record.Closed() }

// chart draws the figures that count.
func (r *readings) chart() ui.ChartData {
	series := r.Record.Series()
	out := ui.ChartData{}
	target, _, aims := r.Target(r.Record.Values)
	out.Target, out.Aims = target.Float(), aims
	for i := range series {
		out.Points = append(out.Points, ui.ChartPoint{At: series[i].Moment(), Value: series[i].Value.Float()})
	}
	if n := len(series); n > 1 {
		low, high := series[0].Value, series[0].Value
		for i := range series {
			low, high = min(low, series[i].Value), max(high, series[i].Value)
		}
		out.Label = strconv.Itoa(n) + " values from " + page.DayOf(series[0].Moment(), r.Now) + " to " + page.DayOf(series[n-1].Moment(), r.Now) +
			": the lowest " + r.Figure(r.Record.Values, low) + ", the highest " + r.Figure(r.Record.Values, high) + ", the latest " + r.latest.Text
		if r.latest.Aim != "" {
			out.Label += "; the dashed line is the target, " + r.latest.Aim
		}
		out.Label += "."
	}
	return out
}

func (r *readings) verdict(re *review.Reading) (ui.State, string) {
	if re.StruckBy != 0 {
		return ui.NA, "Struck out"
	}
	return page.VerdictLook(r.Verdict(r.Record.Values, re.Value))
}

// typed is what the form begins with: nothing, or what was refused.
func (r *readings) field(name, label, hint, value string, optional bool) ui.Field {
	return ui.Field{Name: name, Label: label, Hint: hint, Value: value, Optional: optional, Error: r.Reading.Errors[name]}
}

func (r *readings) value() ui.Field {
	hint := ""
	if r.latest.Aim != "" {
		hint = "The target is " + r.latest.Aim + "."
	}
	label := r.Label
	if unit := r.Unit(r.Record.Values); unit != "" && unit != "%" {
		label += ", in " + unit
	}
	return r.field("value", label, hint, r.Reading.Value, false)
}

func (r *readings) at() ui.Field {
	at := r.Reading.At
	if at == "" && len(r.Reading.Errors) == 0 {
		at = r.Now.UTC().Format(record.MomentLayout)
	}
	return r.field("at", "When was that?", "In UTC.", at, false)
}

func (r *readings) note() ui.Field { return r.field("note", "Note", "", r.Reading.Note, true) }

func (r *readings) link() ui.Field {
	return r.field("url", "Link to the figures", "", r.Reading.URL, true)
}

// strikes are the figures that can be struck out.
func (r *readings) strikes() []ui.Option {
	var out []ui.Option
	for i := range r.rows {
		if re := &r.rows[i]; re.StruckBy == 0 {
			no := strconv.Itoa(re.No)
			out = append(out, ui.Option{Value: no, Label: r.Figure(r.Record.Values, re.Value) + ", " + page.Moment(re.Moment()), Selected: no == r.Reading.Strike})
		}
	}
	return out
}

func (r *readings) strike() ui.Field {
	return r.field("reading", "Which value?", "", "", false)
}

func (r *readings) reason() ui.Field {
	return r.field("reason", "What is wrong with it?", "It stays readable, and counts no longer.", r.Reading.Reason, false)
}

// problems are what is wrong with the forms about figures.
func (r *readings) problems() []ui.FieldError {
	var out []ui.FieldError
	for _, f := range []ui.Field{r.value(), r.at(), r.note(), r.link(), r.strike(), r.reason()} {
		if f.Error != "" {
			out = append(out, ui.FieldError{Name: f.Name, Text: page.FieldSentence(f.Label, f.Error)})
		}
	}
	return out
}
