package page

import (
	"time"

	"github.com/slipway-prr/slipway/internal/review"
)

// Reread is something that is another than what somebody had read when they
// decided on it.
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
		Reread{"How it stands", conditionWord(before, at), conditionWord(now, at)},
		Reread{"Reported as met by", name.standing(before.MetBy, 0), name.standing(now.MetBy, 0)},
		Reread{"What was done", before.Note, now.Note},
		Reread{"What was still missing", before.Reopened, now.Reopened},
		Reread{"Why it is asked for no more", before.DroppedWhy, now.DroppedWhy},
	)
}

// RereadFinding lists what has changed of a finding's answer.
func RereadFinding(before, now *review.Finding, name Names) []Reread {
	return whatDiffers(
		Reread{"How it stands", findingWord(before), findingWord(now)},
		Reread{"Answered by", name.standing(before.AnsweredBy, 0), name.standing(now.AnsweredBy, 0)},
		Reread{"Answer", before.Answer, now.Answer},
		Reread{"What an earlier answer left open", before.Reopened, now.Reopened},
	)
}

// RereadWaiver lists what has changed of a waiver.
func RereadWaiver(before, now *review.Waiver, name Names, at time.Time) []Reread {
	return whatDiffers(
		Reread{"How it stands", capital(string(before.State(at))), capital(string(now.State(at)))},
		Reread{"Until", dayOrNone(before.Until), dayOrNone(now.Until)},
		Reread{"Granted by", name.standing(before.GrantedBy, before.GrantedFor), name.standing(now.GrantedBy, now.GrantedFor)},
		Reread{"Denied by", name.standing(before.DeniedBy, before.DeniedFor), name.standing(now.DeniedBy, now.DeniedFor)},
		Reread{"Revoked by", name.standing(before.RevokedBy, before.RevokedFor), name.standing(now.RevokedBy, now.RevokedFor)},
		Reread{"Reason of the last decision", before.Why, now.Why},
	)
}
