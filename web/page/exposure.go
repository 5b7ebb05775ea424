package page

import (
	"slices"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// NeededFrom says from which exposure on a gate is needed; empty: it always is.
func NeededFrom(g *plan.Gate) string {
	if g.From == "" {
		return ""
	}
	return "Needed from " + g.From.Words() + " on. A project that is open to fewer people passes over the stage."
}

// PassedOver says why a stage is passed over, and from when on it is not.
func PassedOver(r *review.Review, s *review.Stage) string {
	return review.NotNeeded(r.Project.Exposure) + " Its items and signatures are asked for from " + s.Def.Gate.From.Words() + " on; what was said here is kept until then."
}

// GateChange says what two gates ask otherwise.
func GateChange(before, after *plan.Gate) string {
	switch {
	case !slices.Equal(before.Environments, after.Environments) && len(after.Environments) == 0:
		return "decides on no kind of environment any longer"
	case !slices.Equal(before.Environments, after.Environments):
		return "decides on environments of the kind " + environmentKinds(after.Environments)
	case before.From == after.From:
		return "asks for other signatures"
	case after.From == "":
		return "is needed at every exposure"
	}
	return "is needed from " + after.From.Words() + " on"
}

// exposureOptions offer the exposures. Where gates depend on them, each says which:
// those that come or go against the exposure that the project has, or for a new
// project those that it would not need.
func (f *ProjectForm) exposureOptions(tmpl *plan.Lifecycle, now review.Exposure) []ui.Option {
	options := exposures()
	for i := range options {
		o := &options[i]
		o.Selected = o.Value == f.Exposure
		to := review.Exposure(o.Value)
		if now == "" || to == now {
			o.Hint = gateNames("Not needed: ", review.Between(tmpl, review.ExposureGeneral, to))
		} else {
			o.Hint = gateNames("Comes into force: ", review.Between(tmpl, to, now)) + gateNames("No longer needed: ", review.Between(tmpl, now, to))
		}
	}
	return options
}

func exposures() []ui.Option {
	return []ui.Option{
		{Value: string(review.ExposureSandbox), Label: "Sandbox: only the team itself, without real users or data"},
		{Value: string(review.ExposurePilot), Label: "Pilot: a few people who know that it is new"},
		{Value: string(review.ExposureLimited), Label: "Limited: part of the users, such as one region or by invitation"},
		{Value: string(review.ExposureGeneral), Label: "General: everybody it is meant for"},
	}
}

// gateNames lists the gates of stages after a few words; empty for none.
func gateNames(words string, stages []*plan.Stage) string {
	if len(stages) == 0 {
		return ""
	}
	names := make([]string, len(stages))
	for i, s := range stages {
		names[i] = s.Name
	}
	noun := "the gate of "
	if len(names) > 1 {
		noun = "the gates of "
	}
	return words + noun + Enumerate(names, "and") + "."
}

// exposureHint says who may open the project to fewer people, where that matters.
func exposureHint(tmpl *plan.Lifecycle, now review.Exposure) string {
	if now == "" || !tmpl.Scales() {
		return ""
	}
	return "Gates depend on it. To leave one out again, a manager or an admin says why."
}

// passedOver are the stages that the project's exposure passes over, in a sentence;
// empty for none.
func (v *projectView) passedOver() string {
	p := v.project()
	var names []string
	for i := range v.Review.Stages {
		if s := &v.Review.Stages[i]; !v.Review.Needed(s) {
			names = append(names, s.Def.Name+" (from "+s.Def.Gate.From.Words()+" on)")
		}
	}
	if len(names) == 0 {
		return ""
	}
	return strings.TrimSuffix(review.NotNeeded(p.Exposure), ".") + ": " + Enumerate(names, "and") + "."
}

// ahead are the stages whose gates a live service has to pass before it is live for
// as many people as its exposure says.
func (v *projectView) ahead() []*plan.Stage {
	live, _ := v.Review.Live(v.Now)
	gates := make([]review.GateState, len(v.rollups))
	for i := range v.rollups {
		gates[i] = v.rollups[i].Gate
	}
	return v.Review.Ahead(gates, live)
}
