package review

import (
	"fmt"

	"github.com/slipway-prr/slipway/internal/plan"
)

// weight is what an item of a stage weighs for the project as it is now.
func (r *Review) weight(d *plan.Stage, it *plan.Item) plan.Level {
	return d.WeightFor(it, r.Project.Exposure, r.Project.Tier, r.Project.Profile)
}

// Needed reports whether the project's exposure needs the gate of a stage. One that
// it does not need is passed over: nobody is asked for its items or its signatures,
// and what was said there waits for a wider exposure.
func (r *Review) Needed(s *Stage) bool { return s.Def.Gate.NeededAt(r.Project.Exposure) }

// NotNeeded says why a stage is passed over.
func NotNeeded(e Exposure) string { return "Not needed for " + e.Words() + "." }

// unneeded refuses what needs the gate of a stage.
func (r *Review) unneeded(s *Stage) error {
	if r.Needed(s) {
		return nil
	}
	return refuse("“%s” is not needed for %s. It is asked again once the project is open to more people.", s.Def.Name, r.Project.Exposure.Words())
}

// Between are the stages whose gates one exposure needs and the other does not, in
// their order.
func Between(l *plan.Lifecycle, with, without Exposure) []*plan.Stage {
	var out []*plan.Stage
	for i := range l.Stages {
		if g := &l.Stages[i].Gate; g.NeededAt(with) && !g.NeededAt(without) {
			out = append(out, &l.Stages[i])
		}
	}
	return out
}

// mayNarrow asks who may, and why, where a narrower exposure leaves gates out: it
// asks less of the project, as a less critical tier does.
func (r *Review) mayNarrow(by Actor, to Exposure, reason string) (string, error) {
	gone := Between(&r.Plan.Lifecycle, r.Project.Exposure, to)
	if len(gone) == 0 {
		return "", nil
	}
	if err := May(by, NarrowExposure, &r.Project); err != nil {
		return "", err
	}
	return needReason(reason, fmt.Sprintf("say why: %s no longer needed then", gatesAre(gone)))
}

func gatesAre(stages []*plan.Stage) string {
	if len(stages) == 1 {
		return fmt.Sprintf("the gate of “%s” is", stages[0].Name)
	}
	return fmt.Sprintf("the gates of %d stages are", len(stages))
}

// Ahead are the stages that the exposure of a live service needs and a narrower one
// would not, and whose gates have not passed: before they have, it is not live for
// as many people. It goes by the numbers of all stages, as lists have them.
func (r *Review) Ahead(gates []GateState, live Live) []*plan.Stage {
	if live == NotLive {
		return nil
	}
	var out []*plan.Stage
	for i := range r.Stages {
		if d := r.Stages[i].Def; d.Gate.From != "" && !gates[i].Passed() {
			out = append(out, d)
		}
	}
	return out
}
