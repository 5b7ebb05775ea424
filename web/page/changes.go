package page

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/internal/sheet"
	"github.com/slipway-prr/slipway/web/ui"
)

// ChangesURL is what became of projects from one past day to another.
const ChangesURL = PortfolioURL + "/changes"

// ChangesData is what became of projects from one past day to another.
type ChangesData struct {
	From, To         Snapshots
	FromText, ToText string // as they were typed
	Problem          string // of the days that were typed; empty: none
	ProblemAt        string // its field
	Projects         []ProjectChange
}

// ProjectChange is a project that differs between the days, or passed a gate between them.
type ProjectChange struct {
	Key           review.ProjectKey
	Name          string
	New           bool
	Before, After ProjectSide
	Team          string
	Tier          plan.Tier
	Due           time.Time
	Passed        []plan.StageKey
	PassedNames   []string
}

// ProjectSide is where a project stood on one of the days.
type ProjectSide struct {
	Review, Place        int
	StageName            string
	Gate                 review.GateState
	Status               review.Status
	AtRisk, Late, Lapsed bool
}

// changeKind is a sort of change, with its projects.
type changeKind struct {
	id, title string
	look      ui.State
	projects  []*ProjectChange
}

// note says what a kind does not tell; empty: nothing.
func (k *changeKind) note() string {
	if k.id == kindBetter {
		return "Not always good news: without a forecast no project is at risk, and after a change of its plan it may have none."
	}
	return ""
}

// gates reports whether the table has a column for the gates that passed.
func (k *changeKind) gates() bool { return k.id == kindPassed }

func (k *changeKind) columns() []ui.Column {
	if k.gates() {
		return []ui.Column{{Label: "Project"}, {Label: "Before"}, {Label: "After"}, {Label: "Gates passed"}, {Label: "Target"}, {Label: "Team"}}
	}
	return []ui.Column{{Label: "Project"}, {Label: "Before"}, {Label: "After"}, {Label: "Target"}, {Label: "Team"}}
}

// The ids of the projects that passed a gate, and of those of which something no longer holds.
const kindPassed, kindBetter = "passed", "better"

// changesListed is how many projects of a kind the page lists; the file has them all.
const changesListed = 200

// kinds sorts the projects by what became of them. A project may stand in several.
func (d *ChangesData) kinds() []changeKind {
	back := func(c *ProjectChange) bool {
		return c.Before.Review == c.After.Review && c.After.Place < c.Before.Place
	}
	out := []changeKind{}
	for _, k := range []struct {
		id, title string
		look      ui.State
		is        func(*ProjectChange) bool
	}{
		{"new", "New projects", ui.Open, func(c *ProjectChange) bool { return c.New }},
		{kindPassed, "Passed a gate", ui.Met, func(c *ProjectChange) bool { return len(c.Passed) > 0 }},
		{"back", "Moved back", ui.Bad, func(c *ProjectChange) bool { return !c.New && back(c) }},
		{"late", "Became late", ui.Bad, func(c *ProjectChange) bool { return c.After.Late && !c.Before.Late }},
		{"risk", "Came to be at risk", ui.Warn, func(c *ProjectChange) bool { return c.After.AtRisk && !c.Before.AtRisk }},
		{"lapsed", "Lapsed", ui.Bad, func(c *ProjectChange) bool { return c.After.Lapsed && !c.Before.Lapsed }},
		{kindBetter, "No longer late, at risk or lapsed", ui.Open, func(c *ProjectChange) bool {
			return c.Before.Late && !c.After.Late || c.Before.AtRisk && !c.After.AtRisk && !c.After.Late || c.Before.Lapsed && !c.After.Lapsed
		}},
		{"review", "Began another review", ui.Open, func(c *ProjectChange) bool { return !c.New && c.After.Review > c.Before.Review }},
		{"status", "Held, stopped or taken up again", ui.Hold, func(c *ProjectChange) bool { return !c.New && c.After.Status != c.Before.Status }},
	} {
		kind := changeKind{id: k.id, title: k.title, look: k.look}
		for i := range d.Projects {
			if k.is(&d.Projects[i]) {
				kind.projects = append(kind.projects, &d.Projects[i])
			}
		}
		out = append(out, kind)
	}
	return out
}

