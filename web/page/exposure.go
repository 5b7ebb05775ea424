package page

import (
	"slices"
	"strings"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
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
	var said []string
	if !plan.SameSignatures(before, after) {
		said = append(said, "asks for other signatures")
	}
	switch {
	case before.RepeatsDays == after.RepeatsDays:
	case after.RepeatsDays == 0:
		said = append(said, "is no longer repeated")
	default:
		said = append(said, "is repeated after "+CountOf(after.RepeatsDays, "day"))
	}
	said = append(said, gateDemands(before, after)...)
	switch {
	case before.From == after.From:
	case after.From == "":
		said = append(said, "is needed at every exposure")
	default:
		said = append(said, "is needed from "+after.From.Words()+" on")
	}
	return Enumerate(said, "and")
}

// gateDemands says what two gates ask otherwise of records, policies and environments.
func gateDemands(before, after *plan.Gate) []string {
	var said []string
	if kinds := newKinds(before.Records, after.Records); len(kinds) > 0 {
		said = append(said, "asks for "+Enumerate(kinds, "and"))
	}
	if kinds := newKinds(after.Records, before.Records); len(kinds) > 0 {
		said = append(said, "no longer asks for "+Enumerate(kinds, "and"))
	}
	if !slices.Equal(before.Policies, after.Policies) {
		said = append(said, "asks for other policies")
	}
	switch {
	case slices.Equal(before.Environments, after.Environments):
	case len(after.Environments) == 0:
		said = append(said, "no longer decides on any kind of environment")
	default:
		said = append(said, "decides on environments of the kind "+environmentKinds(after.Environments))
	}
	return said
}

// newKinds are the kinds of records that are in after alone, such as "an objective".
func newKinds(before, after []record.Key) []string {
	var out []string
	for _, k := range after {
		if !slices.Contains(before, k) {
			out = append(out, Article(kindOf(k).One))
		}
	}
	return out
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
