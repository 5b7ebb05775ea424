package page

import (
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// Changed says what a change did that led back to the page of the plan; empty when
// the page cannot tell.
func (d *PlanData) Changed(ev review.Event) string {
	switch e := ev.(type) {
	case review.ModuleAttached:
		for i := range d.Attached {
			if m := &d.Attached[i]; m.Ref == e.Module {
				return "Attached: " + m.Module.Name + ". " + d.joined(m.Module, d.Review)
			}
		}
	case review.ModuleDetached:
		for i := range d.Offered {
			if m := &d.Offered[i]; m.Ref.Key == e.Module.Key {
				return "Detached: " + m.Module.Name + ". What was said of its items is kept under “No longer asked”."
			}
		}
		return "Detached: " + e.Module.Key + ". What was said of its items is kept under “No longer asked”."
	case review.DefinitionPinned:
		if def := d.Review.Plan.Definition; def != nil && d.Review.Plan.Origin.Definition == e.Definition {
			return "Pinned: " + def.Name + ", version " + strconv.Itoa(def.Version) + "."
		}
	case review.PolicyAttached:
		if p := d.Review.Policy(e.Policy.Key); p != nil {
			return "Attached: " + p.Name + ", version " + strconv.Itoa(p.Version) + ". " + standsWords(standingRows(d.Review, p, d.Now))
		}
	case review.PolicyDetached:
		return "Detached: " + e.Policy.Key + ". Gates no longer ask for it."
	case review.PlanUpgraded:
		return d.upgradedTo(&e)
	case review.UpgradeUndone:
		return "The upgrade is undone. The plan follows version " + strconv.Itoa(d.Review.Plan.Ref().Version) + " of " + d.Review.Plan.Base.Name + "."
	case review.ItemAdded:
		if st := d.Review.Stage(e.Stage); st != nil {
			return "Added: “" + e.Added.Title + "”, in " + st.Def.Name + "."
		}
	}
	return ""
}

// upgradedTo says to what a plan was upgraded, and what was not asked before.
func (d *PlanData) upgradedTo(e *review.PlanUpgraded) string {
	names := []string{d.Review.Plan.Base.Name + " version " + strconv.Itoa(e.Lifecycle.Version)}
	if up := d.Review.Upgraded; up != nil && up.From.Lifecycle == e.Lifecycle && (len(e.Modules) > 0 || e.Definition.Version > 0) {
		names = nil // only other documents have changed
	}
	if def := d.Review.Plan.Definition; def != nil && e.Definition.Version > 0 {
		names = append(names, def.Name+" version "+strconv.Itoa(e.Definition.Version))
	}
	for _, ref := range e.Modules {
		if up := d.Review.Upgraded; up != nil && up.From.Module(ref.Key) == ref {
			continue
		}
		for i := range d.Attached {
			if m := &d.Attached[i]; m.Ref == ref {
				names = append(names, m.Module.Name+" version "+strconv.Itoa(ref.Version))
			}
		}
	}
	words := "Upgraded to " + Enumerate(names, "and") + ". "
	if n := len(e.Reconfirm); n > 0 {
		words += CountOf(n, "answer") + " to confirm again. "
	} else {
		words += "No answer has to be confirmed again. "
	}
	if n := len(e.Asks); n > 0 {
		words += CountOf(n, "question") + " about the project to answer in its settings. "
	}
	return strings.TrimSpace(words)
}

// joined says how many of a module's items a plan asks, in how many stages, and why
// it does not ask the others.
func (d *PlanData) joined(m *plan.Module, r *review.Review) string {
	items, stages, elsewhere := 0, map[plan.StageKey]bool{}, 0
	p := &r.Project
	for i := range m.Items {
		it := &m.Items[i]
		if _, st := r.Plan.Find(it.Key); st != nil {
			if s := r.Stage(st.Key); s != nil && applies(s.Item(it.Key)) {
				items++
				stages[st.Key] = true
				continue
			}
		}
		if it.Levels[p.Tier-1] == plan.LevelNone {
			elsewhere++
		}
	}
	if items == 0 {
		return "None of its " + CountOf(len(m.Items), "item") + " applies to this project."
	}
	words := CountOf(items, "item") + " in " + CountOf(len(stages), "gate") + "."
	if items < len(m.Items) {
		words = strconv.Itoa(items) + " of its " + CountOf(len(m.Items), "item") + ", in " + CountOf(len(stages), "gate") + "."
	}
	if elsewhere > 0 {
		words += " " + areNot(elsewhere) + " asked at tier " + strconv.Itoa(int(p.Tier)) + "."
	}
	if left := len(m.Items) - items - elsewhere; left > 0 {
		words += " " + areNot(left) + " asked with the project’s profile as it is."
	}
	return words
}

func areNot(n int) string {
	if n == 1 {
		return "1 is not"
	}
	return strconv.Itoa(n) + " are not"
}

// module is what the change is about; nil when it is about none.
func (d *PlanData) module() *plan.Module {
	for i := range d.Offered {
		if d.Offered[i].Ref.Key == d.Key {
			return d.Offered[i].Module
		}
	}
	return nil
}

// seated says which seats a module names that sit at the gate of a stage already.
func (d *PlanData) seated(from, to *review.Stage) string {
	m := d.module()
	if m == nil {
		return ""
	}
	var here []plan.Seat
	p := &d.Review.Project
	has := from.Def.Gate.Policy(p.Tier, p.Profile)
	for i := range m.Seats {
		s := &m.Seats[i]
		if j := d.Then.Plan.Lifecycle.Covering(&plan.Stage{Phases: []plan.Phase{s.Phase}}); j < 0 || d.Then.Plan.Stages[j].Key != to.Def.Key {
			continue
		}
		if slices.Contains(has.Seats, s.Seat) && !slices.Contains(here, s.Seat) {
			here = append(here, s.Seat)
		}
	}
	switch len(here) {
	case 0:
		return ""
	case 1:
		return "The module asks for the " + SeatWords(here, "and") + " seat, which sits at this gate already."
	}
	return "The module asks for the " + SeatWords(here, "and") + " seats, which sit at this gate already."
}
