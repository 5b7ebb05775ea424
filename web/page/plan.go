package page

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// What the form of the plan's page does.
const (
	PlanAttach  = "attach"
	PlanDetach  = "detach"
	PlanUpgrade = "upgrade"
	PlanUndo    = "undo"
)

// PlanData is the page of a project's plan.
type PlanData struct {
	Review   *review.Review
	Actor    review.Actor
	Now      time.Time
	Names    Names
	Attached []PlanModule
	Offered  []PlanModule
	Newer    []string // documents that have a newer version, in words
	Do       string   // what is looked at before it is done; empty: nothing
	Key      string   // of the module that it is about
	Then     *review.Review
	Why      string // it cannot be done
	Form     PlanForm
}

// PlanForm is what was typed into a form that was refused.
type PlanForm struct {
	Reason  string
	Errors  map[string]string
	Problem string
}

// PlanModule is a module that the plan has or could have.
type PlanModule struct {
	Ref      plan.Ref
	Module   *plan.Module
	Proposed string // why it is proposed; empty: it is not
}

// MayPlan reports whether the person may change the plan.
func (d *PlanData) MayPlan() bool {
	return review.May(d.Actor, review.ChangePlan, &d.Review.Project) == nil && d.Review.Project.Status != review.StatusStopped
}

func (d *PlanData) key() review.ProjectKey { return d.Review.Project.Key }

func (d *PlanData) reason() ui.Field {
	return ui.Field{Name: "reason", Label: "Why", Hint: "People who come later read it on the trail.", Value: d.Form.Reason, Error: d.Form.Errors["reason"]}
}

// title says what is looked at.
func (d *PlanData) title() string {
	name := d.Key
	for _, m := range slices.Concat(d.Attached, d.Offered) {
		if m.Ref.Key == d.Key {
			name = m.Module.Name
		}
	}
	switch d.Do {
	case PlanAttach:
		return "Attach " + name + "?"
	case PlanDetach:
		return "Detach " + name + "?"
	case PlanUndo:
		return "Undo the upgrade?"
	}
	return "Upgrade to the newest versions?"
}

func (d *PlanData) button() string {
	return map[string]string{PlanAttach: "Attach", PlanDetach: "Detach", PlanUndo: "Undo the upgrade"}[d.Do]
}

// effects says what would be different, a line each, by stage.
func (d *PlanData) effects() []PlanEffect {
	var out []PlanEffect
	p := &d.Review.Project
	for i := range d.Then.Stages {
		to := &d.Then.Stages[i]
		e := PlanEffect{Stage: to.Def.Name}
		from := d.Review.Stage(to.Def.Key)
		if from == nil {
			e.Lines = append(e.Lines, "The stage is new.")
			from = &review.Stage{Def: &plan.Stage{Key: to.Def.Key}}
		}
		e.items(from, to)
		if line := policyLine(from.Def.Gate.Policy(p.Tier, p.Profile), to.Def.Gate.Policy(p.Tier, p.Profile)); line != "" && len(from.Items) > 0 {
			e.Lines = append(e.Lines, line)
			if from.OpenRound() != nil {
				e.Lines = append(e.Lines, "The open request for sign-off is withdrawn.")
			}
		}
		if last := from.LastRound(); last != nil && last.Outcome.Passes() && last.ChangedAt.IsZero() && d.Then.Digest(to) != last.Closing {
			e.Lines = append(e.Lines, "The gate has passed; its signatures go out of date.")
		}
		if len(e.Lines) > 0 {
			out = append(out, e)
		}
	}
	for i := range d.Review.Stages {
		if s := &d.Review.Stages[i]; d.Then.Stage(s.Def.Key) == nil {
			out = append(out, PlanEffect{Stage: s.Def.Name, Lines: []string{"The stage is no longer there; what was said in it is set aside."}})
		}
	}
	return out
}

// PlanEffect is what would be different in a stage.
type PlanEffect struct {
	Stage string
	Lines []string
	Added []string // titles of items
	Gone  []string
}

