package page

import (
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// PlanDefinition is a readiness definition that a project can pin.
type PlanDefinition struct {
	Ref        plan.Ref
	Definition *plan.Definition
}

// otherDefinitions are those that can be pinned in the place of the present one.
func (d *PlanData) otherDefinitions() []PlanDefinition {
	has := d.Review.Plan.Origin.Definition.Key
	return slices.DeleteFunc(slices.Clone(d.Definitions), func(o PlanDefinition) bool { return o.Ref.Key == has })
}

// newerDefinition is the version of the pinned definition that can be pinned in its
// place; false when there is none.
func (d *PlanData) newerDefinition() (plan.Ref, bool) {
	has := d.Review.Plan.Origin.Definition
	for _, ref := range d.Newest {
		if ref.Key == has.Key && ref.Version > has.Version {
			return ref, true
		}
	}
	return plan.Ref{}, false
}

// pinnedBy says who pinned the present definition, when and why.
func (d *PlanData) pinnedBy() string {
	if d.Pinned == nil {
		return ""
	}
	words := "Pinned by " + d.Names(d.Pinned.Actor) + " on " + d.Pinned.At.Format("2 Jan 2006")
	switch e := d.Pinned.Event.(type) {
	case review.DefinitionPinned:
		words += ": " + strings.TrimSpace(e.Reason)
	case review.PlanUpgraded:
		words += ": " + strings.TrimSpace(e.Reason)
	}
	return words
}

// termsTitle heads what a change of the plan makes different in what ready means.
func (d *PlanData) termsTitle() string {
	has, gets := d.Review.Plan.Definition, d.Then.Plan.Definition
	if has == nil || has.Key != gets.Key {
		return "What it says"
	}
	return "What “" + gets.Name + "” says differently from version " + strconv.Itoa(has.Version)
}

// termChanges are what a change of the plan makes different in what ready means.
func (d *PlanData) termChanges() []plan.TermChange {
	if d.Then.Plan.Definition == nil {
		return nil
	}
	return plan.CompareDefinitions(d.Review.Plan.Definition, d.Then.Plan.Definition)
}
