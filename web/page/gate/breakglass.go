package gate

import (
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// retrospectiveDays is how far ahead the review of a forced gate is proposed.
const retrospectiveDays = 7

// mayForce reports whether the reader can pass the gate by break-glass.
func (v *view) mayForce() bool {
	return v.may(review.BreakGlass) && v.Review.Project.Status == review.StatusActive && !v.standing.Passed()
}

// mayReview reports whether the reader can close the review of a round that
// ended by break-glass.
func (v *view) mayReview(ro *review.Round) bool {
	return v.Review.MayLookBack(v.Actor, v.Stage, ro)
}

// toReview are the rounds of this gate that ended by break-glass and wait for
// review, the oldest first.
func (v *view) toReview() []*review.Round {
	var out []*review.Round
	for i := range v.Stage.Rounds {
		if ro := &v.Stage.Rounds[i]; ro.Outcome == review.OutcomeForced && ro.ReviewedAt.IsZero() {
			out = append(out, ro)
		}
	}
	return out
}

func (v *view) retrospectiveField(ro *review.Round) ui.Field {
	return v.field(FormRetrospective(ro.No), "note", "What the review found, and what follows from it")
}

func (v *view) forceReason() ui.Field {
	f := v.field(FormForce, "reason", "What cannot wait, and why")
	f.Hint = "Everybody reads this, for good."
	return f
}

func (v *view) forceDue() ui.Field {
	f := v.field(FormForce, "review-due", "Others review this by")
	f.Hint = "30 days ahead at the most."
	if v.Form.Action != FormForce {
		f.Value = review.FormatDate(v.Now.AddDate(0, 0, retrospectiveDays))
	}
	return f
}
