package review

import (
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
)

// Duties are whom the project's modules have it tell of an incident, the soonest first.
func (r *Review) Duties() []plan.DutyOf { return r.Plan.Duties(plan.Profile(r.Project.Profile)) }

// workOutDeadline fills in by when an authority has to be told that a module of the
// project names, where nobody typed that.
func (r *Review) workOutDeadline(in *input, kind *record.Kind, values record.Values) {
	if kind.Key != record.Incident || values["authority"] == "" || values["deadline"] != "" {
		return
	}
	duty, found := r.Plan.Duty(plan.Profile(r.Project.Profile), values["authority"])
	if !found {
		return
	}
	detected, err := time.Parse(record.MomentLayout, values["detected"])
	if err != nil {
		in.problems.Add("detected", "say when it was detected, so that the deadline can be worked out from it; or type the deadline")
		return
	}
	values["deadline"] = duty.By(detected).Format(record.MomentLayout)
}
