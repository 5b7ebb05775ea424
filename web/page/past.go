package page

import (
	"net/url"
	"strconv"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/sheet"
	"github.com/slipway-prr/slipway/web/ui"
)

// PastURL is the portfolio on a past day.
const PastURL = PortfolioURL + "/past"

// Figures that the portfolio of a past day is narrowed to, as they stand in addresses.
const (
	PastReady  = "ready"
	PastAtRisk = "risk"
	PastLate   = "late"
	PastLapsed = "lapsed"
)

// PastAlarms lists them.
func PastAlarms() []string { return []string{PastReady, PastAtRisk, PastLate, PastLapsed} }

// Snapshots says which days have a snapshot.
type Snapshots struct {
	Day           time.Time // date; zero: none was asked for, and none has one
	TakenAt       time.Time // zero: the day has none
	First, Last   time.Time
	Before, After time.Time // the nearest others; zero: none
}

// missing says why there is nothing to show of the day.
func (s *Snapshots) missing() string {
	day := func(t time.Time) string { return t.Format("2 Jan 2006") }
	switch {
	case s.First.IsZero():
		return "No day has been kept yet. Slipway keeps where all projects stand once a day, while it runs."
	case s.Day.Before(s.First):
		return "Nothing is kept of " + day(s.Day) + ". The first day that is kept is " + day(s.First) + "."
	case s.Day.After(s.Last):
		return "Nothing is kept of " + day(s.Day) + " yet. The newest day that is kept is " + day(s.Last) + "."
	}
	return "Nothing is kept of " + day(s.Day) + ": Slipway did not run then, or the day is so long ago that only one day a week is kept."
}

// PastFilter is what narrows the portfolio of a past day, as its address says it.
type PastFilter struct {
	On     string // the day as it was typed; empty: the newest
	Search string
	Show   string // one of [PastAlarms]; empty: all
	Page   int
}

