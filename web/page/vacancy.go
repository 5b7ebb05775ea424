package page

import (
	"time"

	"github.com/slipway-prr/slipway/internal/review"
)

// Vacancy is something that a project waits for although nobody can do it.
type Vacancy struct {
	Project   review.ProjectKey
	Name      string // of the project
	Stage     review.StageKey
	StageName string
	Duty      review.BlockerKind // what nobody can do
	Seat      review.Seat        // in which; empty: in none in particular
	No        int                // of the condition or the finding
	Since     time.Time
}

func (v *Vacancy) words() string {
	switch {
	case v.Duty == review.NobodyConfirms:
		return "Nobody can confirm a condition as " + v.Seat.Label()
	case v.Duty == review.NobodyJudges:
		return "Nobody can accept the answer to a finding as " + v.Seat.Label()
	case v.Duty == review.NobodyLooksBack:
		return "Nobody can review the break-glass decision"
	case v.Seat != "":
		return "Nobody can sign as " + v.Seat.Label()
	}
	return "Too few people can sign"
}

func (v *Vacancy) href() string {
	return BlockerHref(v.Project, &review.Blocker{Kind: v.Duty, Stage: v.Stage, Finding: v.No})
}

// vacantAdvice says what the reader can do about what nobody can.
func (d *WorkData) vacantAdvice() string {
	if d.Actor.HasRole(review.RoleAdmin) {
		return "Grant the seat, under People, to somebody who did not work on the stage."
	}
	return "Ask an admin to grant the seat to somebody who did not work on the stage."
}
