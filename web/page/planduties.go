package page

import (
	"slices"

	"github.com/slipway-prr/slipway/internal/plan"
)

// dutyChanges says what a change of the plan makes different in whom the project has to
// tell of incidents, a sentence each.
func (d *PlanData) dutyChanges() []string {
	return dutyChanges(d.Review.Duties(), d.Then.Duties())
}

func dutyChanges(before, after []plan.DutyOf) []string {
	left := slices.Clone(before)
	take := func(fits func(plan.DutyOf) bool) *plan.DutyOf {
		i := slices.IndexFunc(left, fits)
		if i < 0 {
			return nil
		}
		was := left[i]
		left = slices.Delete(left, i, i+1)
		return &was
	}
	var changed []plan.DutyOf
	for _, now := range after { // those that stay first, so that another of the same authority is not taken for one
		if take(func(was plan.DutyOf) bool {
			return was.Authority == now.Authority && was.What == now.What && was.Hours == now.Hours
		}) == nil {
			changed = append(changed, now)
		}
	}
	var out []string
	for _, now := range changed {
		was := take(func(was plan.DutyOf) bool { return was.Authority == now.Authority })
		within := "within " + CountOf(now.Hours, "hour")
		switch {
		case was == nil:
			out = append(out, "New: "+now.Authority+", "+within+". "+now.What+".")
		case was.Hours != now.Hours:
			out = append(out, now.Authority+": "+within+" instead of "+CountOf(was.Hours, "hour")+".")
		default:
			out = append(out, now.Authority+": "+now.What+". It was: "+was.What+".")
		}
	}
	for _, was := range left {
		out = append(out, "No longer: "+was.Authority+".")
	}
	return out
}
