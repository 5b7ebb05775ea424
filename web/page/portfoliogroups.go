package page

import (
	"strconv"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/web/ui"
)

// PortfolioTotals is what projects amount to.
type PortfolioTotals struct {
	Key      string // of the group: a team, a tier, the key of a lifecycle, or a month
	Name     string // of a lifecycle
	Projects int
	Ready    int // with a gate that can be requested
	AtRisk   int // that will be late by their forecast
	Late     int
	Lapsed   int // with a gate that passed and no longer holds
	Live     int
	Done     int   // required items that are done, in percent, on average
	Stages   []int // in each column
}

// Groupings of the portfolio, as they stand in addresses.
const (
	GroupStage     = "stage"   // the board
	GroupQuality   = "quality" // by qualities of items
	GroupTeam      = "team"
	GroupTier      = "tier"
	GroupLifecycle = "lifecycle"
	GroupMonth     = "month"
)

// Groupings lists them.
func Groupings() []string {
	return []string{GroupStage, GroupTeam, GroupTier, GroupLifecycle, GroupMonth, GroupQuality}
}

// MonthNone stands for the projects without a target where a month is asked for.
const MonthNone = "none"

// monthLayout is how a month stands in addresses.
const monthLayout = "2006-01"

// ParseMonth reads a month as it stands in addresses.
func ParseMonth(s string) (time.Time, bool) {
	at, err := time.Parse(monthLayout, s)
	return at, err == nil && at.Year() >= 1970 && at.Year() < 2200
}

func monthWords(s string) string {
	if at, ok := ParseMonth(s); ok {
		return at.Format("January 2006")
	}
	return "Without a target"
}

// groupWords are what a grouping is called: on its chip, and as the head of its column.
func groupWords(key string) (chip, column string) {
	switch key {
	case GroupStage:
		return "Board", "Stage"
	case GroupQuality:
		return "By quality", "Quality"
	case GroupTeam:
		return "By team", "Team"
	case GroupTier:
		return "By tier", "Tier"
	case GroupLifecycle:
		return "By lifecycle", "Lifecycle"
	}
	return "By launch month", "Target in"
}

// GroupsData are the projects of the portfolio in groups.
type GroupsData struct {
	PortfolioData
	Groups []PortfolioTotals
	All    PortfolioTotals // of all groups
	More   bool            // than are shown
}

// views are the ways in which the portfolio can be looked at.
func (d *PortfolioData) views() []ui.Chip {
	at := func(group, label string) ui.Chip {
		f := d.Filter
		f.Group, f.Page = group, 1
		if group != GroupStage && f.Stage == "" { // which is one of these columns
			f.Columns = ""
		}
		return ui.Chip{Label: label, Href: f.url(), Current: d.Filter.Group == group, Count: -1}
	}
	chips := []ui.Chip{at("", "Each project")}
	for _, g := range Groupings() {
		label, _ := groupWords(g)
		chips = append(chips, at(g, label))
	}
	return chips
}

// strip are the numbers above the portfolio; each narrows the list to what it counts, or
// takes that back.
func (d *PortfolioData) strip() []tally {
	f, t := &d.Filter, &d.Totals
	at := func(n int, word string, state ui.State, on bool, narrow func(*PortfolioFilter)) tally {
		if n == 0 && !on {
			return tally{word: word}
		}
		to := *f
		to.Page = 1
		to.unalarm()
		if !on {
			narrow(&to)
		}
		return tally{count: ui.Number(n), word: word, href: to.url(), state: state, on: on}
	}
	return []tally{
		at(t.Ready, "Ready to request", ui.Open, f.Gate == gateReady, func(f *PortfolioFilter) { f.Gate = gateReady }),
		at(t.AtRisk, "At risk", ui.Warn, f.Risk, func(f *PortfolioFilter) { f.Risk = true }),
		at(t.Late, "Late", ui.Bad, f.Late, func(f *PortfolioFilter) { f.Late = true }),
		at(t.Lapsed, "Lapsed", ui.Bad, f.Gate == gateLapsed, func(f *PortfolioFilter) { f.Gate = gateLapsed }),
	}
}

