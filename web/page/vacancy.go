package page

import (
	"time"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// Vacancy is something that a project waits for although nobody can do it.
type Vacancy struct {
	Project   review.ProjectKey
	Name      string // of the project
	Stage     plan.StageKey
	StageName string
	Duty      review.BlockerKind // what nobody can do
	Seat      plan.Seat          // in which; empty: in none in particular
	No        int                // of the condition or the finding
	Since     time.Time
}

func (v *Vacancy) words() string { return nobodyWords(v.Duty, v.Seat, "") }

func (v *Vacancy) href() string {
	return BlockerHref(v.Project, &review.Blocker{Kind: v.Duty, Stage: v.Stage, Finding: v.No})
}
