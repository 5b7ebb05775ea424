package page

import (
	"slices"
	"strconv"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// Kept is what the portfolio tells of the records that a project keeps.
type Kept struct {
	Alarms map[record.Alarm]int
	Read   int // objectives and measures of which something was read
	Stale  int // documents that nobody has looked at in time
}

// KeepsFilter is what the portfolio is filtered by of the records that projects keep.
type KeepsFilter struct {
	Key   string
	Label string
	Alarm record.Alarm
	Stale bool
}

// KeepsFilters lists them.
func KeepsFilters() []KeepsFilter {
	return []KeepsFilter{
		{"going-on", "An incident going on", record.GoingOn, false},
		{"high-risk", "A high risk undecided", record.HighRisk, false},
		{"off-target", "A figure off target", record.OffTarget, false},
		{"stale", "A stale document", record.NoAlarm, true},
	}
}

func keepsKeys() (keys []string) {
	for _, k := range KeepsFilters() {
		keys = append(keys, k.Key)
	}
	return keys
}

func (d *PortfolioData) keepsOptions() []ui.Option {
	options := []ui.Option{{Label: "Anything"}}
	for _, k := range KeepsFilters() {
		options = append(options, ui.Option{Value: k.Key, Label: k.Label, Selected: k.Key == d.Filter.Keeps})
	}
	return options
}

// alarm is something that a project's row is marked with.
type alarm struct {
	look ui.State
	word string
}

// alarms are what asks for attention among the records of a project. What is off
// target has a column of its own.
func (k *Kept) alarms() []alarm {
	var out []alarm
	if n := k.Alarms[record.GoingOn]; n > 0 {
		out = append(out, alarm{ui.Alarm, CountOf(n, "incident") + " going on"})
	}
	if n := k.Alarms[record.HighRisk]; n > 0 {
		out = append(out, alarm{ui.Warn, CountOf(n, "high risk") + " undecided"})
	}
	if k.Stale > 0 {
		out = append(out, alarm{ui.Aged, CountOf(k.Stale, "stale document")})
	}
	return out
}

// alarmKey explains the marks beside the names of projects.
func alarmKey() []alarm {
	return []alarm{
		{ui.Alarm, "An incident is going on"}, {ui.Warn, "A high risk is undecided"}, {ui.Aged, "A document is stale"}, {ui.Bad, "A gate was passed by break-glass"},
	}
}

// onTarget says how many of the figures that were read are on target: "2/3".
func (k *Kept) onTarget() string {
	return strconv.Itoa(k.onTargetCount()) + "/" + strconv.Itoa(k.Read)
}

func (k *Kept) onTargetCount() int { return k.Read - k.Alarms[record.OffTarget] }

func (k *Kept) onTargetWords() string {
	return strconv.Itoa(k.onTargetCount()) + " of " + strconv.Itoa(k.Read) + " figures on target"
}

// recordsAsked says which records a project has to keep before a gate; empty: none.
func recordsAsked(g *plan.Gate) string {
	var kinds []string
	for _, k := range g.Records {
		kinds = append(kinds, Article(kindOf(k).One))
	}
	if len(kinds) == 0 {
		return ""
	}
	return "The project keeps " + Enumerate(kinds, "and") + " by then."
}

// AddableKinds are those of kinds that the project's lifecycle uses.
func AddableKinds(r *review.Review, kinds []*record.Kind) []*record.Kind {
	return slices.DeleteFunc(kinds, func(k *record.Kind) bool { return !r.Plan.Uses(k.Key) })
}
