package page

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// PortfolioFilter is what narrows and orders the portfolio, as its address
// says it. Zero values narrow nothing.
type PortfolioFilter struct {
	Search   string
	Team     string
	Tier     plan.Tier
	Status   review.Status
	Stage    plan.StageKey // that the projects are in
	Owner    string        // OwnerMe, or a part of the owner's name
	Person   string        // OwnerMe, or a part of the name of somebody on the project
	Live     review.Live   // where they stand in their review calendar
	Gate     string        // a key of GateStates: a gate of the project is in that state
	Waits    string        // whom the projects wait for: OwnerMe, a seat, or a part of a name
	Uses     string        // key of a lifecycle or module that they go by
	Version  int           // of what they use; 0: any
	Late     bool
	Risk     bool   // late by its forecast
	Month    string // of the target: 2006-01, or MonthNone
	Group    string // a key of Groupings: the list in groups, or on the board
	NoDeputy bool
	Keeps    string // key of a [KeepsFilter]
	Exposure review.Exposure
	Tag      string // one of the project's
	Behind   bool   // its plan has a document of which there is a newer version
	Waivers  bool   // a waiver of it ends soon
	Expired  bool   // evidence has expired
	NoOwner  bool   // without an owner, also of a stage that has begun
	Columns  string // key of the lifecycle whose stages are the columns; empty: that of new projects
	Sort     string // SortTarget and its sisters
	Desc     bool   // the other way round than at first
	Page     int    // from 1
}

// OwnerMe stands for the reader where a person is asked for.
const OwnerMe = "me"

// The orders of the portfolio, as they stand in addresses.
const (
	SortTarget  = "target"
	SortName    = "name"
	SortTeam    = "team"
	SortOwner   = "owner"
	SortTier    = "tier"
	SortReady   = "ready"
	SortBlocked = "blocked"
	SortSince   = "since"
)

// PortfolioSorts lists every order; the first is taken where none is asked for.
func PortfolioSorts() []string {
	return []string{SortTarget, SortName, SortTeam, SortOwner, SortTier, SortReady, SortBlocked, SortSince}
}

// GateFilter is a state of gates by which the portfolio can be narrowed.
type GateFilter struct {
	Key    string
	States []review.GateState
}

func gateKeys() (keys []string) {
	for _, g := range GateStates() {
		keys = append(keys, g.Key)
	}
	return keys
}

// GateStates are the states of gates that the portfolio is filtered by.
func GateStates() []GateFilter {
	return []GateFilter{
		{"ready", []review.GateState{review.GateReady}},
		{"waiting", []review.GateState{review.GateWaiting}},
		{"returned", []review.GateState{review.GateReturned}},
		{"changed", []review.GateState{review.GateChanged}},
		{"reopened", []review.GateState{review.GateOpenAgain}},
		{"lapsed", []review.GateState{review.GateLapsed}},
		{"conditions", []review.GateState{review.GateConditional}},
		{"overdue", []review.GateState{review.GateOverdue}},
		{"break-glass", []review.GateState{review.GateBreakGlass}},
	}
}

// narrows reports whether the list leaves anything out.
func (f PortfolioFilter) narrows() bool {
	return f != PortfolioFilter{Group: f.Group, Columns: f.Columns, Sort: f.Sort, Desc: f.Desc, Page: f.Page}
}

// URL is the portfolio with this filter.
func (f PortfolioFilter) URL() string { return f.url() }

// uses is the document as it stands in an address: its key, or key@version.
func (f *PortfolioFilter) uses() string {
	if f.Uses == "" || f.Version == 0 {
		return f.Uses
	}
	return f.Uses + "@" + strconv.Itoa(f.Version)
}

// order is the order as it stands in an address; empty for the one that is
// taken anyway.
func (f *PortfolioFilter) order() string {
	switch {
	case f.Desc && f.Sort != "":
		return "-" + f.Sort
	case f.Sort == SortTarget:
		return ""
	}
	return f.Sort
}

// at is the same list at another page.
func (f PortfolioFilter) at(page int) string {
	f.Page = page
	return f.url()
}

// sorted is the same list in another order or, where it has that already, the
// other way round.
func (f PortfolioFilter) sorted(by string) string {
	f.Desc = f.Sort == by && !f.Desc
	f.Sort, f.Page = by, 1
	return f.url()
}

// PortfolioData is one page of the projects that the reader may see.
type PortfolioData struct {
	Actor    review.Actor
	Now      time.Time
	Filter   PortfolioFilter
	Template *plan.Lifecycle // for the names of the stages
	Words    plan.Words      // that published documents add
	Teams    []string        // to filter by; nil: too many to list
	Tags     []string        // to filter by
	Projects []PortfolioProject
	Totals   PortfolioTotals // of all pages, without what the strip narrows
	Ignored  []Ignored
	Views    []SavedView
	Save     SaveView
	First    int  // position of the first project in the whole list, from 1
	More     bool // there is a next page
}

// Ignored is a part of an address that narrows nothing.
type Ignored struct {
	Name, Value string
	Known       bool // the list has such a filter, and the value is none of its choices
}

