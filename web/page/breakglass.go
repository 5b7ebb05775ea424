package page

import (
	"strconv"
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
	"github.com/slipway-prr/slipway/web/ui"
)

// forcedLine is a gate that was passed by break-glass, in words.
type forcedLine struct {
	title, href, gate, who, reason string
	at, due                        time.Time
	late                           bool
}

// forcedLines are such gates; here is the stage whose gate's page shows them.
func forcedLines(r *review.Review, forced []review.Forced, here plan.StageKey, name Names, now time.Time) []forcedLine {
	lines := make([]forcedLine, len(forced))
	for i := range forced {
		f := &forced[i]
		l := forcedLine{
			who: name(f.By), reason: f.Reason, at: f.At, due: f.ReviewDue, late: f.Overdue(now),
			href: GateURL(r.Project.Key, f.Stage) + "#retrospective",
		}
		if f.Stage == here {
			l.href = "#retrospective"
		}
		if n := r.Plan.StageIndex(f.Stage); n >= 0 {
			l.title, l.gate = strconv.Itoa(n+1)+". "+r.Plan.Stages[n].Name, r.Plan.Stages[n].Gate.Name
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
