package page

import (
	"github.com/slipway-prr/slipway/internal/review"
)

// aboutPolicy reports whether a change of the plan is about a policy.
func (d *PlanData) aboutPolicy() bool { return d.Do == PlanPolicyAttach || d.Do == PlanPolicyDetach }

// dropsPolicy reports whether gates would pass with less.
func (d *PlanData) dropsPolicy() bool {
	p := d.Review.Policy(d.Key)
	return d.Do == PlanPolicyDetach && p != nil && p.Musts() > 0
}

// policyEffects says what a change of a policy does at the gates, a sentence for each
// that it touches.
func (d *PlanData) policyEffects() []string {
	var out []string
	count := func(r *review.Review, s *review.Stage) int {
		n := 0
		for _, b := range r.PolicyBlockers(s, d.Now) {
			if b.Policy == d.Key {
				n++
			}
		}
		return n
	}
	for i := range d.Review.Stages {
		from, to := &d.Review.Stages[i], &d.Then.Stages[i]
		was, is := count(d.Review, from), count(d.Then, to)
		if was == 0 && is == 0 {
			continue
		}
		words := "“" + to.Def.Name + "”: "
		switch {
		case from.Gate.Passed():
			words += "the gate has passed, and stays so until it is asked for again."
		case from.OpenRound() != nil:
			words += "the request under way is decided on as it was made."
		case is == 0:
			words += "no longer waits for " + CountOf(was, "requirement") + "."
		default:
			words += "waits for " + CountOf(is, "requirement") + " before sign-off can be requested."
		}
		out = append(out, words)
	}
	if len(out) == 0 {
		out = append(out, "No gate waits for it as things stand.")
	}
	return out
}