// strip counts each kind, and leads to it.
func (d *ChangesData) strip() []tally {
	var out []tally
	for _, k := range d.kinds() {
		t := tally{word: k.title}
		if n := len(k.projects); n > 0 {
			t = tally{count: ui.Number(n), word: k.title, href: "#" + k.id, state: k.look}
		}
		out = append(out, t)
	}
	return out
}

func (d *ChangesData) nothing() bool {
	for _, k := range d.kinds() {
		if len(k.projects) > 0 {
			return false
		}
	}
	return true
}

// whole reports whether both days are kept.
func (d *ChangesData) whole() bool { return !d.From.TakenAt.IsZero() && !d.To.TakenAt.IsZero() }

// missing says why there is nothing to compare.
func (d *ChangesData) missing() string {
	switch {
	case d.To.TakenAt.IsZero():
		return d.To.missing()
	case d.From.Day.IsZero():
		return "Only one day has been kept so far. Two can be compared from tomorrow on."
	}
	return d.From.missing()
}

func (d *ChangesData) errors() []ui.FieldError {
	if d.Problem == "" {
		return nil
	}
	return []ui.FieldError{{Name: d.ProblemAt, Text: d.Problem}}
}

// Words of a side: its stage, and what else it says.
func (s *ProjectSide) words() string {
	if s.StageName == "" {
		return ""
	}
	words := []string{s.StageName}
	if s.Review > 1 {
		words = append(words, "review "+strconv.Itoa(s.Review))
	}
	if s.Status != review.StatusActive {
		words = append(words, string(s.Status))
	}
	for _, m := range []struct {
		is   bool
		word string
	}{{s.Late, "late"}, {s.AtRisk, "at risk"}, {s.Lapsed, "lapsed"}} {
		if m.is {
			words = append(words, m.word)
		}
	}
	return strings.Join(words, ", ")
}

// ChangesBetweenURL compares two days.
func ChangesBetweenURL(from, to time.Time) string {
	q := url.Values{}
	if !from.IsZero() {
		q.Set("from", from.Format(time.DateOnly))
	}
	if !to.IsZero() {
		q.Set("to", to.Format(time.DateOnly))
	}
	if len(q) == 0 {
		return ChangesURL
	}
	return ChangesURL + "?" + q.Encode()
}

// TableURL is the same as a file.
func (d *ChangesData) TableURL(format sheet.Format) string {
	return ChangesURL + "/export/" + string(format) + strings.TrimPrefix(ChangesBetweenURL(d.From.Day, d.To.Day), ChangesURL)
}

// field is what a field for a day shows: what was typed, or the day that was taken.
func dayField(typed string, day time.Time) string {
	if typed == "" && !day.IsZero() {
		return day.Format(time.DateOnly)
	}
	return typed
}

// ChangesColumns are the columns of the file.
func ChangesColumns() []sheet.Column {
	return []sheet.Column{
		{Title: "What", Width: 28, Stays: true}, {Title: "Project", Width: 36}, {Title: "Key", Width: 24}, {Title: "Before", Width: 36}, {Title: "After", Width: 36}, {Title: "Gates passed", Width: 36},
		{Title: "Target or next review", Width: 20}, {Title: "Team", Width: 20}, {Title: "Tier", Width: 10}, {Title: "From", Width: 12}, {Title: "To", Width: 12}, {Title: "Address", Width: 40},
	}
}

// SheetRows are the rows of the file: one for each thing that became of a project.
func (d *ChangesData) SheetRows(origin string) [][]any {
	var out [][]any
	for _, k := range d.kinds() {
		for _, c := range k.projects {
			out = append(out, []any{
				k.title, c.Name, string(c.Key), c.Before.words(), c.After.words(), strings.Join(c.PassedNames, "; "), c.Due, c.Team, int(c.Tier), d.From.Day, d.To.Day, origin + ProjectURL(c.Key),
			})
		}
	}
	return out
}
