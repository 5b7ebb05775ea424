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
	Columns []BoardColumn
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