func (e *PlanEffect) items(from, to *review.Stage) {
	for i := range to.Items {
		if it := &to.Items[i]; it.Level != plan.LevelNone && asks(from, it.Def.Key) == plan.LevelNone {
			e.Added = append(e.Added, it.Def.Title+" ("+strings.ToLower(it.Level.Label())+")")
		}
	}
	for i := range from.Items {
		if it := &from.Items[i]; it.Level != plan.LevelNone && asks(to, it.Def.Key) == plan.LevelNone {
			e.Gone = append(e.Gone, it.Def.Title)
		}
	}
	if len(e.Added) > 0 {
		e.Lines = append(e.Lines, CountOf(len(e.Added), "item")+" more.")
	}
	if len(e.Gone) > 0 {
		e.Lines = append(e.Lines, CountOf(len(e.Gone), "item")+" no longer asked here.")
	}
}

// asks is how much an item weighs in a stage; none when it does not apply there.
func asks(s *review.Stage, k plan.ItemKey) plan.Level {
	for i := range s.Items {
		if s.Items[i].Def.Key == k {
			return s.Items[i].Level
		}
	}
	return plan.LevelNone
}

func policyLine(a, b plan.Policy) string {
	var joins, leaves []plan.Seat
	for _, s := range b.Seats {
		if !slices.Contains(a.Seats, s) {
			joins = append(joins, s)
		}
	}
	for _, s := range a.Seats {
		if !slices.Contains(b.Seats, s) {
			leaves = append(leaves, s)
		}
	}
	var parts []string
	if len(joins) > 0 {
		parts = append(parts, "the "+SeatWords(joins, "and")+" seat joins")
	}
	if len(leaves) > 0 {
		parts = append(parts, "the "+SeatWords(leaves, "and")+" seat leaves")
	}
	if a.Quorum != b.Quorum {
		parts = append(parts, fmt.Sprintf("%d people sign instead of %d", b.Quorum, a.Quorum))
	}
	if len(parts) == 0 {
		if slices.Equal(a.Mandatory, b.Mandatory) {
			return ""
		}
		parts = []string{"other seats have to sign"}
	}
	return "At the gate " + Enumerate(parts, "and") + "."
}

// fates counts what becomes of the answers that there are.
func (d *PlanData) fates() []ui.Fact {
	again := d.Review.Reconfirm(d.Then)
	kept, aside := 0, 0
	for i := range d.Then.Stages {
		s := &d.Then.Stages[i]
		for j := range s.Items {
			if s.Items[j].Answer.State != review.Open {
				kept++
			}
		}
		for j := range s.Aside {
			if s.Aside[j].Answer.State != review.Open {
				aside++
			}
		}
	}
	facts := []ui.Fact{{Term: "Answers that stay", Text: fmt.Sprint(kept)}}
	if d.Do == PlanUpgrade {
		facts = []ui.Fact{{Term: "Answers that stay", Text: fmt.Sprint(kept - len(again))}, {Term: "Answers to confirm again", Text: fmt.Sprint(len(again))}}
	}
	return append(facts, ui.Fact{Term: "Answers set aside", Text: fmt.Sprint(aside)})
}

// aside are the items that the plan no longer asks, with what was said of them.
func (d *PlanData) aside() []string {
	var out []string
	for _, stages := range [][]review.Stage{d.Review.Stages, d.Review.Former} {
		for i := range stages {
			for j := range stages[i].Aside {
				it := &stages[i].Aside[j]
				title := string(it.Def.Key)
				if u := d.Review.Upgraded; u != nil && d.Review.Plans != nil {
					if before, err := d.Review.Plans(u.From); err == nil {
						if was, _ := before.Find(it.Def.Key); was != nil {
							title = was.Title
						}
					}
				}
				line := title + ": " + strings.ToLower(it.Answer.State.Label())
				if it.Answer.Note != "" {
					line += ". " + it.Answer.Note
				}
				out = append(out, line)
			}
		}
	}
	return out
}

// undoWhy says why the last upgrade cannot be undone; empty when it can, or when
// there is none.
func (d *PlanData) undoWhy() string {
	if d.Review.Upgraded == nil {
		return ""
	}
	if err := d.Review.CanUndo(); err != nil {
		return err.Error()
	}
	return ""
}

func (d *PlanData) tailoring() []ui.Fact {
	t := d.Review.Plan.Origin.Tailoring
	return []ui.Fact{
		{Term: "Own items", Text: fmt.Sprint(len(t.Own))},
		{Term: "Raised items", Text: fmt.Sprint(len(t.Raised))},
		{Term: "Lowered items", Text: fmt.Sprint(len(t.Lowered))},
		{Term: "Requests to lower", Text: fmt.Sprint(len(d.Review.Wishes))},
	}
}
