package page

import (
	"strconv"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/web/ui"
)

// BoardColumn are the projects in a stage.
type BoardColumn struct {
	Stage    *plan.Stage // nil: stages that none of the columns' lifecycle covers
	Total    int
	Projects []PortfolioProject // the first of them
}

// BoardData are the projects of the portfolio in columns, by the stage that they are in.
type BoardData struct {
	PortfolioData
	Columns    []BoardColumn
	Lifecycles []*plan.Lifecycle // in use on projects that the reader may see
}

// lifecycles are whose stages can be the columns: those of new projects, for all, or of one lifecycle with
// the projects that go by it.
func (d *BoardData) lifecycles() []ui.Chip {
	at := func(key, label string) ui.Chip {
		f := d.Filter
		if key != "" || f.Uses == f.Columns {
			f.Uses, f.Version = key, 0
		}
		f.Columns, f.Stage, f.Page = key, "", 1
		return ui.Chip{Label: label, Href: f.url(), Current: d.Filter.Columns == key, Count: -1}
	}
	chips := []ui.Chip{at("", "All")}
	for _, l := range d.Lifecycles {
		chips = append(chips, at(l.Key, l.Name))
	}
	return chips
}

// orders are the orders that the board offers, of those that the list has.
func (d *BoardData) orders() []ui.Chip {
	var chips []ui.Chip
	for _, o := range []struct{ by, label string }{{SortTarget, "Due soonest"}, {SortName, "Name"}, {SortReady, "Least ready"}, {SortSince, "Longest waiting"}} {
		f := d.Filter
		f.Sort, f.Desc, f.Page = o.by, false, 1
		chips = append(chips, ui.Chip{Label: o.label, Href: f.url(), Current: d.Filter.Sort == o.by && !d.Filter.Desc, Count: -1})
	}
	return chips
}

// name is what a column is called: the stage by its number and name.
func (d *BoardData) name(i int) string {
	if d.Columns[i].Stage == nil {
		return "Other stages"
	}
	return strconv.Itoa(i+1) + ". " + d.Columns[i].Stage.Name
}

// list is the list of a column's projects; empty where no filter finds them.
func (d *BoardData) list(c *BoardColumn) string {
	if c.Stage == nil {
		return ""
	}
	f := d.Filter
	f.Group, f.Page, f.Stage = "", 1, c.Stage.Key
	return f.url()
}

// projects is how many projects the board has.
func (d *BoardData) projects() (n int) {
	for i := range d.Columns {
		n += d.Columns[i].Total
	}
	return n
}

// blockers counts what is in the way of the gate of a project's stage.
func (p *PortfolioProject) blockers() int {
	if p.Current >= len(p.Stages) {
		return 0
	}
	return int(p.Stages[p.Current].Blockers)
}

// boardWaits says whom a project waits for, and for how long.
func (p *PortfolioProject) boardWaits(now time.Time) string {
	words := p.blockedBy()
	if len(p.Vacant) == 0 {
		words = "Waits for " + words
	} else {
		words += " can act"
	}
	if !p.Since.IsZero() {
		words += " for " + ui.Span(now.Sub(p.Since))
	}
	return words
}
