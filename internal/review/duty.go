package review

import (
	"strings"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/record"
)

// Duties are whom the project's modules have it tell of an incident, the soonest first.
func (r *Review) Duties() []plan.DutyOf { return r.Plan.Duties(plan.Profile(r.Project.Profile)) }

// workOutDeadlines fills in by when authorities have to be told that modules of the
// project name, where nobody typed that. One that stands there twice is told twice.
func (r *Review) workOutDeadlines(in *input, kind *record.Kind, values record.Values) {
	if kind.Key != record.Incident {
		return
	}
	told := map[string]int{}
	for _, t := range record.Tellings() {
		authority := strings.ToLower(values[t.Authority])
		duty, found := r.Plan.Duty(plan.Profile(r.Project.Profile), authority, told[authority])
		told[authority]++
		if !found || values[t.Deadline] != "" {
			continue
		}
		detected, err := time.Parse(record.MomentLayout, values["detected"])
		if err != nil {
			in.problems.Add("detected", "say when it was detected, so that the deadline can be worked out from it; or type the deadline")
			return
		}
		values[t.Deadline] = duty.By(detected).Format(record.MomentLayout)
	}
}