// counted is how many projects the list has, as the strip counts them; 0 where it does not.
func (d *PortfolioData) counted() int {
	f := &d.Filter
	list := *f
	list.unalarm()
	switch {
	case list == *f:
		return d.Totals.Projects
	case f.Risk && f.Late, (f.Risk || f.Late) && f.Gate != list.Gate:
		return 0
	case f.Risk:
		return d.Totals.AtRisk
	case f.Late:
		return d.Totals.Late
	case f.Gate == gateReady:
		return d.Totals.Ready
	}
	return d.Totals.Lapsed
}

// unalarm takes back what the figures of the strip narrow.
func (f *PortfolioFilter) unalarm() {
	f.Risk, f.Late = false, false
	if f.Gate == gateReady || f.Gate == gateLapsed {
		f.Gate = ""
	}
}

// Keys of GateStates that the strip narrows to.
const (
	gateReady  = "ready"
	gateLapsed = "lapsed"
)

// name is what a group is called.
func (d *GroupsData) name(t *PortfolioTotals) string {
	switch d.Filter.Group {
	case GroupTier:
		return "Tier " + t.Key
	case GroupLifecycle:
		return t.Name
	case GroupMonth:
		return monthWords(t.Key)
	}
	return t.Key
}

// only is the list of a group.
func (d *GroupsData) only(t *PortfolioTotals) PortfolioFilter {
	f := d.Filter
	f.Group, f.Page = "", 1
	switch d.Filter.Group {
	case GroupTeam:
		f.Team = t.Key
	case GroupTier:
		if n, err := strconv.Atoi(t.Key); err == nil {
			f.Tier = plan.Tier(n)
		}
	case GroupLifecycle:
		f.Uses, f.Version = t.Key, 0
	case GroupMonth:
		f.Month = t.Key
		if t.Key == "" {
			f.Month = MonthNone
		}
	}
	return f
}

// count is a number of a group, and the list of what it counts.
type count struct {
	n    int
	look ui.State
	href string
}

// counts are the numbers of a group before those of its stages.
func (d *GroupsData) counts(t *PortfolioTotals, f PortfolioFilter) []count {
	at := func(n int, look ui.State, narrow func(*PortfolioFilter)) count {
		narrowed := f
		narrowed.unalarm()
		narrow(&narrowed)
		return count{n, look, narrowed.url()}
	}
	return []count{
		at(t.Ready, ui.None, func(f *PortfolioFilter) { f.Gate = gateReady }),
		at(t.AtRisk, ui.Warn, func(f *PortfolioFilter) { f.Risk = true }),
		at(t.Late, ui.Bad, func(f *PortfolioFilter) { f.Late = true }),
		at(t.Lapsed, ui.Bad, func(f *PortfolioFilter) { f.Gate = gateLapsed }),
	}
}

// inStage is the list of those of a group that are in a stage.
func (d *GroupsData) inStage(f PortfolioFilter, column int) string {
	f.Stage = d.Template.Stages[column].Key
	return f.url()
}

// share is the class of a stage's cell: darker, the more of the group are in it.
func share(n, of int) string {
	if n == 0 {
		return "w"
	}
	return []string{"w1", "w2", "w3", "w4"}[min(3, n*4/max(1, of))]
}

func (d *GroupsData) columns() []ui.Column {
	_, name := groupWords(d.Filter.Group)
	keys, names := stageColumns(d.Template)
	return ui.HeatColumns([]ui.Column{
		{Label: name}, {Label: "Projects", Num: true}, {Label: "Done", Num: true}, {Label: "To request", Num: true}, {Label: "At risk", Num: true},
		{Label: "Late", Num: true}, {Label: "Lapsed", Num: true}, {Label: "Live", Num: true},
	}, keys, names)
}

// stageColumns are the keys and names of the columns of stages.
func stageColumns(l *plan.Lifecycle) (keys, names []string) {
	for i := range l.Stages {
		keys, names = append(keys, string(l.Stages[i].Key)), append(names, stageShort(&l.Stages[i]))
	}
	return keys, names
}