// ignoredWords say what of an address narrows nothing, and why.
func ignoredWords(ignored []Ignored) string {
	said := make([]string, len(ignored))
	for i, p := range ignored {
		why := "this list has no such filter"
		if p.Known {
			why = "which is none of its choices"
		}
		said[i] = "“" + p.Name + "=" + p.Value + "”, " + why
	}
	return "A part of the address narrows nothing here: " + strings.Join(said, "; ") + "."
}

// PortfolioProject is one row of the portfolio.
type PortfolioProject struct {
	Key        review.ProjectKey
	Name       string
	Team       string
	Owner      string
	Tier       plan.Tier
	Status     review.Status
	Restricted bool
	Exposure   review.Exposure
	Tags       []string
	Target     time.Time // date; zero: none
	Forecast   time.Time // day of its launch at its lifecycle's pace; zero: none is forecast
	Ready      int       // musts satisfied, in percent
	Stages     []review.StageRollup
	Current    int // index of the stage that it is in
	Live       review.Live
	ReviewDue  time.Time       // when its last gate has to pass again; zero: never
	Twin       bool            // the reader sees another project of its name
	Lifecycle  *plan.Lifecycle // that it follows
	Vacant     []plan.Seat     // in which nobody can do what it waits for; an empty seat: in none in particular
	Blocked    string          // whose turn it is, longest: a seat or a person; empty: nobody's
	Others     []string        // whom it waits for beside
	Since      time.Time       // since when it waits for the first; zero: not known
	Kept       Kept
}

// blockedBy says whose turn it is.
func (p *PortfolioProject) blockedBy() string {
	if len(p.Vacant) > 0 {
		return "Nobody" + p.vacantSeats(" as ")
	}
	if n := len(p.Others); n > 0 {
		return p.Blocked + " and " + strconv.Itoa(n) + " more"
	}
	return p.Blocked
}

// blockedTitle says it in full; empty where that adds nothing.
func (p *PortfolioProject) blockedTitle() string {
	if len(p.Vacant) > 0 {
		return "Nobody can do what it waits for" + p.vacantSeats(" in this seat: ")
	}
	if len(p.Others) > 0 {
		return p.waitedFor()
	}
	return clipped(p.Blocked)
}

// waitedFor names all whom the project waits for.
func (p *PortfolioProject) waitedFor() string {
	return Enumerate(append([]string{p.Blocked}, p.Others...), "and")
}

// vacantSeats names the seats in which nobody can act, after a word; empty when
// it is in none in particular.
func (p *PortfolioProject) vacantSeats(word string) string {
	seats := slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(p.Vacant))), func(s plan.Seat) bool { return s == "" })
	if len(seats) == 0 {
		return ""
	}
	return word + SeatWords(seats, "and")
}

// sinceUnknown says why a project has no time of waiting.
func (p *PortfolioProject) sinceUnknown() string {
	switch {
	case p.Status != review.StatusActive:
		return "The project is " + string(p.Status) + "."
	case p.Blocked == "":
		return "The project waits for nobody."
	}
	return "It is not known since when."
}

// clipped is the whole of a text that a narrow column may cut; empty where it
// fits, since hundreds of titles weigh.
func clipped(s string) string {
	if len([]rune(s)) <= 13 {
		return ""
	}
	return s
}

// breakGlassMark is the word for what forced reports.
const breakGlassMark = "Break-glass to review"

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
	case l == review.LiveLapsed, review.Over(due, now):
		return ui.Bad, "Lapsed"
	case l == review.LiveReviewDue:
		return ui.Warn, "Review due"
	}
	return ui.Met, "Live"
}

