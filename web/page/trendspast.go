package page

import (
	"strconv"
	"time"

	"github.com/slipway-prr/slipway/web/ui"
)

// PromiseWeek is what stood open on the last day of a week that is kept.
type PromiseWeek struct {
	Monday                               time.Time
	Day                                  time.Time // zero: no day of the week is kept
	Waivers, Ending, Conditions, Overdue int
}

// TrendItem is an item of the library, with how often something is so with it.
type TrendItem struct {
	Title, Href     string // Href is empty where no document has it
	Times, Projects int
}

// StageGovernance is what was decided in a stage.
type StageGovernance struct {
	Lifecycle, Stage          string
	Place, Of                 int // which stage it is, from 0, of how many
	Passed, Returned, Waivers int
}

// kept reports whether any week has a day that is kept.
func (d *TrendsData) kept() bool {
	for _, w := range d.Promises {
		if !w.Day.IsZero() {
			return true
		}
	}
	return false
}

// unkept says in words how many of the weeks have no bar because none of their days was kept;
// empty for none.
func (d *TrendsData) unkept() string {
	n := 0
	for _, w := range d.Promises {
		if w.Day.IsZero() {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return CountOf(n, "week") + " of " + strconv.Itoa(len(d.Promises)) + were(n) + " not kept: nothing is drawn there, not even a line."
}

// bar is a week as a bar; none where it was not kept, which is not the same as nothing.
func (w *PromiseWeek) bar(rest, of int) []int {
	if w.Day.IsZero() {
		return nil
	}
	return []int{rest, of}
}

// waiverBars and conditionBars are the weeks as pictures.
func (d *TrendsData) waiverBars() ui.BarsData {
	out := ui.BarsData{Looks: []ui.State{ui.Part, ui.Warn}}
	last := PromiseWeek{}
	for _, w := range d.Promises {
		if !w.Day.IsZero() {
			last = w
		}
		out.Bars = append(out.Bars, w.bar(w.Waivers-w.Ending, w.Ending))
	}
	out.Label = "Waivers in force in each of " + CountOf(len(d.Promises), "week") + "; last " + ui.Number(last.Waivers) + ", of which " + ui.Number(last.Ending) + " ended within 14 days"
	return out
}

func (d *TrendsData) conditionBars() ui.BarsData {
	out := ui.BarsData{Looks: []ui.State{ui.Part, ui.Bad}}
	last := PromiseWeek{}
	for _, w := range d.Promises {
		if !w.Day.IsZero() {
			last = w
		}
		out.Bars = append(out.Bars, w.bar(w.Conditions-w.Overdue, w.Overdue))
	}
	out.Label = "Open conditions in each of " + CountOf(len(d.Promises), "week") + "; last " + ui.Number(last.Conditions) + ", of which " + ui.Number(last.Overdue) + " were overdue"
	return out
}

// halves say how much of what was returned and waived was in the first half of the stages.
func (d *TrendsData) halves() string {
	var returned, waived [2]int
	for _, g := range d.Governance {
		half := 0
		if 2*g.Place >= g.Of {
			half = 1
		}
		returned[half], waived[half] = returned[half]+g.Returned, waived[half]+g.Waivers
	}
	say := func(of [2]int, noun string) string {
		if of[0]+of[1] == 0 {
			return "No " + noun + "."
		}
		return "Of " + CountOf(of[0]+of[1], noun) + ", " + ui.Number(of[0]) + " in the first half of the stages and " + ui.Number(of[1]) + " in the second."
	}
	return say(returned, "return") + " " + say(waived, "granted waiver")
}

// firstStage reports whether a stage is the first of its lifecycle in the list.
func (d *TrendsData) firstStage(i int) bool {
	return i == 0 || d.Governance[i].Lifecycle != d.Governance[i-1].Lifecycle
}
