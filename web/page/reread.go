package page

import (
	"time"

	"github.com/slipway-prr/slipway/internal/review"
)

// Reread is something that is no longer what somebody had read when they decided
// on it.
type Reread struct{ What, Before, Now string }

func whatDiffers(all ...Reread) []Reread {
	var out []Reread
	for _, d := range all {
		if d.Before != d.Now {
			out = append(out, d)
		}
	}
	return out
}

// RereadCondition lists what has changed of a condition.
func RereadCondition(before, now *review.Condition, name Names, at time.Time) []Reread {
	return whatDiffers(
		Reread{"Status", ConditionWord(before, at), ConditionWord(now, at)},
		Reread{"Reported as met by", name.Standing(before.MetBy, 0), name.Standing(now.MetBy, 0)},
		Reread{"What was done", before.Note, now.Note},
		Reread{"What was still missing", before.Reopened, now.Reopened},
		Reread{"Why it is no longer needed", before.DroppedWhy, now.DroppedWhy},
	)
}

// RereadFinding lists what has changed of a finding's answer.
func RereadFinding(before, now *review.Finding, name Names) []Reread {
	return whatDiffers(
		Reread{"Status", FindingWord(before), FindingWord(now)},
		Reread{"Answered by", name.Standing(before.AnsweredBy, 0), name.Standing(now.AnsweredBy, 0)},
		Reread{"Answer", before.Answer, now.Answer},
		Reread{"What an earlier answer left open", before.Reopened, now.Reopened},
	)
}

// RereadWaiver lists what has changed of a waiver.
func RereadWaiver(before, now *review.Waiver, name Names, at time.Time) []Reread {
	return whatDiffers(
		Reread{"Status", Capital(string(before.State(at))), Capital(string(now.State(at)))},
		Reread{"Until", DayOrNone(before.Until), DayOrNone(now.Until)},
		Reread{"Granted by", name.Standing(before.GrantedBy, before.GrantedFor), name.Standing(now.GrantedBy, now.GrantedFor)},
		Reread{"Denied by", name.Standing(before.DeniedBy, before.DeniedFor), name.Standing(now.DeniedBy, now.DeniedFor)},
		Reread{"Revoked by", name.Standing(before.RevokedBy, before.RevokedFor), name.Standing(now.RevokedBy, now.RevokedFor)},
		Reread{"Reason of the last decision", before.Why, now.Why},
	)
}
