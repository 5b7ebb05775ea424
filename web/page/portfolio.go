package page

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// PortfolioFilter is what narrows and orders the portfolio, as its address
// says it. Zero values narrow nothing.
type PortfolioFilter struct {
	Search string
	Team   string
	Tier   review.Tier
	Status review.Status
	Stage  review.StageKey // that the projects are in
	Mine   bool            // only projects that the reader owns
	Live   review.Live     // where they stand in their review calendar
	Sort   string          // SortName and its sisters
	Page   int             // from 1
}

// The orders of the portfolio, as they stand in addresses.
const (
	SortName   = "name"
	SortTeam   = "team"
	SortReady  = "ready"
	SortTarget = "target"
)

func (f PortfolioFilter) narrows() bool {
	return f.Search != "" || f.Team != "" || f.Tier != 0 || f.Status != "" || f.Stage != "" || f.Mine || f.Live != review.NotLive
}

// url is the portfolio with this filter, in another order or at another page.
func (f PortfolioFilter) url(sort string, page int) string {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set("q", f.Search)
	set("team", f.Team)
	set("status", string(f.Status))
	set("stage", string(f.Stage))
	set("live", string(f.Live))
	if f.Tier != 0 {
		q.Set("tier", strconv.Itoa(int(f.Tier)))
	}
	if f.Mine {
		q.Set("owner", "me")
	}
	if sort != SortName {
		q.Set("sort", sort)
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return PortfolioURL
	}
	return PortfolioURL + "?" + q.Encode()
}

// PortfolioData is one page of the projects that the reader may see.
type PortfolioData struct {
	Actor    review.Actor
	Now      time.Time
	Filter   PortfolioFilter
	Template *review.Template // for the names of the stages
	Teams    []string         // to filter by; nil: too many to list
	Projects []PortfolioProject
	First    int  // position of the first project in the whole list, from 1
	More     bool // there is a next page
}

// PortfolioProject is one row of the portfolio.
type PortfolioProject struct {
	Key        review.ProjectKey
	Name       string
	Team       string
	Owner      string
	Tier       review.Tier
	Status     review.Status
	Restricted bool
	Target     time.Time // date; zero: none
	Ready      int       // musts satisfied, in percent
	Stages     []review.StageRollup
	Live       review.Live
	ReviewDue  time.Time // when its last gate has to pass again; zero: never
}

// forced reports whether a gate was passed by break-glass and waits for
// review.
func (p *PortfolioProject) forced() bool {
	return slices.ContainsFunc(p.Stages, func(s review.StageRollup) bool { return s.Forced > 0 })
}

// liveLook says in a word where a running service stands in its review calendar,
// at a moment that may lie after the row was last written.
func liveLook(l review.Live, due, now time.Time) (ui.State, string) {
	switch {
	case l == review.NotLive:
		return ui.None, ""
	case l == review.LiveLapsed, !due.IsZero() && !now.Before(due):
		return ui.Bad, "Lapsed"
	case l == review.LiveReviewDue:
		return ui.Warn, "Review due"
	}
	return ui.Met, "Live"
}

func (p *PortfolioProject) status() (ui.State, string) {
	switch p.Status {
	case review.StatusOnHold:
		return ui.Hold, "On hold"
	case review.StatusStopped:
		return ui.Stop, "Stopped"
	}
	return ui.None, ""
}

func (p *PortfolioProject) overdue(now time.Time) bool {
	return targetMissed(p.Target, p.Status, p.Stages, now)
}

// targetMissed reports whether the target date has passed while work is still
// to be done.
func targetMissed(target time.Time, st review.Status, stages []review.StageRollup, now time.Time) bool {
	return st == review.StatusActive && pastDay(target, now) && slices.ContainsFunc(stages, func(s review.StageRollup) bool { return !s.Gate.Passed() })
}

// pastDay reports whether a day is over; none never is.
func pastDay(day, now time.Time) bool {
	return !day.IsZero() && day.Before(now.UTC().Truncate(24*time.Hour))
}

// cells are the project's stages in the columns of a template with n stages.
func (p *PortfolioProject) cells(n int) []ui.HeatCell {
	cells := make([]ui.HeatCell, n)
	for i := range cells {
		if i >= len(p.Stages) { // the project follows a template with fewer stages
			cells[i] = ui.HeatCell{State: ui.None, Word: "–"}
			continue
		}
		cells[i] = heatCell(p.Stages[i])
	}
	return cells
}

