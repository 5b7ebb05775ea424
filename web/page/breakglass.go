package page

import (
	"strconv"
	"time"

	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// retrospectiveDays is how far ahead the review of a forced gate is proposed.
const retrospectiveDays = 7

// mayForce reports whether the reader can pass the gate by break-glass.
func (v *gateView) mayForce() bool {
	return v.may(review.BreakGlass) && v.Review.Project.Status == review.StatusActive && !v.standing.Passed()
}

// mayReview reports whether the reader can close the review of a round that
// ended by break-glass.
func (v *gateView) mayReview(ro *review.Round) bool {
	return v.Review.MayLookBack(v.Actor, v.Stage, ro)
}

// toReview are the rounds of this gate that ended by break-glass and wait for
// review, the oldest first.
func (v *gateView) toReview() []*review.Round {
	var out []*review.Round
	for i := range v.Stage.Rounds {
		if ro := &v.Stage.Rounds[i]; ro.Outcome == review.OutcomeForced && ro.ReviewedAt.IsZero() {
			out = append(out, ro)
		}
	}
	return out
}

func (v *gateView) retrospectiveField(ro *review.Round) ui.Field {
	return v.field(FormRetrospective(ro.No), "note", "What the review found, and what follows from it")
}

func (v *gateView) forceReason() ui.Field {
	f := v.field(FormForce, "reason", "What cannot wait, and why")
	f.Hint = "Everybody reads this, for good."
	return f
}

func (v *gateView) forceDue() ui.Field {
	f := v.field(FormForce, "review-due", "Others review this by")
	f.Hint = "30 days ahead at the most."
	if v.Form.Action != FormForce {
		f.Value = review.FormatDate(v.Now.AddDate(0, 0, retrospectiveDays))
	}
	return f
}

// forcedLine is a gate that was passed by break-glass, in words.
type forcedLine struct {
	title, href, gate, who, reason string
	at, due                        time.Time
	late                           bool
}

// forcedLines are such gates; here is the stage whose gate's page shows them.
func forcedLines(r *review.Review, forced []review.Forced, here review.StageKey, name Names, now time.Time) []forcedLine {
	lines := make([]forcedLine, len(forced))
	for i := range forced {
		f := &forced[i]
		l := forcedLine{who: name(f.By), reason: f.Reason, at: f.At, due: f.ReviewDue, late: f.Overdue(now), href: GateURL(r.Project.Key, f.Stage) + "#retrospective"}
		if f.Stage == here {
			l.href = "#retrospective"
		}
		if n := r.Template.StageIndex(f.Stage); n >= 0 {
			l.title, l.gate = strconv.Itoa(n+1)+". "+r.Template.Stages[n].Name, r.Template.Stages[n].Gate.Name
		}
		lines[i] = l
	}
	return lines
}

// anyLate reports whether the review of one of the gates is overdue.
func anyLate(lines []forcedLine) bool {
	for i := range lines {
		if lines[i].late {
			return true
		}
	}
	return false
}

// forcedTone is how loud the banner is.
func forcedTone(late bool) ui.NoticeKind {
	if late {
		return ui.Failure
	}
	return ui.Warning
}
