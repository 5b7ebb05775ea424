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
func (f *ProjectForm) exposureOptions(p *plan.Plan, now review.Exposure) []ui.Option {
	options := exposures()
	for i := range options {
		o := &options[i]
		o.Selected = o.Value == f.Exposure
		to := review.Exposure(o.Value)
		if now == "" || to == now {
			o.Hint = sentences(gateNames("Not needed: ", review.Between(&p.Lifecycle, review.ExposureGeneral, to)), heldGates(p.Held(to)))
		} else {
			o.Hint = exposureMove(p, now, to)
		}
	}
	return options
}

// exposureMove says which gates come and go from one exposure to another, and which
// stay because of modules.
func exposureMove(p *plan.Plan, from, to review.Exposure) string {
	return sentences(
		gateNames("Comes into force: ", review.Between(&p.Lifecycle, to, from)),
		gateNames("No longer needed: ", review.Between(&p.Lifecycle, from, to)),
		heldGates(p.Held(to)),
	)
}

// ExposureSaved says what became of the gates with an exposure that was just saved;
// empty where it stayed as it was, or no gate depends on it.
func ExposureSaved(entries []review.Entry, p *plan.Plan) string {
	for _, en := range entries {
		e, ok := en.Event.(review.ProjectEdited)
		if !ok {
			continue
		}
		for _, c := range e.Changes {
			if c.Field == "exposure" {
				return exposureMove(p, review.Exposure(c.From), review.Exposure(c.To))
			}
		}
	}
	return ""
}

// heldGates lists the gates that modules keep, each with these; empty for none.
func heldGates(all []plan.Held) string {
	if len(all) == 0 {
		return ""
	}
	names := make([]string, len(all))
	for i, h := range all {
		var by []string
		for _, m := range h.By {
			by = append(by, m.Name)
		}
		names[i] = h.Stage.Name
		if len(by) > 0 {
			names[i] += " (" + Enumerate(by, "and") + ")"
		}
	}
	return "Still needed, because a module asks for it: " + gatesOf(names)
}

// sentences puts those that say something behind one another.
func sentences(all ...string) string {
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), " ")
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
	return words + gatesOf(names)
}

// gatesOf names gates by their stages, to the end of a sentence.
func gatesOf(stages []string) string {
	noun := "the gate of "
	if len(stages) > 1 {
		noun = "the gates of "
	}
	return noun + Enumerate(stages, "and") + "."
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
	gates := review.GatesOf(v.rollups)
	return v.Review.Ahead(gates, live)
}