// liveKey explains the marks before the date of a review.
func liveKey() []looks {
	return []looks{{ui.Met, "The service is live"}, {ui.Warn, "Its review is due"}, {ui.Bad, "Its review has lapsed"}}
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

// atRisk reports whether the project is not late yet and will be by its forecast.
func (p *PortfolioProject) atRisk(now time.Time) bool {
	return !p.Target.IsZero() && p.Forecast.After(p.Target) && !p.overdue(now)
}

func (p *PortfolioProject) overdue(now time.Time) bool {
	return targetMissed(p.Target, p.Status, p.Live, p.Stages, now)
}

// targetMissed reports whether the target date has passed while work is still
// to be done: not of a service that is live, and not while the project is on
// hold or stopped. Every page that says "overdue" of a project asks here.
func targetMissed(target time.Time, st review.Status, l review.Live, stages []review.StageRollup, now time.Time) bool {
	return st == review.StatusActive && l == review.NotLive && review.Over(target, now) && slices.ContainsFunc(stages, func(s review.StageRollup) bool { return !s.Gate.Passed() })
}

// cells are the project's stages in the columns of a lifecycle, which need not be
// its own: each column shows the stage that covers the same part of the work, and
// leads there.
func (p *PortfolioProject) cells(stages []plan.Stage) []ui.HeatCell {
	cells := make([]ui.HeatCell, len(stages))
	for i := range cells {
		cells[i] = ui.HeatCell{State: ui.None, Href: ProjectURL(p.Key), Name: "No such stage"}
		if own := p.Lifecycle.Covering(&stages[i]); own >= 0 && own < len(p.Stages) {
			stage := &p.Lifecycle.Stages[own]
			cells[i] = heatCell(p.Stages[own])
			cells[i].Href, cells[i].Name = StageURL(p.Key, stage.Key), stageShort(stage)+": "+cells[i].Name
		}
	}
	return cells
}

// stageShort is a stage's name as it fits a column.
func stageShort(s *plan.Stage) string {
	return Capital(strings.ReplaceAll(string(s.Key), "-", " "))
}

// heatCell is a stage as one cell: what its gate says, or how far it is.
func heatCell(s review.StageRollup) ui.HeatCell {
	switch {
	case s.Gate == review.GateConditional:
		return ui.HeatCell{State: ui.Met, Name: "passed with conditions"}
	case s.Gate == review.GateReady:
		return ui.HeatCell{State: ui.Open, Name: "ready to request"}
	case s.Gate != review.GateBlocked:
		return ui.HeatCell{State: GateLook(s.Gate), Name: strings.ToLower(s.Gate.Label())}
	case s.MustDone+s.ShouldDone == 0:
		return ui.HeatCell{State: ui.None, Name: "not begun"}
	}
	return ui.HeatCell{State: ui.Part, Name: "required items done", Done: int(s.MustDone), Total: int(s.MustTotal)}
}

func (d *PortfolioData) columns() []ui.Column {
	column := func(label, by string) ui.Column {
		c := ui.Column{Label: label, Href: d.Filter.sorted(by), Num: by == SortReady || by == SortTier}
		if d.Filter.Sort == by {
			c.Sort = "ascending"
			if d.Filter.Desc != (by == SortSince) { // longest first is what people ask for
				c.Sort = "descending"
			}
		}
		return c
	}
	keys, names := stageColumns(d.Template)
	return ui.HeatColumns([]ui.Column{
		column("Project", SortName), column("Target", SortTarget), {Label: "Forecast"}, column("Ready", SortReady), column("Owner", SortOwner),
		column("Blocked by", SortBlocked), column("For", SortSince), column("Team", SortTeam), column("Tier", SortTier), {Label: "On target", Num: true},
	}, keys, names)
}

func (d *PortfolioData) pager() ui.Page {
	p := ui.Page{From: d.First, To: d.First + len(d.Projects) - 1, Noun: "projects"}
	if d.More {
		p.Next = d.Filter.at(d.Filter.Page + 1)
		if n := d.counted(); n > p.To { // the list may be newer by a second
			p.Total = n
		}
	} else {
		p.Total = p.To
	}
	if d.Filter.Page > 1 {
		p.Prev = d.Filter.at(d.Filter.Page - 1)
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
	for t := plan.TierCritical; t <= plan.TierStarter; t++ {
		n := strconv.Itoa(int(t))
		options = append(options, ui.Option{Value: n, Label: n, Selected: t == d.Filter.Tier})
	}
	return options
}

func (d *PortfolioData) statusOptions() []ui.Option {
	options := []ui.Option{{Label: "Any"}}
	for _, s := range Statuses() {
		options = append(options, ui.Option{Value: string(s), Label: Capital(string(s)), Selected: s == d.Filter.Status})
	}
	return options
}

func (d *PortfolioData) exposureFilterOptions() []ui.Option {
	options := []ui.Option{{Label: "Any"}}
	for _, o := range exposures() {
		name, _, _ := strings.Cut(o.Label, ":")
		options = append(options, ui.Option{Value: o.Value, Label: name, Selected: o.Value == string(d.Filter.Exposure)})
	}
	return options
}

func exposureValues() (all []review.Exposure) {
	for _, o := range exposures() {
		all = append(all, review.Exposure(o.Value))
	}
	return all
}

func (d *PortfolioData) stageOptions() []ui.Option {
	options := []ui.Option{{Label: "Any"}}
	for i := range d.Template.Stages {
		s := &d.Template.Stages[i]
		options = append(options, ui.Option{Value: string(s.Key), Label: strconv.Itoa(i+1) + ". " + s.Name, Selected: s.Key == d.Filter.Stage})
	}
	return options
}

func (d *PortfolioData) gateOptions() []ui.Option {
	options := []ui.Option{{Label: "Any"}}
	for _, g := range GateStates() {
		options = append(options, ui.Option{Value: g.Key, Label: g.States[0].Label(), Selected: g.Key == d.Filter.Gate})
	}
	return options
}

// suggested are what the field that asks whom projects wait for offers beside
// names.
func (d *PortfolioData) suggested() []string {
	out := []string{OwnerMe}
	for _, s := range d.Words.AllSeats() {
		out = append(out, s.Label())
	}
	return out
}

// SeatNamed is the seat of that key or label; empty when there is none.
func SeatNamed(words plan.Words, word string) plan.Seat {
	for _, s := range words.AllSeats() {
		if strings.EqualFold(word, string(s)) || strings.EqualFold(word, s.Label()) {
			return s
		}
	}
	return ""
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