func (f PastFilter) query() string {
	q := url.Values{}
	for name, value := range map[string]string{"on": f.On, "q": f.Search, "show": f.Show} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if f.Page > 1 {
		q.Set("page", strconv.Itoa(f.Page))
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

func (f PastFilter) url() string { return PastURL + f.query() }

// TableURL is the same list as a file.
func (f PastFilter) TableURL(format sheet.Format) string {
	f.Page = 1
	return PastURL + "/export/" + string(format) + f.query()
}

// on is the same list on another day.
func (f PastFilter) on(day time.Time) string {
	f.On, f.Page = day.Format(time.DateOnly), 1
	return f.url()
}

// PastData is one page of the portfolio on a past day.
type PastData struct {
	Snapshots
	Filter   PastFilter
	Problem  string // of the day that was typed; empty: none
	Projects []PastProject
	Totals   PortfolioTotals
	Position int // of the first project in the whole list, from 1
	More     bool
}

// PastProject is a project on a past day.
type PastProject struct {
	Key                               review.ProjectKey
	Name                              string // of now
	Restricted                        bool   // now
	StageName                         string
	Gate                              review.GateState
	Due                               time.Time
	Tier                              plan.Tier
	Team                              string
	Status                            review.Status
	Live                              review.Live
	Ready, Items, Done, Blockers      int
	Waivers, Ending                   int
	Conditions, Overdue               int
	Requestable, AtRisk, Late, Lapsed bool
}

func (d *PastData) errors() []ui.FieldError {
	if d.Problem == "" {
		return nil
	}
	return []ui.FieldError{{Name: "on", Text: d.Problem}}
}

// dayInput is what a field for a day is, so that what was typed stays when it is none.
func dayInput(text string) string {
	if _, err := time.Parse(time.DateOnly, text); text != "" && err != nil {
		return "text"
	}
	return "date"
}

// strip are the figures of the day; each narrows the list, or takes that back.
func (d *PastData) strip() []tally {
	at := func(n int, word string, state ui.State, show string) tally {
		f := d.Filter
		f.Page = 1
		on := f.Show == show
		if n == 0 && !on {
			return tally{word: word}
		}
		if f.Show = show; on {
			f.Show = ""
		}
		return tally{count: ui.Number(n), word: word, href: f.url(), state: state, on: on}
	}
	t := &d.Totals
	return []tally{
		{count: ui.Number(t.Projects), word: "Projects"},
		at(t.Ready, "Ready to request", ui.Open, PastReady), at(t.AtRisk, "At risk", ui.Warn, PastAtRisk),
		at(t.Late, "Late", ui.Bad, PastLate), at(t.Lapsed, "Lapsed", ui.Bad, PastLapsed),
	}
}

func (d *PastData) pager() ui.Page {
	p := ui.Page{From: d.Position, To: d.Position + len(d.Projects) - 1, Noun: "projects"}
	f := d.Filter
	if f.Page = d.Filter.Page + 1; d.More {
		p.Next = f.url()
	} else {
		p.Total = p.To
	}
	if f.Page = d.Filter.Page - 1; f.Page > 0 {
		p.Prev = f.url()
	}
	return p
}

// state is where the project was: what its status or its review calendar said, or else the
// gate of its stage.
func (p *PastProject) state() (ui.State, string) {
	switch p.Status {
	case review.StatusOnHold:
		return ui.Hold, "On hold"
	case review.StatusStopped:
		return ui.Stop, "Stopped"
	}
	if look, word := liveLook(p.Live, time.Time{}, time.Time{}); word != "" {
		return look, word
	}
	return GateLook(p.Gate), p.Gate.Label()
}

// marks are what asked for attention, beside what the state says already.
func (p *PastProject) marks() (out []looks) {
	_, state := p.state()
	for _, m := range []struct {
		is bool
		looks
	}{{p.Late, looks{ui.Bad, "Late"}}, {p.AtRisk, looks{ui.Warn, "At risk"}}, {p.Lapsed, looks{ui.Bad, "Lapsed"}}, {p.Requestable, looks{ui.Open, "Ready to request"}}} {
		if m.is && m.word != state {
			out = append(out, m.looks)
		}
	}
	return out
}

// looks is a mark and its word.
type looks struct {
	look ui.State
	word string
}

// some is a number that is worth a look; empty for none.
func some(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// PastColumns are the columns of the portfolio of a past day as a file.
func PastColumns() []sheet.Column {
	return []sheet.Column{
		{Title: "Project", Width: 36, Stays: true}, {Title: "Key", Width: 24}, {Title: "Day", Width: 12}, {Title: "State", Width: 20}, {Title: "Stage", Width: 24},
		{Title: "Target or next review", Width: 20}, {Title: "Late", Width: 10}, {Title: "At risk", Width: 10}, {Title: "Lapsed", Width: 10}, {Title: "Ready to request", Width: 16},
		{Title: "Ready in % (required)", Width: 18}, {Title: "Items (with recommended)", Width: 20}, {Title: "Done (with recommended)", Width: 20}, {Title: "Blockers (all stages)", Width: 18}, {Title: "Waivers", Width: 10},
		{Title: "Waivers ending", Width: 14}, {Title: "Conditions", Width: 10}, {Title: "Overdue", Width: 10}, {Title: "Team", Width: 20}, {Title: "Tier", Width: 10},
		{Title: "Restricted now", Width: 14}, {Title: "Address", Width: 40},
	}
}

// SheetRow is a project as a row of that file. origin is the address of this Slipway.
func (p *PastProject) SheetRow(s *Snapshots, origin string) []any {
	_, state := p.state()
	return []any{
		p.Name, string(p.Key), s.Day, state, p.StageName, p.Due, yes(p.Late), yes(p.AtRisk), yes(p.Lapsed), yes(p.Requestable),
		p.Ready, p.Items, p.Done, p.Blockers, p.Waivers, p.Ending, p.Conditions, p.Overdue, p.Team, int(p.Tier), yes(p.Restricted), origin + string(At(ProjectURL(p.Key), s.TakenAt)),
	}
}

// day is what the field for the day shows.
func (d *PastData) day() string {
	if d.Filter.On == "" && !d.Day.IsZero() {
		return d.Day.Format(time.DateOnly)
	}
	return d.Filter.On
}
