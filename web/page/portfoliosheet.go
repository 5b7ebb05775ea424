package page

import (
	"fmt"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/sheet"
	"github.com/slipway-prr/slipway/web/ui"
)

// TableURL is the list of the portfolio as a file, narrowed and ordered as it is here.
func (f PortfolioFilter) TableURL(format sheet.Format) string {
	f.Page = 1
	return PortfolioURL + "/export/" + string(format) + strings.TrimPrefix(f.url(), PortfolioURL)
}

// SheetColumns are the columns of the portfolio as a file: those of the page, and in words
// what the page says with marks.
func (d *PortfolioData) SheetColumns() []sheet.Column {
	columns := []sheet.Column{
		{Title: "Project", Width: 36, Stays: true}, {Title: "Key", Width: 24}, {Title: "Status", Width: 12}, {Title: "Target or next review", Width: 20}, {Title: "Overdue", Width: 10}, {Title: "Forecast", Width: 14}, {Title: "At risk", Width: 10},
		{Title: "Ready in %", Width: 10}, {Title: "Owner", Width: 24}, {Title: "Blocked by", Width: 36}, {Title: "Blocked since", Width: 14}, {Title: "Team", Width: 20}, {Title: "Tier", Width: 10},
		{Title: "Figures on target", Width: 16}, {Title: "Figures read", Width: 12}, {Title: "Marks", Width: 36}, {Title: "Restricted", Width: 10}, {Title: "Exposure", Width: 12}, {Title: "Items with expired evidence", Width: 14}, {Title: "Lifecycle", Width: 28}, {Title: "Tags", Width: 28},
	}
	for i := range d.Template.Stages {
		columns = append(columns, sheet.Column{Title: stageShort(&d.Template.Stages[i]), Width: 22})
	}
	return append(columns, sheet.Column{Title: "Address", Width: 40})
}

// SheetRow is a project as a row of that file. origin is the address of this Slipway.
func (d *PortfolioData) SheetRow(p *PortfolioProject, origin string) []any {
	row := []any{
		p.Name, string(p.Key), p.statusWord(d.Now), p.day(), yes(p.overdue(d.Now)), p.Forecast, yes(p.atRisk(d.Now)),
		p.Ready, p.Owner, p.blockedFully(), p.Since, p.Team, int(p.Tier),
	}
	if p.Kept.Read > 0 {
		row = append(row, p.Kept.onTargetCount(), p.Kept.Read)
	} else {
		row = append(row, nil, nil)
	}
	row = append(row, strings.Join(p.marks(), "; "), yes(p.Restricted), Capital(string(p.Exposure)), p.expired(), p.Lifecycle.Name, TagText(p.Tags))
	for _, c := range p.cells(d.Template.Stages) {
		row = append(row, stageWords(c))
	}
	return append(row, origin+ProjectURL(p.Key))
}

// SheetColumns are the columns of the groups as a file.
func (d *GroupsData) SheetColumns() []sheet.Column {
	_, name := groupWords(d.Filter.Group)
	columns := []sheet.Column{
		{Title: name, Width: 32, Stays: true}, {Title: "Projects", Width: 10}, {Title: "Done in %", Width: 10}, {Title: "Ready to request", Width: 16}, {Title: "At risk", Width: 10},
		{Title: "Late", Width: 10}, {Title: "Lapsed", Width: 10}, {Title: "Live", Width: 10},
	}
	for i := range d.Template.Stages {
		columns = append(columns, sheet.Column{Title: stageShort(&d.Template.Stages[i]), Width: 14})
	}
	return columns
}

// SheetRow is a group as a row of that file.
func (d *GroupsData) SheetRow(t *PortfolioTotals) []any {
	row := []any{d.name(t), t.Projects, t.Done, t.Ready, t.AtRisk, t.Late, t.Lapsed, t.Live}
	for _, n := range t.Stages {
		row = append(row, n)
	}
	return row
}

// statusWord is what the page says in the column of days, in a word.
func (p *PortfolioProject) statusWord(now time.Time) string {
	if _, word := p.status(); word != "" {
		return word
	}
	if _, word := liveLook(p.Live, p.ReviewDue, now); word != "" {
		return word
	}
	return Capital(string(p.Status))
}

// day is the day that the page shows: of the next review once a service runs, the target
// before; none while nobody works towards it.
func (p *PortfolioProject) day() time.Time {
	if _, word := p.status(); word != "" {
		return time.Time{}
	}
	if p.Live != "" {
		return p.ReviewDue
	}
	return p.Target
}

// blockedFully names everybody whom the project waits for.
func (p *PortfolioProject) blockedFully() string {
	if len(p.Vacant) > 0 {
		return p.blockedBy()
	}
	if p.Blocked == "" {
		return ""
	}
	return p.waitedFor()
}

// expired counts the items whose evidence has expired.
func (p *PortfolioProject) expired() (n int) {
	for _, s := range p.Stages {
		n += int(s.Expired)
	}
	return n
}

// marks are the words that the page has behind marks.
func (p *PortfolioProject) marks() (words []string) {
	if p.forced() {
		words = append(words, breakGlassMark)
	}
	for _, a := range p.Kept.alarms() {
		words = append(words, a.word)
	}
	return words
}

// stageWords says in words what a cell shows. "3/7" would be a day to a spreadsheet.
func stageWords(c ui.HeatCell) string {
	_, name, _ := strings.Cut(c.Name, ": ")
	if name == "" {
		return "" // no such stage
	}
	if c.Total > 0 || c.Done > 0 {
		return fmt.Sprintf("%d of %d", c.Done, c.Total)
	}
	return name
}

// yes is a mark in a column of its own; nothing where it does not apply.
func yes(is bool) string {
	if is {
		return "yes"
	}
	return ""
}