// heatCell is a stage as one cell: what its gate says, or how far it is.
func heatCell(s review.StageRollup) ui.HeatCell {
	word := ""
	switch s.Gate {
	case review.GateReady:
		word = "Ready"
	case review.GatePassed:
		word = "Passed"
	case review.GateWaiting:
		word = "Waiting"
	case review.GateChanged:
		word = "Changed"
	case review.GateReturned:
		word = "Returned"
	case review.GateLapsed:
		word = "Lapsed"
	case review.GateConditional:
		word = "Conditions"
	case review.GateOverdue:
		word = "Overdue"
	case review.GateBreakGlass:
		word = "Break-glass"
	}
	switch {
	case s.Gate == review.GateConditional:
		return ui.HeatCell{State: ui.Met, Word: word}
	case word != "":
		return ui.HeatCell{State: gateLook(s.Gate), Word: word}
	case s.MustDone+s.ShouldDone == 0:
		return ui.HeatCell{State: ui.None, Word: "–"}
	}
	return ui.HeatCell{State: ui.Part, Done: int(s.MustDone), Total: int(s.MustTotal)}
}

func (d *PortfolioData) columns() []ui.Column {
	column := func(label, by string) ui.Column {
		c := ui.Column{Label: label, Href: d.Filter.url(by, 1)}
		if d.Filter.Sort == by {
			c.Sort = "ascending"
		}
		return c
	}
	ready := column("Ready", SortReady)
	ready.Num = true
	n := len(d.Template.Stages)
	keys, names := make([]string, n), make([]string, n)
	for i := range d.Template.Stages {
		keys[i] = string(d.Template.Stages[i].Key)
		names[i] = capital(strings.ReplaceAll(keys[i], "-", " "))
	}
	return ui.HeatColumns([]ui.Column{
		column("Project", SortName), column("Team", SortTeam), {Label: "Owner"}, {Label: "Tier", Num: true},
		column("Target", SortTarget), ready,
	}, keys, names)
}

func (d *PortfolioData) pager() ui.Page {
	p := ui.Page{From: d.First, To: d.First + len(d.Projects) - 1, Noun: "projects"}
	if d.More {
		p.Next = d.Filter.url(d.Filter.Sort, d.Filter.Page+1)
	} else {
		p.Total = p.To
	}
	if d.Filter.Page > 1 {
		p.Prev = d.Filter.url(d.Filter.Sort, d.Filter.Page-1)
	}
	return p
}

func (d *PortfolioData) mayCreate() bool {
	return review.May(d.Actor, review.CreateProject, nil) == nil
}

// outsider reports whether the reader has no right but on projects of theirs.
func (d *PortfolioData) outsider() bool { return len(d.Actor.Roles)+len(d.Actor.Seats) == 0 }

func (d *PortfolioData) teamOptions() []ui.Option {
	options := []ui.Option{{Label: "All"}}
	known := d.Filter.Team == ""
	for _, t := range d.Teams {
		known = known || t == d.Filter.Team
		options = append(options, ui.Option{Value: t, Label: t, Selected: t == d.Filter.Team})
	}
	if !known {
		options = append(options, ui.Option{Value: d.Filter.Team, Label: d.Filter.Team, Selected: true})
	}
	return options
}

func (d *PortfolioData) tierOptions() []ui.Option {
	options := []ui.Option{{Label: "All"}}
	for t := review.TierCritical; t <= review.TierStarter; t++ {
		n := strconv.Itoa(int(t))
		options = append(options, ui.Option{Value: n, Label: n, Selected: t == d.Filter.Tier})
	}
	return options
}

func (d *PortfolioData) statusOptions() []ui.Option {
	options := []ui.Option{{Label: "Any"}}
	for _, s := range Statuses() {
		options = append(options, ui.Option{Value: string(s), Label: capital(string(s)), Selected: s == d.Filter.Status})
	}
	return options
}

func (d *PortfolioData) stageOptions() []ui.Option {
	options := []ui.Option{{Label: "Any"}}
	for i := range d.Template.Stages {
		s := &d.Template.Stages[i]
		options = append(options, ui.Option{Value: string(s.Key), Label: strconv.Itoa(i+1) + ". " + s.Name, Selected: s.Key == d.Filter.Stage})
	}
	return options
}

func (d *PortfolioData) ownerOptions() []ui.Option {
	return []ui.Option{{Label: "Anyone"}, {Value: "me", Label: "Me", Selected: d.Filter.Mine}}
}

func (d *PortfolioData) liveOptions() []ui.Option {
	options := []ui.Option{{Label: "Any"}}
	for _, l := range LiveStates() {
		options = append(options, ui.Option{Value: string(l), Label: l.Label(), Selected: l == d.Filter.Live})
	}
	return options
}

// LiveStates lists where a running service can stand in its review calendar.
func LiveStates() []review.Live {
	return []review.Live{review.LiveCurrent, review.LiveReviewDue, review.LiveLapsed}
}

// Statuses lists every status in the order in which pages offer them.
func Statuses() []review.Status {
	return []review.Status{review.StatusActive, review.StatusOnHold, review.StatusStopped}
}
